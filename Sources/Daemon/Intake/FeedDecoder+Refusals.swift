import Events
import Wire

// What of the opened message cannot be used.
extension FeedDecoder {
    /// The dead letters of the opened message: one for each reason, with the count of all of it.
    func forEachRefusal(_ body: (Refusal) -> Void) {
        letters.forEachReason { entry, count in body(refusal(entry, count: count)) }
        formatLetters.forEachReason { entry, count in body(formatRefusal(entry, count: count)) }
    }

    /// The first dead letter of the opened message.
    var firstRefusal: Refusal? {
        formatLetters.entries.first.map { formatRefusal($0, count: 1) }
            ?? letters.entries.first.map { refusal($0, count: 1) }
    }

    /// An element that the format refused; its place is one of what was sent.
    private func formatRefusal(_ entry: DeadLetterEntry, count: Int) -> Refusal {
        var stream: StreamSchema?
        if case .stream(let index) = payload.stream { stream = streams[index] }
        return Refusal(
            reason: entry.reason, stream: stream, offset: entry.offset, payload: payload.sent,
            count: count)
    }

    /// A complaint about the opened message that the decoder does not make itself.
    func refusal(
        _ reason: DeadLetterReason, stream: StreamSchema? = nil, field: Field? = nil
    ) -> Refusal {
        Refusal(reason: reason, stream: stream, field: field, payload: payload.bytes)
    }

    private func refusal(_ entry: DeadLetterEntry, count: Int) -> Refusal {
        let stream = entry.stream >= 0 ? streams[entry.stream] : nil
        // What was sent is shown, where it can be read.
        let isShownAsSent = payload.isTranslated && feed.format != .msgpack
        let offset =
            isShownAsSent
            ? translator?.place(ofDocumentOffset: entry.offset) ?? 0 : entry.offset
        return Refusal(
            reason: entry.reason, stream: stream,
            source: entry.source.isEmpty
                ? nil : String(decoding: payload.bytes[entry.source], as: UTF8.self),
            field: entry.field >= 0 ? stream?.fields[entry.field] : nil, offset: offset,
            found: found(at: entry.offset),
            payload: isShownAsSent ? payload.sent : payload.bytes, count: count)
    }

    /// The value at a place, if it is short: a text, a number, a word.
    private func found(at offset: Int) -> String? {
        let bytes = payload.bytes
        guard offset < bytes.count else { return nil }
        var end = offset
        let isText = bytes[offset] == UInt8(ascii: "\"")
        while end < bytes.count, end - offset < 40 {
            let byte = bytes[end]
            if isText, end > offset, byte == UInt8(ascii: "\"") {
                return String(decoding: bytes[offset...end], as: UTF8.self)
            }
            if !isText, ",]} \n\r\t".utf8.contains(byte) {
                return end > offset ? String(decoding: bytes[offset..<end], as: UTF8.self) : nil
            }
            end += 1
        }
        return nil
    }
}

extension DeadLetterBatch {
    /// Each reason's newest entry, and how many there were.
    fileprivate func forEachReason(_ body: (DeadLetterEntry, Int) -> Void) {
        guard total > 0 else { return }
        for reason in DeadLetterReason.allCases {
            let count = count(of: reason)
            guard count > 0, let entry = entries.last(where: { $0.reason == reason })
            else { continue }
            body(entry, count)
        }
    }
}

extension DeadLetterLedger {
    /// Notes what a feed's decoder refused.
    mutating func note(
        _ refusal: FeedDecoder.Refusal, feed: Configuration.Feed, at time: Int64
    ) {
        let hint = RefusalText.hint(
            refusal.reason, field: refusal.field, stream: refusal.stream, feed: feed,
            found: refusal.found)
        note(
            Kind(
                reason: refusal.reason, stream: refusal.stream?.name ?? "-",
                source: refusal.source ?? "-"),
            count: refusal.count,
            letter: Letter(
                refusal.payload, offset: refusal.offset, field: refusal.field?.name, hint: hint,
                at: time))
    }
}
