import Events
import Glibc
import Journal
import Logging
import RingBuffers
import Synchronization
import Transport

/// The journal thread: gathers what was decided, commits it, and only then hands it on.
///
///     entries ═ring═► group commit (256 rows | 2 ms | severe) ─► SQLite ─► items ═ring═► publish
///
/// What one event decided is one transaction, never two. A canary is a transaction of its own.
struct JournalStage: ~Copyable, Sendable {
    let journal: IncidentJournal
    let timeline: Timeline
    let counters: LineCounters
    let bell: Doorbell
    let stops: StopSignal
    let publishBell: Doorbell
    let log: Logger
    var entries: RingConsumer
    var items: RingProducer
    var incidents: IncidentLog

    /// Runs until asked to stop and everything is committed.
    mutating func run() {
        var policy = GroupCommit()
        var batch = Gathering()
        while true {
            counters.journalAlive.store(timeline.now, ordering: .relaxed)
            incidents.turn(now: timeline.elapsed)
            var decision = policy.decide(now: monotonic)
            let run = entries.readable()
            let taken = run.forEachContent { content in
                switch try? JournalMessage(bytes: content) {
                case .entry(let entry):
                    batch.pending.append(entry)
                    decision = policy.add(entry, now: monotonic)
                case .boundary(let number, let recorded):
                    batch.close(nextEventNo: number, recorded: recorded)
                    // The rest stays in the ring, which is bounded.
                    if case .commit = decision { return false }
                case .canary(let number): batch.canary = number
                case nil: preconditionFailure("The ring to the journal holds what we wrote.")
                }
                return true
            }
            entries.release(taken)
            counters.decisionLag.store(entries.lag, ordering: .relaxed)
            if run.isEmpty && stops.isSet {
                if batch.isNews { _ = commit(&batch) }
                return
            }
            guard case .commit = decision, batch.whole > 0 else {
                if batch.pending.isEmpty, !commitCanary(&batch) { return }
                wait(batch.whole > 0 ? decision : .idle)
                continue
            }
            guard commit(&batch) else { return }
            policy.begin()
            for entry in batch.pending { _ = policy.add(entry, now: monotonic) }
            guard commitCanary(&batch) else { return }
        }
    }

    /// Entries on their way into a transaction.
    private struct Gathering {
        var pending: [JournalEntry] = []
        /// How many of them belong to events that have told everything.
        var whole = 0
        var nextEventNo: UInt64 = 0
        var committedEventNo: UInt64 = 0
        var recorded: UInt64 = 0
        var committedRecorded: UInt64 = 0
        /// A canary that waits for its commit.
        var canary: UInt64?

        var isNews: Bool {
            whole > 0 || nextEventNo > committedEventNo || recorded > committedRecorded
        }

        mutating func close(nextEventNo: UInt64, recorded: UInt64) {
            whole = pending.count
            self.nextEventNo = nextEventNo
            self.recorded = recorded
        }

        mutating func committed() {
            pending.removeFirst(whole)
            whole = 0
            committedEventNo = nextEventNo
            committedRecorded = recorded
        }
    }

    private func wait(_ decision: GroupCommit.Decision) {
        bell.prepareToSleep()
        guard entries.isEmpty, !stops.isSet else { return bell.cancelSleep() }
        switch decision {
        case .idle: _ = bell.wait(timeoutMilliseconds: 1000)
        case .gather(let nanoseconds):
            _ = bell.wait(timeoutMilliseconds: Int32(max(1, nanoseconds / 1_000_000)))
        case .commit: bell.cancelSleep()
        }
    }

    private var monotonic: UInt64 { UInt64(max(0, timeline.elapsed)) }

    /// Commits what belongs to events that have told everything; false when a stop came before it
    /// could.
    private mutating func commit(_ gathered: inout Gathering) -> Bool {
        let batch = JournalBatch(
            entries: Array(gathered.pending[..<gathered.whole]),
            nextEventNo: gathered.nextEventNo, recorded: gathered.recorded)
        let journal = journal
        let committed = persist(rows: batch.entries.count) { () throws(JournalError) in
            try journal.commit(batch)
        }
        guard let committed else { return false }
        gathered.committed()
        handOn(committed.map { PublishMessage($0).encoded() })
        incidents.tell(committed, now: timeline.elapsed)
        maintain()
        return true
    }

    /// Commits a canary that waits and how far all before it is decided, and hands it on; false
    /// when a stop came before it could.
    private mutating func commitCanary(_ gathered: inout Gathering) -> Bool {
        guard let number = gathered.canary else { return true }
        if gathered.isNews { guard commit(&gathered) else { return false } }
        let journal = journal
        let isCommitted: Void? = persist(rows: 0) { () throws(JournalError) in
            try journal.commitCanary()
        }
        guard isCommitted != nil else { return false }
        gathered.canary = nil
        handOn([PublishMessage.canary(number).encoded()])
        maintain()
        return true
    }

    /// Commits, again and again if need be: what was decided is never dropped. Nil when a stop came
    /// before it could.
    private func persist<Result>(
        rows: Int, _ body: () throws(JournalError) -> Result
    ) -> Result? {
        while true {
            let start = timeline.elapsed
            do throws(JournalError) {
                let result = try body()
                counters.waitsForDisk.store(0, ordering: .relaxed)
                counters.lastCommit.store(timeline.elapsed - start, ordering: .relaxed)
                counters.commits.add(1, ordering: .relaxed)
                counters.rows.add(rows, ordering: .relaxed)
                let failure = counters.commitFailure.withLock { $0.take() }
                if failure != nil {
                    log.notice(
                        "The journal commits again.",
                        metadata: Logger.Metadata().known(as: .journalRecovered))
                }
                return result
            } catch {
                counters.commitFailures.add(1, ordering: .relaxed)
                counters.commitFailure.withLock { $0 = "\(error)" }
                counters.waitsForDisk.store(
                    error.kind == .full ? timeline.elapsed : 0, ordering: .relaxed)
                let metadata: Logger.Metadata = ["cause": "\(error)", "rows": "\(rows)"]
                log.critical(
                    "The journal cannot commit; nothing is published until it can.",
                    metadata: metadata.known(as: .journalFailing))
                // A stop cannot wait for a disk that is gone: what was not committed was not said.
                if stops.isSet { return nil }
                sleep(1)
            }
        }
    }

    private func maintain() {
        do throws(JournalError) { try journal.maintain() } catch {
            log.error("The journal's upkeep failed.", metadata: ["cause": "\(error)"])
        }
    }

    /// What is committed is published, at once or, where a stop cannot wait for a publisher that
    /// takes nothing, when receivers ask for it.
    private mutating func handOn(_ messages: [[UInt8]]) {
        var patience = 5000
        for bytes in messages {
            while !items.put(bytes) {
                items.publish()
                publishBell.ring()
                usleep(200)
                if stops.isSet { patience -= 1 }
                guard patience > 0 else { return }
            }
        }
        items.publish()
        publishBell.ring()
    }
}

/// A request to stop that any thread may read.
final class StopSignal: Sendable {
    private let flag = Atomic<Bool>(false)

    /// Whether it was given.
    var isSet: Bool { flag.load(ordering: .acquiring) }

    /// Gives it.
    func set() { flag.store(true, ordering: .releasing) }
}
