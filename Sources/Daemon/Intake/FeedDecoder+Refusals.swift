import Events
import Transport
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

    /// A message whose frames are not those of the feed's framing.
    func wrongFrames(_ message: borrowing MessageBuffer, from first: Int) -> Refusal {
        guard first < message.keptFrameCount else {
            return Refusal(
                reason: .frames, detail: .frames(0),
                payload: UnsafeRawBufferPointer(start: nil, count: 0))
        }
        let count = message.frameCount - first
        var detail = RefusalDetail.frames(count)
        if count == feed.framing.frameCount {
            detail = .separator
        } else if count == feed.framing.frameCount + 1, message.frameCount <= message.keptFrameCount
        {
            let bytes = message.byteCount(ofFrame: message.frameCount - 1)
            if bytes == PublisherSequence.frameBytes {
                detail = .separator
            } else if feed.pattern != .router {
                // Who is answered rather put a frame too many in front.
                detail = .sequenceFrame(bytes: bytes)
            }
        }
        return Refusal(
            reason: .frames, detail: detail, payload: message.withFrame(first) { $0 })
    }

    /// What the bytes at a place tell more exactly than the reason.
    func detail(
        _ reason: DeadLetterReason, _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) -> RefusalDetail? {
        let rest = bytes.dropFirst(offset)
        if reason == .json, rest.starts(with: [0xEF, 0xBB, 0xBF]) { return .byteOrderMark }
        if reason == .topic, feed.stream.isMember, rest.first != UInt8(ascii: "\"") {
            return .topicMember
        }
        if reason == .format, feed.format == .msgpack, offset == 0,
            let first = rest.first(where: { $0 > UInt8(ascii: " ") }), "{[".utf8.contains(first)
        {
            return .jsonForAnother
        }
        return nil
    }

    /// A complaint about an accepted element of the opened message, by its record and its place
    /// among them.
    mutating func refusal(
        _ reason: DeadLetterReason, _ detail: RefusalDetail? = nil, at member: DeclaredMember,
        of record: EventRecord, element: Int
    ) -> Refusal {
        let stream = streams[record.stream]
        var field: Field?
        if case .field(let index) = member { field = stream.fields[index] }
        let offset = place(of: member, inElement: element, stream: record.stream)
        return Refusal(
            reason: reason, detail: detail, stream: stream, source: record.source(stream),
            field: field, offset: sentOffset(offset), payload: shown)
    }

    /// A complaint about the opened message as a whole.
    func refusal(_ reason: DeadLetterReason) -> Refusal {
        Refusal(reason: reason, payload: shown)
    }

    /// What was sent, where it can be read.
    private var shown: UnsafeRawBufferPointer {
        isShownAsSent ? payload.sent : payload.bytes
    }

    private var isShownAsSent: Bool { payload.isTranslated && feed.format != .msgpack }

    /// Where in what is shown stands what the decoder read at an offset.
    private func sentOffset(_ offset: Int) -> Int {
        isShownAsSent ? translator?.place(ofDocumentOffset: offset) ?? 0 : offset
    }

    private func refusal(_ entry: DeadLetterEntry, count: Int) -> Refusal {
        let stream = entry.stream >= 0 ? streams[entry.stream] : nil
        return Refusal(
            reason: entry.reason, detail: detail(entry.reason, payload.bytes, at: entry.offset),
            stream: stream,
            source: entry.source.isEmpty
                ? nil : String(decoding: payload.bytes[entry.source], as: UTF8.self),
            field: entry.field >= 0 ? stream?.fields[entry.field] : nil,
            offset: sentOffset(entry.offset), found: found(at: entry.offset), payload: shown,
            count: count)
    }

    /// The value at a place, if it is short: a text, a number, a word.
    private func found(at offset: Int) -> String? {
        let bytes = payload.bytes
        guard offset < bytes.count else { return nil }
        var end = offset
        let isText = bytes[offset] == UInt8(ascii: "\"")
        if bytes[offset] == UInt8(ascii: "{") { return "an object" }
        if bytes[offset] == UInt8(ascii: "[") { return "an array" }
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
        note(
            Kind(
                reason: refusal.reason, stream: refusal.stream?.name ?? "-",
                source: refusal.source ?? "-"),
            count: refusal.count,
            letter: Letter(
                refusal.payload, offset: refusal.offset, field: refusal.field?.name,
                message: RefusalText.sentence(refusal, feed: feed),
                hint: RefusalText.hint(refusal, feed: feed), at: time))
    }
}
