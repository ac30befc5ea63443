package import Engine
package import Evaluation
package import Events
package import Incidents

/// An engine under test: rows go in, what was decided is collected in order.
package struct Rehearsed: ~Copyable {
    /// The engine itself.
    package var engine: Engine
    /// Everything decided so far.
    package private(set) var decisions: [Engine.Decision] = []

    /// An engine without state.
    package init(
        _ plan: Plan, clock: Engine.Clock = .event, options: Engine.Options = Engine.Options(),
        firstEventNo: UInt64 = 1, now: Int64 = 0
    ) {
        engine = Engine(
            plan: plan, clock: clock, options: options, digest: RuleText.digest,
            firstEventNo: firstEventNo, now: now)
    }

    /// Runs a batch, cut before each of the record indexes in `cuts`.
    package mutating func run(_ batch: Batch, cuts: [Int] = [], wallNow: Int64 = 0) {
        var batch = batch
        var start = 0
        for cut in cuts + [batch.count] where cut > start {
            batch.withRecords(start..<cut) { engine.process($0, wallNow: wallNow) }
            collect()
            start = cut
        }
    }

    /// Runs some rows of a batch.
    package mutating func run(_ batch: Batch, from start: Int, to end: Int, wallNow: Int64 = 0) {
        guard start < end else { return }
        var batch = batch
        batch.withRecords(start..<end) { engine.process($0, wallNow: wallNow) }
        collect()
    }

    /// One row by itself.
    package mutating func row(
        _ values: [String: Scalar], at time: Int64?, stream: Int = 0, wallNow: Int64 = 0,
        latest: Int64 = .min, recordedNo: UInt64 = 0
    ) {
        var batch = Batch(engine.plan.streams)
        batch.add(stream: stream, at: time, values, recordedNo: recordedNo)
        batch.withRecords(0..<1) { engine.process($0, wallNow: wallNow, latest: latest) }
        collect()
    }

    /// Lets now pass under the wall clock.
    package mutating func advance(to now: Int64) {
        engine.advance(to: now)
        collect()
    }

    /// Ends a replay.
    package mutating func finish() {
        engine.finish()
        collect()
    }

    /// Takes up what storage kept.
    package mutating func restore(
        states: [KeyState] = [], heard: [KnownKey] = [],
        incidents: [Incident] = []
    ) {
        engine.restore(states: states, heard: heard, incidents: incidents)
        collect()
    }

    /// Takes another plan into force.
    package mutating func replace(_ plan: Plan) {
        engine.replace(plan: plan)
        collect()
    }

    private mutating func collect() { decisions += engine.takeDecisions() }

    /// Forgets what was decided so far.
    package mutating func forget() { decisions = [] }

    /// The transitions, each as `time rule[key] from→to (cause)` with the time in seconds.
    package var log: [String] { decisions.compactMap(\.transitionLine) }

    /// The escalations, each as `kind level` with what moved.
    package var said: [Escalation] {
        decisions.compactMap { if case .escalation(let said) = $0 { said } else { nil } }
    }

    /// The incidents as they were after each change.
    package var incidents: [Incident] {
        decisions.compactMap { if case .incident(let incident) = $0 { incident } else { nil } }
    }

    /// What storage knows after all changes so far, in order of rule and key.
    package var stored: [KeyState] {
        var states: [String: KeyState] = [:]
        for case .state(let change) in decisions {
            switch change {
            case .changed(let state): states[state.rule + "\(state.key.bytes)"] = state
            case .gone(let rule, let key): states[rule + "\(key.bytes)"] = nil
            case .heard: continue
            }
        }
        return states.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The keys that `no_data` rules heard.
    package var heard: [KnownKey] {
        decisions.compactMap {
            if case .state(.heard(let known)) = $0 { known } else { nil }
        }
    }
}

extension Engine.Decision {
    fileprivate var transitionLine: String? {
        guard case .transition(let transition) = self else { return nil }
        return transition.line
    }
}

extension Transition {
    /// `time rule[key] from→to cause` with the time in seconds since 1970.
    package var line: String {
        let seconds = Double(time.nanoseconds) / 1e9
        let text = seconds == seconds.rounded() ? "\(Int64(seconds))" : "\(seconds)"
        let key = key.map(\.value.description).joined(separator: ",")
        return "\(text) \(rule)[\(key)] \(from)→\(to) \(cause)"
    }
}
