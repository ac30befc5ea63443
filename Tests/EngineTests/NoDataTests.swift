import Engine
import Evaluation
import Events
import TestSupport
import Testing

/// `no_data` over restarts and changes of plan.
@Suite struct NoDataTests {
    private func plan(_ noData: String?) throws -> Plan {
        try RuleText.plan(
            """
            version: 1
            streams:
              s: {time: t, fields: {k: string, x: double}}
            rules:
              - rule: r
                on: s
                by: k
                when: x > 1.0
                for: 20s
                severity: severe
                \(noData.map { "no_data: {after: 100s, do: \($0)}" } ?? "title: r")
            """)
    }

    private func row(_ x: Double?, _ key: String = "a") -> [String: Scalar] {
        ["k": .string(key), "x": x.map { .double($0) } ?? .unknown]
    }

    /// Raised at 1020, last heard at 1030, silent since 1130.
    private func silent(_ plan: Plan) -> Rehearsed {
        var engine = Rehearsed(plan, clock: .wall, options: .keeping, now: seconds(1_000))
        for time in [1_000, 1_020, 1_030] {
            engine.row(row(2), at: seconds(time), wallNow: seconds(time))
        }
        engine.advance(to: seconds(1_131))
        return engine
    }

    private static let expected: [(action: String, silent: String, heard: [String])] = [
        (
            "hold", "1130 update r[a] active→active severe no-data",
            ["1200 update r[a] active→active severe", "1210 clear r[a] active→- severe"]
        ),
        (
            "alert", "1130 alert r/no-data[a] -→active severe",
            ["1200 clear r/no-data[a] active→- severe", "1210 clear r[a] active→- severe"]
        ),
        ("clear", "1130 clear r[a] active→- severe no-data", ["1221 alert r[a] -→active severe"]),
    ]

    /// A key that is silent stays so over a restart: nothing is said twice, and it is heard again.
    @Test(arguments: 0..<3)
    func aSilentKeyStaysSilent(index: Int) throws {
        let (action, silence, heard) = NoDataTests.expected[index]
        let plan = try plan(action)
        let first = silent(plan)
        #expect(first.lines == ["1020 alert r[a] -→active severe", silence])
        var second = try first.storage.restarted(plan, clock: .wall, now: seconds(1_140))
        second.advance(to: seconds(1_199))
        #expect(second.said.isEmpty)
        for (time, x) in [(1_200, 2.0), (1_210, action == "clear" ? 2 : 0), (1_221, 2)] {
            second.row(row(x), at: seconds(time), wallNow: seconds(time))
        }
        #expect(second.lines == heard)
    }

    /// The daemon's own downtime counts toward no silence.
    @Test(arguments: ["hold", "alert", "clear"])
    func silenceCountsAnewFromTheStart(action: String) throws {
        let plan = try plan(action)
        var first = Rehearsed(plan, clock: .wall, options: .keeping, now: seconds(1_000))
        for time in [1_000, 1_020] {
            first.row(row(2), at: seconds(time), wallNow: seconds(time))
        }
        first.row(row(0, "idle"), at: seconds(1_020), wallNow: seconds(1_020))
        first.advance(to: seconds(1_119))
        #expect(first.said.count == 1)
        var second = try first.storage.restarted(plan, clock: .wall, now: seconds(5_000))
        second.advance(to: seconds(5_100))
        #expect(second.said.isEmpty)
        second.advance(to: seconds(5_101))
        // On the clock of the key that was heard at 1020; of the other only its name is known.
        let key = ["hold": "a", "alert": "a", "clear": "a"][action]
        #expect(second.said.first?.key == Key(status: .actual, values: [.string(key ?? "")]))
        #expect(
            second.said.map(\.sent)
                == second.said.map { _ in
                    Timestamp(nanoseconds: seconds(5_101))
                })
        #expect(second.said.count == (action == "alert" ? 2 : 1))
        #expect(second.said.allSatisfy { $0.eventTime.nanoseconds == seconds(5_100) })
    }

    /// Under `clear` a hold is erased with the level: it begins anew.
    @Test func clearErasesHolds() throws {
        let plan = try plan("clear")
        var first = Rehearsed(plan, clock: .wall, options: .keeping, now: seconds(1_000))
        first.row(row(2), at: seconds(1_000), wallNow: seconds(1_000))
        #expect(first.storage.keptStates.count == 1)
        first.advance(to: seconds(1_101))
        #expect(first.said.isEmpty)
        for restarts in [false, true] {
            var engine =
                restarts
                ? try first.storage.restarted(plan, clock: .wall, now: seconds(1_110))
                : silentBefore(plan)
            for time in [1_120, 1_139, 1_140] {
                engine.row(row(2), at: seconds(time), wallNow: seconds(time))
            }
            #expect(engine.lines == ["1140 alert r[a] -→active severe"])
            #expect(engine.said[0].onset.nanoseconds == seconds(1_120))
        }
    }

    private func silentBefore(_ plan: Plan) -> Rehearsed {
        var engine = Rehearsed(plan, clock: .wall, options: .keeping, now: seconds(1_000))
        engine.row(row(2), at: seconds(1_000), wallNow: seconds(1_000))
        engine.advance(to: seconds(1_101))
        return engine
    }

    /// A rule that watches for silence from now on knows the keys it has, also after a restart.
    @Test(arguments: [false, true])
    func aPolicyThatIsAddedKnowsTheKeys(restarts: Bool) throws {
        var engine = Rehearsed(try plan(nil), clock: .wall, options: .keeping, now: seconds(1_000))
        engine.row(row(0), at: seconds(1_000), wallNow: seconds(1_000))
        let watching = try plan("alert")
        engine.replace(watching)
        if restarts {
            engine = try engine.storage.restarted(watching, clock: .wall, now: seconds(1_000))
        }
        engine.advance(to: seconds(1_101))
        #expect(engine.lines == ["1100 alert r/no-data[a] -→active severe"])
    }

    /// Without the policy nobody watches for silence: what was said of it does not stay for good.
    @Test func aPolicyThatIsRemovedLeavesNoSilence() throws {
        var held = silent(try plan("hold"))
        held.replace(try plan(nil))
        for time in [1_200, 1_210] {
            held.row(row(2), at: seconds(time), wallNow: seconds(time))
        }
        held.advance(to: seconds(1_210 + 6 * 3600))
        #expect(held.said.last?.kind == .refresh)
        #expect(held.said.last?.flags == [])
        var alerted = silent(try plan("alert"))
        alerted.replace(try plan(nil))
        #expect(alerted.lines.last == "1130 cancel r/no-data[a] active→- severe rule-withdrawn")
    }

    /// Under the event clock the start is where the first row stands: a key that never comes back
    /// falls silent after it.
    @Test func aKeyThatNeverComesBackFallsSilentUnderTheEventClock() throws {
        let plan = try plan("alert")
        var first = Rehearsed(plan, options: .keeping)
        first.row(row(0), at: seconds(1_000))
        first.row(row(0, "b"), at: seconds(1_000))
        var second = try first.storage.restarted(plan)
        for time in stride(from: 1_010, to: 1_300, by: 50) {
            second.row(row(0, "b"), at: seconds(time))
        }
        #expect(second.said.map(\.ruleName) == ["r/no-data"])
        #expect(second.said.first?.key.values == [.string("a")])
    }

    /// A key of a rule whose `by` has changed is no key of it: nobody waits for it.
    @Test(arguments: [false, true])
    func aKeyOfAnotherPartitionIsNotWaitedFor(whileDown: Bool) throws {
        func plan(by: String) throws -> Plan {
            try RuleText.plan(
                """
                version: 1
                streams:
                  s: {time: t, fields: {k: string, j: string, x: double}}
                rules:
                  - {rule: r, on: s, by: \(by), when: x > 1.0, severity: severe,
                     no_data: {after: 100s, do: alert}}
                """)
        }
        var first = Rehearsed(
            try plan(by: "k"), clock: .wall, options: .keeping, now: seconds(1_000))
        first.row(row(0), at: seconds(1_000), wallNow: seconds(1_000))
        let other = try plan(by: "[k, j]")
        if !whileDown { first.replace(other) }
        var second = try first.storage.restarted(other, clock: .wall, now: seconds(1_010))
        second.advance(to: seconds(2_000))
        #expect(second.lines == [])
    }
}
