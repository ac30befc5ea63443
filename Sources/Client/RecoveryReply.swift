/// Where a channel stands.
package struct ChannelPosition: Sendable, Hashable {
    /// The journal's life; it grows whenever continuity is not proven.
    package var epoch: UInt64
    /// The newest `seq`, 0 before the first.
    package var head: UInt64
    /// The oldest `seq` that is kept, at least 1.
    package var floor: UInt64

    /// A position.
    package init(epoch: UInt64, head: UInt64, floor: UInt64) {
        self.epoch = epoch
        self.head = head
        self.floor = max(floor, 1)
    }

    init?(_ value: JSONValue) {
        guard let epoch = value["epoch"].count, let head = value["head"].count,
            let floor = value["floor"].count
        else { return nil }
        self.init(epoch: epoch, head: head, floor: floor)
    }
}

/// An answer of the recovery endpoint: one multipart message.
///
///     ["hello"][{"version","publisher","channels":{"main":{"epoch","head","floor"}}}]
///     ["items"][{"epoch","next","head"}][topic][body][topic][body]…       to fetch
///     ["items"][{"epoch","head","after"}][topic][body]…                   to snapshot
///     ["gone"][{"epoch","floor","head"}]
///     ["error"][{"code","message"}]
package enum RecoveryReply: Sendable, Hashable {
    /// Who the warner is and where its channels stand.
    case hello(version: String, publisher: String, channels: [String: ChannelPosition])
    /// Escalations; everything below `next` has been looked at.
    case fetched(epoch: UInt64, next: UInt64, head: UInt64, items: [ReceivedEscalation])
    /// A page of open incidents; `after` leads to the next one, `nil` ends.
    case snapshot(epoch: UInt64, head: UInt64, after: String?, items: [ReceivedEscalation])
    /// What was asked for is of another epoch, or below the floor.
    case gone(ChannelPosition)
    /// The request was refused.
    case refused(code: String, message: String)

    /// Reads the frames of an answer, with or without the empty frame a REQ socket wants first.
    package init(frames: [[UInt8]]) throws(RecoveryFailure) {
        var frames = frames[...]
        if frames.first?.isEmpty == true { frames.removeFirst() }
        guard let kind = frames.popFirst(), let second = frames.popFirst(),
            let head = JSONValue(second)
        else { throw .unreadable("it has not two frames, a word and a JSON object") }
        let word = String(decoding: kind, as: UTF8.self)
        switch word {
        case "hello":
            self = .hello(
                version: head["version"].description, publisher: head["publisher"].description,
                channels: Dictionary(
                    head["channels"].members.compactMap { name, value in
                        ChannelPosition(value).map { (name, $0) }
                    }, uniquingKeysWith: { _, last in last }))
        case "items":
            self = try Self.items(head, frames)
        case "gone":
            guard let position = ChannelPosition(head)
            else { throw .unreadable("its \"gone\" has no epoch, head and floor") }
            self = .gone(position)
        case "error":
            self = .refused(
                code: head["code"].description, message: head["message"].description)
        case _:
            throw .unreadable("\"\(word.prefix(20))\" is no kind of answer")
        }
    }

    private static func items(
        _ head: JSONValue, _ frames: ArraySlice<[UInt8]>
    ) throws(RecoveryFailure) -> RecoveryReply {
        guard let epoch = head["epoch"].count, let newest = head["head"].count,
            frames.count.isMultiple(of: 2)
        else { throw .unreadable("its \"items\" have no epoch and head, or a topic has no body") }
        let bodies = stride(from: frames.startIndex + 1, to: frames.endIndex, by: 2)
        let items = bodies.compactMap { ReceivedEscalation(body: frames[$0]) }
        guard items.count == frames.count / 2
        else { throw .unreadable("one of its bodies is no escalation") }
        if let next = head["next"].count {
            return .fetched(epoch: epoch, next: next, head: newest, items: items)
        }
        return .snapshot(epoch: epoch, head: newest, after: head["after"].text, items: items)
    }
}

/// Why there is no answer that can be used.
package enum RecoveryFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// Nobody answered in time.
    case timedOut
    /// The answer is not of this protocol.
    case unreadable(String)

    /// The failure as a sentence without its full stop.
    package var description: String {
        switch self {
        case .timedOut: "there was no answer in time"
        case .unreadable(let what): "the answer cannot be read: \(what)"
        }
    }
}
