import Testing

/// The semantics of levels and holds, as timelines.
@Suite struct LadderTests {
    /// Runs `minute: value` rows (nil is UNKNOWN) of one key and tells `minute from→to`.
    private func log(
        _ rule: String, expect: String? = nil, _ rows: [(minute: Double, value: Double?)]
    ) throws -> [String] {
        let rehearsal = try Rehearsal(
            """
            version: 1
            streams:
              s:
                time: {path: t, unit: s}
                \(expect.map { "expect: \($0)" } ?? "idle: 10m")
                fields: {value: double}
            rules:
              - rule: r
                on: s
            \(rule)
            """)
        let lines = rows.map { row in
            "{\"t\":\(Int(row.minute * 60)),\"value\":\(row.value.map { "\($0)" } ?? "null")}"
        }
        return try rehearsal.run(lines).map { transition in
            let minute = Double(transition.time.nanoseconds) / 60e9
            let text = minute == minute.rounded() ? "\(Int(minute))" : "\(minute)"
            return "\(text) \(transition.from)→\(transition.to)"
        }
    }

    private let simple = "    when: value > 10.0\n    severity: minor\n    "

    @Test func ladderMovesAsInTheReference() throws {
        let got = try log(
            """
                levels:
                  info: {when: value >= 60, clear: value < 50, severity: minor}
                  warning: {when: value >= 70, clear: value < 60, severity: moderate}
                  critical: {when: value >= 80, clear: value < 70, severity: extreme}
            """,
            [61, 73, 64, 85, 62, 56, 47].enumerated().map { (Double($0), $1) })
        #expect(
            got == [
                "0 inactive→info", "1 info→warning", "3 warning→critical", "4 critical→info",
                "6 info→inactive",
            ])
    }

    @Test func unknownPausesAHold() throws {
        let got = try log(
            simple + "for: 10m", [(0, 20), (5, nil), (8, 20), (12, 20), (13, 20)])
        #expect(got == ["0 inactive→pending", "13 pending→active"])
    }

    @Test func falseErasesAHold() throws {
        let got = try log(simple + "for: 10m", [(0, 20), (5, 1), (8, 20), (17, 20), (18, 20)])
        #expect(
            got == [
                "0 inactive→pending", "5 pending→inactive", "8 inactive→pending",
                "18 pending→active",
            ])
    }

    @Test func withoutExpectAKeyIsJudgedByItsRows() throws {
        let got = try log(simple + "for: 10m", [(0, 20), (60, 20)])
        #expect(got == ["0 inactive→pending", "60 pending→active"])
    }

    @Test func withExpectAHoldCompletesBetweenRowsAtItsOwnTime() throws {
        let got = try log(simple + "for: 10m", expect: "6m", [(0, 20), (16, 1)])
        #expect(got == ["0 inactive→pending", "10 pending→active", "16 active→inactive"])
    }

    @Test func aRowAtTheDueTimeDecides() throws {
        let got = try log(simple + "for: 10m", expect: "6m", [(0, 20), (10, 1)])
        #expect(got == ["0 inactive→pending", "10 pending→inactive"])
    }

    @Test func afterThreeTimesExpectAKeyIsUnknown() throws {
        // The value is held to minute 15; the pause ends with the row at 30.
        let got = try log(
            simple + "for: 20m", expect: "5m", [(0, 20), (30, 20), (34, 20), (36, 20)])
        #expect(got == ["0 inactive→pending", "35 pending→active"])
    }

    @Test func clearForRunsPausesAndStartsAgain() throws {
        let rule = """
                when: value > 10.0
                clear: value < 5.0
                severity: minor
                clear_for: 10m
            """
        let got = try log(
            rule, [(0, 20), (1, 3), (5, nil), (8, 3), (13, 3), (14, 3)])
        #expect(got == ["0 inactive→active", "14 active→inactive"])
        let again = try log(rule, [(0, 20), (1, 3), (9, 7), (10, 3), (19, 3), (20, 3)])
        #expect(again == ["0 inactive→active", "20 active→inactive"])
    }

    @Test func readingsAreCountedAndUnknownDoesNotCount() throws {
        let got = try log(
            simple + "for: {readings: 3}", [(0, 20), (1, nil), (2, 20), (3, 20), (4, 1)])
        #expect(got == ["0 inactive→pending", "3 pending→active", "4 active→inactive"])
    }

    @Test func aBackTestEndsAtItsLastEvent() throws {
        // A second key's row moves now; the hold due exactly then completes at the end.
        let got = try log(simple + "for: 10m", expect: "10m", [(0, 20), (5, 20), (9, 20)])
        #expect(got == ["0 inactive→pending"])
    }

    @Test func silenceClearsWhereTheRuleSaysSo() throws {
        let got = try log(
            simple + "no_data: {after: 45m, do: clear}", [(0, 20), (10, nil), (50, nil)])
        #expect(got == ["0 inactive→active", "45 active→inactive"])
    }

    @Test func outOfOrderRowsJudgeNothing() throws {
        let got = try log(simple + "for: 10m", [(0, 20), (9, 20), (3, 1), (10, 20)])
        #expect(got == ["0 inactive→pending", "10 pending→active"])
    }
}
