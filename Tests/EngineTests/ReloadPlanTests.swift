import Engine
import Evaluation
import Events
import Incidents
import TestSupport
import Testing

/// What a reload would do is told before, changes nothing, and is what it then does.
@Suite struct ReloadPlanTests {
    private static let declared = """
        version: 1
        streams:
          s: {time: t, expect: 1m, fields: {k: string, j: string, x: double}}
          e: {time: t, fields: {k: string, j: string, x: double}}
        rules:

        """

    private func plan(_ rules: String...) throws -> Plan {
        try RuleText.plan(
            ReloadPlanTests.declared + rules.map { "  - {\($0)}\n" }.joined(), generation: 1)
    }

    private func rule(
        _ name: String = "r", when: String = "x > 1.0", on stream: String = "e",
        also: String = "by: k"
    ) -> String {
        "rule: \(name), on: \(stream), when: \"\(when)\", severity: severe, \(also)"
    }

    private func row(_ x: Double, _ key: String = "a") -> [String: Scalar] {
        ["k": .string(key), "j": .string("b"), "x": .double(x)]
    }

    private func engine(_ plan: Plan) -> Rehearsed { Rehearsed(plan, options: .keeping) }

    @Test func theRules() throws {
        let before = try plan(
            rule("same"), rule("gone"), rule("raised"), rule("moved"), rule("elsewhere"))
        let after = try plan(
            rule("elsewhere", on: "s"), rule("new"), rule("raised", when: "x > 2.0"),
            rule("moved", also: "by: [k, j]"), rule("same", also: "by: k, title: Other words"))
        let rules = ReloadPlan.Rules(from: before, to: after)
        #expect(rules.new == ["new"] && rules.removed == ["gone"])
        #expect(rules.changed == ["raised"] && rules.rekeyed == ["elsewhere", "moved"])
        #expect(rules.unchanged == ["same"])
        let none = ReloadPlan.Rules(from: before, to: before)
        #expect(none.unchanged.count == 5 && none.changed.isEmpty && none.rekeyed.isEmpty)
    }

    /// Nothing changes by asking, whatever is asked, and the engine goes on as if nobody had.
    @Test(arguments: 0..<6)
    func askingChangesNothing(seed: UInt64) throws {
        var random = Seeded(seed)
        let scenario = try Scenario(.init(isWild: true, expect: seed % 2 == 0 ? 5 : nil), &random)
        let other = try Scenario(.init(isWild: true, expect: 5), &random)
        var plain = engine(scenario.plan)
        var asked = engine(scenario.plan)
        for row in 0..<scenario.batch.count {
            plain.run(scenario.batch, from: row, to: row + 1)
            asked.run(scenario.batch, from: row, to: row + 1)
            let same = asked.engine.reloadPlan(for: scenario.plan)
            #expect(same.landing.count == 0 && same.cancelled.count == 0)
            let open = asked.engine.openCount
            #expect(same.kept.count == open && same.holds.dropped == 0)
            #expect(same.rules.unchanged.count == scenario.plan.rules.count)
            #expect(same.windows.allSatisfy { $0.outcome == .kept })
            let first = asked.engine.reloadPlan(for: other.plan)
            let second = asked.engine.reloadPlan(for: other.plan)
            #expect(first == second)
            let decides = asked.engine.hasDecisions
            #expect(!decides)
        }
        plain.finish()
        asked.finish()
        #expect(asked.log == plain.log)
        #expect(asked.decisions.map(\.bytes) == plain.decisions.map(\.bytes))
    }

    @Test func theWindows() throws {
        let hour = "sum(x, '1h') > 9.0"
        var engine = engine(
            try plan(
                rule("a", when: hour), rule("b", when: hour), rule("c", when: "max(x, '2h') > 9.0"),
                rule("d", when: hour, also: "by: j")))
        engine.row(row(1), at: seconds(0), stream: 1)
        engine.row(row(1, "z"), at: seconds(10), stream: 1)
        let after = try plan(
            rule("a", when: "sum(x, '1h') > 5.0"), rule("b", when: "avg(x, '1h') > 9.0"),
            rule("c", when: "max(x, '3h') > 9.0"),
            rule(
                "e", when: "w > 5.0", also: "by: k, let: {y: x * 2.0, w: \"sum(y, '5m')\"}"))
        let told = engine.engine.reloadPlan(for: after)
        #expect(
            told.windows.map { "\($0.outcome) \($0.text) \($0.rules) \($0.keys)" } == [
                #"kept sum(x, '1h') ["a"] 2"#, #"kept avg(x, '1h') ["b"] 2"#,
                #"new max(x, '3h') ["c"] 0"#, #"new sum(y, '5m') with y = x * 2.0 ["e"] 0"#,
                #"dropped max(x, '2h') ["c"] 2"#, #"dropped sum(x, '1h') ["d"] 1"#,
            ])
        // Of what begins now nothing is known for its whole length.
        #expect(
            told.windows.map(\.knownFrom) == [
                nil, nil, seconds(10 + 3 * 3600), seconds(10 + 300), nil, nil,
            ])
        engine.replace(after)
        engine.row(row(1), at: seconds(20), stream: 1)
        let later = engine.engine.reloadPlan(for: after)
        #expect(later.windows.allSatisfy { $0.outcome == .kept })
        #expect(
            later.windows.map(\.knownFrom) == [
                nil, nil, seconds(10 + 3 * 3600), seconds(10 + 300),
            ])
        // Another `where` selects other rows: those windows begin anew.
        let other = try plan(rule("a", when: "sum(x, '1h') > 5.0", also: "by: k, where: x > 0.0"))
        let others = engine.engine.reloadPlan(for: other).windows.map(\.outcome)
        #expect(others == [.new, .dropped, .dropped, .dropped, .dropped])
    }

    @Test func incidentsKeptAndCancelled() throws {
        var engine = engine(
            try plan(
                rule("stays"), rule("goes"),
                rule("silent", on: "s", also: "by: k, no_data: {after: 5m, do: alert}")))
        engine.row(row(2), at: seconds(0))
        for key in ["a", "b", "c"] { engine.row(row(2, key), at: seconds(600), stream: 1) }
        let open = engine.engine.openCount
        #expect(open == 8)
        let after = try plan(rule("stays", when: "x > 100.0"), rule("silent", on: "s"))
        let told = engine.engine.reloadPlan(for: after)
        #expect(told.kept.count == 4 && told.landing.count == 0 && told.cancelled.count == 4)
        #expect(
            told.cancelled.named.map { "\($0.rule) \($0.key.values)" }.sorted() == [
                "goes [a]", "goes [b]", "goes [c]", "silent/no-data [a]",
            ])
        #expect(told.kept.named.map(\.next) == told.kept.named.map(\.level))
        let eventNo = engine.engine.nextEventNo
        #expect(told.eventNo == eventNo)
        engine.forget()
        engine.replace(after)
        #expect(engine.said.map(\.kind) == [.cancel, .cancel, .cancel, .cancel])
        #expect(
            Set(engine.said.map(\.incident)) == Set(told.cancelled.named.map(\.incident)))
    }

    /// A level that is gone: where it lands is told, and that is where it lands.
    @Test(arguments: [(9.0, "mid"), (2.0, "low"), (0.5, nil)])
    func incidentsLand(x: Double, landed: String?) throws {
        func ladder(_ top: String, low: String = "x > 1.0") -> String {
            "rule: r, on: s, by: k, levels: {low: {when: \(low), severity: minor}, "
                + "mid: {when: x > 3.0, severity: moderate}\(top)}"
        }
        let top = ", top: {when: x > 8.0, clear: x < 0.1, severity: severe}"
        var engine = engine(try plan(ladder(top)))
        engine.row(row(9), at: seconds(10))
        engine.row(row(9, "b"), at: seconds(11))
        if x != 9 { engine.row(row(x), at: seconds(70)) }
        let after = try plan(ladder(""))
        let told = engine.engine.reloadPlan(for: after)
        #expect(told.landing.count == 2 && told.cancelled.count == 0 && told.kept.count == 0)
        #expect(told.landing.named.map(\.level) == ["top", "top"])
        #expect(told.landing.named.map(\.next) == [landed, "mid"])
        engine.forget()
        engine.replace(after)
        #expect(engine.said.map(\.level) == told.landing.named.map(\.next))
        #expect(engine.said.map(\.incident) == told.landing.named.map(\.incident))
    }

    /// Where a landing depends on a window, it depends on the rows that are carried over.
    @Test func landingByAWindow() throws {
        func ladder(_ top: String) -> String {
            "rule: r, on: s, by: k, levels: {low: {when: \"sum(x, '1h') > 1.0\", severity: minor}, "
                + "mid: {when: \"sum(x, '1h') > 10.0\", severity: moderate}\(top)}"
        }
        var engine = engine(try plan(ladder(", top: {when: x > 8.0, severity: severe}")))
        engine.row(row(5), at: seconds(0))
        engine.row(row(9), at: seconds(60))
        let after = try plan(ladder(""))
        let told = engine.engine.reloadPlan(for: after)
        #expect(told.landing.named.map(\.next) == ["mid"])
        engine.forget()
        engine.replace(after)
        #expect(engine.said.map(\.level) == ["mid"])
    }

    @Test func runningHolds() throws {
        let levels = "levels: {a: {when: x > 1.0, severity: minor, for: 1h}, "
        var engine = engine(
            try plan(
                rule("held", also: "by: k, for: 1h"), rule("gone", also: "by: k, for: 2h"),
                rule("at-once"), rule("leaving", also: "by: k, clear_for: 1h"),
                "rule: ladder, on: e, by: k, \(levels)b: {when: x > 1.0, severity: severe, for: 2h}}"
            ))
        engine.row(row(2), at: seconds(0), stream: 1)
        engine.row(row(2, "b"), at: seconds(1), stream: 1)
        engine.row(row(0, "b"), at: seconds(2), stream: 1)
        let after = try plan(
            rule("held", also: "by: k, for: 3h"), rule("at-once"),
            rule("leaving", also: "by: k, clear_for: 1h"),
            "rule: ladder, on: e, by: k, \(levels)}")
        let told = engine.engine.reloadPlan(for: after).holds
        // Kept: `held`, level a of the ladder, the end of `leaving` for b. Dropped: `gone`, level b.
        #expect(told.kept == 3 && told.dropped == 2)
        engine.replace(after)
        let left = engine.engine.reloadPlan(for: after).holds
        #expect(left.kept == 3 && left.dropped == 0)
        // Another key is another rule: what runs is forgotten.
        let rekeyed = engine.engine.reloadPlan(
            for: try plan(rule("held", also: "by: [k, j], for: 1h")))
        #expect(rekeyed.holds.kept == 0 && rekeyed.holds.dropped == 3)
    }

    /// However many there are, all are counted and some are named.
    @Test func namesAreBounded() throws {
        var engine = engine(try plan(rule("goes"), rule("stays")))
        for number in 0..<150 {
            engine.row(row(2, "k\(number)"), at: seconds(number), stream: 1)
        }
        let told = engine.engine.reloadPlan(for: try plan(rule("stays")))
        #expect(told.cancelled.count == 150 && told.kept.count == 150)
        #expect(told.cancelled.named.count == ReloadPlan.namedLimit)
        #expect(told.kept.named.count == ReloadPlan.namedLimit)
    }
}
