public import Events

// What another plan would keep of the state, found out by looking: nothing here changes anything,
// and nothing is computed for a key but counts.

/// What becomes of a window when another plan comes into force.
public struct WindowFate: Sendable, Hashable {
    /// The fate in a word.
    public enum Outcome: String, CaseIterable, Sendable {
        /// Its rows go on.
        case kept
        /// It begins now: UNKNOWN until one full length of it has passed.
        case new
        /// Its rows are forgotten.
        case dropped
    }

    /// What becomes of it.
    public var outcome: Outcome
    /// The window as a rule writes it, `sum(value, '1h')`.
    public var text: String
    /// The rules that ask for it, in the order of the plan: of the old one where it is dropped.
    public var rules: [String]
    /// How many keys hold rows for it; none do where it is new.
    public var keys: Int
    /// Event time, nanoseconds since 1970, before which it is UNKNOWN; nil where it is known now.
    public var knownFrom: Int64?

    /// A fate; the rows of the window are seen from `since` on.
    init(
        _ outcome: Outcome, _ use: (text: String, rules: [String]), keys: Int, known since: Int64,
        _ length: Int64, now: Int64
    ) {
        self.outcome = outcome
        text = use.text
        rules = use.rules
        self.keys = keys
        let isKnown = since == noTime || since +| length <= now
        knownFrom = isKnown ? nil : since +| length
    }
}

/// What becomes of the holds that run, `for` and `clear_for` alike.
public struct HoldFates: Sendable, Hashable {
    /// They go on, `since` and all.
    public var kept = 0
    /// Their rule or their level is gone, or its `on` or `by` is another.
    public var dropped = 0

    /// None runs.
    public init() {}
}

/// Where a key lands whose active level another plan does not have.
public struct Landing: Sendable, Hashable {
    /// Name of the rule.
    public var rule: String
    /// Whose level it is.
    public var key: Key
    /// The level it lands on; nil is none.
    public var level: String?
}

extension Evaluator {
    /// What becomes of every window under another plan: of those it asks for in its order, then of
    /// those that nobody asks for any more. - Complexity: O(keys of selections with windows).
    public func windowFates(under next: Plan, now: Int64) -> [WindowFate] {
        var fates: [WindowFate] = []
        var keys: [Int: Int] = [:]
        var carried: [Int: Set<WindowPlan.Identity>] = [:]
        let counterparts = next.counterparts(in: plan)
        for (selection, old) in zip(next.selections, counterparts) {
            let rules = selection.rules.map { next.rules[$0] }
            guard rules.contains(where: { !$0.windows.isEmpty }) else { continue }
            let stream = next.streams[next.stages[selection.stage].stream]
            let windows = WindowPlan(rules, schema: stream)
            for (slot, use) in zip(windows.slots, windows.uses(by: rules)) {
                let identity = windows.identity(of: slot)
                guard let old, let seen = since(old, identity) else {
                    fates.append(
                        WindowFate(.new, use, keys: 0, known: now, slot.length, now: now))
                    continue
                }
                carried[old, default: []].insert(identity)
                fates.append(
                    WindowFate(
                        .kept, use, keys: windowKeys(old, &keys), known: seen, slot.length,
                        now: now))
            }
        }
        for (index, selection) in plan.selections.enumerated() {
            let windows = selections[index].windows.plan
            let uses = windows.uses(by: selection.rules.map { plan.rules[$0] })
            for (slot, use) in zip(windows.slots, uses) {
                guard carried[index]?.contains(windows.identity(of: slot)) != true else { continue }
                fates.append(
                    WindowFate(
                        .dropped, use, keys: windowKeys(index, &keys), known: noTime, slot.length,
                        now: now))
            }
        }
        return fates
    }

    /// Keys of a selection that have rows in its windows, counted once.
    private func windowKeys(_ index: Int, _ known: inout [Int: Int]) -> Int {
        if let count = known[index] { return count }
        var count = 0
        for number in 0..<selections[index].slab.count
        where selections[index].series(selections[index].slab[number]) != nil {
            count += 1
        }
        known[index] = count
        return count
    }

    /// What becomes of the holds that run under another plan. - Complexity: O(keys), a glance at
    /// those whose rules are at rest.
    public func holdFates(under next: Plan) -> HoldFates {
        var fates = HoldFates()
        let after = next.descriptions
        for (index, content) in plan.selections.enumerated() {
            let selection = selections + index
            let survivals = content.rules.map { rule -> [Bool] in
                let before = plan.rules[rule].description
                let names = after[before.name].flatMap { after in
                    after.partition == before.partition ? after.levels.map(\.name) : nil
                }
                return before.levels.map { names?.contains($0.name) == true }
            }
            for number in 0..<selection.pointee.slab.count {
                let block = selection.pointee.slab[number]
                let newest = block.assumingMemoryBound(to: BlockHeader.self).pointee.newest
                let standings = (block + BlockLayout.standings)
                    .assumingMemoryBound(to: UInt8.self)
                for position in survivals.indices
                where standings[position] != Standing.idle.rawValue {
                    let view = RuleView(selection, position, block)
                    fates.count(view, survivals[position], at: newest)
                }
            }
        }
        return fates
    }

    /// Where these keys land, for each rule whose active level another plan does not have.
    ///
    /// Told by an evaluator of that plan into which the state of these keys alone is taken.
    public func landings(of keys: [Key], under next: Plan, now: Int64) -> [Landing] {
        var trial = Evaluator(plan: next, showsValues: false, tellsPending: false)
        trial.adoptWindows(of: self, now: now, keys: keys)
        for key in keys {
            for index in plan.selections.indices {
                guard let number = knownBlock(index, key) else { continue }
                let block = selections[index].slab[number]
                for position in 0..<selections[index].ruleCount {
                    let state = keyState(
                        RuleView(selections + index, position, block), index, block)
                    _ = trial.restore(state, now: now, isStart: false, isRuleChanged: false)
                }
            }
        }
        return trial.takeDetections().compactMap { detection in
            guard case .level(_, let level) = detection.change, detection.cause == .plan else {
                return nil
            }
            return Landing(
                rule: next.rules[detection.rule].description.name, key: detection.key,
                level: level)
        }
    }
}

extension HoldFates {
    /// Counts the running holds of a rule for a key; `survives` says which levels go on.
    fileprivate mutating func count(_ view: RuleView, _ survives: [Bool], at newest: Int64) {
        for (level, goesOn) in survives.enumerated() {
            let state = view.levels[level]
            let end = state.pauseFrom == noTime ? newest : state.pauseFrom
            guard state.since != noTime, !view.codes[level].isComplete(state, at: end) else {
                continue
            }
            note(goesOn)
        }
        let active = Int(view.state.pointee.active)
        if active >= 0, view.state.pointee.clearSince != noTime { note(survives[active]) }
    }

    private mutating func note(_ goesOn: Bool) {
        if goesOn { kept += 1 } else { dropped += 1 }
    }
}
