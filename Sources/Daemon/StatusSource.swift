import Engine
import Events
package import Incidents
import Journal
import Synchronization
package import Wire

/// What the daemon tells about itself, as JSON: every stage's counters and lag, the conservation
/// law, dead letters by reason, sources and their silence, rules, open incidents.
final class StatusSource: Sendable {
    let configuration: Configuration
    let clock: Engine.Clock
    let timeline: Timeline
    let started: Int64
    let intakes: [IntakeShared]
    let engine: EngineShared
    let counters: LineCounters
    let journal: IncidentJournal
    let endpoints: PublishEndpoints
    let canary: Canary
    /// What the last reload complained about; empty when it went through.
    let complaints = Mutex<[String]>([])

    init(
        configuration: Configuration, timeline: Timeline, intakes: [IntakeShared],
        engine: EngineShared, counters: LineCounters, journal: IncidentJournal,
        endpoints: PublishEndpoints, canary: Canary
    ) {
        self.configuration = configuration
        clock = configuration.clock == .event ? .event : .wall
        self.timeline = timeline
        started = timeline.now
        self.intakes = intakes
        self.engine = engine
        self.counters = counters
        self.journal = journal
        self.endpoints = endpoints
        self.canary = canary
    }

    /// Milliseconds the engine is given to answer.
    private static let patience = 1500

    /// The reply to `status`.
    func status() -> [UInt8] {
        reply { report, writer in
            writer.key("version")
            writer.string(TocsinVersion.text)
            writer.key("publisher")
            writer.string(configuration.publisher)
            writer.key("clock")
            writer.string(clock.rawValue)
            writer.key("now")
            writer.string(time(report.now))
            writer.key("started")
            writer.string(time(started))
            writer.key("uptime_s")
            writer.int((timeline.now - started) / Timestamp.nanosecondsPerSecond)
            writeRules(report, &writer)
            writeConservation(report, &writer)
            writeDeadLetters(report, &writer)
            writeStages(&writer)
            writeFeeds(report, &writer)
            writeStreams(report, &writer)
            writeIncidentCounts(report, &writer)
            writeJournal(&writer)
            writeCanary(&writer)
            writeEngine(report, &writer)
        }
    }

    /// The reply to `incidents`.
    func incidents() -> [UInt8] {
        reply { report, writer in
            writer.key("incidents")
            writer.array { writer in
                for incident in report.incidents { incident.write(to: &writer) }
            }
        }
    }

    /// The reply to `dead_letters`: what `status` says of them, alone.
    func deadLetters() -> [UInt8] {
        reply { report, writer in writeDeadLetters(report, &writer) }
    }

    /// The reply to `streams`: what may be sent, and where it is answered.
    func streams() -> [UInt8] {
        reply { report, writer in
            writeAcknowledgingFeeds(&writer)
            writeDeclarations(report.declared, &writer)
        }
    }

    /// An object written from a fresh report of the engine.
    private func reply(_ body: (EngineReport, inout JSONWriter) -> Void) -> [UInt8] {
        guard let report = engine.freshReport(milliseconds: StatusSource.patience) else {
            return error("the engine does not answer: it is busy with a batch or hangs")
        }
        var writer = JSONWriter()
        writer.object { writer in body(report, &writer) }
        return writer.bytes
    }

    /// The reply to `hello`: who answers.
    func hello() -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("version")
            writer.string(TocsinVersion.text)
            writer.key("publisher")
            writer.string(configuration.publisher)
        }
        return writer.bytes
    }

    /// The reply to what cannot be answered.
    func error(_ sentence: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("error")
            writer.string(sentence)
        }
        return writer.bytes
    }

    func time(_ nanoseconds: Int64) -> String {
        Timestamp(nanoseconds: max(nanoseconds, 0)).description
    }
}

extension Incident {
    /// The incident as `tocsin incidents` shows it.
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("incident")
            writer.string(id.description)
            writer.key("rule")
            writer.string(rule)
            writer.key("title")
            writer.string(title)
            writer.key("status")
            writer.string(key.status.name)
            writer.key("key")
            writer.object(zip(partition.keyNames, key.values).map { ($0, $1) })
            writer.key("level")
            writer.string(level)
            writer.key("severity")
            writer.string(severity.name)
            writer.key("known")
            writer.bool(isKnown)
            writer.key("area")
            writer.string(orNull: area)
            writer.key("onset")
            writer.string(onset.description)
            writer.key("raised")
            writer.string(raised.description)
            writer.key("last_said")
            writer.string(lastSaid.description)
            writer.key("headline")
            let words = message.first { $0.language == "en" } ?? message.first
            writer.string(orNull: words?.parts.first { $0.name == "headline" }?.text)
        }
    }
}
