import Events
import TestSupport
import Testing

@testable import Evaluation

/// How rules are grouped, and how rows find them.
@Suite struct PlanTests {
    private static let streams = """
        version: 1
        streams:
          s: {time: t, fields: {k: string, j: string, kind: string, n: int, flag: bool, x: double}}
          r: {time: t, fields: {k: string, kind: string, x: double}}
        rules:

        """

    private func plan(_ rules: [String], maximumKeys: Int = 100) throws -> Plan {
        try RuleText.plan(
            PlanTests.streams + rules.map { "  - {\($0), severity: minor}\n" }.joined(),
            maximumKeys: maximumKeys)
    }

    @Test func aStageIsOneStreamAndOneKey() throws {
        let plan = try plan([
            "rule: a, on: s, by: k, when: x > 1.0",
            "rule: b, on: r, by: k, when: x > 1.0",
            "rule: c, on: s, by: [k, j], when: x > 1.0",
            "rule: d, on: s, by: [j, k], when: x > 1.0",
            "rule: e, on: s, by: k, when: x > 2.0",
            "rule: f, on: s, when: x > 2.0",
        ])
        #expect(plan.stages.map(\.stream) == [0, 1, 0, 0, 0])
        #expect(plan.stages.map(\.by) == [[0], [0], [0, 1], [1, 0], []])
        #expect(plan.selections.map(\.rules) == [[0, 4], [1], [2], [3], [5]])
        for (index, stage) in plan.stages.enumerated() {
            for selection in stage.selections { #expect(plan.selections[selection].stage == index) }
        }
    }

    @Test func rulesThatJudgeTheSameRowsShareASelection() throws {
        let plan = try plan([
            "rule: a, on: s, by: k, where: kind == 'x', when: x > 1.0",
            "rule: b, on: s, by: k, where: \"kind  ==  'x'\", when: x > 2.0",
            "rule: c, on: s, by: k, where: kind == 'y', when: x > 1.0",
            "rule: d, on: s, by: k, where: kind == 'x' && n > 3, when: x > 1.0",
            "rule: e, on: s, by: k, where: n > 3, when: x > 1.0",
        ])
        #expect(plan.selections.map(\.rules) == [[0, 1], [2], [3], [4]])
        let literals = plan.selections.map(\.selector?.literal)
        #expect(
            literals == [
                .string(Array("x".utf8)), .string(Array("y".utf8)),
                .string(Array("x".utf8)), nil,
            ])
        // Nothing is left to judge where the equality is all that `where` asks.
        #expect(plan.selections.map { $0.residual == nil } == [true, true, false, false])
    }

    /// Each `where` with what it is on a row, written down a second time by hand.
    private static let selections: [(text: String, truth: @Sendable (Sample) -> Bool?)] = [
        ("kind == 'x'", { row in row.kind.map { $0 == "x" } }),
        ("kind == ''", { row in row.kind.map { $0 == "" } }),
        ("'xx' == kind", { row in row.kind.map { $0 == "xx" } }),
        ("n == 1", { row in row.n.map { $0 == 1 } }),
        ("n == -1", { row in row.n.map { $0 == -1 } }),
        ("flag == true", { row in row.flag }),
        ("flag == false", { row in row.flag.map { !$0 } }),
        ("x == 1.0", { row in row.x.map { $0 == 1 } }),
        ("kind != 'x'", { row in row.kind.map { $0 != "x" } }),
        (
            "n == 1 && kind == 'x'",
            { row in
                if row.n.map({ $0 != 1 }) == true || row.kind.map({ $0 != "x" }) == true {
                    return false
                }
                return row.n == nil || row.kind == nil ? nil : true
            }
        ),
        (
            "kind == 'x' || n == 1",
            { row in
                if row.kind == "x" || row.n == 1 { return true }
                return row.n == nil || row.kind == nil ? nil : false
            }
        ),
    ]

    private struct Sample {
        var kind: String?
        var n: Int64?
        var flag: Bool?
        var x: Double?
    }

    /// The rules that a row raises are those whose `where` is TRUE; where it is UNKNOWN it is
    /// counted, whichever way the row was found.
    @Test func rowsFindTheRulesThatSelectThem() throws {
        let plan = try plan(
            PlanTests.selections.enumerated().map { index, selection in
                "rule: r\(index), on: s, by: k, where: \"\(selection.text)\", when: k != ''"
            }, maximumKeys: 1_000)
        var random = Seeded(11)
        for step in 0..<400 {
            let row = Sample(
                kind: random.chance(0.2) ? nil : ["x", "", "xx", "y"][random.int(0...3)],
                n: random.chance(0.2) ? nil : [0, 1, -1][random.int(0...2)],
                flag: random.chance(0.2) ? nil : random.chance(0.5),
                x: random.chance(0.2) ? nil : [1, 1.5][random.int(0...1)])
            var rehearsed = Rehearsed(plan)
            rehearsed.row(
                [
                    "k": .string("k"), "kind": row.kind.map { .string($0) } ?? .unknown,
                    "n": row.n.map { .int($0) } ?? .unknown,
                    "flag": row.flag.map { .bool($0) } ?? .unknown,
                    "x": row.x.map { .double($0) } ?? .unknown,
                ], at: Int64(step))
            let truths = PlanTests.selections.map { $0.truth(row) }
            let expected = truths.indices.filter { truths[$0] == true }
            #expect(rehearsed.said.map(\.ruleName) == expected.map { "r\($0)" }, "\(row)")
            #expect(rehearsed.engine.evaluation.whereUnknown == UInt64(truths.count { $0 == nil }))
        }
    }
}
