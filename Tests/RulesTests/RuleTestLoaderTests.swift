import Evaluation
import Testing

@testable import Rules

/// Test files: what they say, and what is said of mistakes in them.
@Suite struct RuleTestLoaderTests {
    private static let rules = """
        version: 1
        streams:
          level: {time: t, fields: {k: string, v: double, n: int, ok: bool, seen: timestamp}}
        rules:
          - rule: high
            on: level
            by: k
            let: {twice: v * 2.0}
            levels: {watch: {when: v > 1.0, severity: minor}}
            no_data: {after: 1h, do: alert}
          - {rule: other, on: level, by: n, when: v > 1.0, severity: minor}

        """

    private func load(_ tests: String) throws -> (tests: [RuleTest], said: [String]) {
        guard case .compiled(let plan, _) = compile(RuleTestLoaderTests.rules) else {
            throw Refused()
        }
        let (file, report) = RuleTestFile.open(
            SourceFile(path: "a.test.yaml", bytes: Array("version: 1\n\(tests)".utf8)))
        let loaded = file.map { RuleTestLoader($0, plan: plan).load() } ?? []
        let said = report.sorted.map { problem in
            "\(problem.line):\(problem.column): \(problem.message)"
                + (problem.hint.map { " | \($0)" } ?? "")
        }
        return (loaded, said)
    }

    private struct Refused: Error {}

    @Test func readingsComeInTheOrderOfTheirArrival() throws {
        let (tests, said) = try load(
            """
            defaults: {start: 2026-03-01T00:00:00Z, step: 10s, rule: high}
            tests:
              - test: both
                until: 1h
                input:
                  - stream: level
                    with: {k: a}
                    series: {v: "1 _ ?", ok: [true, _, null]}
                  - stream: level
                    at: 5s
                    step: 10s
                    with: {k: b, n: 3}
                    series: {v: 2*2}
                  - stream: level
                    rows:
                      - {at: 1s, arrives: 1m, k: c, seen: 2026-03-01T00:00:00.5Z}
                      - {at: 2026-03-01T00:00:05Z, k: d, v: 0.5}
                expect: []
            """)
        #expect(said.isEmpty, "\(said)")
        let test = try #require(tests.first)
        let start = test.start
        #expect(start == 1_772_323_200_000_000_000)
        #expect(test.until == start + 3_600_000_000_000)
        let readings = test.readings.map { reading in
            "\((reading.time - start) / 1_000_000_000) "
                + reading.values.map { "\($0.field)=\($0.value)" }.joined(separator: " ")
        }
        #expect(
            readings == [
                #"0 0=text("a") 1=number("1") 3=bool(true)"#,
                #"5 0=text("b") 2=number("3") 1=number("2")"#,
                #"5 0=text("d") 1=number("0.5")"#,
                #"15 0=text("b") 2=number("3") 1=number("2")"#,
                #"20 0=text("a") 1=unknown 3=unknown"#,
                #"1 0=text("c") 4=time(1772323200500000000)"#,
            ])
    }

    @Test func whatIsExpectedIsRead() throws {
        let (tests, said) = try load(
            """
            tests:
              - test: one
                rule: [high, other]
                input: [{stream: level, rows: [{at: 0s, k: a, v: 2}]}]
                expect:
                  - {at: 0s, rule: high, key: {k: a}, from: inactive, to: watch, severity: minor, cause: row, values: {v: 2, x.y: null}}
                  - {at: 1h, rule: high/no-data, to: active, cause: no data}
                values:
                  - {at: 0s, rule: high, key: {k: a}, let: {twice: 4}, when: {watch: true}}
            """)
        #expect(said.isEmpty, "\(said)")
        let test = try #require(tests.first)
        #expect(test.transitions?.map(\.to) == ["watch", "active"])
        #expect(
            test.transitions?.first?.values.map { "\($0.name)=\($0.value)" } == ["v=2.0", "x.y=?"])
        #expect(test.values.first?.lets.first?.value == .number(4))
        #expect(test.values.first?.when.first?.truth == true)
        #expect(test.rules == ["high", "other"])
    }

    @Test(arguments: [
        (
            "tests: []\nextra: 1",
            "3:1: a test file has no key `extra` | it may have `version`, `rules`, `defaults` and `tests`"
        ),
        ("rules: a.yaml", "1:1: a test file needs `tests` | `tests:` lists them"),
        ("tests: [{input: []}]", "2:9: a test needs `test` | `test:` says what it shows"),
        (
            "tests: [{test: a, input: []}]",
            "2:9: a test needs `expect` or `values` | `expect: []` says that nothing happens"
        ),
        ("tests: [{test: a, expect: []}]", "2:9: a test needs `input` | `input:` lists readings"),
        (
            "tests: [{test: a, input: [{stream: lvl, series: {}}], expect: []}]",
            "2:36: no stream `lvl` is declared | there is `level`"
        ),
        (
            "tests: [{test: a, input: [{stream: level}], expect: []}]",
            "2:27: an entry of `input` needs `series` or `rows` | `series: {level: \"3.5 4.1*3\"}`"
        ),
        (
            "tests: [{test: a, input: [{stream: level, series: {oks: 1}}], expect: []}]",
            "2:52: `oks` is not a field of stream `level` | did you mean `ok`?"
        ),
        (
            "tests: [{test: a, input: [{stream: level, series: {k: a b}}], expect: []}]",
            "2:55: `k` is a string: its readings are a list | write `k: [a, b, null]`"
        ),
        (
            "tests: [{test: a, input: [{stream: level, series: {v: 1 2, n: 1}}], expect: []}]",
            "2:63: `n` has 1 readings and `v` 2 | `_` stands for none; what never changes belongs under `with:`"
        ),
        (
            "tests: [{test: a, input: [{stream: level, rows: [{v: 1}]}], expect: []}]",
            "2:50: a reading needs `at` | `at: 15m`"
        ),
        (
            "tests: [{test: a, input: [{stream: level, rows: [{at: 0s, v: x}]}], expect: []}]",
            "2:62: `v` is a double, not `x` | null stands for UNKNOWN"
        ),
        (
            "tests: [{test: a, input: [{stream: level, rows: [{at: noon}]}], expect: []}]",
            "2:55: `noon` is not a time | write `15m` for a time after the start, or 2026-01-01T00:15:00Z"
        ),
        (
            "tests: [{test: a, input: [{stream: level, rows: [], series: {v: 1}}], expect: []}]",
            "2:61: `series` and `rows` exclude each other"
        ),
        (
            "tests: [{test: a, rule: hihg, input: [], expect: []}]",
            "2:25: there is no rule `hihg` | did you mean `high`?"
        ),
        (
            "tests: [{test: a, input: [], expect: [{at: 0s, to: watch}]}]",
            "2:39: an expectation needs `rule` | or name the test's rule once, beside `test:` or in `defaults:`"
        ),
        (
            "tests: [{test: a, rule: high, input: [], expect: [{at: 0s, to: wach}]}]",
            "2:64: `to` cannot be `wach` | did you mean `watch`?"
        ),
        (
            "tests: [{test: a, rule: high, input: [], expect: [{at: 0s, to: watch, key: {j: a}}]}]",
            "2:77: `j` is not in the rule's `by` | did you mean `k`?"
        ),
        (
            "tests: [{test: a, rule: high, input: [], values: [{at: 0s, let: {twise: 1}}]}]",
            "2:66: rule `high` has no `let` named `twise` | did you mean `twice`?"
        ),
        (
            "tests: [{test: a, rule: high, input: [], values: [{at: 0s, when: {wacth: true}}]}]",
            "2:67: rule `high` has no level `wacth` | did you mean `watch`?"
        ),
        (
            "tests: [{test: a, rule: high, input: [], values: [{at: 0s}]}]",
            "2:51: an entry of `values` needs `let` or `when` | `let: {mean: 35.4}`"
        ),
        (
            "tests: [{test: a, input: [], expect: []}, {test: a, input: [], expect: []}]",
            "2:50: there is a test `a` already | it is at a.test.yaml:2:16"
        ),
        ("tests: []", "2:8: there are no tests"),
        (
            "tests: [{test: a, until: 1m, input: [{stream: level, rows: [{at: 2m, k: a}]}], expect: []}]",
            "2:26: a reading comes after that, at 2026-01-01T00:02:00Z | `until` says how long time goes on after the last reading"
        ),
        (
            "tests: [{test: a, rule: high, input: [], expect: [{at: 3000y, to: watch}]}]",
            "2:56: `3000y` is not a time | write `15m` for a time after the start, or 2026-01-01T00:15:00Z"
        ),
    ])
    func mistakesAreToldAtTheirPlace(text: String, expected: String) throws {
        let (tests, said) = try load(text)
        #expect(said.contains(expected), "\(said)")
        #expect(tests.isEmpty || said.count > 0)
    }

    /// A rule that does not exist is told once, not at each state and key of it.
    @Test func anUnknownRuleIsToldOnce() throws {
        let (_, said) = try load(
            """
            tests:
              - test: a
                rule: hig
                input: []
                expect: [{at: 0s, to: watch, key: {k: a}}, {at: 1s, to: inactive}]
            """)
        #expect(said.count == 1, "\(said)")
    }
}
