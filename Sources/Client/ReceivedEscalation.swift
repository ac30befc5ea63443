/// An escalation as it came: its body's exact bytes, and the members a follower needs of it.
package struct ReceivedEscalation: Sendable, Hashable {
    /// The channel it was said in.
    package var channel: String
    /// The journal's life in which `seq` counts.
    package var epoch: UInt64
    /// Its place in the channel, dense from 1; 0 when it went out without the journal.
    package var seq: UInt64
    /// What makes it the same escalation wherever it comes from.
    package var id: String
    /// SHA-256 of the body before it, hexadecimal; `nil` for the first of an epoch.
    package var previous: String?
    /// One line of JSON, byte for byte as it was journaled.
    package var body: [UInt8]

    /// Reads what is needed of a body; `nil` when a member is missing that every body has.
    package init?(body: [UInt8]) {
        var channel: String?
        var epoch: UInt64?
        var seq: UInt64?
        var id: String?
        var previous: String?
        JSONMembers.forEach(in: body) { name, value in
            switch bodyMembers.first(where: { $0.name.elementsEqual(body[name]) })?.member {
            case .channel: channel = JSONMembers.text(body[value])
            case .epoch: epoch = JSONMembers.count(body[value])
            case .seq: seq = JSONMembers.count(body[value])
            case .id: id = JSONMembers.text(body[value])
            case .previous: previous = JSONMembers.text(body[value])
            case nil: break
            }
        }
        guard let channel, let epoch, let seq, let id else { return nil }
        self.channel = channel
        self.epoch = epoch
        self.seq = seq
        self.id = id
        self.previous = previous
        self.body = body
    }
}

private enum BodyMember {
    case channel, epoch, seq, id, previous
}

private let bodyMembers: [(name: [UInt8], member: BodyMember)] = [
    (Array("channel".utf8), .channel), (Array("epoch".utf8), .epoch), (Array("id".utf8), .id),
    (Array("prev".utf8), .previous), (Array("seq".utf8), .seq),
]
