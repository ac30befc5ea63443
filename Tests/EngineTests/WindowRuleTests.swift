import Engine
import Evaluation
import Events
import TestSupport
import Testing

/// Windows in rules: what enters them, when they are known, and what they outlive.
@Suite struct WindowRuleTests {
    private static func text(
        _ rules: String..., expect: String = "expect: 10s, ", lateness: String = ""
    ) -> String {
        """
        version: 1
        streams:
          s: {time: t, \(expect)\(lateness)fields: {k: string, x: double, ok: bool}}
        rules:
        \(rules.enumerated().map { "  - {rule: r\($0), on: s, by: k, severity: minor, \($1)}" }
            .joined(separator: "\n"))
        """
    }

    private func row(_ x: Double?, ok: Bool? = nil, _ key: String = "a") -> [String: Scalar] {
        [
            "k": .string(key), "x": x.map { .double($0) } ?? .unknown,
            "ok": ok.map { .bool($0) } ?? .unknown,
        ]
    }

    private func log(
        _ rules: String..., expect: String = "expect: 10s, ",
        rows: [(time: Int, x: Double?, ok: Bool?)]
    ) throws -> [String] {
        let text = WindowRuleTests.text(rules.joined(separator: "}\n  - {"), expect: expect)
        var engine = Rehearsed(try RuleText.plan(text))
        for row in rows { engine.row(self.row(row.x, ok: row.ok), at: seconds(row.time)) }
        engine.finish()
        return engine.log
    }

    /// `(t - d, t]`: the judged row is in it, the one exactly d before is not.
    @Test func theWindowIsOpenBehindAndClosedInFront() throws {
        let rows: [(Int, Double?, Bool?)] = [
            (0, 30, nil), (10, 0, nil), (30, 0, nil), (40, 30, nil),
        ]
        #expect(
            try log("when: \"sum(x, '30s') >= 30\"", rows: rows) == [
                "0 r0[a] inactive→active row", "30 r0[a] active→inactive row",
                "40 r0[a] inactive→active row",
            ])
    }

    /// What is UNKNOWN enters no window and takes nothing from it.
    @Test func unknownValuesDoNotEnter() throws {
        #expect(
            try log(
                "when: \"avg(x, '1m') > 5 && count('1m') == 3\"",
                rows: [(0, 4, nil), (10, nil, nil), (20, 8, nil), (30, nil, nil)]) == [
                    "20 r0[a] inactive→active row", "30 r0[a] active→inactive row",
                ])
    }

    /// Where readings are due, none of them is no reason to be calm; reports that do not come are.
    @Test func nothingIsZeroOnlyWhereNothingWasDue() throws {
        let rows: [(Int, Double?, Bool?)] = [(0, nil, nil), (5, nil, nil)]
        for (expect, known) in [("expect: 10s, ", false), ("", true)] {
            for condition in ["count(ok, '1m') == 0", "sum(x, '1m') == 0.0"] {
                let said = try log("when: \"\(condition)\"", expect: expect, rows: rows)
                #expect(said.isEmpty != known, "\(condition)")
            }
            let always = try log("when: \"count('1m') == 2\"", expect: expect, rows: rows)
            #expect(always == ["5 r0[a] inactive→active row"])
        }
    }

    /// A row from before a silence does not raise what the silence has cleared.
    @Test func aLateRowDoesNotUndoASilence() throws {
        let text = WindowRuleTests.text(
            "when: \"sum(x, '30s') >= 10\", no_data: {after: 20s, do: clear}", expect: "",
            lateness: "lateness: 60s, ")
        var engine = Rehearsed(try RuleText.plan(text))
        engine.row(row(1), at: seconds(0))
        engine.row(row(1, "b"), at: seconds(50))
        engine.row(row(20), at: seconds(-1))
        engine.row(row(1, "b"), at: seconds(600))
        #expect(engine.log.isEmpty, "\(engine.log)")
    }

    /// What is held between rows is what the newest row saw: an end that completes then lands where
    /// that row's windows say, and no level is found in the past.
    @Test func whatIsHeldKeepsItsWindows() throws {
        let rules = """
            let: {mean: "avg(x, '4h')"}, clear_for: 3h, levels: {low: {when: mean >= 35, severity: minor}, \
            high: {when: mean >= 55, severity: severe}}
            """
        let text = WindowRuleTests.text(rules, expect: "expect: 1h, ")
        var engine = Rehearsed(
            try RuleText.plan(text.replacing("severity: minor, let", with: "let")))
        for (hour, x) in [60.0, 60, 150, 0, 0].enumerated() {
            engine.row(row(x), at: seconds(hour * 3600))
        }
        engine.row(row(0, "b"), at: seconds(24 * 3600))
        engine.finish()
        #expect(
            engine.log == [
                "0 r0[a] inactive→high row", "25200 r0[a] high→low held",
            ])
    }

    @Test func countSinceAndSlope() throws {
        let rows: [(Int, Double?, Bool?)] = [
            (0, 1, true), (10, 2, false), (20, 3, false), (30, 4, false), (60, 4, true),
        ]
        #expect(
            try log("when: \"since(ok, '1m') >= duration('30s')\"", rows: rows) == [
                "30 r0[a] inactive→active row", "60 r0[a] active→inactive row",
            ])
        #expect(
            try log("when: \"slope(x, '1m', '1h') > 359.0 && count(ok, '1m') == 1\"", rows: rows)
                == ["10 r0[a] inactive→active row", "60 r0[a] active→inactive row"])
    }

    /// Rules that ask for the same rows share windows; each sees its own.
    @Test func rulesShareWindows() throws {
        let text = WindowRuleTests.text(
            "when: \"avg(x, '1m') > 3\"", "when: \"avg(x,'60s') > 6 || max(x, '20s') < 1\"",
            "let: {mean: \"avg(x, '1m')\"}, when: mean > 3 && x < 9")
        var engine = Rehearsed(try RuleText.plan(text))
        for (time, x) in [(0, 2.0), (10, 8), (20, 9), (30, 0), (50, 0)] {
            engine.row(row(x), at: seconds(time))
        }
        #expect(
            engine.log == [
                "10 r0[a] inactive→active row", "10 r2[a] inactive→active row",
                "20 r1[a] inactive→active row", "20 r2[a] active→inactive row",
                "30 r1[a] active→inactive row", "30 r2[a] inactive→active row",
                "50 r1[a] inactive→active row",
            ])
    }

    /// Late rows within lateness enter at their place, and the key is judged again.
    @Test func lateRowsEnterAtTheirPlace() throws {
        let text = WindowRuleTests.text(
            "when: \"sum(x, '1m') > 5\"", "when: \"count('1m') >= 3\", for: {readings: 2}",
            lateness: "lateness: 30s, ")
        var engine = Rehearsed(try RuleText.plan(text))
        engine.row(row(2), at: seconds(100))
        engine.row(row(2), at: seconds(120))
        // Decided by the late row, at the newest row's time; it is no reading of its own.
        engine.row(row(2), at: seconds(110))
        #expect(engine.log.filter { $0.contains("r0") } == ["120 r0[a] inactive→active row"])
        // Too late: not in any window.
        engine.row(row(-9), at: seconds(80))
        #expect(engine.log.filter { $0.contains("r0") }.count == 1)
        engine.row(row(0), at: seconds(130))
        engine.row(row(0), at: seconds(140))
        #expect(
            engine.log.filter { $0.contains("r1") } == [
                "120 r1[a] inactive→pending row", "140 r1[a] pending→active row",
            ])
    }

    /// A start after an earlier run has not seen what was before: UNKNOWN until a window is full.
    @Test(arguments: [Engine.Clock.event, .wall])
    func aStartIsCold(clock: Engine.Clock) throws {
        let plan = try RuleText.plan(WindowRuleTests.text("when: \"max(x, '1m') > 1\""))
        for first in [UInt64(1), 50] {
            var engine = Rehearsed(
                plan, clock: clock, firstEventNo: first, now: seconds(1_000))
            engine.restore()
            for time in [1_000, 1_030, 1_059, 1_060] {
                engine.row(row(2), at: seconds(time), wallNow: seconds(time))
            }
            let at = first == 1 ? 1_000 : 1_060
            #expect(engine.log == ["\(at) r0[a] inactive→active row"])
        }
    }

    /// A changed threshold keeps the windows; a changed window begins anew, and so does everything
    /// when the stream is declared differently.
    @Test func windowsOutliveAReload() throws {
        let rows: [(Int, Double)] = [(0, 4), (20, 4), (40, 4)]
        for (after, expected) in [
            ("when: \"sum(x, '1m') > 15\"", ["50 r0[a] inactive→active row"]),
            ("let: {total: \"sum(x, '1m')\"}, when: total > 15", ["50 r0[a] inactive→active row"]),
            ("when: \"sum(x, '50s') > 11\"", []),
            ("when: \"sum(x + 0.0, '1m') > 15\"", []),
            ("where: x > 1, when: \"sum(x, '1m') > 15\"", []),
        ] {
            var engine = Rehearsed(
                try RuleText.plan(WindowRuleTests.text("when: \"sum(x, '1m') > 100\"")))
            for (time, x) in rows { engine.row(row(x), at: seconds(time)) }
            engine.replace(try RuleText.plan(WindowRuleTests.text(after), generation: 2))
            engine.row(row(4), at: seconds(50))
            #expect(engine.log == expected, "\(after)")
        }
        var engine = Rehearsed(
            try RuleText.plan(WindowRuleTests.text("when: \"sum(x, '1m') > 15\"")))
        for (time, x) in rows { engine.row(row(x), at: seconds(time)) }
        engine.replace(
            try RuleText.plan(
                WindowRuleTests.text("when: \"sum(x, '1m') > 15\"", expect: "expect: 20s, ")))
        engine.row(row(4), at: seconds(50))
        #expect(engine.log.isEmpty)
    }

    /// Between rows a window empties by itself: `clear_for` and the values shown know it.
    @Test func whatIsShownBetweenRowsIsOfThatTime() throws {
        let text = WindowRuleTests.text(
            "let: {n: \"count('25s')\"}, when: n >= 1, for: 20s", expect: "expect: 10s, ")
        var engine = Rehearsed(try RuleText.plan(text))
        engine.row(row(1), at: seconds(100))
        engine.row(row(1), at: seconds(110))
        engine.row(row(1, "b"), at: seconds(121))
        engine.finish()
        let said = engine.said.filter { $0.key == engine.said.first?.key }
        #expect(said.map(\.eventTime) == [Timestamp(nanoseconds: seconds(120))])
        #expect(said.first?.values.map(\.value) == [.int(2)])
    }
}
