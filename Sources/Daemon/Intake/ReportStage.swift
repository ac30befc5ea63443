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
    /// The declarations in force.
    var streams: [StreamSchema]
    var generation: UInt32
    let timeline: Timeline
    let counters: LineCounters
    let engineBell: Doorbell
    let stops: StopSignal
    let log: Logger
    var producer: RingProducer
    /// Messages that could not be stored since that was last told, and when it may be told again.
    var unstored = 0
    var complaintDue: Int64 = 0
    /// The number of the last report that the journal knows to be decided.
    let progress: @Sendable () -> UInt64

    /// Hands over what is undecided, opens the sockets, tells the gate, and serves.
    ///
    /// Without feeds, or with a recording that cannot be read, that is all: a later report would be
    /// decided before those that are undecided, and they never.
    mutating func run(context: ZeroMQContext, gate: StartGate) {
        do throws(JournalError) { try takeUp(after: decided) } catch {
            return gate.failed(
                StartFailure("The acknowledged reports cannot be read: \(error)"))
        }
        guard !feeds.isEmpty else { return gate.ready() }
        var readers: [ReportReader] = []
        for (index, feed) in feeds.enumerated() {
            guard let declarations = declarations[index].take() else { continue }
            readers.append(
                ReportReader(feed: feed, shared: shared[index], declarations: declarations))
        }
        let stops = stops
        keepServing(
            "The acknowledged intake", gate: gate, log: log, stops: { stops.isSet }
        ) { isOpen throws(TransportError) in
            turn()
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
        while !stops.isSet {
            let time = timeline.now
            turn()
            shared.first?.bell.prepareToSleep()
            _ = try poller.poll(timeoutMilliseconds: stops.isSet || isParking() ? 0 : 1000)
            shared.first?.bell.drain()
            if isParking() { park(desks) }
            for desk in desks {
                turn()
                let messages = try desk.receive(into: &buffer, timeline: timeline, clock: clock)
                if !messages.isEmpty { settle(messages, of: desk) }
            }
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
        while isParking(), !stops.isSet {
            turn()
            usleep(500)
        }
        var isNew = false
        for desk in desks {
            let reader = desk.reader
            guard let declarations = reader.shared.declarations.take() else { continue }
            (streams, generation, isNew) = (
                declarations.streams, declarations.generation, true
            )
            reader.take(declarations)
        }
        for feed in shared { feed.isParked.store(false, ordering: .releasing) }
        guard isNew, counters.stranded.load(ordering: .relaxed) > 0 else { return }
        do throws(JournalError) { try takeUp(after: recording.head) } catch {
            // A later report would be decided before those, and they never.
            recording.retire(error)
            log.critical(
                "Acknowledged reports cannot be read, and no more are taken until the next start.",
                metadata: ["cause": "\(error)"])
        }
    }
}

// From a message to its answer.
extension ReportStage {
    /// Makes the messages durable in one transaction, hands them on, answers.
    private mutating func settle(_ messages: [ReportDesk.Message], of desk: ReportDesk) {
        do throws(JournalError) {
            var batch = Batch(first: recording.head + 1)
            var answers: [(seq: UInt64, fresh: Int, differs: Bool)] = []
            for message in messages {
                turn()
                let before = batch.fresh.count
                var (seq, differs) = (UInt64(0), false)
                for report in message.reports {
                    let taken = try batch.take(report, recording)
                    seq = taken.seq
                    differs = differs || taken.differs
                }
                answers.append((seq, batch.fresh.count - before, differs))
            }
            if !batch.fresh.isEmpty {
                let first = try recording.append(batch.fresh)
                // What finds no room because the line ends is decided at the next start.
                for (offset, report) in batch.fresh.enumerated() {
                    guard put(report.bytes, seq: first + UInt64(offset)) else { break }
                }
                flush()
            }
            for (message, answer) in zip(messages, answers) {
                desk.confirm(
                    message, seq: answer.seq, fresh: answer.fresh, differs: answer.differs)
            }
        } catch {
            unstored += messages.count
            if timeline.elapsed >= complaintDue {
                log.critical(
                    "Reports cannot be stored; their senders are told.",
                    metadata: ["cause": "\(error)", "messages": "\(unstored)"])
                unstored = 0
                complaintDue = timeline.elapsed + 10_000_000_000
            }
            for message in messages { desk.refuseUnstored(message, at: timeline.now) }
        }
    }

    /// Reports of one transaction.
    private struct Batch {
        /// The number of the first new one; the others follow.
        let first: UInt64
        private(set) var fresh: [Recording.Report] = []
        /// Places in `fresh`.
        private var places: [Name: Int] = [:]

        /// What a report is known by, in bytes: texts that only look the same are two.
        private struct Name: Hashable {
            var stream: [UInt8]
            var status: Status
            var source: [UInt8]
            var id: [UInt8]
        }

        init(first: UInt64) { self.first = first }

        /// The number of a report: its own, or that of the one with its name; whether that one says
        /// something else.
        mutating func take(
            _ report: Recording.Report, _ recording: Recording
        ) throws(JournalError) -> (seq: UInt64, differs: Bool) {
            if let id = report.id {
                let name = Name(
                    stream: Array(report.stream.utf8), status: report.status,
                    source: Array(report.source.utf8), id: Array(id.utf8))
                if let place = places[name] {
                    let earlier = fresh[place]
                    return (
                        first + UInt64(place),
                        Batch.differ(report, from: earlier.bytes, earlier.schema)
                    )
                }
                let earlier = try recording.report(
                    stream: report.stream, status: report.status, source: report.source, id: id)
                if let earlier {
                    return (
                        earlier.seq, Batch.differ(report, from: earlier.bytes, earlier.schema)
                    )
                }
                places[name] = fresh.count
            }
            fresh.append(report)
            return (first + UInt64(fresh.count - 1), false)
        }

        /// Whether two say something else; unknown where the declarations are others by now.
        private static func differ(
            _ report: Recording.Report, from earlier: [UInt8], _ schema: [UInt8]
        ) -> Bool {
            guard report.schema == schema, let shape = try? RecordedShape(bytes: schema) else {
                return false
            }
            return !shape.saysTheSame(report.bytes, earlier)
        }
    }

    /// False when the stage is to stop before there is room: then nothing later may be put, since
    /// what the engine has taken is decided with all before it.
    private mutating func put(_ bytes: [UInt8], seq: UInt64) -> Bool {
        var bytes = bytes
        return bytes.withUnsafeMutableBytes { content in
            guard let base = content.baseAddress else { return true }
            let record = EventRecord(base: base)
            record.recordedNo = seq
            while !producer.put(record) {
                flush()
                turn()
                if stops.isSet { return false }
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

// What was acknowledged and is not decided.
extension ReportStage {
    /// Hands over what is recorded behind `last` in its order, then what was stranded before and
    /// has a declaration again. What none takes is noted as stranded: it waits for one.
    private mutating func takeUp(after last: UInt64) throws(JournalError) {
        let (streams, generation, feedCount) = (streams, generation, feedCount)
        func fit(_ report: Recording.Stored) throws(RecordedShape.Misfit) -> [UInt8] {
            guard let shape = try? RecordedShape(bytes: report.schema) else { throw .damaged }
            return try shape.fit(
                report.bytes, under: streams, generation: generation, feeds: feedCount)
        }
        try recording.release { (try? fit($0)) != nil }
        var last = last
        var resumed = 0
        var strandings: [String: Int] = [:]
        while case let page = try recording.reports(after: last, limit: 1000), !page.isEmpty {
            var fitted: [(seq: UInt64, bytes: [UInt8])] = []
            var stranded: [UInt64] = []
            for report in page {
                turn()
                do throws(RecordedShape.Misfit) {
                    fitted.append((report.seq, try fit(report)))
                } catch {
                    stranded.append(report.seq)
                    strandings[error.reason, default: 0] += 1
                }
            }
            // Before any later one can be decided.
            if !stranded.isEmpty { try recording.strand(stranded) }
            for (seq, bytes) in fitted {
                guard put(bytes, seq: seq) else { return }
                resumed += 1
            }
            counters.resumed.add(fitted.count, ordering: .relaxed)
            flush()
            last = page.last?.seq ?? last
        }
        counters.stranded.store(try recording.strandedCount(), ordering: .relaxed)
        for (reason, count) in strandings.sorted(by: { $0.key < $1.key }) {
            log.error(
                """
                Acknowledged reports are kept undecided: \(reason). They are decided once the \
                rules take them.
                """, metadata: ["reports": "\(count)"])
        }
        guard resumed > 0 else { return }
        log.notice(
            "Reports that were acknowledged before are decided now.",
            metadata: ["reports": "\(resumed)"])
    }
}
