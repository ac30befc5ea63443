/// A member of an object: its name without quotes, and its value.
struct WalkedMember {
    var name: UnsafeRawPointer
    var nameEnd: UnsafeRawPointer
    var isNameEscaped: Bool
    var start: UnsafeRawPointer
    var end: UnsafeRawPointer
    /// Slot of the declared member of this name, -1 when there is none.
    var slot: Int
}

// A walk over what was checked before: from element to element, from member to member. What does not
// follow the grammar ends the walk, so that it is total whatever it is given.
extension JSONScanner {
    /// Moves `place` from behind the bracket or an element to the next one; false: there is none.
    func nextElement(_ place: inout UnsafeRawPointer) -> Bool {
        place = skipSpace(place)
        guard place < end, place.byte != ASCII.rightBracket else { return false }
        if place.byte == ASCII.comma { place = skipSpace(place + 1) }
        return place < end
    }

    /// Moves `place` from behind the brace or a member behind the next one, and gives that.
    mutating func nextMember(_ place: inout UnsafeRawPointer) -> WalkedMember? {
        place = skipSpace(place)
        guard place < end else { return nil }
        if place.byte == ASCII.comma { place = skipSpace(place + 1) }
        guard place < end, place.byte == ASCII.quote else { return nil }
        let name = place + 1
        guard let nameEnd = scanString(name) else { return nil }
        let isNameEscaped = isEscaped
        let node = find(0, name, nameEnd)
        place = skipSpace(nameEnd + 1)
        guard place < end, place.byte == ASCII.colon else { return nil }
        let start = skipSpace(place + 1)
        guard let after = scanValue(start, node: -1, depth: 0) else { return nil }
        place = after
        return WalkedMember(
            name: name, nameEnd: nameEnd, isNameEscaped: isNameEscaped, start: start, end: after,
            slot: node < 0 ? -1 : Int(members.nodes[node].slot))
    }

    /// The place of the first byte that is not UTF-8, nil when there is none.
    mutating func malformedText(_ start: UnsafeRawPointer, _ textEnd: UnsafeRawPointer)
        -> UnsafeRawPointer?
    {
        let payloadEnd = end
        defer { end = payloadEnd }
        end = textEnd
        var place = start
        while place < textEnd {
            if place.byte < 0x80 {
                place += 1
            } else {
                guard let after = skipScalars(place) else { return failurePlace }
                place = after
            }
        }
        return nil
    }
}
