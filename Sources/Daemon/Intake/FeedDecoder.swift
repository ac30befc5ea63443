import Events
import RingBuffers
import Transport
import Wire

/// What a feed's messages are read by: framing, packing, format, declarations; owned by its thread.
///
///     frames ─► topic, payload, sequence ─► unpack ─► translate ─► decode ─► records in a ring
///
/// `open` looks at a message, `decode` takes it on from where it stood until the ring is full or
/// the message is over. Its memory is the message's and its own: nothing of one message outlives
/// the next.
struct FeedDecoder: ~Copyable, @unchecked Sendable {
    // Sendable because what it points to is its own, or the message's on its own thread.

    /// What an opened message is.
    enum Opening {
        /// Its payload can be decoded.
        case payload
        /// It is one dead letter.
        case refused(Refusal)
    }

    /// Why something cannot be used, and what it was.
    struct Refusal {
        var reason: DeadLetterReason
        var detail: RefusalDetail?
        var stream: StreamSchema?
        var source: String?
        var field: Field?
        var offset = 0
        /// What stands at the offending place, as far as it is short.
        var found: String?
        var payload: UnsafeRawBufferPointer
        var count = 1
    }

    let feed: Configuration.Feed
    private(set) var streams: [StreamSchema]
    private var topics: TopicTable
    private var decoder: Decoder
    private var named: Int?
    private var inflater: Inflater?
    var translator: Translator?
    var letters = DeadLetterBatch(capacity: 16)
    /// What the format alone refused.
    var formatLetters = DeadLetterBatch(capacity: 16)
    /// Room for a document of our own.
    private var own: UnsafeMutableRawBufferPointer

    var payload = Payload()
    /// How far the message is decoded.
    private(set) var cursor = DecodeCursor()
    /// The message's own sequence.
    private(set) var sequence: PublisherSequence?

    /// The message that is being decoded.
    struct Payload {
        /// What the decoder reads.
        var bytes = UnsafeRawBufferPointer(start: nil, count: 0)
        /// Bytes that may be read behind it.
        var padding = 0
        /// What was sent, unpacked.
        var sent = UnsafeRawBufferPointer(start: nil, count: 0)
        var stream = StreamChoice.topicMember
        var layout = PayloadLayout.documents
        /// Whether there is nothing to decode.
        var isOver = false
        /// Whether `bytes` were made of `sent` in another format.
        var isTranslated = false
    }

    /// A decoder for these declarations.
    init(feed: Configuration.Feed, declarations: consuming IntakeDeclarations) {
        self.feed = feed
        let streams = declarations.streams
        let translator: Translator? =
            feed.format == .json
            ? nil : Translator(format: feed.format, limits: DecodeLimits(feed.limits))
        self.streams = streams
        topics = declarations.topics
        named = FeedDecoder.named(feed, streams)
        decoder = declarations.decoder
        self.translator = translator
        inflater = feed.compression == .zlib ? Inflater(limit: feed.limits.frameBytes) : nil
        own = .allocate(byteCount: 1 << 10, alignment: 8)
    }

    deinit { own.deallocate() }

    /// Goes on by other declarations, between two messages.
    mutating func take(_ declarations: consuming IntakeDeclarations) {
        let streams = declarations.streams
        self.streams = streams
        topics = declarations.topics
        named = FeedDecoder.named(feed, streams)
        decoder = declarations.decoder
    }

    private static func named(_ feed: Configuration.Feed, _ streams: [StreamSchema]) -> Int? {
        guard case .named(let name) = feed.stream else { return nil }
        return streams.firstIndex { $0.name == name }
    }

    /// Elements of the message that became events, and that became dead letters.
    var accepted: Int { cursor.accepted }
    var rejected: Int { cursor.rejected + formatLetters.total }

    /// Takes a message up; `first` is its first frame behind an envelope.
    ///
    /// - Parameter now: nanoseconds since 1970, for formats whose times count from it.
    mutating func open(
        _ message: borrowing MessageBuffer, from first: Int = 0, now: Int64
    ) -> Opening {
        begin()
        // The frames stay where they are until the next message is received.
        guard message.frameCount <= message.keptFrameCount,
            let parts = feed.framing.parts(
                count: message.frameCount - first, frame: { message.withFrame(first + $0) { $0 } })
        else { return .refused(wrongFrames(message, from: first)) }
        sequence = parts.sequence
        return open(parts, now: now)
    }

    /// Forgets the last message.
    private mutating func begin() {
        cursor = DecodeCursor()
        letters.removeAll()
        formatLetters.removeAll()
        payload = Payload()
        sequence = nil
    }

    private mutating func open(_ parts: MessageParts, now: Int64) -> Opening {
        payload.sent = parts.payload
        payload.bytes = parts.payload
        switch feed.stream {
        case .named:
            guard let named else {
                return .refused(Refusal(reason: .topic, payload: parts.payload))
            }
            payload.stream = .stream(named)
        case .member: payload.stream = .topicMember
        case .topic:
            guard let topic = parts.topic, let index = topics.stream(for: topic) else {
                return .refused(Refusal(reason: .topic, payload: parts.topic ?? parts.payload))
            }
            payload.stream = .stream(index)
        }
        guard parts.payload.count <= feed.limits.frameBytes else {
            return refused(.frameSize, parts.payload)
        }
        if inflater != nil, let refusal = unpack() { return refusal }
        if translator != nil, let refusal = translate(now: now) { return refusal }
        return .payload
    }

    /// Tells the message's payload from others of this process.
    var digest: UInt32 {
        var hasher = Hasher()
        hasher.combine(bytes: payload.sent)
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }

    /// Takes a document of our own up; false where no such stream is declared.
    mutating func open(document: [UInt8], stream: String) -> Bool {
        guard let index = streams.firstIndex(where: { $0.name == stream }) else { return false }
        begin()
        if document.count > own.count {
            own.deallocate()
            own = .allocate(byteCount: document.count, alignment: 8)
        }
        own.copyBytes(from: document)
        payload.bytes = UnsafeRawBufferPointer(rebasing: own[..<document.count])
        payload.sent = payload.bytes
        payload.stream = .stream(index)
        return true
    }

    private func refused(
        _ reason: DeadLetterReason, _ bytes: UnsafeRawBufferPointer, offset: Int = 0,
        detail: RefusalDetail? = nil
    ) -> Opening {
        var stream: StreamSchema?
        if case .stream(let index) = payload.stream { stream = streams[index] }
        return .refused(
            Refusal(
                reason: reason, detail: detail ?? self.detail(reason, bytes, at: offset),
                stream: stream, offset: offset, payload: bytes))
    }

    /// Nil when there is something to decode, or nothing wrong.
    private mutating func translate(now: Int64) -> Opening? {
        let outcome = translator?.translate(payload.sent, now: now)
        let refusals = translator?.refusals ?? []
        switch outcome {
        case .refused?:
            let first = refusals.first
            return refused(first?.reason ?? .format, payload.sent, offset: first?.offset ?? 0)
        case .documents?, .nothing?, nil:
            for refusal in refusals { formatLetters.record(refusal) }
            payload.bytes = translator?.documents ?? payload.sent
            payload.padding = Translator.padding
            payload.layout = .lines
            payload.isOver = payload.bytes.isEmpty
            payload.isTranslated = true
            return nil
        }
    }

    /// Nil when it unpacks.
    private mutating func unpack() -> Opening? {
        do throws(Inflater.Failure) {
            guard let bytes = try inflater?.inflate(payload.sent) else { return nil }
            payload.sent = bytes
            payload.bytes = bytes
            payload.padding = Inflater.padding
            return nil
        } catch {
            switch error {
            case .damaged(let offset):
                return refused(.compression, payload.sent, offset: offset, detail: .unpacking)
            case .tooLarge: return refused(.compression, payload.sent, detail: .unpackedSize)
            }
        }
    }

    /// Where in what is decoded a member of an accepted element stands.
    mutating func place(of member: DeclaredMember, inElement element: Int, stream: Int) -> Int {
        decoder.place(of: member, inElement: element, of: payload.bytes, stream: stream)
    }

    /// Decodes the opened message into the ring, from where it stood.
    mutating func decode(into ring: inout RingProducer) -> DecodeOutcome {
        if payload.isOver { return .done }
        return decoder.decode(
            payload.bytes, padding: payload.padding, layout: payload.layout,
            stream: payload.stream, at: &cursor, into: &ring, deadLetters: &letters)
    }
}

extension DecodeLimits {
    /// The limits of a feed.
    init(_ limits: Configuration.FeedLimits) {
        self.init(depth: limits.depth, textBytes: limits.textBytes, readings: limits.readings)
    }
}
