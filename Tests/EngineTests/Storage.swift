import Engine
import Evaluation
import Events
import Incidents
import TestSupport

/// What the journal would hold of an engine's decisions, in the form in which it holds it.
struct Storage {
    private var states: [String: [UInt8]] = [:]
    private var heard: [String: KnownKey] = [:]
    private var incidents: [Identity: [UInt8]] = [:]

    /// Takes up what was decided.
    mutating func keep(_ decisions: some Sequence<Engine.Decision>) {
        for decision in decisions {
            switch decision {
            case .transition, .escalation: continue
            case .incident(let incident): incidents[incident.subject] = incident.encoded()
            case .incidentClosed(let subject): incidents[subject] = nil
            case .state(.changed(let state)):
                states[name(state.rule, state.key)] = state.encoded()
            case .state(.gone(let rule, let key)): states[name(rule, key)] = nil
            case .state(.heard(let known)): heard[name(known.rule, known.key)] = known
            }
        }
    }

    private func name(_ rule: String, _ key: Key) -> String { "\(rule) \(key.bytes)" }

    /// Rule and key of each state kept.
    var keptStates: [String] { states.keys.sorted() }

    /// An engine that goes on from what is kept, and what it decided at once.
    func restarted(
        _ plan: Plan, clock: Engine.Clock = .event, firstEventNo: UInt64 = 1, now: Int64 = 0
    ) throws -> Rehearsed {
        var rehearsed = Rehearsed(
            plan, clock: clock, options: .keeping, firstEventNo: firstEventNo, now: now)
        rehearsed.restore(
            states: try states.sorted { $0.key < $1.key }.map { try KeyState(bytes: $0.value) },
            heard: heard.sorted { $0.key < $1.key }.map(\.value),
            incidents: try incidents.sorted { $0.key.description < $1.key.description }.map {
                try Incident(bytes: $0.value)
            })
        return rehearsed
    }
}

extension Engine.Options {
    /// Everything, and what storage keeps.
    static var keeping: Engine.Options {
        var options = Engine.Options()
        options.tellsState = true
        return options
    }
}

extension Rehearsed {
    /// What storage holds after everything decided so far.
    var storage: Storage {
        var storage = Storage()
        storage.keep(decisions)
        return storage
    }

    /// What was said: `time kind rule[key] previous→level severity flags`, time in seconds.
    var lines: [String] {
        said.map { said in
            let time = Double(said.eventTime.nanoseconds) / 1e9
            let shown = time == time.rounded() ? "\(Int64(time))" : "\(time)"
            let key = said.key.values.map(\.description).joined(separator: ",")
            let flags = said.flags.map { " \($0)" }.joined()
            return "\(shown) \(said.kind.rawValue) \(said.ruleName)[\(key)] "
                + "\(said.previousLevel ?? "-")→\(said.level ?? "-") \(said.severity.name)\(flags)"
        }
    }
}

extension Escalation {
    /// Everything that its body and its topics are made of, as bytes.
    var bytes: [UInt8] { bytesWithoutNumbers + "\(evidence)".utf8 }

    /// The same but for the numbers of its events: ticks have numbers too, and a restart forgets
    /// those at which nothing was due.
    var bytesWithoutNumbers: [UInt8] {
        var writer = BinaryWriter()
        for identity in [id, incident, subject] + references { writer.write(identity.bytes) }
        for word in [kind.rawValue, status.name, severity.name, ruleName, ruleHash, title, hazard] {
            writer.write(word)
        }
        for word in [level, previousLevel, area] { writer.write(word) }
        for time in [eventTime, onset, sent, expires] { writer.write(time.nanoseconds) }
        writer.write(key.bytes)
        for word in keyNames + flags { writer.write(word) }
        writer.write(labels)
        writer.write(values)
        for (language, parts) in message {
            writer.write(language)
            writer.write(parts.map { (name: $0.name, value: Scalar.string($0.text)) })
        }
        for route in routes {
            writer.write("\(route.hazard) \(route.severity.name)")
            writer.write(route.area)
        }
        return writer.bytes
    }
}

extension Engine.Decision {
    /// Everything it says, as bytes.
    var bytes: [UInt8] {
        switch self {
        case .transition(let transition):
            var writer = BinaryWriter()
            writer.write(transition.line)
            writer.write(transition.severity?.rawValue ?? 9)
            writer.write(transition.key)
            writer.write(transition.values)
            return [0] + writer.bytes
        case .escalation(let escalation): return [1] + escalation.bytes
        case .incident(let incident): return [2] + incident.encoded()
        case .incidentClosed(let subject): return [3] + subject.bytes
        case .state(.changed(let state)): return [4] + state.encoded()
        case .state(.gone(let rule, let key)): return [5] + Array(rule.utf8) + key.bytes
        case .state(.heard(let known)):
            return [6] + Array(known.rule.utf8) + Array(known.partition.text.utf8) + known.key.bytes
        }
    }
}

/// Seconds as nanoseconds.
func seconds(_ count: Int) -> Int64 { Int64(count) * 1_000_000_000 }
