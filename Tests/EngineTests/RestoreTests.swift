import Engine
import Events
import TestSupport
import Testing

/// A restart changes nothing of what is said, wherever it falls.
///
/// Two things are by design otherwise and left out here: holds of less than ten seconds are not
/// stored, and the silence of a key counts anew.
@Suite struct RestoreTests {
    /// Something said, as bytes.
    private struct Said {
        var sent: Timestamp
        var bytes: [UInt8]
    }

    private static func bytes(_ said: [Escalation]) -> [Said] {
        said.map { Said(sent: $0.sent, bytes: $0.bytesWithoutNumbers) }
    }

    /// Where two runs first differ; what is said in one instant, as several refreshes may be, is
    /// compared in order of its bytes.
    private static func difference(_ left: [Said], _ right: [Said]) -> String? {
        func sorted(_ said: [Said]) -> [[UInt8]] {
            said.sorted {
                $0.sent == $1.sent
                    ? $0.bytes.lexicographicallyPrecedes($1.bytes) : $0.sent < $1.sent
            }.map(\.bytes)
        }
        let (left, right) = (sorted(left), sorted(right))
        for index in 0..<max(left.count, right.count) {
            let one = index < left.count ? left[index] : []
            let other = index < right.count ? right[index] : []
            guard one != other else { continue }
            let texts = [one, other].map { String(decoding: $0, as: UTF8.self) }
            return texts.joined(separator: "\n")
        }
        return nil
    }

    private func check(expect: Int?, seeds: Range<Int>) throws {
        var kinds: [Escalation.Kind: Int] = [:]
        for seed in seeds {
            var random = Seeded(UInt64(seed))
            let scenario = try Scenario(.init(isWild: false, expect: expect), &random)
            var whole = Rehearsed(scenario.plan, options: .keeping)
            whole.run(scenario.batch)
            whole.finish()
            for said in whole.said { kinds[said.kind, default: 0] += 1 }
            let expected = RestoreTests.bytes(whole.said)
            var first = Rehearsed(scenario.plan, options: .keeping)
            var storage = Storage()
            var before: [Said] = []
            for stop in 1..<scenario.batch.count {
                first.run(scenario.batch, from: stop - 1, to: stop)
                storage.keep(first.decisions)
                before += RestoreTests.bytes(first.said)
                first.forget()
                var second = try storage.restarted(
                    scenario.plan, firstEventNo: first.engine.nextEventNo)
                #expect(second.decisions.isEmpty, "taking up decides nothing")
                second.run(scenario.batch, from: stop, to: scenario.batch.count)
                second.finish()
                let got = before + RestoreTests.bytes(second.said)
                guard let difference = RestoreTests.difference(got, expected) else { continue }
                Issue.record("seed \(seed), stopped after row \(stop):\n\(difference)")
                return
            }
        }
        for kind in [Escalation.Kind.alert, .update, .refresh, .clear] {
            #expect(kinds[kind, default: 0] > 5, "\(kind)")
        }
    }

    @Test func aStreamJudgedByItsRowsGoesOn() throws { try check(expect: nil, seeds: 0..<12) }

    @Test(arguments: [2, 5, 20])
    func aStreamThatHoldsItsValuesGoesOn(expect: Int) throws {
        try check(expect: expect, seeds: 0..<8)
    }

    /// A restart after each row: what is stored of what was restored is as good as new.
    @Test(arguments: [nil, 5])
    func restartsAfterEveryRowChangeNothing(expect: Int?) throws {
        for seed in 100..<117 {
            var random = Seeded(UInt64(seed))
            let scenario = try Scenario(.init(isWild: false, expect: expect), &random)
            var whole = Rehearsed(scenario.plan, options: .keeping)
            whole.run(scenario.batch)
            var storage = Storage()
            var said: [Escalation] = []
            for row in 0..<scenario.batch.count {
                var part = try storage.restarted(scenario.plan)
                part.run(scenario.batch, from: row, to: row + 1)
                storage.keep(part.decisions)
                said += part.said
            }
            let difference = RestoreTests.difference(
                RestoreTests.bytes(said), RestoreTests.bytes(whole.said))
            #expect(difference == nil, "seed \(seed)")
        }
    }
}
