import Evaluation
import Events
import TestSupport
import Testing

/// Which keys a rule takes, and which rows it refuses.
@Suite struct KeyLimitTests {
    private func plan(by: String, maximumKeys: Int = 3) throws -> Plan {
        try RuleText.plan(
            """
            version: 1
            streams:
              s: {time: t, fields: {k: string, j: string, n: int, x: double}}
            rules:
              - {rule: r, on: s, by: \(by), when: x > 1.0, severity: minor}
            """, maximumKeys: maximumKeys)
    }

    @Test func aNewKeyBeyondTheLimitIsRefusedAndCounted() throws {
        var rehearsed = Rehearsed(try plan(by: "k"))
        for key in ["a", "b", "c", "d", "e", "d"] {
            rehearsed.row(["k": .string(key), "x": .double(0)], at: 1_000_000_000)
        }
        #expect(rehearsed.engine.keyCount(rule: 0) == 3)
        #expect(rehearsed.engine.evaluation.count(.maxKeys) == 3)
        // Old keys are unaffected.
        for key in ["d", "a", "c"] {
            rehearsed.row(["k": .string(key), "x": .double(2)], at: 2_000_000_000)
        }
        #expect(rehearsed.log == ["2 r[a] inactive→active row", "2 r[c] inactive→active row"])
        #expect(rehearsed.engine.evaluation.count(.maxKeys) == 4)
    }

    /// Each rule has its own limit, and rules that see the same rows do not share it.
    @Test func aRuleMaySayHowManyKeysItHolds() throws {
        let plan = try RuleText.plan(
            """
            version: 1
            streams:
              s: {time: t, fields: {k: string, x: double}}
            rules:
              - {rule: few, on: s, by: k, when: x > 1.0, severity: minor, max_keys: 2}
              - {rule: many, on: s, by: k, when: x > 1.0, severity: minor}
            """, maximumKeys: 4)
        var rehearsed = Rehearsed(plan)
        for key in ["a", "b", "c", "d", "e"] {
            rehearsed.row(["k": .string(key), "x": .double(0)], at: 1_000_000_000)
        }
        #expect(rehearsed.engine.keyCount(rule: 0) == 2)
        #expect(rehearsed.engine.keyCount(rule: 1) == 4)
        // What one of them judged is no dead letter, and is counted all the same.
        #expect(rehearsed.engine.evaluation.count(.maxKeys) == 1)
        #expect(rehearsed.engine.evaluation.partlyJudged == 2)
    }

    @Test func aRowWithoutItsKeyIsCountedAndNotJudged() throws {
        var rehearsed = Rehearsed(try plan(by: "[k, n]"))
        rehearsed.row(["k": .string("a"), "x": .double(2)], at: 1_000_000_000)
        rehearsed.row(["n": .int(1), "x": .double(2)], at: 1_000_000_000)
        #expect(rehearsed.engine.evaluation.count(.key) == 2)
        #expect(rehearsed.engine.keyCount(rule: 0) == 0)
        rehearsed.row(["n": .int(1), "k": .string("a"), "x": .double(2)], at: 1_000_000_000)
        #expect(rehearsed.log == ["1 r[a,1] inactive→active row"])
    }

    /// 128 bytes of values together, whatever their types; longer ones are no key.
    @Test func aKeyHasAtMost128BytesOfValues() throws {
        var rehearsed = Rehearsed(try plan(by: "[k, j, n]", maximumKeys: 100))
        func row(_ k: Int, _ j: Int) {
            rehearsed.row(
                [
                    "k": .string(String(repeating: "k", count: k)), "n": .int(-1),
                    "j": .string(String(repeating: "j", count: j)), "x": .double(2),
                ], at: 1_000_000_000)
        }
        for (k, j) in [(120, 0), (0, 120), (60, 60)] { row(k, j) }
        #expect(rehearsed.engine.evaluation.count(.key) == 0)
        #expect(
            rehearsed.said.map { $0.key.values[0] }
                == [120, 0, 60].map { length in
                    .string(String(repeating: "k", count: length))
                })
        for (k, j) in [(121, 0), (0, 121), (60, 61), (128, 0), (129, 0), (0, 4_000), (200, 200)] {
            row(k, j)
        }
        #expect(rehearsed.engine.evaluation.count(.key) == 7)
        #expect(rehearsed.engine.keyCount(rule: 0) == 3)
    }

    /// An exercise has its own state, and cannot be mistaken.
    @Test func statusIsPartOfEveryKey() throws {
        let plan = try plan(by: "k")
        var rehearsed = Rehearsed(plan)
        for (status, value) in [(Status.exercise, 2.0), (.actual, 0), (.test, 2), (.exercise, 0)] {
            var batch = Batch(plan.streams)
            batch.add(at: 1_000_000_000, ["k": .string("a"), "x": .double(value)], status: status)
            rehearsed.run(batch)
        }
        #expect(rehearsed.said.map(\.status) == [.exercise, .test, .exercise])
        #expect(rehearsed.said.map(\.kind) == [.alert, .alert, .clear])
        #expect(Set(rehearsed.said.map(\.subject)).count == 2)
    }
}

extension EvaluationCounters {
    /// Events refused for a reason.
    fileprivate func count(_ reason: DeadLetterReason) -> UInt64 {
        refused.entries.filter { $0.reason == reason }.reduce(0) { $0 + $1.count }
    }
}
