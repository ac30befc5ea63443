import Engine
import Evaluation
import Events
import Rules
import Wire

// The answer to `reload`, an object with one member:
//
//   {"reload":{"outcome":"reloaded","event_no":…,"generation":…,"now":…,
//     "rules":{"new":[…],"changed":[…],"rekeyed":[…],"unchanged":[…],"removed":[…]},
//     "windows":[{"outcome":"kept|new|dropped","text":…,"rules":[…],"keys":n,"known_from":…},…],
//     "incidents":{"kept":{"count":n,"list":[…]},"landing":{…},"cancelled":{…}},
//     "holds":{"kept":n,"dropped":n},"warnings":[…]}}
//
// `outcome` is `rehearsed` where nothing was changed. Where the old rules go on it is `refused`,
// with the `problems`, or `unreadable` or `stuck`, with a `sentence`.

extension ReloadOutcome {
    /// The answer to `reload`.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("reload")
            writer.object { write(to: &$0) }
        }
        return writer.bytes
    }

    private func write(to writer: inout JSONWriter) {
        writer.key("outcome")
        switch self {
        case .reloaded(let plan, let generation, let warnings):
            writer.string("reloaded")
            plan.write(generation: generation, to: &writer)
            writer.problems("warnings", warnings)
        case .rehearsed(let plan, let generation, let warnings):
            writer.string("rehearsed")
            plan.write(generation: generation, to: &writer)
            writer.problems("warnings", warnings)
        case .refused(let diagnostics):
            writer.string("refused")
            writer.problems("problems", diagnostics)
        case .unreadable(let sentence):
            writer.string("unreadable")
            writer.key("sentence")
            writer.string(sentence)
        case .stuck(let sentence):
            writer.string("stuck")
            writer.key("sentence")
            writer.string(sentence)
        }
    }
}

extension ReloadPlan {
    fileprivate func write(generation: UInt32, to writer: inout JSONWriter) {
        writer.key("event_no")
        writer.int(eventNo)
        writer.key("generation")
        writer.int(generation)
        writer.key("now")
        writer.string(ReloadPlan.time(now))
        writer.key("rules")
        writer.object { writer in
            for (name, rules) in [
                ("new", rules.new), ("changed", rules.changed), ("rekeyed", rules.rekeyed),
                ("unchanged", rules.unchanged), ("removed", rules.removed),
            ] {
                writer.key(name)
                writer.strings(rules)
            }
        }
        writer.key("windows")
        writer.array { writer in for window in windows { write(window, to: &writer) } }
        writer.key("incidents")
        writer.object { writer in
            for (name, group) in [
                ("kept", kept), ("landing", landing), ("cancelled", cancelled),
            ] {
                writer.key(name)
                writer.object { writer in
                    writer.key("count")
                    writer.int(group.count)
                    writer.key("list")
                    writer.array { writer in
                        for incident in group.named { write(incident, to: &writer) }
                    }
                }
            }
        }
        writer.key("holds")
        writer.object { writer in
            writer.key("kept")
            writer.int(holds.kept)
            writer.key("dropped")
            writer.int(holds.dropped)
        }
    }

    private func write(_ window: WindowFate, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("outcome")
            writer.string(window.outcome.rawValue)
            writer.key("text")
            writer.string(window.text)
            writer.key("rules")
            writer.strings(window.rules)
            writer.key("keys")
            writer.int(window.keys)
            writer.key("known_from")
            writer.string(orNull: window.knownFrom.map(ReloadPlan.time))
        }
    }

    private func write(_ incident: Named, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("incident")
            writer.string(incident.incident.description)
            writer.key("rule")
            writer.string(incident.rule)
            writer.key("status")
            writer.string(incident.key.status.name)
            writer.key("key")
            writer.object(zip(incident.keyNames, incident.key.values).map { ($0, $1) })
            writer.key("level")
            writer.string(incident.level)
            writer.key("severity")
            writer.string(incident.severity.name)
            writer.key("next_level")
            writer.string(orNull: incident.next)
        }
    }

    private static func time(_ nanoseconds: Int64) -> String {
        Timestamp(nanoseconds: max(nanoseconds, 0)).description
    }
}

extension JSONWriter {
    /// Problems as `tocsin check --json` tells them, each with the `text` it shows people.
    fileprivate mutating func problems(_ name: String, _ diagnostics: [Diagnostic]) {
        key(name)
        array { writer in
            for diagnostic in diagnostics {
                writer.object { writer in
                    for (name, number) in [
                        ("line", diagnostic.line), ("column", diagnostic.column),
                    ] {
                        writer.key(name)
                        writer.int(number)
                    }
                    for (name, text) in [
                        ("file", diagnostic.path), ("message", diagnostic.message),
                        ("severity", diagnostic.severity.rawValue),
                        ("text", diagnostic.rendered(colour: false)),
                    ] {
                        writer.key(name)
                        writer.string(text)
                    }
                    writer.key("hint")
                    writer.string(orNull: diagnostic.hint)
                }
            }
        }
    }
}
