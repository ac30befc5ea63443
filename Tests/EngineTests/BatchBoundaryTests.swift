import Engine
import Events
import TestSupport
import Testing

/// The same input gives the same decisions, in the same order, wherever batches end.
@Suite struct BatchBoundaryTests {
    private static func decisions(
        _ scenario: Scenario, cuts: [Int], wall: [Int64]? = nil
    ) -> [[UInt8]] {
        var rehearsed = Rehearsed(
            scenario.plan, clock: wall == nil ? .event : .wall, options: .keeping)
        var start = 0
        for cut in cuts + [scenario.batch.count] where cut > start {
            rehearsed.run(scenario.batch, from: start, to: cut, wallNow: wall?[start] ?? 0)
            start = cut
        }
        if wall == nil { rehearsed.finish() }
        return rehearsed.decisions.map(\.bytes) + [Array("\(rehearsed.engine.nextEventNo)".utf8)]
    }

    /// Where two runs first differ, short enough to read.
    private static func difference(_ left: [[UInt8]], _ right: [[UInt8]]) -> String? {
        for (index, (one, other)) in zip(left, right).enumerated() where one != other {
            let texts = [one, other].map { String(decoding: $0, as: UTF8.self) }
            return "decision \(index): \(texts.joined(separator: "\n"))"
        }
        return left.count == right.count ? nil : "\(left.count) and \(right.count) decisions"
    }

    @Test(arguments: [nil, 3, 20])
    func cutsChangeNothing(expect: Int?) throws {
        var decided = 0
        for seed in 0..<12 {
            var random = Seeded(UInt64(seed))
            let scenario = try Scenario(.init(isWild: true, expect: expect), &random)
            let whole = BatchBoundaryTests.decisions(scenario, cuts: [])
            decided += whole.count
            let single = Array(1..<scenario.batch.count)
            for cuts in [single] + (0..<3).map({ _ in single.filter { _ in random.chance(0.2) } }) {
                let cut = BatchBoundaryTests.decisions(scenario, cuts: cuts)
                let difference = BatchBoundaryTests.difference(whole, cut)
                #expect(difference == nil, "seed \(seed), cut at \(cuts)")
            }
        }
        #expect(decided > 1_000)
    }

    /// Under the wall clock a batch has one now: rows of one now may come in any number of batches.
    @Test func cutsWithinOneNowChangeNothing() throws {
        for seed in 0..<10 {
            var random = Seeded(UInt64(seed))
            let scenario = try Scenario(.init(isWild: true, expect: 5), &random)
            var now = seconds(1_000)
            let groups = (0..<scenario.batch.count).map { _ -> Int64 in
                if random.chance(0.3) { now += seconds(random.int(1...70)) / 3 }
                return now
            }
            let ends = groups.indices.dropFirst().filter { groups[$0] != groups[$0 - 1] }
            let whole = BatchBoundaryTests.decisions(scenario, cuts: ends, wall: groups)
            let cut = BatchBoundaryTests.decisions(
                scenario, cuts: Array(1..<scenario.batch.count), wall: groups)
            #expect(BatchBoundaryTests.difference(whole, cut) == nil, "seed \(seed)")
        }
    }

    @Test func theSameScenarioTwiceGivesTheSameDecisions() throws {
        for seed in 0..<10 {
            let runs = try (0..<2).map { _ in
                var random = Seeded(UInt64(seed))
                let scenario = try Scenario(.init(isWild: true, expect: 7), &random)
                return BatchBoundaryTests.decisions(scenario, cuts: [])
            }
            #expect(runs[0].count > 20)
            #expect(BatchBoundaryTests.difference(runs[0], runs[1]) == nil, "seed \(seed)")
        }
    }
}
