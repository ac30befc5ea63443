import Events
import Glibc
import Logging
import RingBuffers
import Synchronization
import Transport
import Wire

/// The thread of one feed: frames from its socket, decoded into its ring.
///
///     SUB | PULL ─► frames ─► decode ═ring═►
///                               └─► backlog, by source, while the ring is full ═ring═►
///
/// A frame that cannot be used is a dead letter and never stops the stage. When the ring is full,
/// readings wait in the backlog, which sheds the oldest of the noisiest source beyond its limit; a
/// feed of reports is left unread instead: TCP pushes back.
struct IntakeStage: ~Copyable, Sendable {
    let feed: Configuration.Feed
    let shared: IntakeShared
    let timeline: Timeline
    let engineBell: Doorbell
    let log: Logger
    var producer: RingProducer
    var decoder: FeedDecoder
    var backlog: Backlog
    /// Whether readings were shed since it was told of which sources.
    var hasShed = false
    var ledger = SequenceLedger()
    /// Where messages are decoded that may have to wait, or may have come before.
    var spill: Ring

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
        decoder = FeedDecoder(feed: feed, declarations: declarations)
        backlog = Backlog(limit: feed.limits.backlogBytes)
        spill = Ring(capacity: IntakeStage.spillBytes)
    }

    /// Room for two of the largest records and more.
    private static let spillBytes = 2 << 20

    /// Opens the socket, tells the gate, and receives until asked to stop.
    mutating func run(context: ZeroMQContext, gate: StartGate) {
        let shared = shared
        keepServing(
            "The feed `\(feed.name)`", gate: gate, log: log,
            stops: { shared.stops.load(ordering: .acquiring) }
        ) { isOpen throws(TransportError) in
            turn()
            let socket = try Socket(feed, context: context, shared: shared)
            var poller = Poller(capacity: 2)
            _ = poller.add(socket)
            _ = poller.add(shared.bell)
            isOpen()
            try receive(from: socket, poller: &poller)
        }
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
            _ = try poller.poll(
                timeoutMilliseconds: isCalled ? 0 : backlog.isEmpty ? 1000 : 1)
            shared.bell.drain()
            if shared.parks.load(ordering: .acquiring) { park() }
            var received = 0
            // A batch at a time, so that a flood does not keep a request to stop waiting.
            while received < 1000, try socket.receive(into: &message) == .message {
                take(message)
                received += 1
            }
            drain()
        }
        // What waits is handed on, unless the line is stuck: a stop does not wait for that.
        for _ in 0..<1000 where !backlog.isEmpty {
            drain()
            turn()
            usleep(1000)
        }
        flush()
    }

    /// Says that this thread lives, also while it waits for room or for its socket; the timeline's
    /// `elapsed`.
    @discardableResult
    private func turn() -> Int64 {
        let elapsed = timeline.elapsed
        shared.counters.turned.store(elapsed, ordering: .relaxed)
        return elapsed
    }

    /// Waits at a frame's border until new declarations are handed in.
    private mutating func park() {
        // What waits was decoded for the old ones.
        while !backlog.isEmpty, !shared.stops.load(ordering: .acquiring) {
            drain()
            turn()
            usleep(500)
        }
        flush()
        shared.isParked.store(true, ordering: .releasing)
        while shared.parks.load(ordering: .acquiring), !shared.stops.load(ordering: .acquiring) {
            turn()
            usleep(500)
        }
        if let declarations = shared.declarations.take() { decoder.take(declarations) }
        shared.isParked.store(false, ordering: .releasing)
    }

    private mutating func flush() {
        producer.publish()
        engineBell.ring()
    }

    private mutating func drain() {
        if !backlog.isEmpty {
            backlog.drain(into: &producer)
            shared.counters.backlog.store(backlog.bytes, ordering: .relaxed)
        }
        if hasShed {
            hasShed = false
            let sheddings = backlog.sheddings(limit: 10)
            shared.counters.sheddings.withLock { $0 = sheddings }
        }
        flush()
    }

    private mutating func take(_ message: borrowing MessageBuffer) {
        let counters = shared.counters
        counters.frames.add(1, ordering: .relaxed)
        counters.bytes.add(message.keptBytes, ordering: .relaxed)
        let time = timeline.now(at: turn())
        let opening = decoder.open(message, now: time)
        if decoder.sequence == nil, ledger.counts.messages > 0 { noteUncounted() }
        switch opening {
        case .refused(let refusal):
            counters.elements.add(1, ordering: .relaxed)
            counters.rejected.add(1, ordering: .relaxed)
            note(refusal, at: time)
            if let sequence = decoder.sequence { takeRefused(sequence, at: time) }
        case .payload:
            if let sequence = decoder.sequence {
                takeCounted(sequence, at: time)
            } else if backlog.isEmpty {
                takeStraight(at: time)
            } else {
                takeAside(at: time)
            }
        }
    }

    /// Into the ring, as long as it has room.
    private mutating func takeStraight(at time: Int64) {
        var patience = 20
        while decoder.decode(into: &producer) == .full {
            guard feed.carries == .reports || patience > 0 else { return takeAside(at: time) }
            guard waitForRoom() else { break }
            patience -= 1
        }
        account(at: time)
    }

    /// By way of the spill: the ring is full, others wait already, or the message may have come
    /// before.
    private mutating func takeAside(at time: Int64, as owner: String? = nil) {
        var isDone = false
        while !isDone {
            isDone = decoder.decode(into: &spill.producer) == .done
            guard passOn(as: owner) else { break }
        }
        account(at: time)
    }

    /// Waits a little for the engine; false when the stage is to stop.
    private mutating func waitForRoom() -> Bool {
        shared.counters.waits.add(1, ordering: .relaxed)
        flush()
        turn()
        guard !shared.stops.load(ordering: .acquiring) else { return false }
        usleep(100)
        return true
    }

    /// Hands what was decoded aside to the ring, or to the backlog while that has something; false
    /// when the stage is to stop before there is room.
    private mutating func passOn(as owner: String? = nil) -> Bool {
        spill.producer.publish()
        var lost = 0
        while let record = spill.consumer.firstRecord {
            if backlog.isEmpty, producer.put(record) {
                spill.consumer.release(record.length)
            } else if feed.carries == .reports {
                guard waitForRoom() else {
                    spill.consumer.releaseAll()
                    return false
                }
            } else {
                let source =
                    owner ?? record.source(decoder.streams[record.stream]) ?? feed.name
                lost += backlog.append(record, source: source)
                spill.consumer.release(record.length)
            }
        }
        guard lost > 0 else { return true }
        shared.counters.accepted.subtract(lost, ordering: .relaxed)
        shared.counters.shed.add(lost, ordering: .relaxed)
        hasShed = true
        return true
    }
}

// Messages that their publisher counts.
extension IntakeStage {
    /// Decodes a message aside, and takes it on unless it was here before.
    private mutating func takeCounted(_ sequence: PublisherSequence, at time: Int64) {
        // Its first record tells whose it is; a message may be larger than there is room aside.
        var isWhole = decoder.decode(into: &spill.producer) == .done
        spill.producer.publish()
        let source = sourceOfMessage()
        guard case .fresh(let gap) = find(sequence, source: source) else {
            spill.consumer.releaseAll()
            while !isWhole {
                isWhole = decoder.decode(into: &spill.producer) == .done
                spill.consumer.releaseAll()
            }
            return account(at: time, isDuplicate: true)
        }
        if passOn() { takeAside(at: time) }
        if let gap { tell(gap, source: source ?? feed.name, at: time) }
    }

    /// A message that cannot be used came all the same: it is missing nowhere.
    private mutating func takeRefused(_ sequence: PublisherSequence, at time: Int64) {
        let source = feed.sequence == .feed ? feed.name : nil
        guard case .fresh(let gap?) = find(sequence, source: source) else { return }
        tell(gap, source: feed.name, at: time)
    }

    private mutating func find(
        _ sequence: PublisherSequence, source: String?
    ) -> SequenceLedger.Finding {
        defer { tellCounts() }
        return ledger.note(sequence, digest: decoder.digest, source: source)
    }

    /// A message that its publisher did not count, where others are counted.
    private mutating func noteUncounted() {
        ledger.noteUncounted()
        tellCounts()
    }

    private func tellCounts() {
        let counts = ledger.counts
        shared.counters.sequence.withLock { $0 = counts }
    }

    /// Whose message it is; nil where nothing of it tells.
    private mutating func sourceOfMessage() -> String? {
        guard feed.sequence == .source else { return feed.name }
        guard let record = spill.consumer.firstRecord else { return decoder.firstRefusal?.source }
        return record.source(decoder.streams[record.stream]) ?? feed.name
    }

    /// A gap is an event of the stream `FEED.gap`, where the rules declare it.
    private mutating func tell(_ gap: SequenceLedger.Gap, source: String, at time: Int64) {
        var writer = JSONWriter()
        writer.object([
            ("source", .string(source)), ("epoch", .int(Int64(clamping: gap.epoch))),
            ("from", .int(Int64(clamping: gap.from))), ("to", .int(Int64(clamping: gap.through))),
            ("missing", .int(Int64(clamping: gap.missing))),
        ])
        guard decoder.open(document: writer.bytes, stream: feed.gapStream) else { return }
        // Where it has to wait it is nobody's: a flood of its source does not shed it.
        takeAside(at: time, as: feed.gapStream)
    }
}

// What is counted and kept of a message.
extension IntakeStage {
    private mutating func account(at time: Int64, isDuplicate: Bool = false) {
        let counters = shared.counters
        counters.elements.add(decoder.accepted + decoder.rejected, ordering: .relaxed)
        if isDuplicate {
            counters.duplicates.add(decoder.accepted, ordering: .relaxed)
        } else {
            counters.accepted.add(decoder.accepted, ordering: .relaxed)
        }
        guard decoder.rejected > 0 else { return }
        counters.rejected.add(decoder.rejected, ordering: .relaxed)
        counters.deadLetters.withLock { ledger in
            decoder.forEachRefusal { ledger.note($0, feed: feed, at: time) }
        }
    }

    private func note(_ refusal: FeedDecoder.Refusal, at time: Int64) {
        shared.counters.deadLetters.withLock { $0.note(refusal, feed: feed, at: time) }
    }
}
