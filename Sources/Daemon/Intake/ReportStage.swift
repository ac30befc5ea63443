import Events
import Glibc
import Journal
import Logging
import RingBuffers
import Synchronization
import Transport

/// The thread of the feeds whose senders are answered (`pattern: router`).
///
///     REQ | DEALER ─► decode ─► recording.db, fsync ═ring═► evaluation
///               ▲                      │
///               └── {"ok":true,"seq":n}┘
///
/// A report is answered when it is on disk, and not before; what is answered is decided, also after
/// a kill -9: at a start the reports behind the last one that the journal knows to be decided go
/// into the ring first. A report whose stream names an `id` and that is recorded already gets its
/// first answer again and goes no further. Nothing is shed: when the ring is full the sockets are
/// left unread.
///
/// One thread for all such feeds, so that the order of the recording is the order of the ring.
struct ReportStage: ~Copyable, Sendable {
    /// Sockets that one poll can watch, and a bell.
    static let feedLimit = Poller.maximumCapacity - 1

    let clock: Configuration.Clock
    let feeds: [Configuration.Feed]
    let shared: [IntakeShared]
    /// Feeds of the whole configuration, by whose places records name theirs.
    let feedCount: Int
    let declarations: [Handoff<IntakeDeclarations>]
    let recording: Recording
    /// The journal's last decided report, at the start and from then on.
    let decided: UInt64
    let streams: [StreamSchema]
    let generation: UInt32
    let timeline: Timeline
    let counters: LineCounters
    let engineBell: Doorbell
    let log: Logger
    var producer: RingProducer
    /// The number of the last report that the journal knows to be decided.
    let progress: @Sendable () -> UInt64

    /// Hands over what is undecided, opens the sockets, tells the gate, and serves.
    mutating func run(context: ZeroMQContext, gate: StartGate) {
        handOverUndecided()
        guard !feeds.isEmpty else { return }
        var readers: [ReportReader] = []
        for (index, feed) in feeds.enumerated() {
            guard let declarations = declarations[index].take() else { continue }
            readers.append(
                ReportReader(feed: feed, shared: shared[index], declarations: declarations))
        }
        let shared = shared
        keepServing(
            "The acknowledged intake", gate: gate, log: log,
            stops: { ReportStage.isStopping(shared) }
        ) { isOpen throws(TransportError) in
            var desks: [ReportDesk] = []
            for reader in readers { desks.append(try ReportDesk(reader, context: context)) }
            isOpen()
            try serve(desks)
        }
    }

    /// Says that this thread lives, also while it waits for room.
    private func turn() {
        let elapsed = timeline.elapsed
        for feed in shared { feed.counters.turned.store(elapsed, ordering: .relaxed) }
    }

    private func isStopping() -> Bool { ReportStage.isStopping(shared) }

    private static func isStopping(_ shared: [IntakeShared]) -> Bool {
        shared.contains { $0.stops.load(ordering: .acquiring) }
    }

    /// Whether new declarations are about to be handed in.
    private func isParking() -> Bool {
        shared.contains { $0.parks.load(ordering: .acquiring) }
    }

    private mutating func serve(_ desks: [ReportDesk]) throws(TransportError) {
        var poller = Poller()
        for desk in desks { desk.join(&poller) }
        if let bell = shared.first?.bell { _ = poller.add(bell) }
        var buffer = MessageBuffer()
        var maintained = timeline.now
        while !isStopping() {
            let time = timeline.now
            turn()
            shared.first?.bell.prepareToSleep()
            _ = try poller.poll(timeoutMilliseconds: isStopping() || isParking() ? 0 : 1000)
            shared.first?.bell.drain()
            if isParking() { park(desks) }
            var messages: [ReportDesk.Message] = []
            for desk in desks {
                messages += try desk.receive(
                    into: &buffer, limit: 256, at: timeline.now, clock: clock)
            }
            if !messages.isEmpty { settle(messages) }
            if time - maintained > 10_000_000_000 {
                maintained = time
                maintain()
            }
        }
        maintain()
    }

    private func maintain() {
        do throws(JournalError) {
            try recording.maintain(decided: progress())
        } catch {
            log.error("The recording's upkeep failed.", metadata: ["cause": "\(error)"])
        }
    }

    /// Waits at a message's border until new declarations are handed in.
    private mutating func park(_ desks: [ReportDesk]) {
        for feed in shared { feed.isParked.store(true, ordering: .releasing) }
        while isParking(), !isStopping() {
            turn()
            usleep(500)
        }
        for desk in desks {
            let reader = desk.reader
            if let declarations = reader.shared.declarations.take() { reader.take(declarations) }
        }
        for feed in shared { feed.isParked.store(false, ordering: .releasing) }
    }
}

// From a message to its answer.
extension ReportStage {
    /// Makes the messages durable in one transaction, hands them on, answers.
    private mutating func settle(_ messages: [ReportDesk.Message]) {
        do throws(JournalError) {
            var batch = Batch(next: recording.head + 1)
            var answers: [(seq: UInt64, fresh: Int)] = []
            for message in messages {
                let before = batch.fresh.count
                var seq: UInt64 = 0
                for report in message.reports { seq = try batch.take(report, recording) }
                answers.append((seq, batch.fresh.count - before))
            }
            if !batch.fresh.isEmpty { _ = try recording.append(batch.fresh) }
            // What finds no room because the line ends is recorded, and decided at the next start.
            _ = batch.fresh.allSatisfy { put($0.bytes) }
            flush()
            for (message, answer) in zip(messages, answers) {
                message.desk.confirm(message, seq: answer.seq, fresh: answer.fresh)
            }
        } catch {
            log.critical(
                "Reports cannot be stored; their senders are told.",
                metadata: ["cause": "\(error)", "messages": "\(messages.count)"])
            for message in messages { message.desk.refuseUnstored(message, at: timeline.now) }
        }
    }

    /// Reports of one transaction.
    private struct Batch {
        /// The number of the next new one.
        var next: UInt64
        var fresh: [Recording.Report] = []
        private var seqs: [Name: UInt64] = [:]

        /// What a report is known by.
        private struct Name: Hashable {
            var stream: String
            var status: Status
            var source: String
            var id: String
        }

        init(next: UInt64) { self.next = next }

        /// The number of a report: its own, or that of the one that said the same before.
        mutating func take(
            _ report: Recording.Report, _ recording: Recording
        ) throws(JournalError) -> UInt64 {
            if let id = report.id {
                let name = Name(
                    stream: report.stream, status: report.status, source: report.source, id: id)
                let recorded = try recording.seq(
                    stream: name.stream, status: name.status, source: name.source, id: id)
                if let seq = seqs[name] ?? recorded { return seq }
                seqs[name] = next
            }
            fresh.append(report)
            defer { next += 1 }
            return next
        }
    }

    /// What a run before this one acknowledged and did not decide.
    private mutating func handOverUndecided() {
        var last = decided
        var count = 0
        do throws(JournalError) {
            while case let page = try recording.reports(after: last, limit: 1000), !page.isEmpty {
                for report in page {
                    // The ring's records are counted: each number has one, whatever became of it.
                    while last + 1 < report.seq {
                        guard putVoid(&last) else { return }
                    }
                    last += 1
                    count += 1
                    guard let shape = try? RecordedShape(bytes: report.schema),
                        let record = shape.record(
                            report.bytes, under: streams, generation: generation,
                            feeds: feedCount)
                    else {
                        log.error(
                            "A recorded report belongs to no stream any more and is not decided.",
                            metadata: ["seq": "\(report.seq)"])
                        last -= 1
                        guard putVoid(&last) else { return }
                        continue
                    }
                    counters.resumed.add(1, ordering: .relaxed)
                    guard put(record) else { return }
                }
                flush()
            }
        } catch {
            log.critical(
                "Recorded reports cannot be read; what is undecided waits for the next start.",
                metadata: ["cause": "\(error)"])
        }
        if count > 0 {
            log.notice(
                "Reports of the last run are decided now.", metadata: ["reports": "\(count)"])
        }
    }

    /// A record in place of one that is no more: it is skipped.
    private mutating func putVoid(_ last: inout UInt64) -> Bool {
        var bytes = [UInt8](repeating: 0, count: EventRecord.headerBytes)
        bytes.withUnsafeMutableBytes { content in
            guard let base = content.baseAddress else { return }
            EventRecord(base: base).writeHeader(
                length: content.count, generation: generation, kind: .refused, status: 0, feed: 0,
                stream: 0, fieldCount: 0, eventTime: EventRecord.timeUnset, presence: 0)
        }
        guard put(bytes) else { return false }
        last += 1
        return true
    }

    /// False when the stage is to stop before there is room: then nothing more may be put, since
    /// the records of the ring are counted.
    private mutating func put(_ bytes: [UInt8]) -> Bool {
        var bytes = bytes
        return bytes.withUnsafeMutableBytes { content in
            guard let base = content.baseAddress else { return true }
            while !producer.put(EventRecord(base: base)) {
                flush()
                turn()
                if isStopping() { return false }
                usleep(200)
            }
            return true
        }
    }

    private mutating func flush() {
        producer.publish()
        engineBell.ring()
    }
}
