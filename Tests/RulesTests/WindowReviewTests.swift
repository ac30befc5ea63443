import Testing

@testable import Rules

/// Windows that hold one row at most are found where the stream says how often a reading is due,
/// and nowhere else.
@Suite struct WindowReviewTests {
    private func text(_ rule: String, expect: String = ", expect: 15m") -> String {
        """
        version: 1
        streams:
          s: {time: t\(expect), fields: {k: string, x: double, b: bool}}
        rules:
          - rule: r
            on: s
            by: k
            severity: minor
        \(rule.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
        """
    }

    private func warnings(_ rule: String, expect: String = ", expect: 15m") -> [String] {
        switch compile(text(rule, expect: expect)) {
        case .compiled(_, let warnings):
            warnings.map { "\($0.column)+\($0.caretLength) \($0.message)" }
        case .refused(let errors): errors.map { "refused: \($0.message)" }
        }
    }

    /// More rows than a window may have leave it UNKNOWN for ever.
    @Test func moreRowsThanAWindowMayHave() {
        let when = "when: \"avg(x, '100d') > 1.0\""
        #expect(
            warnings(when, expect: ", expect: 1m") == [
                "19+6 this window holds 144000 rows, more than 131072: it stays UNKNOWN"
            ])
        #expect(warnings(when, expect: ", expect: 2m").isEmpty)
        #expect(
            warnings("when: \"avg(x, '600w') > 1.0\"", expect: "") == [
                "refused: a window is at most 520w long, not '600w'"
            ])
    }

    @Test(arguments: [
        "avg(x, '5m') > 1.0", "sum(x, '5m') > 1.0", "min(x, '5m') > 1.0", "max(x, '5m') > 1.0",
        "first(x, '5m') > 1.0", "last(x, '5m') > 1.0", "range(x, '5m') > 1.0", "count('5m') > 1",
        "count(b, '5m') > 1", "since(b, '5m') > duration('1m')", "avg(x, '14m59s') > 1.0",
    ])
    func oneRowAtMost(when: String) throws {
        let found = try #require(warnings("when: \"\(when)\"").first)
        let quote = try #require(when.firstIndex(of: "'"))
        let column = 12 + when.distance(from: when.startIndex, to: quote)
        let length = when.contains("14m59s") ? 8 : 4
        #expect(found == "\(column)+\(length) this window holds at most one row")
    }

    @Test(arguments: ["slope", "rate", "increase", "delta", "stddev"], ["5m", "15m"])
    func whatNeedsTwoRowsStaysUnknown(function: String, length: String) {
        let found = warnings("when: \"\(function)(x, '\(length)') > 1.0\"")
        #expect(
            found == [
                "\(12 + function.count + 4)+\(length.count + 2) this window holds at most one row "
                    + "and `\(function)` needs two: it stays UNKNOWN"
            ])
    }

    /// In a `let` once, however often it is named; in every level by itself; in a block of lines.
    @Test func whereverItStands() {
        #expect(warnings("let: {m: \"avg(x, '5m')\"}\nwhen: m > 1.0 && m < 9.0").count == 1)
        let levels = """
            levels:
              a: {when: "avg(x, '5m') > 1.0", severity: minor}
              b: {when: "avg(x, '5m') > 2.0", clear: "max(x, '1m') < 1.0", severity: minor}
            """
        let ladder = text(levels).replacing("    severity: minor\n    levels", with: "    levels")
        #expect(diagnostics(of: ladder).map(\.message).count == 3)
        #expect(warnings("when: |\n  x > 1.0 &&\n  avg(x, '5m') > 2.0").count == 1)
    }

    @Test func theHintNamesTheInterval() {
        let found = diagnostics(of: text("when: \"avg(x, '5m') > 1.0\""))
        #expect(found.map(\.severity) == [.warning])
        #expect(
            found.first?.hint == "the stream's `expect` is 15m: look back further, as in '45m'")
        #expect(
            found.first?.rendered(colour: false).contains("\n                  ^~~~\n") == true)
    }

    @Test func noFalseAlarm() {
        for call in [
            "avg(x, '15m')", "avg(x, '1h')", "slope(x, '16m')", "stddev(x, '1d')",
            "slope(x, '30m', '1m')",
        ] { #expect(warnings("when: \"\(call) > 1.0\"") == [], "\(call)") }
        for call in ["avg(x, '1s')", "slope(x, '1s')", "delta(x, '1ms')"] {
            #expect(warnings("when: \"\(call) > 1.0\"", expect: "") == [], "\(call)")
        }
        #expect(warnings("when: \"count('1s') > 1\"", expect: "") == [])
    }
}
