import Engine
import Evaluation
import Events
import Glibc
import Incidents
import Journal
import RingBuffers
import Synchronization
import Transport
import Wire

/// The evaluation thread: drains the intakes' rings in turn, runs the engine, and tells the journal
/// what was decided.
///
///     ═ring═►┐
///     ═ring═►┼─► sequence ─► evaluate ─► incidents ─► entries ═ring═► journal
///     ═ring═►┘
///
/// It alone touches the engine. A ring is released when its batch has been decided and told.
struct EngineStage: ~Copyable, Sendable {
    let clock: Engine.Clock
    let timeline: Timeline
    let shared: EngineShared
    let counters: LineCounters
    let journalBell: Doorbell
    /// Whose records each ring holds.
    let feeds: [FeedCounters]
    var engine: Engine
    var rings: RingSet
    var journal: RingProducer
    /// Canaries on their way to the journal; the engine never sees them.
    var canaries: RingConsumer
    /// The timeline's now at the start, and when blind streams were last looked for.
    let started: Int64
    var blindAt: Int64 = 0
    /// Whether a stop found the journal unable to commit: what is decided from then on is not told.
    var isCutOff = false

    /// Bytes of a ring taken at once: what is decided together is told together.
    private static var batchBytes: Int { 64 << 10 }

    /// Runs until asked to stop and nothing is left in the rings.
    mutating func run() {
        tell()
        while true {
            counters.engineAlive.store(timeline.now, ordering: .relaxed)
            let worked = turn()
            obey()
            if isCutOff { return }
            if worked { continue }
            if shared.stops.load(ordering: .acquiring) { break }
            sleep()
        }
        putBoundary()
        journal.publish()
        journalBell.ring()
    }

    private mutating func putBoundary() {
        put(.boundary(nextEventNo: engine.nextEventNo, recorded: engine.recordedNo))
    }

    /// One batch of each ring, and what falls due; whether there was anything.
    private mutating func turn() -> Bool {
        var worked = false
        for index in 0..<rings.count {
            let run = rings[index].readable()
            guard run.count > 0 else { continue }
            worked = true
            counters.batches.add(1, ordering: .relaxed)
            let bytes = EngineStage.wholeRecords(of: run)
            let batch = UnsafeMutableRawBufferPointer(rebasing: run[..<bytes])
            engine.process(batch, wallNow: timeline.now, latest: Timeline.wall)
            tell()
            counters.events.store(Int(engine.evaluation.events), ordering: .relaxed)
            rings[index].release(bytes)
            feeds[index].lag.store(rings[index].lag, ordering: .relaxed)
        }
        if clock == .wall {
            engine.advance(to: timeline.now)
            tell()
        }
        return worked
    }

    /// Length of the first whole records of a run, about `batchBytes`.
    private static func wholeRecords(of run: UnsafeMutableRawBufferPointer) -> Int {
        guard run.count > batchBytes, let start = run.baseAddress else { return run.count }
        var bytes = 0
        while bytes < batchBytes { bytes += EventRecord(base: start + bytes).length }
        return bytes
    }

    /// Waits for records, for a request, or for what falls due next.
    private func sleep() {
        var milliseconds: Int32 = 1000
        if clock == .wall, let due = engine.nextTimer {
            milliseconds = Int32(clamping: min(1000, max(1, (due - timeline.now) / 1_000_000 + 1)))
        }
        shared.bell.prepareToSleep()
        if rings.isEmpty && canaries.isEmpty && !shared.hasRequest {
            _ = shared.bell.wait(timeoutMilliseconds: milliseconds)
        } else {
            shared.bell.cancelSleep()
        }
    }

    /// Carries out what other threads asked for, between two batches.
    private mutating func obey() {
        let time = clock == .wall ? timeline.now : max(engine.now, 0)
        if timeline.now - blindAt >= 1_000_000_000 {
            blindAt = timeline.now
            let blind = engine.blindStreams(now: time, start: clock == .wall ? started : time)
            shared.blind.withLock { $0 = blind }
        }
        // Where a plan is to come into force the intakes are parked: what their rings hold was
        // decoded for the old one.
        if let (plan, purpose) = shared.plans.take(mayReplace: rings.isEmpty) {
            let told = engine.reloadPlan(for: plan)
            if purpose == .replace { replace(plan) }
            shared.plans.answer(told)
        }
        if let canary = canaries.takeCanary() {
            // Reports that decide nothing are decided too, and the journal has to hear of it.
            putBoundary()
            put(.canary(canary))
            journal.publish()
            journalBell.ring()
        }
        if shared.wantsReport.exchange(false, ordering: .acquiringAndReleasing) {
            let report = EngineReport(engine)
            shared.report.withLock { $0 = report }
        }
    }

    private mutating func replace(_ plan: Plan) {
        let before = engine.plan.descriptions
        engine.replace(plan: plan)
        // A rule whose stream or `by` changed is another rule.
        let after = plan.descriptions
        for (name, rule) in before.sorted(by: { $0.key < $1.key })
        where after[name]?.partition != rule.partition {
            put(.entry(.ruleForgotten(rule: name)))
        }
        // What was put belongs to no event: without a boundary it would wait for the next one.
        putBoundary()
        journal.publish()
        journalBell.ring()
        tell()
    }

    /// Tells the journal what was decided since the last time.
    private mutating func tell() {
        guard engine.hasDecisions else { return }
        for decision in engine.takeDecisions() {
            guard let entry = JournalEntry(decision) else { continue }
            counters.decisions.add(1, ordering: .relaxed)
            put(.entry(entry))
        }
        putBoundary()
        journal.publish()
        journalBell.ring()
    }

    /// A full ring makes the engine wait: nothing decided is dropped, but for a stop while the
    /// journal cannot commit. What is told then was never said, as after a kill.
    private mutating func put(_ message: JournalMessage) {
        let bytes = message.encoded()
        while !isCutOff, !journal.put(bytes) {
            isCutOff =
                shared.stops.load(ordering: .acquiring)
                && counters.commitFailure.withLock { $0 != nil }
            counters.engineWaits.add(1, ordering: .relaxed)
            journal.publish()
            journalBell.ring()
            usleep(200)
        }
    }
}

extension JournalEntry {
    /// What the journal keeps of a decision; nil where it keeps nothing.
    init?(_ decision: Engine.Decision) {
        switch decision {
        case .transition: return nil
        case .escalation(let escalation):
            self = .escalation(EscalationEncoder.draft(of: escalation))
        case .incident(let incident):
            self = .incident(
                subject: incident.subject, incident: incident.id, state: incident.encoded())
        case .incidentClosed(let subject): self = .incidentClosed(subject: subject)
        case .state(.changed(let state)):
            self = .state(rule: state.rule, key: state.key, bytes: state.encoded())
        case .state(.gone(let rule, let key)): self = .state(rule: rule, key: key, bytes: nil)
        case .state(.heard(let known)): self = .keyHeard(known)
        }
    }
}

/// The reading ends of the intakes' rings.
///
/// Sendable though it holds raw memory: the ends in it are its own.
struct RingSet: ~Copyable, @unchecked Sendable {
    private let base: UnsafeMutablePointer<RingConsumer>
    let count: Int

    /// Takes the rings over from their handoffs.
    init(_ handoffs: [Handoff<RingConsumer>]) {
        base = .allocate(capacity: max(1, handoffs.count))
        var count = 0
        for handoff in handoffs {
            guard let consumer = handoff.take() else { continue }
            (base + count).initialize(to: consumer)
            count += 1
        }
        self.count = count
    }

    deinit {
        base.deinitialize(count: count).deallocate()
    }

    subscript(index: Int) -> RingConsumer {
        unsafeAddress { UnsafePointer(base + index) }
        nonmutating unsafeMutableAddress { base + index }
    }

    /// Whether nothing published is left to read.
    var isEmpty: Bool {
        for index in 0..<count where !base[index].isEmpty { return false }
        return true
    }
}

/// What the evaluation thread shares with those who steer and watch it.
final class EngineShared: Sendable {
    let bell: Doorbell
    let stops = Atomic<Bool>(false)
    /// Plans to take into force, or to say what that would do.
    let plans = PlanExchange()
    let wantsReport = Atomic<Bool>(false)
    let report = Mutex<EngineReport?>(nil)
    /// Streams from which nothing comes any more, a second old at most.
    let blind = Mutex<[String]>([])

    init() throws(TransportError) { bell = try Doorbell() }

    /// Whether a thread waits for something to be carried out.
    var hasRequest: Bool {
        wantsReport.load(ordering: .acquiring) || stops.load(ordering: .acquiring)
            || plans.isAsked
    }

    /// A fresh report; nil when the engine does not answer within `milliseconds`.
    func freshReport(milliseconds: Int) -> EngineReport? {
        report.withLock { $0 = nil }
        wantsReport.store(true, ordering: .releasing)
        bell.ring()
        for _ in 0..<milliseconds {
            if let report = report.withLock({ $0 }) { return report }
            usleep(1000)
        }
        return nil
    }
}
