import Events
import Glibc
import Logging
import RingBuffers
import Synchronization
import Transport
import Wire

/// The thread of one feed: frames from its socket, decoded into its ring.
///
///     SUB | PULL ─► [topic][payload] ─► decode ═ring═►
///
/// A frame that cannot be used is a dead letter and never stops the stage. When the ring is full
/// the socket is left unread: TCP pushes back.
struct IntakeStage: ~Copyable, Sendable {
    let feed: Configuration.Feed
    let shared: IntakeShared
    let timeline: Timeline
    let engineBell: Doorbell
    let log: Logger
    var producer: RingProducer
    var decoder: Decoder
    var streams: [StreamSchema]
    var topics: TopicTable
    var letters = DeadLetterBatch(capacity: 16)

    /// Bytes from which on libzmq cuts the connection of a peer, whatever the feed's limit is: up to
    /// here a frame over the limit becomes a dead letter.
    private static let cutOff: Int64 = 16 << 20

    init(
        feed: Configuration.Feed, shared: IntakeShared, timeline: Timeline, engineBell: Doorbell,
        log: Logger, producer: consuming RingProducer, declarations: consuming IntakeDeclarations
    ) {
        self.feed = feed
        self.shared = shared
        self.timeline = timeline
        self.engineBell = engineBell
        self.log = log
        self.producer = producer
        streams = declarations.streams
        topics = TopicTable(streams: declarations.streams)
        decoder = declarations.decoder
    }

    /// Opens the socket, tells the gate, and receives until asked to stop.
    mutating func run(context: ZeroMQContext, gate: StartGate) {
        let shared = shared
        keepServing(
            "The feed `\(feed.name)`", gate: gate, log: log,
            stops: { shared.stops.load(ordering: .acquiring) }
        ) { isOpen throws(TransportError) in
            turn()
            let socket = try open(context)
            var poller = Poller(capacity: 2)
            _ = poller.add(socket)
            _ = poller.add(shared.bell)
            isOpen()
            try receive(from: socket, poller: &poller)
        }
    }

    private func open(_ context: ZeroMQContext) throws(TransportError) -> Socket {
        let kind: SocketKind = feed.pattern == .sub ? .sub : .pull
        var options = SocketOptions(for: kind)
        options.maximumFrameBytes = max(IntakeStage.cutOff, Int64(feed.limits.frameBytes) * 4)
        let socket = try Socket(context: context, kind: kind, options: options)
        if feed.pattern == .sub {
            for topic in feed.topics.isEmpty ? [""] : feed.topics {
                try socket.subscribe(prefix: Array(topic.utf8))
            }
        }
        switch feed.endpoint {
        case .bind(let endpoint):
            let real = try socket.bind(endpoint)
            shared.bound.withLock { $0 = real.description }
        case .connect(let endpoint):
            try socket.connect(endpoint)
            shared.bound.withLock { $0 = endpoint.description }
        }
        return socket
    }

    private mutating func receive(
        from socket: borrowing Socket, poller: inout Poller
    ) throws(TransportError) {
        var message = MessageBuffer()
        while !shared.stops.load(ordering: .acquiring) {
            turn()
            shared.bell.prepareToSleep()
            let isCalled =
                shared.stops.load(ordering: .acquiring) || shared.parks.load(ordering: .acquiring)
            _ = try poller.poll(timeoutMilliseconds: isCalled ? 0 : 1000)
            shared.bell.drain()
            if shared.parks.load(ordering: .acquiring) { park() }
            var received = 0
            // A batch at a time, so that a flood does not keep a request to stop waiting.
            while received < 1000, try socket.receive(into: &message) == .message {
                take(message)
                received += 1
            }
            flush()
        }
        flush()
    }

    /// Waits at a frame's border until new declarations are handed in.
    private mutating func park() {
        flush()
        shared.isParked.store(true, ordering: .releasing)
        while shared.parks.load(ordering: .acquiring), !shared.stops.load(ordering: .acquiring) {
            turn()
            usleep(500)
        }
        if let declarations = shared.declarations.take() {
            streams = declarations.streams
            topics = TopicTable(streams: declarations.streams)
            decoder = declarations.decoder
        }
        shared.isParked.store(false, ordering: .releasing)
    }

    /// Says that this thread lives, also while it waits for room or for its socket.
    private func turn() { shared.counters.turned.store(timeline.elapsed, ordering: .relaxed) }

    private mutating func flush() {
        producer.publish()
        engineBell.ring()
    }

    private mutating func take(_ message: borrowing MessageBuffer) {
        let counters = shared.counters
        counters.frames.add(1, ordering: .relaxed)
        guard message.frameCount == 2 else {
            let bytes = message.byteCount(ofFrame: 0)
            counters.bytes.add(bytes, ordering: .relaxed)
            message.withFrame(0) { refuse(.frames, stream: "-", $0) }
            return
        }
        let stream = message.withFrame(0) { topics.stream(for: $0) }
        message.withFrame(1) { payload in
            counters.bytes.add(payload.count, ordering: .relaxed)
            if payload.count > feed.limits.frameBytes {
                refuse(.frameSize, stream: stream.map { streams[$0].name } ?? "-", payload)
            } else if let stream {
                decode(payload, stream: stream)
            } else {
                let topic = message.copyOfFrame(0).prefix(DeadLetterLedger.payloadBytes)
                topic.withUnsafeBytes { refuse(.topic, stream: "-", $0) }
            }
        }
    }

    private mutating func decode(_ payload: UnsafeRawBufferPointer, stream: Int) {
        var cursor = DecodeCursor()
        letters.removeAll()
        while decoder.decode(
            payload, stream: .stream(stream), at: &cursor, into: &producer,
            deadLetters: &letters) == .full
        {
            shared.counters.waits.add(1, ordering: .relaxed)
            flush()
            if shared.stops.load(ordering: .acquiring) { break }
            turn()
            usleep(100)
        }
        let counters = shared.counters
        counters.elements.add(cursor.accepted + cursor.rejected, ordering: .relaxed)
        counters.accepted.add(cursor.accepted, ordering: .relaxed)
        guard cursor.rejected > 0 else { return }
        counters.rejected.add(cursor.rejected, ordering: .relaxed)
        keep(payload, stream: stream)
    }

    /// Keeps the dead letters of a payload.
    private func keep(_ payload: UnsafeRawBufferPointer, stream: Int) {
        shared.counters.deadLetters.withLock { ledger in
            for reason in DeadLetterReason.allCases {
                let count = letters.count(of: reason)
                guard count > 0, let entry = letters.entries.last(where: { $0.reason == reason })
                else { continue }
                let field = entry.field >= 0 ? streams[stream].fields[entry.field].name : nil
                ledger.note(
                    reason, stream: streams[stream].name, count: count,
                    letter: letter(payload, offset: entry.offset, field: field))
            }
        }
    }

    /// A frame that is a dead letter as a whole.
    private func refuse(
        _ reason: DeadLetterReason, stream: String, _ payload: UnsafeRawBufferPointer
    ) {
        shared.counters.elements.add(1, ordering: .relaxed)
        shared.counters.rejected.add(1, ordering: .relaxed)
        shared.counters.deadLetters.withLock {
            $0.note(reason, stream: stream, letter: letter(payload, offset: 0, field: nil))
        }
    }

    private func letter(
        _ payload: UnsafeRawBufferPointer, offset: Int, field: String?
    ) -> DeadLetterLedger.Letter {
        // Of a long payload, the part around the offending place.
        let start = max(0, min(offset - 100, payload.count - DeadLetterLedger.payloadBytes))
        let part = payload[start..<min(payload.count, start + DeadLetterLedger.payloadBytes)]
        return DeadLetterLedger.Letter(
            payload: String(decoding: part, as: UTF8.self), offset: offset, field: field,
            at: timeline.now)
    }
}

/// What an intake decodes by: the streams, and a decoder made for them.
struct IntakeDeclarations: ~Copyable, Sendable {
    let streams: [StreamSchema]
    let decoder: Decoder

    init(streams: [StreamSchema], generation: UInt32, feed: Configuration.Feed, index: Int) {
        self.streams = streams
        decoder = Decoder(
            streams: streams, generation: generation, feed: UInt16(index), status: feed.status,
            limits: DecodeLimits(
                depth: feed.limits.depth, textBytes: feed.limits.textBytes,
                readings: feed.limits.readings))
    }
}

/// What an intake's thread shares with those who steer and watch it.
final class IntakeShared: Sendable {
    let counters = FeedCounters()
    let bell: Doorbell
    let stops = Atomic<Bool>(false)
    let parks = Atomic<Bool>(false)
    let isParked = Atomic<Bool>(false)
    let declarations = Handoff<IntakeDeclarations>()
    /// The endpoint it really has.
    let bound = Mutex("")

    init() throws(TransportError) { bell = try Doorbell() }
}
