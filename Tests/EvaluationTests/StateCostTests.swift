import Events
import Foundation
import TestSupport
import Testing

@testable import Evaluation

/// What a rule is said to cost is what it costs.
@Suite struct StateCostTests {
    private static let declared = """
        version: 1
        streams:
          s: {time: t, fields: {k: string, x: double}}
          e: {time: t, expect: 1m, fields: {k: string, x: double}}
        rules:

        """

    private static func rule(_ more: String, on stream: String = "s", name: String = "r") -> String
    {
        "  - {rule: \(name), on: \(stream), by: k, severity: minor, \(more)}\n"
    }

    private static func costs(_ rules: String...) throws -> [StateCost] {
        try RuleText.plan(declared + rules.joined()).costs
    }

    /// Bytes by which a process grows for each of so many keys with so many rows each. What it made
    /// stays, lest the next measurement use its memory again.
    private static func measured(
        _ rules: String, stream: Int = 0, keys: Int, rows: Int = 1
    ) throws -> Int {
        let plan = try RuleText.plan(declared + rules)
        let evaluator = UnsafeMutablePointer<Evaluator>.allocate(capacity: 1)
        evaluator.initialize(to: Evaluator(plan: plan))
        let step = 1000
        var before = 0
        for start in stride(from: 0, to: keys + step, by: step) {
            // The first thousand are there to warm up.
            if start == step { before = residentBytes() }
            for row in 0..<rows {
                var batch = Batch(plan.streams)
                for key in start..<start + step {
                    // Sixteen bytes, as is taken for usual.
                    let name = "key-" + String(1_000_000_000_000 + key).suffix(12)
                    batch.add(
                        stream: stream, at: Int64(row + 1) * 1_000_000_000,
                        ["k": .string(name), "x": .double(Double(row))])
                }
                batch.withRecords(0..<batch.count) { evaluator.pointee.process($0) }
            }
            _ = evaluator.pointee.takeDetections()
        }
        return (residentBytes() - before) / keys
    }

    private static func residentBytes() -> Int {
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?
            .split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return (pages ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    @Test func keysCostWhatIsSaid() async {
        await #expect(processExitsWith: .success) {
            let ladder =
                "  - {rule: r, on: e, by: k, levels: {a: {when: x > 9e9, severity: minor}, b: {when: x > 9e9, severity: severe}, "
                + "c: {when: x > 9e9, severity: extreme}}, no_data: {after: 1h}}\n"
            for (rule, stream) in [
                (StateCostTests.rule("when: x > 9e9"), 0),
                (StateCostTests.rule("when: x > 9e9", on: "e"), 1),
                (StateCostTests.rule("when: x > 9e9, no_data: {after: 1h}"), 0),
                (ladder, 1),
                (StateCostTests.rule("when: \"avg(x, '1h') > 9e9\""), 0),
                (StateCostTests.rule("when: \"max(x, '1h') - min(x, '2h') > 9e9\"", on: "e"), 1),
                (
                    StateCostTests.rule(
                        "when: \"count(x > 1.0, '1h') > 90 && avg(x, '1h') > 9e9\""), 0
                ),
            ] {
                let said = try StateCostTests.costs(rule)[0].bytesPerKey
                let real = try StateCostTests.measured(rule, stream: stream, keys: 30_000)
                print("\(said) said, \(real) measured: \(rule)")
                #expect(Double(abs(real - said)) <= 0.2 * Double(said), "\(rule)")
            }
        }
    }

    @Test func rowsCostWhatIsSaid() async {
        await #expect(processExitsWith: .success) {
            for text in ["avg(x, '1h')", "max(x, '1h')", "min(x, '1h')"] {
                let rule = StateCostTests.rule("when: \"\(text) > 9e9\"")
                let said = try StateCostTests.costs(rule)[0].bytesPerRow
                for rows in [64, 100] {
                    let few = try StateCostTests.measured(rule, keys: 3000)
                    let real =
                        (try StateCostTests.measured(rule, keys: 3000, rows: rows) - few)
                        / (rows - 8)
                    print("\(said) said, \(real) measured: \(rows) rows of \(text)")
                    #expect((said.lowerBound - 2...said.upperBound + 2).contains(real), "\(text)")
                }
            }
        }
    }

    @Test func whatIsShared() throws {
        let costs = try Self.costs(
            Self.rule("when: \"avg(x, '1h') > 1.0\"", name: "a"),
            Self.rule("when: \"max(x, '1h') > 1.0 && avg(x, '2h') > 1.0\"", name: "b"),
            Self.rule("when: x > 1.0", name: "c"),
            Self.rule("when: \"avg(x, '1h') > 1.0\", where: x > 0.0", name: "d"))
        #expect(costs.map(\.rule) == ["a", "b", "c", "d"])
        #expect(costs[0].sharedWith == ["b", "c"] && costs[2].sharedWith == ["a", "b"])
        #expect(costs[0].windows == [.init(text: "avg(x, '1h')", sharedWith: ["b"])])
        #expect(
            costs[1].windows == [
                .init(text: "max(x, '1h')", sharedWith: ["a"]),
                .init(text: "avg(x, '2h')", sharedWith: []),
            ])
        // Nothing is shared over another `where`.
        #expect(costs[3].sharedWith == [] && costs[3].sharedBytesPerKey == 0)
        #expect(costs[3].windows == [.init(text: "avg(x, '1h')", sharedWith: [])])
        #expect(costs[2].windows == [] && costs[2].bytesPerRow == 0...0)
        #expect(costs[0].bytesPerRow == 16...48 && costs[3].bytesPerRow == 16...32)
        for cost in costs { #expect(cost.sharedBytesPerKey < cost.bytesPerKey) }
        // What a, b and c cost together is not the sum of what each costs.
        #expect(costs[0].sharedBytesPerKey > costs[2].sharedBytesPerKey)
    }
}
