import Engine
import Evaluation
import Events
import TestSupport
import Testing

/// Another plan comes into force: state follows (rule, key, level name).
@Suite struct ReplaceTests {
    private static let declared = """
        version: 1
        streams:
          s: {time: t, expect: 1m, fields: {k: string, j: string, x: double}}
          e: {time: t, fields: {k: string, x: double}}
        rules:

        """

    private func plan(_ rules: String..., generation: UInt32 = 1) throws -> Plan {
        try RuleText.plan(
            ReplaceTests.declared + rules.map { "  - {\($0)}\n" }.joined(), generation: generation)
    }

    private func simple(
        _ name: String = "r", over: Double = 1, also: String = "by: k", on stream: String = "s"
    ) -> String {
        "rule: \(name), on: \(stream), when: x > \(over), severity: severe, \(also)"
    }

    private func row(_ x: Double) -> [String: Scalar] {
        ["k": .string("a"), "j": .string("b"), "x": .double(x)]
    }

    private func engine(_ plan: Plan) -> Rehearsed { Rehearsed(plan, options: .keeping) }

    @Test(arguments: [nil, 5])
    func theSamePlanIsNothing(expect: Int?) throws {
        for seed in 0..<8 {
            var random = Seeded(UInt64(seed))
            let scenario = try Scenario(.init(isWild: true, expect: expect), &random)
            var plain = engine(scenario.plan)
            var replaced = engine(scenario.plan)
            for row in 0..<scenario.batch.count {
                plain.run(scenario.batch, from: row, to: row + 1)
                replaced.run(scenario.batch, from: row, to: row + 1)
                let before = replaced.decisions.count
                replaced.replace(scenario.plan)
                #expect(replaced.decisions.count == before, "a replacement decides nothing")
            }
            plain.finish()
            replaced.finish()
            #expect(replaced.log == plain.log, "seed \(seed)")
            let isSame =
                replaced.said.map(\.bytesWithoutNumbers) == plain.said.map(\.bytesWithoutNumbers)
            #expect(isSame, "seed \(seed)")
            #expect(plain.said.count > 5)
            #expect(replaced.engine.evaluation == plain.engine.evaluation)
        }
    }

    @Test func aChangedThresholdKeepsTheIncident() throws {
        var engine = engine(try plan(simple(over: 1)))
        engine.row(row(5), at: seconds(10))
        engine.replace(try plan(simple(over: 10)))
        #expect(engine.lines == ["10 alert r[a] -→active severe"])
        engine.row(row(20), at: seconds(20))
        #expect(engine.said.count == 1)
        engine.row(row(5), at: seconds(30))
        #expect(engine.lines.dropFirst() == ["30 clear r[a] active→- severe"])
        #expect(engine.said[1].incident == engine.said[0].incident)
        #expect(engine.said[1].ruleHash != engine.said[0].ruleHash)
    }

    @Test func aRemovedRuleCancels() throws {
        var engine = engine(try plan(simple("r"), simple("q", over: 3)))
        engine.row(row(2), at: seconds(10))
        engine.row(["k": .string("b"), "x": .double(0)], at: seconds(11))
        #expect(engine.storage.keptStates.count == 1)
        engine.replace(try plan(simple("q", over: 3)))
        #expect(engine.lines.dropFirst() == ["10 cancel r[a] active→- severe rule-withdrawn"])
        #expect(engine.engine.openCount == 0 && engine.storage.keptStates.isEmpty)
        // What comes back under the name is another incident.
        engine.replace(try plan(simple("q", over: 3), simple("r")))
        #expect(engine.said.count == 2)
        engine.row(row(2), at: seconds(12))
        #expect(engine.lines.last == "12 alert r[a] -→active severe")
        #expect(engine.said[2].incident != engine.said[0].incident)
    }

    @Test func aRuleThatIsGoneAtAStartCancels() throws {
        var first = engine(try plan(simple("r"), simple("q")))
        first.row(row(2), at: seconds(10))
        let second = try first.storage.restarted(try plan(simple("q")))
        #expect(second.lines == ["10 cancel r[a] active→- severe rule-withdrawn"])
        var storage = first.storage
        storage.keep(second.decisions)
        #expect(storage.keptStates.count == 1)
    }

    @Test(arguments: ["by: [k, j]", "by: j", "hazard: flood"])
    func anotherKeyCancels(also: String) throws {
        var engine = engine(try plan(simple()))
        engine.row(row(2), at: seconds(10))
        engine.replace(try plan(simple(also: also)))
        #expect(engine.lines.dropFirst() == ["10 cancel r[a] active→- severe rule-withdrawn"])
        engine.row(row(2), at: seconds(20))
        #expect(engine.said.last?.kind == .alert)
    }

    @Test func anotherStreamCancels() throws {
        var engine = engine(try plan(simple()))
        engine.row(row(2), at: seconds(10))
        engine.replace(try plan(simple(on: "e")))
        #expect(engine.said.map(\.kind) == [.alert, .cancel])
        engine.row(row(2), at: seconds(20))
        #expect(engine.said.count == 2)
        engine.row(row(2), at: seconds(30), stream: 1)
        #expect(engine.lines.last == "30 alert r[a] -→active severe")
    }

    /// `since` stays, so a shorter `for` may be complete at the next row, and a longer one later.
    @Test(arguments: [(20, 60), (40, 60), (100, 100), (15, 30)])
    func aChangedForKeepsSince(length: Int, raisedAt: Int) throws {
        var engine = engine(try plan(simple(also: "by: k, for: 90s", on: "e")))
        engine.row(row(2), at: seconds(0), stream: 1)
        engine.replace(try plan(simple(also: "by: k, for: \(length)s", on: "e")))
        #expect(engine.said.isEmpty)
        let times = length == 15 ? [10, 30, 60, 100] : [10, 60, 100, 120]
        for time in times { engine.row(row(2), at: seconds(time), stream: 1) }
        #expect(engine.lines == ["\(raisedAt) alert r[a] -→active severe"])
        #expect(engine.said.first?.onset.nanoseconds == 0)
    }

    /// Between rows too: the value is held, and the new due time holds.
    @Test func aChangedForCompletesBetweenRows() throws {
        var engine = engine(try plan(simple(also: "by: k, for: 90s")))
        engine.row(row(2), at: seconds(0))
        engine.replace(try plan(simple(also: "by: k, for: 40s")))
        engine.row(["k": .string("z"), "x": .double(0)], at: seconds(60))
        #expect(engine.lines == ["40 alert r[a] -→active severe"])
    }

    /// A hold that was too short to be stored is long enough now.
    @Test func aForThatBecomesLongIsStored() throws {
        var first = engine(try plan(simple(also: "by: k, for: 5s", on: "e")))
        first.row(row(2), at: seconds(0), stream: 1)
        let long = try plan(simple(also: "by: k, for: 60s", on: "e"))
        first.replace(long)
        first.row(row(2), at: seconds(10), stream: 1)
        #expect(first.said.isEmpty)
        var second = try first.storage.restarted(long)
        second.row(row(2), at: seconds(60), stream: 1)
        #expect(second.lines == ["60 alert r[a] -→active severe"])
    }

    /// A hold that is too short to be stored now is forgotten: once erased it must not come back.
    @Test(arguments: [false, true])
    func aForThatBecomesShortIsForgotten(whileDown: Bool) throws {
        let short = try plan(simple(also: "by: k, for: 5s", on: "e"))
        var first = engine(try plan(simple(also: "by: k, for: 60s", on: "e")))
        first.row(row(2), at: seconds(0), stream: 1)
        var storage = first.storage
        if whileDown {
            first = try storage.restarted(short)
        } else {
            first.replace(short)
        }
        first.row(row(0), at: seconds(3), stream: 1)
        storage.keep(first.decisions)
        var second = try storage.restarted(short)
        second.row(row(2), at: seconds(100), stream: 1)
        second.row(row(2), at: seconds(105), stream: 1)
        #expect(second.lines == ["105 alert r[a] -→active severe"])
    }

    private func ladder(_ levels: String) -> String { "rule: r, on: e, by: k, levels: {\(levels)}" }

    @Test func aLevelThatIsGoneLands() throws {
        let (low, mid, top) = (
            "low: {when: x > 1.0, severity: minor}", "mid: {when: x > 3.0, severity: moderate}",
            "top: {when: x > 5.0, severity: severe}"
        )
        var engine = engine(try plan(ladder("\(low), \(mid), \(top)")))
        engine.row(row(9), at: seconds(10), stream: 1)
        engine.replace(try plan(ladder("\(low), \(mid)")))
        // No row is kept where values are not held: it lands lowest until the next row.
        #expect(engine.lines.dropFirst() == ["10 update r[a] top→low minor"])
        #expect(engine.log.last == "10 r[a] top→low plan")
        engine.row(row(9), at: seconds(20), stream: 1)
        #expect(engine.lines.last == "20 update r[a] low→mid moderate")
        // A level in between, or another order of files, is nothing.
        engine.replace(try plan(simple("q", over: 100), ladder("\(low), \(mid), \(top)")))
        #expect(engine.said.count == 3)
        engine.row(row(9), at: seconds(30), stream: 1)
        #expect(engine.lines.last == "30 update r[a] mid→top severe")
        #expect(Set(engine.said.map(\.incident)).count == 1)
    }

    /// Where the row is kept, it says where to land.
    @Test(arguments: [(9.0, "mid"), (2.0, "low")])
    func aLevelThatIsGoneLandsWhereItsRowSays(x: Double, landed: String) throws {
        func rule(_ top: String) -> String {
            "rule: r, on: s, by: k, levels: {low: {when: x > 1.0, severity: minor}, "
                + "mid: {when: x > 3.0, severity: moderate}\(top)}"
        }
        let top = ", top: {when: x > 8.0, clear: x < 1.5, severity: severe}"
        var first = engine(try plan(rule(top)))
        first.row(row(9), at: seconds(10))
        if x != 9 { first.row(row(x), at: seconds(70)) }
        var second = try first.storage.restarted(try plan(rule(top)))
        for _ in 0..<2 {
            first.replace(try plan(rule("")))
            second.replace(try plan(rule("")))
        }
        #expect(first.said.dropFirst().map(\.level) == [landed])
        if x == 9 { #expect(second.said.map(\.level) == [landed]) }
        #expect(first.said.last?.previousLevel == "top")
    }

    /// Fields move and change type; a row that is held goes by their names.
    @Test func aHeldRowFollowsItsFieldsNames() throws {
        func plan(_ fields: String) throws -> Plan {
            try RuleText.plan(
                """
                version: 1
                streams:
                  s: {time: t, expect: 1m, fields: {\(fields)}}
                rules:
                  - rule: r
                    on: s
                    by: k
                    when: x > 1.0
                    for: 90s
                    severity: severe
                    labels: {j: j}
                """)
        }
        var engine = engine(try plan("k: string, j: string, x: double"))
        engine.row(row(2), at: seconds(0))
        engine.replace(try plan("x: double, new: int, k: string, j: string"))
        engine.replace(try plan("j: int, x: double, k: string"))
        engine.row(["k": .string("z")], at: seconds(120))
        #expect(engine.lines == ["90 alert r[a] -→active severe"])
        #expect(engine.said.first?.values.map(\.value) == [.double(2)])
        #expect(engine.said.first?.labels.map(\.value) == [.unknown])
    }
}
