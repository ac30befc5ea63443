internal import Events

/// Something of a document that its stream declares.
public enum DeclaredMember: Hashable, Sendable {
    /// The event's time.
    case time
    /// A field, by its index.
    case field(Int)
}

// Where something stands that was decoded and is refused all the same.
extension Decoder {
    /// Offset of a member's value in the payload, or of its document where that has none.
    ///
    /// For marks, not for speed: the payload is scanned again, O(payload).
    /// - Parameters:
    ///   - element: which document or element of an array it is, counted from 0; all were accepted.
    ///   - stream: whose declaration it follows.
    public mutating func place(
        of member: DeclaredMember, inElement element: Int, of payload: UnsafeRawBufferPointer,
        stream: Int
    ) -> Int {
        guard let base = payload.baseAddress else { return 0 }
        scanner.end = base + payload.count
        scanner.readable = scanner.end
        scanner.newlines = true
        var place = scanner.skipSpace(base)
        var depth = 0
        var left = element
        while place < scanner.end {
            switch place.byte {
            case ASCII.leftBracket where depth == 0:
                depth = 1
                place += 1
            case ASCII.rightBracket:
                depth = 0
                place += 1
            case ASCII.comma: place += 1
            default:
                scanner.begin(plans[stream].members)
                guard let after = scanner.scanValue(place, node: 0, depth: depth) else { return 0 }
                guard left > 0 else { return (value(member, of: stream)?.start ?? place) - base }
                left -= 1
                place = after
            }
            place = scanner.skipSpace(place)
        }
        return 0
    }

    /// What the document scanned last says for a member.
    private func value(_ member: DeclaredMember, of stream: Int) -> RawValue? {
        switch member {
        case .time:
            let slot = plans[stream].timeSlot
            return slot < 0 ? nil : scanner.value(slot)
        case .field(let index): return scanner.value(Int(plans[stream].fields[index].slot))
        }
    }
}
