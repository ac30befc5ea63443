import Events
import Rules
import TestSupport
import Testing

@testable import Daemon

/// Tests of rules are run by the decoder and the engine of the daemon, and told truly.
@Suite struct RuleTestRunTests {
    private static let rules = """
        version: 1
        streams:
          level:
            time: {path: meta.at, unit: ms}
            expect: 10m
            fields:
              k: {type: string, path: [site.id]}
              v: {type: double, path: data.v, valid: [0, 100], missing: [-1], from: text}
          note: {fields: {k: string, text: string}}
        rules:
          - rule: high
            on: level
            by: k
            let: {mean: "avg(v, '30m')"}
            when: v > 10.0
            for: 10m
            severity: severe
            no_data: {after: 1h, do: alert}
          - {rule: said, on: note, by: k, when: text.contains('fire'), severity: minor}

        """

    private func run(_ test: String) throws -> RuleTestRun.Outcome {
        let plan = try RuleText.plan(RuleTestRunTests.rules)
        let (file, report) = RuleTestFile.open(
            SourceFile(path: "a.test.yaml", bytes: Array("version: 1\ntests:\n\(test)".utf8)))
        let opened = try #require(file)
        let tests = RuleTestLoader(opened, plan: plan).load()
        #expect(report.sorted.isEmpty, "\(report.sorted)")
        return RuleTestRun(plan: plan).run(try #require(tests.first))
    }

    /// Paths, `valid`, `missing`, `from: text` and epoch times act as they do live; time goes on
    /// after the last reading.
    @Test func readingsGoThroughTheDecoder() throws {
        let outcome = try run(
            """
              - test: a
                rule: high
                until: 3h
                input:
                  - {stream: level, step: 10m, with: {k: a}, series: {v: "5 20 -1 200 20 20.25"}}
                expect:
                  - {at: 10m, to: pending, values: {v: 20}}
                  - {at: 40m, from: pending, to: active, cause: row, severity: severe}
                  - {at: 1h50m, rule: high/no-data, to: active, cause: no data}
                values:
                  - {at: 20m, let: {mean: 12.5}, when: {active: null}}
                  - {at: 55m, let: {mean: 20.125}, when: {active: true}}
            """)
        #expect(outcome.isPassed, "\(outcome)")
    }

    /// Of a stream without event times, readings come when the test says.
    @Test func arrivalIsTheTimeOfTheTest() throws {
        let outcome = try run(
            """
              - test: a
                rule: said
                input:
                  - stream: note
                    rows: [{at: 5m, k: a, text: fire}, {at: 9m, k: a, text: calm}]
                expect: [{at: 5m, to: active}, {at: 9m, to: inactive}]
            """)
        #expect(outcome.isPassed, "\(outcome)")
    }

    /// What comes late is fed when it arrives.
    @Test func lateReadingsComeLate() throws {
        let outcome = try run(
            """
              - test: a
                rule: said
                input:
                  - stream: note
                    rows: [{at: 5m, arrives: 10m, k: a, text: fire}, {at: 9m, k: a, text: calm}]
                expect: [{at: 10m, to: active}]
            """)
        #expect(outcome.isPassed, "\(outcome)")
    }

    @Test func differencesAreAligned() throws {
        let outcome = try run(
            """
              - test: a
                rule: said
                input:
                  - {stream: note, step: 1m, with: {k: a}, series: {text: [fire, x, fire, x, fire]}}
                expect:
                  - {at: 0s, to: active, severity: severe}
                  - {at: 2m, to: active}
                  - {at: 3m, to: inactive}
                  - {at: 210s, to: active}
                  - {at: 4m, to: active, values: {txt: fire, text: smoke}}
            """)
        #expect(!outcome.isPassed)
        let lines = (outcome.timeline ?? []).map { entry in
            switch entry {
            case .agreed(let line): "= \(line.time)"
            case .differs(_, let line, let how): "! \(line.time) \(how)"
            case .missing(let line): "- \(Timestamp(nanoseconds: line.time))"
            case .surplus(let line): "+ \(line.time)"
            }
        }
        #expect(
            lines == [
                #"! 2026-01-01T00:00:00Z ["`severity` is minor, expected severe"]"#,
                "+ 2026-01-01T00:01:00Z", "= 2026-01-01T00:02:00Z", "= 2026-01-01T00:03:00Z",
                "- 2026-01-01T00:03:30Z",
                #"! 2026-01-01T00:04:00Z ["the log shows no value `txt`, but text", "#
                    + #""`text` is fire, expected smoke"]"#,
            ])
    }

    /// A reading that the decoder or the engine would refuse live fails its test, with its line.
    @Test func unusableReadingsAreTold() throws {
        let outcome = try run(
            """
              - test: a
                rule: high
                input: [{stream: level, rows: [{at: 0s, v: 3}, {at: 1s, k: b, v: 3}]}]
                values:
                  - {at: 1s, key: {k: b}, let: {mean: 3.0000000001}, when: {active: true}}
                  - {at: 1s, key: {k: c}, let: {mean: 3}}
            """)
        #expect(
            outcome.complaints.map { "\($0.line) \($0.text)" } == [
                "5 the reading is refused: its key cannot be used",
                "7 high[b]: the condition of `active` is FALSE, expected TRUE",
                "8 high[c] had not judged anything yet",
            ])
    }

    /// Numbers agree to one part in 10^9, and values of whom must be clear.
    @Test func valuesAreLookedAtClosely() throws {
        let outcome = try run(
            """
              - test: a
                rule: high
                input:
                  - {stream: level, with: {k: a}, series: {v: 3}}
                  - {stream: level, with: {k: b}, series: {v: 4}}
                values:
                  - {at: 1m, key: {k: a}, let: {mean: 3.00000001}}
                  - {at: 1m, key: {k: a}, let: {mean: 3.000000001}}
                  - {at: 1m, let: {mean: 4}}
            """)
        #expect(
            outcome.complaints.map(\.text) == [
                "high[a]: `mean` is 3.0, expected 3.00000001",
                "high has judged several keys by then: say which with `key`",
            ])
    }

    /// To be passed on the way up is no end of a level.
    @Test func coverageTellsEndsFromRises() throws {
        let plan = try RuleText.plan(
            """
            version: 1
            streams: {s: {fields: {x: double}}}
            rules:
              - rule: r
                on: s
                levels: {low: {when: x > 1, severity: minor}, high: {when: x > 2, severity: minor}}
            """)
        func moved(_ from: String, _ to: String) -> Transition {
            Transition(
                time: Timestamp(nanoseconds: 0), rule: "r", key: [], from: from, to: to,
                severity: nil, values: [], cause: "row")
        }
        var coverage = RuleTestCoverage(plan: plan)
        coverage.note([moved("inactive", "low"), moved("low", "high"), moved("high", "inactive")])
        #expect(coverage.levels.map(\.entered) == [1, 1])
        #expect(coverage.levels.map(\.left) == [0, 1])
        coverage.note([moved("high", "low"), moved("low", "inactive")])
        #expect(coverage.levels.map(\.left) == [1, 2])
    }

    @Test func coverageCountsLevels() throws {
        let outcome = try run(
            """
              - test: a
                rule: said
                input: [{stream: note, step: 1m, with: {k: a}, series: {text: [fire, x, fire]}}]
                expect: []
            """)
        var coverage = RuleTestCoverage(plan: try RuleText.plan(RuleTestRunTests.rules))
        coverage.note(outcome.all)
        #expect(
            coverage.levels.map { "\($0.rule) \($0.level) \($0.entered) \($0.left)" } == [
                "high active 0 0", "high/no-data active 0 0", "said active 2 1",
            ])
    }
}
