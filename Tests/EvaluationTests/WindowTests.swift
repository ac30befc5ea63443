import Expressions
import TestSupport
import Testing

@testable import Evaluation

/// Windows beside a model that keeps all rows and reads them again for every question.
@Suite struct WindowTests {
    /// The model.
    private struct Naive {
        var rows: [WindowRow] = []

        mutating func insert(_ row: WindowRow) {
            let place = rows.lastIndex { $0.time <= row.time }.map { $0 + 1 } ?? 0
            rows.insert(row, at: place)
        }

        func value(_ aggregate: Aggregate, length: Int64, per: Double, at time: Int64) -> Double? {
            let seen = rows.filter { $0.time > time - length && $0.time <= time }
            let values = seen.map(\.value)
            guard let first = values.first, let last = values.last else { return nil }
            guard values.count >= aggregate.minimumRows else { return nil }
            let count = Double(values.count)
            let mean = values.reduce(0, +) / count
            let ups = zip(values, values.dropFirst()).map { $1 >= $0 ? $1 - $0 : $1 }
            let seconds = seen.map { Double($0.time - seen[0].time) / 1e9 }
            switch aggregate {
            case .count, .sum: return values.reduce(0, +)
            case .avg: return mean
            case .min: return values.min()
            case .max: return values.max()
            case .range: return (values.max() ?? 0) - (values.min() ?? 0)
            case .first: return first
            case .last: return last
            case .delta: return last - first
            case .increase: return ups.reduce(0, +)
            case .rate:
                let passed = seconds.last ?? 0
                return passed > 0 ? ups.reduce(0, +) / passed * per : nil
            case .slope:
                let middle = seconds.reduce(0, +) / count
                let spread = seconds.map { ($0 - middle) * ($0 - middle) }.reduce(0, +)
                guard spread > 0 else { return nil }
                let both = zip(seconds, values).map { ($0 - middle) * ($1 - mean) }
                return both.reduce(0, +) / spread * per
            case .stddev:
                let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
                return (squares / (count - 1)).squareRoot()
            case .since: return seen.last { $0.value != 0 }.map { Double(time - $0.time) }
            }
        }
    }

    private static func plan(_ lengths: [Int64]) -> (WindowPlan.Series, [WindowPlan.Slot]) {
        var windows: [WindowPlan.Window] = []
        var slots: [WindowPlan.Slot] = []
        for (index, length) in lengths.enumerated() {
            var parts: WindowParts = []
            for aggregate in Aggregate.allCases {
                parts.formUnion(WindowParts(aggregate))
                slots.append(
                    WindowPlan.Slot(
                        series: 0, window: index, length: length, aggregate: aggregate, per: 60,
                        ofNothing: nil))
            }
            windows.append(WindowPlan.Window(length: length, parts: parts))
        }
        return (WindowPlan.Series(text: "x", argument: nil, windows: windows), slots)
    }

    private static func isNear(_ one: Double?, _ other: Double?, _ scale: Double) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        return abs(one - other) <= 1e-9 * max(scale, abs(other))
    }

    /// Ties, gaps, late rows, values of all sizes, questions between rows.
    @Test(arguments: 0..<6)
    func agreesWithTheModel(part: Int) {
        let second: Int64 = 1_000_000_000
        for seed in (part * 40)..<(part * 40 + 40) {
            var random = Seeded(UInt64(seed))
            let lengths = (0..<3).map { _ in Int64(random.int(1...40)) * second }
            let (plan, slots) = WindowTests.plan(lengths)
            var series = Series(plan, limit: 1 << 12)
            var naive = Naive()
            let scale = [1, 1000, 1e9][random.int(0...2)]
            var time = Int64(random.int(0...1000)) * second
            for _ in 0..<150 {
                let value = (Double.random(in: -1...1, using: &random) * scale).rounded()
                if random.chance(0.15), !naive.rows.isEmpty {
                    let late = WindowRow(
                        time: time - Int64(random.int(1...50)) * second, value: value)
                    series.insert(late, newest: time)
                    naive.insert(late)
                } else {
                    if random.chance(0.8) { time += Int64(random.int(0...6)) * second }
                    if random.chance(0.05) { time += Int64(random.int(30...90)) * second }
                    let row = WindowRow(time: time, value: value)
                    series.append(row)
                    series.slide(to: time)
                    naive.insert(row)
                }
                let later = time + Int64(random.int(0...30)) * second
                for slot in slots {
                    let length = lengths[slot.window]
                    let now = series.value(slot, at: time)
                    let wanted = naive.value(slot.aggregate, length: length, per: 60, at: time)
                    #expect(
                        WindowTests.isNear(now, wanted, scale),
                        "seed \(seed): \(slot.aggregate) of \(length / second) s at \(time / second)"
                    )
                    let between = series.value(slot, between: later)
                    let then = naive.value(slot.aggregate, length: length, per: 60, at: later)
                    #expect(
                        WindowTests.isNear(between, then, scale),
                        "seed \(seed): \(slot.aggregate) of \(length / second) s between rows")
                }
            }
        }
    }

    /// After ten million rows far from zero the sums are what they would be computed afresh.
    @Test func tenMillionRowsLeaveNoError() {
        let (plan, slots) = WindowTests.plan([1_000])
        var series = Series(plan, limit: 1 << 12)
        var random: UInt64 = 7
        var tail: [Double] = []
        for number in 0..<10_000_000 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = 1e9 + Double(random >> 40) / 1024
            series.append(WindowRow(time: Int64(number), value: value))
            series.slide(to: Int64(number))
            if number >= 10_000_000 - 1_000 { tail.append(value) }
        }
        let mean = tail.map { $0 - 1e9 }.reduce(0, +) / 1000 + 1e9
        let variance = tail.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 999
        for slot in slots {
            let value = series.value(slot, at: 9_999_999)
            switch slot.aggregate {
            case .avg: #expect(abs((value ?? 0) - mean) < 1e-6)
            case .sum: #expect(abs((value ?? 0) - mean * 1000) < 1e-2)
            case .stddev: #expect(abs((value ?? 0) - variance.squareRoot()) < 1e-6)
            case .min: #expect(value == tail.min())
            case .max: #expect(value == tail.max())
            case _: continue
            }
        }
    }

    /// A value beyond all measure spoils its window while it is in it, and no longer.
    @Test func oneMonstrousValueIsForgotten() {
        let (plan, slots) = WindowTests.plan([10])
        var series = Series(plan, limit: 1 << 12)
        for time in 0..<100 {
            series.append(
                WindowRow(time: Int64(time), value: time == 50 ? 1e200 : Double(time % 4)))
            series.slide(to: Int64(time))
        }
        for slot in slots {
            let value = series.value(slot, at: 99) ?? .nan
            switch slot.aggregate {
            case .sum: #expect(value == 17)
            case .avg: #expect(value == 1.7)
            case .stddev: #expect(abs(value - (12.1 / 9).squareRoot()) < 1e-12)
            case _: continue
            }
        }
    }

    /// An outlier that has left takes its digits with it, wherever it stood.
    @Test(arguments: [1e6, 2_147_483_647, 1e12, 1e16, 1e20, -1e16])
    func anOutlierLeavesNoTrace(outlier: Double) {
        let second: Int64 = 1_000_000_000
        let (plan, slots) = WindowTests.plan([10 * second])
        for place in [0, 5, 11, 22] {
            var series = Series(plan, limit: 1 << 12)
            var naive = Naive()
            for number in 0..<60 {
                let value = number == place ? outlier : 3.1 + Double(number * 7 % 10) / 20
                let row = WindowRow(time: Int64(number) * second, value: value)
                series.append(row)
                series.slide(to: row.time)
                naive.insert(row)
                guard number > place + 20 || number < place else { continue }
                for slot in slots {
                    let between = row.time + second / 2
                    for time in [row.time, between] {
                        let found =
                            time == between
                            ? series.value(slot, between: time) : series.value(slot, at: time)
                        let wanted = naive.value(
                            slot.aggregate, length: 10 * second, per: 60, at: time)
                        #expect(
                            WindowTests.isNear(found, wanted, 1),
                            "\(slot.aggregate) at \(number), outlier at \(place)")
                    }
                }
            }
        }
    }

    /// Squares beyond all numbers are not a spread of nothing.
    @Test func whatOverflowsIsNotNothing() {
        let (plan, slots) = WindowTests.plan([10])
        var series = Series(plan, limit: 1 << 12)
        for time in 0..<8 {
            series.append(WindowRow(time: Int64(time), value: time % 2 == 0 ? 1e160 : -1e160))
            series.slide(to: Int64(time))
        }
        for slot in slots where slot.aggregate == .stddev {
            #expect(series.value(slot, at: 7)?.isFinite != true)
        }
    }

    /// A full ring never under-counts silently: a window that lost a row is UNKNOWN until the row
    /// would have left it anyway.
    @Test func aFullRingIsToldAndRecovers() {
        let (plan, slots) = WindowTests.plan([100])
        var series = Series(plan, limit: 16)
        for time in 0..<40 {
            series.append(WindowRow(time: Int64(time), value: 1))
            series.slide(to: Int64(time))
            let isWhole = time < 16
            for slot in slots {
                if slot.aggregate == .sum {
                    #expect((series.value(slot, at: Int64(time)) != nil) == isWhole, "at \(time)")
                }
            }
        }
        // The last row that was dropped, 23, leaves the window at 123.
        for (time, isWhole) in [(122, false), (123, true)] {
            series.slide(to: Int64(time))
            for slot in slots where slot.aggregate == .count {
                #expect((series.value(slot, at: Int64(time)) == 16) == isWhole, "at \(time)")
            }
        }
    }
}
