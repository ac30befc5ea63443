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
        var options = Engine.Options()
        options.logs = false
        options.tellsState = true
        var engine = Engine(
            plan: plan, clock: status.clock, options: options, digest: Digest.sha256,
            firstEventNo: recovered.nextEventNo, now: timeline.now)
        restore(recovered, into: &engine)
        var producers: [Handoff<RingProducer>] = []
        var consumers: [Handoff<RingConsumer>] = []
        for _ in configuration.feeds {
            let ring = Ring(capacity: 4 << 20)
            producers.append(Handoff(ring.producer))
            consumers.append(Handoff(ring.consumer))
        }
        return Line(engine: engine, producers: producers, consumers: consumers)
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

    /// The intake of each feed.
    func intakeStages(
        _ producers: [Handoff<RingProducer>], _ bell: Doorbell
    ) -> [Handoff<IntakeStage>] {
        var stages: [Handoff<IntakeStage>] = []
        for (index, feed) in configuration.feeds.enumerated() {
            var log = log
            log[metadataKey: "feed"] = "\(feed.name)"
            guard let producer = producers[index].take() else { continue }
            stages.append(
                Handoff(
                    IntakeStage(
                        feed: feed, shared: intakes[index], timeline: timeline, engineBell: bell,
                        log: log, producer: producer,
                        declarations: IntakeDeclarations(
                            streams: plan.streams, generation: plan.generation, feed: feed,
                            index: index))))
        }
        return stages
    }
}

/// The engine and the rings between intakes and engine.
struct Line: ~Copyable {
    var engine: Engine
    let producers: [Handoff<RingProducer>]
    let consumers: [Handoff<RingConsumer>]
}
