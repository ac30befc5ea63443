import Engine
import Evaluation
import Events
import Expressions
import Incidents

/// What the engine tells about itself, copied out between two batches.
struct EngineReport: Sendable {
    struct RuleLine: Sendable {
        var name: String
        var stream: String
        var keys: Int
        var open: Int
    }

    struct TableLine: Sendable {
        var name: String
        var rows: Int
        var version: String
    }

    struct StreamLine: Sendable {
        var name: String
        var expect: Int64?
        var sources: SourceReport
        /// Events dropped because their id was here before.
        var duplicates: UInt64
    }

    /// Sources told of each stream, longest silent first.
    static let silencesPerStream = 10

    var now: Int64
    var nextEventNo: UInt64
    var generation: UInt32
    var counts: Engine.Counts
    var evaluation: EvaluationCounters
    /// Events refused before they were evaluated.
    var future: RefusedEvents
    /// Events dropped because their id was here before, by the index of their feed.
    var duplicatesByFeed: [UInt64]
    var rules: [RuleLine]
    /// The tables of its rules.
    var tables: [TableLine]
    var streams: [StreamLine]
    /// The streams as they are declared.
    var declared: [StreamSchema]
    var incidents: [Incident]

    /// Events that were decoded and became dead letters.
    var refused: [RefusedEvents.Entry] { evaluation.refused.entries + future.entries }

    init(_ engine: borrowing Engine) {
        now = engine.now
        nextEventNo = engine.nextEventNo
        generation = engine.plan.generation
        counts = engine.counts
        evaluation = engine.evaluation
        future = engine.future
        duplicatesByFeed = engine.duplicatesByFeed
        incidents = engine.openIncidents
        let plan = engine.plan
        declared = plan.streams
        var open: [String: Int] = [:]
        for incident in incidents { open[incident.rule, default: 0] += 1 }
        tables = plan.tables.map {
            TableLine(name: $0.name, rows: $0.rowCount, version: $0.version)
        }
        rules = []
        for (index, rule) in plan.rules.enumerated() {
            let name = rule.description.name
            rules.append(
                RuleLine(
                    name: name, stream: plan.streams[rule.stream].name,
                    keys: engine.keyCount(rule: index),
                    open: open[name, default: 0]
                        + open[RuleDescription.silenceName(of: name), default: 0]))
        }
        streams = []
        for (index, stream) in plan.streams.enumerated() {
            streams.append(
                StreamLine(
                    name: stream.name, expect: stream.expect,
                    sources: engine.sources(stream: index, limit: EngineReport.silencesPerStream),
                    duplicates: engine.duplicates(stream: index)))
        }
    }
}
