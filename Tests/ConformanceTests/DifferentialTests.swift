import Engine
import Evaluation
import Events
import Expressions
import TestSupport
import Testing

/// The engine beside a model that is too slow to be wrong: random rules over random rows must give
/// the same transition log, to the second and to the word.
@Suite struct DifferentialTests {
    /// Six rules over one stream: they share rows, keys and blocks, and each must not notice.
    private struct Case {
        var rules: [NaiveRule]
        var expect: Int?
        var rows: [NaiveRow]

        var yaml: String {
            """
            version: 1
            streams:
              s:
                time: t
                \(expect.map { "expect: \($0)s" } ?? "idle: 10m")
                fields:
                  k: string
                  kind: string
                  w: double
                  a0: double
                  a1: double
                  a2: double
                  a3: double
                  c0: double
                  c1: double
                  c2: double
                  c3: double
            rules:
            \(rules.map(\.yaml).joined())
            """
        }
    }

    @Test(arguments: 0..<8)
    func engineAgreesWithTheModel(part: Int) throws {
        for seed in (part * 25)..<(part * 25 + 25) {
            var random = Seeded(UInt64(seed))
            var testCase = DifferentialTests.rules(&random)
            let plan = try RuleText.plan(testCase.yaml)
            for _ in 0..<4 {
                testCase.rows = DifferentialTests.rows(&random)
                let got = DifferentialTests.log(testCase, plan)
                // Neither where batches end nor a reload of the same rules may be seen.
                let cuts = (0..<3).map { _ in random.int(0...testCase.rows.count) }.sorted()
                let cut = DifferentialTests.log(testCase, plan, cuts: cuts, reloads: true)
                #expect(cut == got, "seed \(seed), cut at \(cuts)")
                for rule in testCase.rules {
                    let expected = DifferentialTests.model(rule, testCase)
                    let mine = got.filter {
                        $0.contains(" \(rule.name)[") || $0.contains(" \(rule.name)/")
                    }
                    guard mine != expected else { continue }
                    Issue.record(
                        """
                        seed \(seed), expect \(testCase.expect.map(String.init) ?? "none")
                        \(rule.yaml)
                        \(testCase.rows.map(\.description).joined(separator: "\n"))
                        model:  \(expected.joined(separator: "\n        "))
                        engine: \(mine.joined(separator: "\n        "))
                        """)
                    return
                }
            }
        }
    }

    private static func model(_ rule: NaiveRule, _ testCase: Case) -> [String] {
        var key = NaiveKey(rule, expect: testCase.expect)
        for row in testCase.rows { key.take(row, mine: row.key == "k") }
        key.finish()
        return key.log
    }

    private static func log(
        _ testCase: Case, _ plan: Plan, cuts: [Int] = [], reloads: Bool = false
    ) -> [String] {
        var batch = Batch(plan.streams)
        for row in testCase.rows {
            var values: [String: Scalar] = ["k": .string(row.key)]
            for level in 0..<4 {
                values["a\(level)"] = DifferentialTests.number(row.whens[level])
                values["c\(level)"] = DifferentialTests.number(!row.clears[level])
            }
            values["w"] = DifferentialTests.number(row.number)
            switch row.text {
            case .yes: values["kind"] = .string("x")
            case .no: values["kind"] = .string("y")
            case .unknown: values["kind"] = .unknown
            }
            batch.add(at: Int64(row.time) * 1_000_000_000, values)
        }
        var options = Engine.Options()
        options.escalates = false
        var rehearsed = Rehearsed(plan, options: options)
        if reloads {
            var start = 0
            for cut in cuts {
                rehearsed.run(batch, from: start, to: cut)
                rehearsed.replace(plan)
                start = cut
            }
            rehearsed.run(batch, from: start, to: batch.count)
        } else {
            rehearsed.run(batch, cuts: cuts)
        }
        rehearsed.finish()
        return rehearsed.log.filter { $0.contains("[k]") }
    }

    /// The value for which `x > 0.5` is this.
    private static func number(_ truth: Truth) -> Scalar {
        switch truth {
        case .yes: .double(1)
        case .no: .double(0)
        case .unknown: .unknown
        }
    }
}

extension DifferentialTests {
    private static func rules(_ random: inout Seeded) -> Case {
        let rules = (0..<6).map { index in
            let count = random.chance(0.4) ? 1 : random.int(2...4)
            return NaiveRule(
                name: "r\(index)",
                selection: random.chance(0.5) ? .everything : random.chance(0.5) ? .number : .text,
                levels: (0..<count).map { _ in level(&random) },
                clearFor: random.chance(0.5) ? 0 : random.int(1...12),
                noData: random.chance(0.6)
                    ? nil
                    : (random.int(3...25), ["hold", "alert", "clear"][random.int(0...2)]))
        }
        return Case(
            rules: rules, expect: random.chance(0.4) ? nil : random.int(1...6), rows: [])
    }

    private static func level(_ random: inout Seeded) -> NaiveRule.Level {
        let hold: NaiveRule.Hold
        switch random.int(0...9) {
        case 0...3: hold = .seconds(0)
        case 4...7: hold = .seconds(random.int(1...15))
        default: hold = .readings(random.int(1...4))
        }
        return NaiveRule.Level(hold: hold, hasClear: random.chance(0.5))
    }

    /// Rows whose conditions tend to stay as they are, so that holds have a chance to complete.
    private static func rows(_ random: inout Seeded) -> [NaiveRow] {
        func truth(_ random: inout Seeded, _ unknown: Double) -> Truth {
            random.chance(unknown) ? .unknown : random.chance(0.5) ? .yes : .no
        }
        var time = 1_000
        var whens = (0..<4).map { _ in truth(&random, 0.2) }
        var clears = (0..<4).map { _ in truth(&random, 0.2) }
        return (0..<random.int(10...40)).map { _ in
            switch random.int(0...19) {
            case 0...2: break
            case 3...13: time += random.int(1...4)
            case 14...18: time += random.int(5...25)
            default: time -= random.int(1...6)
            }
            for index in 0..<4 {
                if random.chance(0.35) { whens[index] = truth(&random, 0.2) }
                if random.chance(0.35) { clears[index] = truth(&random, 0.2) }
            }
            return NaiveRow(
                time: time, key: random.chance(0.9) ? "k" : "other", whens: whens, clears: clears,
                number: random.chance(0.85) ? .yes : truth(&random, 0.5),
                text: random.chance(0.85) ? .yes : truth(&random, 0.5))
        }
    }
}
