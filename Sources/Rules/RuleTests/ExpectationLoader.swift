import Evaluation
import Events

/// Reads what a test expects: lines of the log, and values at a time.
struct ExpectationLoader {
    let plan: Plan
    let clock: TestClock
    /// The rules whose log is compared; nil: all.
    let rules: [String]?

    /// The lines of the log, in order.
    func transitions(_ cursor: Cursor) -> [RuleTest.ExpectedTransition] {
        (cursor.list(of: "transitions") ?? []).compactMap(transition)
    }

    private func transition(_ item: Cursor) -> RuleTest.ExpectedTransition? {
        guard let section = item.section(RuleTestVocabulary.expectation) else { return nil }
        let time = section.required("at", hint: "`at: 15m`").flatMap(clock.time)
        let rule = section["rule"].map(ruleOrSilence)
        if rules == nil, plan.rules.count > 1, !section.has("rule") {
            section.missing(
                "`rule`", hint: "or name the test's rule once, beside `test:` or in `defaults:`")
        }
        let about = described(rule ?? nil)
        let key = section["key"].map { self.key($0, about) } ?? RuleTest.ExpectedKey()
        let states = self.states(about)
        let from = section["from"].flatMap { state($0, of: states) }
        let to = section.required("to", hint: "`to: watch`").flatMap { state($0, of: states) }
        let severity = section["severity"].flatMap { $0.word(of: Severity.allCases.map(\.name)) }
        let cause = section["cause"].flatMap { $0.word(of: RuleTestVocabulary.causes) }
        let values = section["values"].map(named) ?? []
        guard let time, let to else { return nil }
        return RuleTest.ExpectedTransition(
            time: time, rule: rule ?? nil, key: key, from: from, to: to, severity: severity,
            cause: cause, values: values,
            line: item.report.source.lineNumber(at: item.range.lowerBound))
    }

    /// What rules must see at their times.
    func values(_ cursor: Cursor) -> [RuleTest.ExpectedValues] {
        (cursor.list(of: "times and values") ?? []).compactMap { item in
            guard let section = item.section(RuleTestVocabulary.valueExpectation) else {
                return nil
            }
            let time = section.required("at", hint: "`at: 15m`").flatMap(clock.time)
            let only = rules ?? plan.rules.map(\.description.name)
            var name = only.count == 1 ? only[0] : nil
            if let rule = section["rule"] {
                name = ruleName(rule)
            } else if only.count != 1 {
                section.missing("`rule`", hint: "name the rule that sees the values")
            }
            if !section.has("let"), !section.has("when") {
                section.missing("`let` or `when`", hint: "`let: {mean: 35.4}`")
            }
            let rule = plan.rules.first { $0.description.name == name }
            let about = rule.map { [$0] } ?? []
            let key = section["key"].map { self.key($0, about) } ?? RuleTest.ExpectedKey()
            let lets = section["let"].map { self.lets($0, rule) } ?? []
            let when = section["when"].map { self.conditions($0, rule) } ?? []
            guard let time, let name else { return nil }
            return RuleTest.ExpectedValues(
                time: time, rule: name, key: key, lets: lets, when: when,
                line: item.report.source.lineNumber(at: item.range.lowerBound))
        }
    }

    // MARK: Names

    private func ruleName(_ cursor: Cursor) -> String? {
        guard let name = cursor.text() else { return nil }
        let known = rules ?? plan.rules.map(\.description.name)
        guard known.contains(name) else {
            let isOther = plan.rules.contains { $0.description.name == name }
            return cursor.fail(
                isOther ? "rule `\(name)` is not one of this test" : "there is no rule `\(name)`",
                hint: Spelling.hint(for: name, among: known))
        }
        return name
    }

    /// A rule, or what it says of a silent key: `RULE/no-data`.
    private func ruleOrSilence(_ cursor: Cursor) -> String? {
        guard let name = cursor.text() else { return nil }
        if let rule = RuleDescription.rule(ofSilence: name) {
            let isKnown = plan.rules.contains {
                $0.description.name == rule && $0.description.noData?.action == .alert
            }
            guard isKnown else {
                return cursor.fail("no rule `\(rule)` has `no_data: {do: alert}`")
            }
            return name
        }
        return ruleName(cursor)
    }

    /// The rules that a line may be about.
    private func described(_ rule: String?) -> [Rule] {
        let name = rule.map { RuleDescription.rule(ofSilence: $0) ?? $0 }
        return plan.rules.filter { candidate in
            let known = candidate.description.name
            return name.map { $0 == known } ?? rules?.contains(known) ?? true
        }
    }

    /// A state; of rules that nobody knows, which is told, it may be any.
    private func state(_ cursor: Cursor, of states: [String]) -> String? {
        states.isEmpty ? cursor.text() : cursor.word(of: states)
    }

    /// The states of rules in the words of the log.
    private func states(_ rules: [Rule]) -> [String] {
        guard !rules.isEmpty else { return [] }
        var states = ["inactive", "pending"]
        for level in rules.flatMap(\.description.levels) where !states.contains(level.name) {
            states.append(level.name)
        }
        let isSilent = rules.contains { $0.description.noData?.action == .alert }
        return states + (isSilent && !states.contains("active") ? ["active"] : [])
    }

    private func key(_ cursor: Cursor, _ rules: [Rule]) -> RuleTest.ExpectedKey {
        let entries = cursor.entries(of: "key fields and values") ?? []
        let fields = entries.compactMap { key, value -> (name: String, text: String)? in
            guard let name = key.string(), let text = value.string() else { return nil }
            let known = rules.map(\.description.partition.keyNames)
            guard known.isEmpty || known.contains(where: { $0.contains(name) }) else {
                return key.fail(
                    "`\(name)` is not in the rule's `by`",
                    hint: Spelling.hint(for: name, among: Array(Set(known.joined())).sorted()))
            }
            return (name, text)
        }
        return RuleTest.ExpectedKey(fields: fields)
    }

    // MARK: Values

    private func named(_ cursor: Cursor) -> [(name: String, value: RuleTest.ExpectedValue)] {
        (cursor.entries(of: "names and values") ?? []).compactMap { key, value in
            guard let name = key.string(), let read = self.value(value) else { return nil }
            return (name, read)
        }
    }

    private func lets(
        _ cursor: Cursor, _ rule: Rule?
    ) -> [(name: String, value: RuleTest.ExpectedValue)] {
        (cursor.entries(of: "names and values") ?? []).compactMap { key, value in
            guard let name = key.string(), let read = self.value(value) else { return nil }
            guard let rule else { return nil }
            let names = rule.lets.map(\.name)
            guard names.contains(name) else {
                return key.fail(
                    "rule `\(rule.description.name)` has no `let` named `\(name)`",
                    hint: Spelling.hint(for: name, among: names))
            }
            return (name, read)
        }
    }

    private func conditions(_ cursor: Cursor, _ rule: Rule?) -> [(name: String, truth: Bool?)] {
        (cursor.entries(of: "levels and true, false or null") ?? []).compactMap { key, value in
            guard let name = key.string(), let rule else { return nil }
            let levels = rule.description.levels.map(\.name)
            guard levels.contains(name) else {
                return key.fail(
                    "rule `\(rule.description.name)` has no level `\(name)`",
                    hint: Spelling.hint(for: name, among: levels))
            }
            if value.node.isNull { return (name, nil) }
            guard let truth = value.bool() else { return nil }
            return (name, truth)
        }
    }

    private func value(_ cursor: Cursor) -> RuleTest.ExpectedValue? {
        if cursor.node.isNull { return .unknown }
        guard let scalar = cursor.node.scalar else { return cursor.mismatch("a single value") }
        if scalar.style == .plain, let text = SeriesNotation.number(scalar.value[...]),
            let number = Double(text)
        {
            return .number(number)
        }
        return .text(scalar.value)
    }
}
