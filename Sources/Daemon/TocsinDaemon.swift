package import Engine
package import Evaluation
import Events
import Foundation
import Incidents
import Journal
package import Logging
import RingBuffers
import Rules
import Synchronization
import Transport
import Wire

/// The running line: wires the stages, starts them, reloads rules, stops in order.
///
///     feed ─► IntakeStage ═ring═►┐
///     feed ─► IntakeStage ═ring═►┼─► EngineStage ═ring═► JournalStage ═ring═► PublishStage ─► PUB
///     feeds ◄─► ReportStage ═ring═►┘                         │                     └◄──► ROUTER
///                   │                                    journal.db      ControlStage ◄──► ipc
///              recording-1.db
///
///     SupervisionStage ═a canary═► EngineStage … PublishStage ─► SupervisionStage ─► WATCHDOG=1
///
/// One thread a stage; each owns what it works on, and only rings and counters lie between them.
package final class TocsinDaemon: Sendable {
    private let configuration: Configuration
    private let log: Logger
    private let context: ZeroMQContext
    private let timeline = Timeline()
    private let counters = LineCounters()
    private let intakes: [IntakeShared]
    private let engine: EngineShared
    private let endpoints: PublishEndpoints
    private let journal: IncidentJournal
    private let recording: Recording?
    private let status: StatusSource
    private let bells: Bells
    private let stops = Stops()
    private let threads: Threads
    private let reloader: Reloader
    private let reloads = Mutex(Reloads())
    private let canary = Canary()
    private let supervision: Supervision

    private struct Bells: Sendable {
        let journal: Doorbell
        let publish: Doorbell
        let control: Doorbell
    }

    private struct Stops: Sendable {
        let reports = StopSignal()
        let journal = StopSignal()
        let publish = StopSignal()
        let control = StopSignal()
    }

    /// What watches the line; it begins when the line is up, and ends before it.
    private final class Supervision: Sendable {
        let bell: Doorbell
        let stops = StopSignal()
        let ring = Handoff<RingProducer>()
        let thread = Mutex<WorkerThread?>(nil)

        init() throws(TransportError) { bell = try Doorbell() }
    }

    /// Reloads that a signal asked for, one after the other.
    private struct Reloads {
        var last: WorkerThread?
        var isWaiting = false
    }

    private struct Threads: Sendable {
        var intakes: [WorkerThread] = []
        var engine: WorkerThread
        var journal: WorkerThread
        var publish: WorkerThread
        var control: WorkerThread
    }

    /// Bytes of the ring of each feed; at least two of the largest records.
    private static let intakeRing = 4 << 20
    /// Bytes of the rings behind the engine.
    private static let decisionRing = 8 << 20

    /// Starts the line with a plan; throws a sentence when a part of it cannot start, with nothing
    /// left running.
    ///
    /// - Parameters:
    ///   - incidentLog: where a line is written for each incident that begins, rises or ends.
    ///   - service: who is told when the line is up, and that it lives.
    package init(
        configuration: Configuration, plan: Plan, log: Logger, incidentLog: Logger? = nil,
        service: ServiceManager? = nil
    ) throws(StartFailure) {
        self.configuration = configuration
        self.log = log
        let journal = try TocsinDaemon.openJournal(configuration, log)
        self.journal = journal
        recording = try TocsinDaemon.openRecording(configuration, journal, log)
        do throws(TransportError) {
            context = try ZeroMQContext()
            engine = try EngineShared()
            bells = Bells(
                journal: try Doorbell(), publish: try Doorbell(), control: try Doorbell())
            supervision = try Supervision()
            var intakes: [IntakeShared] = []
            // Feeds whose senders are answered share a thread, and its bell.
            let reportBell = try Doorbell()
            for feed in configuration.feeds {
                intakes.append(
                    IntakeShared(bell: feed.pattern == .router ? reportBell : try Doorbell()))
            }
            self.intakes = intakes
        } catch {
            throw StartFailure("ZeroMQ cannot start: \(error).")
        }
        endpoints = PublishEndpoints(
            escalations: configuration.escalations, recovery: configuration.recovery)
        status = StatusSource(
            configuration: configuration, timeline: timeline, intakes: intakes, engine: engine,
            counters: counters, journal: journal, endpoints: endpoints, canary: canary)
        reloader = Reloader(
            configuration: configuration, log: log, intakes: intakes, engine: engine,
            status: status, service: service)
        let start = LineStart(
            configuration: configuration, plan: plan, log: log, context: context,
            timeline: timeline, counters: counters, intakes: intakes, engine: engine,
            endpoints: endpoints, journal: journal, recording: recording, status: status,
            reloader: reloader, canaries: supervision.ring, incidents: IncidentLog(incidentLog))
        let line = try start.line()
        let gate = StartGate(places: configuration.places.endpoints)
        threads = TocsinDaemon.launch(start, line, gate, bells, stops)
        let failures = gate.wait(
            for: start.straightFeeds.count + (recording == nil ? 0 : 1) + 2)
        guard failures.isEmpty else {
            stop()
            throw StartFailure(failures.map(\.description).joined(separator: " "))
        }
        reloader.begin()
        service?.tell(.ready("Up with \(plan.rules.count.counting("rule"))."))
        supervise(service)
    }

    private func supervise(_ service: ServiceManager?) {
        guard let ring = supervision.ring.take() else { return }
        let stage = Handoff(
            SupervisionStage(
                canary: canary, manager: service, status: status, engineBell: engine.bell,
                controlBell: bells.control, bell: supervision.bell, stops: supervision.stops,
                ring: ring))
        let thread = WorkerThread {
            guard var stage = stage.take() else { return }
            stage.run()
        }
        supervision.thread.withLock { $0 = thread }
    }

    private static func openJournal(
        _ configuration: Configuration, _ log: Logger
    ) throws(StartFailure) -> IncidentJournal {
        do throws(JournalError) {
            let journal = try IncidentJournal.open(
                folder: configuration.state, publisher: configuration.publisher,
                unixSeconds: UInt64(max(0, Timeline.wall / Timestamp.nanosecondsPerSecond)),
                digest: Digest.sha256)
            if case .replaced(let name, let finding) = journal.opening {
                log.critical(
                    "The journal was damaged; it was set aside and a new one begun.",
                    metadata: ["set aside as": "\(name)", "finding": "\(finding)"])
            }
            return journal
        } catch {
            throw StartFailure(
                Configuration.Places.at(
                    configuration.places.state,
                    "The state folder \(configuration.state) cannot be used: \(error)"))
        }
    }

    /// The recording of acknowledged reports, if any feed is or was acknowledged.
    private static func openRecording(
        _ configuration: Configuration, _ journal: IncidentJournal, _ log: Logger
    ) throws(StartFailure) -> Recording? {
        let isAcknowledging = configuration.feeds.contains { $0.pattern == .router }
        guard
            isAcknowledging
                || FileManager.default.fileExists(
                    atPath: Recording.path(in: configuration.state))
        else { return nil }
        do throws(JournalError) {
            let recording = try Recording.open(
                folder: configuration.state, decided: journal.recorded,
                unixSeconds: UInt64(max(0, Timeline.wall / Timestamp.nanosecondsPerSecond)))
            if let (name, finding) = recording.setAside {
                log.critical(
                    "The recording was damaged; it was set aside and a new one begun.",
                    metadata: ["set aside as": "\(name)", "finding": "\(finding)"])
            }
            return recording
        } catch {
            throw StartFailure("The recording in \(configuration.state) cannot be used: \(error)")
        }
    }

    private static func launch(
        _ start: LineStart, _ line: consuming Line, _ gate: StartGate, _ bells: Bells,
        _ stops: Stops
    ) -> Threads {
        let context = start.context
        var intakeThreads: [WorkerThread] = []
        for stage in start.intakeStages(line.producers, start.engine.bell) {
            intakeThreads.append(
                WorkerThread {
                    guard var stage = stage.take() else { return }
                    stage.run(context: context, gate: gate)
                })
        }
        if let stage = start.reportStage(
            line.producers, decided: line.decided, start.engine.bell, stops.reports)
        {
            intakeThreads.append(
                WorkerThread {
                    guard var stage = stage.take() else { return }
                    stage.run(context: context, gate: gate)
                })
        }
        let straight = start.straightFeeds.map { start.intakes[$0].counters }
        // The ring of acknowledged reports is the last; its lag is told with the first such feed.
        let reports = start.acknowledgedFeeds.first.map { start.intakes[$0].counters }
        let decisions = Ring(capacity: decisionRing)
        let items = Ring(capacity: decisionRing)
        let canaries = Ring(capacity: Canary.ring)
        start.canaries.put(canaries.producer)
        let engineStage = Handoff(
            EngineStage(
                clock: start.status.clock, timeline: start.timeline, shared: start.engine,
                counters: start.counters, journalBell: bells.journal,
                feeds: straight + [reports ?? FeedCounters()], engine: line.engine,
                rings: RingSet(line.consumers), journal: decisions.producer,
                canaries: canaries.consumer, started: start.timeline.now))
        let journalStage = Handoff(
            JournalStage(
                journal: start.journal, timeline: start.timeline, counters: start.counters,
                bell: bells.journal, stops: stops.journal, publishBell: bells.publish,
                log: start.log, entries: decisions.consumer, items: items.producer,
                incidents: start.incidents))
        let heartbeat = Heartbeat(
            publisher: start.configuration.publisher, channel: start.journal.channel,
            timeline: start.timeline, counters: start.counters, engine: start.engine)
        let publishStage = Handoff(
            PublishStage(
                endpoints: start.endpoints, journal: start.journal, heartbeat: heartbeat,
                timeline: start.timeline, counters: start.counters, bell: bells.publish,
                stops: stops.publish, log: start.log, canary: start.status.canary,
                items: items.consumer))
        let control = ControlStage(
            endpoint: start.configuration.control, status: start.status, reloader: start.reloader,
            bell: bells.control, stops: stops.control, log: start.log)
        return Threads(
            intakes: intakeThreads,
            engine: WorkerThread {
                guard var stage = engineStage.take() else { return }
                stage.run()
            },
            journal: WorkerThread {
                guard var stage = journalStage.take() else { return }
                stage.run()
            },
            publish: WorkerThread {
                guard var stage = publishStage.take() else { return }
                stage.run(context: context, gate: gate)
            },
            control: WorkerThread { control.run(context: context, gate: gate) })
    }

    /// The endpoints in use, wildcards resolved: each feed's, then escalations and recovery.
    package var boundEndpoints: (feeds: [String], escalations: String, recovery: String) {
        let out = endpoints.bound.withLock { $0 }
        return (intakes.map { $0.bound.withLock { $0 } }, out.escalations, out.recovery)
    }

    /// Events the engine has evaluated so far.
    package var eventsEvaluated: UInt64 {
        UInt64(counters.events.load(ordering: .relaxed))
    }

    /// The reply to `status`, JSON.
    package func statusReport() -> [UInt8] { status.status() }

    /// Takes other rules into force, all or nothing; what that did, nil when the line did not come
    /// to rest.
    package func replace(plan: Plan) -> ReloadPlan? { reloader.replace(plan: plan) }

    /// Reads the rules again (SIGHUP), beside the caller: a request to stop does not wait for it,
    /// and it gives up then. With an error anywhere the old rules go on.
    package func beginReload() {
        reloads.withLock { reloads in
            // One that waits for its turn reads what is there by then.
            guard !reloads.isWaiting else { return }
            let before = reloads.last
            reloads.isWaiting = true
            reloads.last = WorkerThread { [self] in
                before?.join()
                self.reloads.withLock { $0.isWaiting = false }
                _ = reloader.reload(.replace)
            }
        }
    }

    /// Stops in the order of the line: what is in it is decided, committed and published first.
    package func stop() {
        supervision.stops.set()
        supervision.bell.ring()
        supervision.thread.withLock { $0.take() }?.join()
        reloader.stop()
        stops.reports.set()
        for intake in intakes {
            intake.stops.store(true, ordering: .releasing)
            intake.bell.ring()
        }
        for thread in threads.intakes { thread.join() }
        engine.stops.store(true, ordering: .releasing)
        engine.bell.ring()
        threads.engine.join()
        stops.journal.set()
        bells.journal.ring()
        threads.journal.join()
        stops.publish.set()
        stops.control.set()
        bells.publish.ring()
        bells.control.ring()
        threads.publish.join()
        threads.control.join()
        context.terminate()
        do throws(JournalError) {
            // All is decided: whoever finds a new journal here does not decide it again.
            try recording?.maintain(decided: journal.recorded)
            try recording?.close()
            try journal.close()
        } catch {
            log.error("The journal did not close cleanly.", metadata: ["cause": "\(error)"])
        }
    }
}
