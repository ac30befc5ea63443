import Events
import TestSupport
import Testing

@testable import Evaluation

/// Who sends on a stream, and how far its watermark has come.
@Suite struct SourceTableTests {
    private static func note(
        _ table: inout SourceTable, _ name: String, time: Int64, arrival: Int64,
        advances: Bool = true
    ) -> Bool {
        Array(name.utf8).withUnsafeBytes {
            table.note($0, time: time, arrival: arrival, advances: advances)
        }
    }

    /// The same promises, brought up to date at every row.
    private struct Model {
        struct Source {
            var newest: Int64
            var lastArrival: Int64
        }

        let lateness: Int64
        let idle: Int64
        var sources: [String: Source] = [:]
        var watermark: Int64?

        mutating func note(_ name: String, time: Int64, arrival: Int64, advances: Bool) -> Bool {
            if !sources.isEmpty {
                let awake = sources.values.filter { arrival - $0.lastArrival <= idle }
                let passed = awake.map(\.newest).min() ?? arrival
                watermark = max(watermark ?? .min, passed - lateness)
            }
            let late = watermark.map { time < $0 } ?? false
            var source =
                sources[name]
                ?? Source(newest: advances ? time : min(time, arrival), lastArrival: arrival)
            if advances { source.newest = max(source.newest, time) }
            source.lastArrival = arrival
            sources[name] = source
            return late
        }
    }

    @Test func lateRowsAreThoseOfAModelThatLooksAtEveryRow() {
        var lateRows = 0
        for seed in 0..<300 {
            var random = Seeded(UInt64(seed))
            let (lateness, idle) = (Int64(random.int(0...6)), Int64(random.int(3...30)))
            var table = SourceTable(lateness: lateness, idle: idle)
            var model = Model(lateness: lateness, idle: idle)
            var now: Int64 = 100
            for step in 0..<80 {
                now += Int64(random.chance(0.1) ? random.int(5...60) : random.int(0...3))
                let name = "s\(random.int(0...3))"
                let time = now - Int64(random.int(-3...12))
                let advances = time <= now + 2
                let expected = model.note(name, time: time, arrival: now, advances: advances)
                let late = SourceTableTests.note(
                    &table, name, time: time, arrival: now, advances: advances)
                guard late == expected else {
                    Issue.record("seed \(seed), row \(step): \(name) \(time) at \(now): \(late)")
                    return
                }
                if late { lateRows += 1 }
                #expect(table.watermark <= model.watermark ?? .min)
                #expect(table.count == model.sources.count)
            }
        }
        #expect(lateRows > 1_000)
    }

    @Test func theSlowestSourceHoldsTheWatermarkUntilItIsIdle() {
        var table = SourceTable(lateness: 2, idle: 10)
        #expect(!SourceTableTests.note(&table, "slow", time: 100, arrival: 100))
        #expect(!SourceTableTests.note(&table, "fast", time: 109, arrival: 109))
        // Slow has passed 100: with a lateness of 2 a row of 98 is not late, one of 97 is.
        #expect(!SourceTableTests.note(&table, "new", time: 98, arrival: 109))
        #expect(SourceTableTests.note(&table, "other", time: 97, arrival: 109))
        // Eleven seconds later none but fast is awake.
        #expect(!SourceTableTests.note(&table, "fast", time: 119, arrival: 119))
        #expect(SourceTableTests.note(&table, "slow", time: 116, arrival: 120))
        #expect(table.watermark == 117)
    }

    @Test func theWatermarkFollowsNowWhenAllAreIdleAndNeverGoesBack() {
        var table = SourceTable(lateness: 0, idle: 10)
        _ = SourceTableTests.note(&table, "a", time: 100, arrival: 100)
        #expect(SourceTableTests.note(&table, "b", time: 120, arrival: 150))
        #expect(table.watermark == 150)
        #expect(SourceTableTests.note(&table, "c", time: 130, arrival: 151))
        #expect(table.watermark == 150)
    }

    @Test func aStampAheadOfNowMovesNothing() {
        var table = SourceTable(lateness: 0, idle: 100)
        _ = SourceTableTests.note(&table, "a", time: 100, arrival: 100)
        _ = SourceTableTests.note(&table, "a", time: 5_000, arrival: 101, advances: false)
        #expect(!SourceTableTests.note(&table, "b", time: 100, arrival: 102))
        #expect(table.watermark == 100)
    }

    @Test func anotherDeclarationAppliesFromTheNextRow() {
        var table = SourceTable(lateness: 0, idle: 1_000)
        _ = SourceTableTests.note(&table, "a", time: 100, arrival: 100)
        table.set(lateness: 50, idle: 1_000)
        #expect(!SourceTableTests.note(&table, "b", time: 60, arrival: 100))
        #expect(SourceTableTests.note(&table, "c", time: 5, arrival: 100))
    }

    @Test func silencesAreLongestFirstThenInOrderOfHearing() {
        for seed in 0..<30 {
            var random = Seeded(UInt64(seed))
            var table = SourceTable(lateness: 0, idle: 5)
            var model: [(name: String, arrival: Int64, events: UInt64)] = []
            for arrival in 0..<Int64(random.int(1...60)) {
                let name = "s\(random.int(0...12))"
                let place = model.firstIndex { $0.name == name } ?? model.count
                if place == model.count { model.append((name, 0, 0)) }
                // Two rows an instant: some silences are equal.
                model[place] = (name, arrival / 2, model[place].events + 1)
                _ = SourceTableTests.note(&table, name, time: arrival, arrival: arrival / 2)
            }
            let limit = random.int(0...14)
            let expected = model.enumerated()
                .sorted { ($0.element.arrival, $0.offset) < ($1.element.arrival, $1.offset) }
                .prefix(limit).map(\.element)
            let silences = table.report(limit: limit).silences
            #expect(silences.map(\.name) == expected.map { .source($0.name) })
            #expect(silences.map(\.lastArrival) == expected.map(\.arrival))
            #expect(silences.map(\.events) == expected.map(\.events))
        }
    }

    @Test func namesAreTextNumbersOrFeeds() {
        var table = SourceTable(lateness: 0, idle: 5)
        let number = withUnsafeBytes(of: Int64(-7).littleEndian) { Array($0) }
        let names: [[UInt8]] = [
            [SourceTable.feedMark, 0x02, 0x01], [SourceTable.numberMark] + number, [], [0x37],
        ]
        for name in names {
            _ = name.withUnsafeBytes { table.note($0, time: 1, arrival: 1, advances: true) }
        }
        #expect(
            table.report(limit: 9).silences.map(\.name)
                == [.feed(0x0102), .source("-7"), .source(""), .source("7")])
    }

    /// Beyond the limits a source is not followed; its rows are counted, and late ones still seen.
    @Test func sourcesAreLimited() {
        var table = SourceTable(lateness: 0, idle: 1_000_000)
        for number in 0..<Limits.sourcesPerStream {
            _ = SourceTableTests.note(&table, "s\(number)", time: 100, arrival: 100)
        }
        #expect(table.count == Limits.sourcesPerStream && table.unfollowed == 0)
        #expect(!SourceTableTests.note(&table, "one more", time: 100, arrival: 101))
        #expect(SourceTableTests.note(&table, "one more", time: 99, arrival: 102))
        #expect(table.count == Limits.sourcesPerStream && table.unfollowed == 2)
        var names = SourceTable(lateness: 0, idle: 1_000)
        let long = String(repeating: "x", count: Limits.keyBytes + 1)
        for name in [long, String(long.dropLast())] {
            _ = SourceTableTests.note(&names, name, time: 100, arrival: 100)
        }
        #expect(names.count == 1 && names.unfollowed == 1)
    }
}
