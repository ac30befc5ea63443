import Engine
import Evaluation
import Events
import Incidents
import Journal
import Logging
import RingBuffers
import Transport

/// Everything the line is made of before its threads exist.
struct LineStart: Sendable {
    let configuration: Configuration
    let plan: Plan
    let log: Logger
    let context: ZeroMQContext
    let timeline: Timeline
    let counters: LineCounters
    let intakes: [IntakeShared]
    let engine: EngineShared
    let endpoints: PublishEndpoints
    let journal: IncidentJournal
    /// Nil without acknowledged feeds, now and before.
    let recording: Recording?
    let status: StatusSource
    let reloader: Reloader
    /// Where the supervising thread finds its end of the ring of canaries.
    let canaries: Handoff<RingProducer>
    let incidents: IncidentLog

    /// The engine with what the journal knew, and the rings of the feeds.
    func line() throws(StartFailure) -> Line {
        let recovered: RecoveredDecisions
        do throws(JournalError) { recovered = try journal.recovered() } catch {
            throw StartFailure("The journal cannot be read: \(error)")
        }
        let decided = try decided(recovered.recorded)
        var options = Engine.Options()
        options.logs = false
        options.tellsState = true
        var engine = Engine(
            plan: plan, clock: status.clock, options: options, digest: Digest.sha256,
            firstEventNo: recovered.nextEventNo, recordedNo: decided, now: timeline.now)
        restore(recovered, into: &engine)
        var producers: [Handoff<RingProducer>] = []
        var consumers: [Handoff<RingConsumer>] = []
        // A ring for each feed that is not acknowledged, and one for all that are.
        for _ in 0...straightFeeds.count {
            let ring = Ring(capacity: 4 << 20)
            producers.append(Handoff(ring.producer))
            consumers.append(Handoff(ring.consumer))
        }
        return Line(
            engine: engine, producers: producers, consumers: consumers,
            decided: decided)
    }

    /// Feeds with a thread and a ring of their own, by their place in the configuration.
    var straightFeeds: [Int] {
        configuration.feeds.indices.filter { configuration.feeds[$0].pattern != .router }
    }

    /// Feeds whose senders are answered.
    var acknowledgedFeeds: [Int] {
        configuration.feeds.indices.filter { configuration.feeds[$0].pattern == .router }
    }

    /// The number of the last recorded report that is decided: what the journal says, or, if that
    /// is a new one, what the recording noted.
    private func decided(_ journaled: UInt64) throws(StartFailure) -> UInt64 {
        guard let recording else { return journaled }
        do throws(JournalError) { return max(journaled, try recording.decided()) } catch {
            throw StartFailure("The recording cannot be read: \(error)")
        }
    }

    private func restore(_ recovered: RecoveredDecisions, into engine: inout Engine) {
        var unreadable = 0
        var states: [KeyState] = []
        for state in recovered.states {
            do throws(BinaryReader.Malformed) {
                states.append(try KeyState(bytes: state.bytes))
            } catch { unreadable += 1 }
        }
        var incidents: [Incident] = []
        for incident in recovered.incidents {
            do throws(BinaryReader.Malformed) {
                incidents.append(try Incident(bytes: incident.state))
            } catch { unreadable += 1 }
        }
        if unreadable > 0 {
            log.error(
                "Part of the stored state cannot be read and is left out.",
                metadata: ["entries": "\(unreadable)"])
        }
        engine.restore(states: states, heard: recovered.knownKeys, incidents: incidents)
        guard recovered.nextEventNo > 1 else { return }
        log.notice(
            "Took up where the last run left off.",
            metadata: [
                "incidents": "\(incidents.count)", "states": "\(states.count)",
                "known keys": "\(recovered.knownKeys.count)",
                "next event_no": "\(recovered.nextEventNo)",
            ])
    }

    /// The intake of each feed that has its own.
    func intakeStages(
        _ producers: [Handoff<RingProducer>], _ bell: Doorbell
    ) -> [Handoff<IntakeStage>] {
        var stages: [Handoff<IntakeStage>] = []
        for (place, index) in straightFeeds.enumerated() {
            guard let producer = producers[place].take() else { continue }
            let feed = configuration.feeds[index]
            var log = log
            log[metadataKey: "feed"] = "\(feed.name)"
            stages.append(
                Handoff(
                    IntakeStage(
                        feed: feed, shared: intakes[index], timeline: timeline, engineBell: bell,
                        log: log, producer: producer,
                        declarations: IntakeDeclarations(
                            plan: plan, feeds: configuration.feeds, index: index))))
        }
        return stages
    }

    /// The intake of the feeds whose senders are answered; nil where there is none, and never was.
    func reportStage(
        _ producers: [Handoff<RingProducer>], decided: UInt64, _ bell: Doorbell,
        _ stops: StopSignal
    ) -> Handoff<ReportStage>? {
        guard let recording, let producer = producers.last?.take() else { return nil }
        var declarations: [Handoff<IntakeDeclarations>] = []
        for index in acknowledgedFeeds {
            declarations.append(
                Handoff(
                    IntakeDeclarations(
                        plan: plan, feeds: configuration.feeds, index: index)))
        }
        return Handoff(
            ReportStage(
                clock: configuration.clock,
                feeds: acknowledgedFeeds.map { configuration.feeds[$0] },
                shared: acknowledgedFeeds.map { intakes[$0] },
                feedCount: configuration.feeds.count, declarations: declarations,
                recording: recording, decided: decided, streams: plan.streams,
                generation: plan.generation, timeline: timeline, counters: counters,
                engineBell: bell, stops: stops, log: log, producer: producer,
                progress: { [journal] in journal.recorded }))
    }
}

/// The engine and the rings between intakes and engine.
struct Line: ~Copyable {
    var engine: Engine
    let producers: [Handoff<RingProducer>]
    let consumers: [Handoff<RingConsumer>]
    /// The number of the last recorded report that is decided.
    let decided: UInt64
}
