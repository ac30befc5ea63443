import Expressions

/// What a window has to keep up to date for the aggregates that are asked of it.
struct WindowParts: OptionSet {
    let rawValue: UInt8

    static let sum = WindowParts(rawValue: 1)
    static let squares = WindowParts(rawValue: 2)
    static let line = WindowParts(rawValue: 4)
    static let increase = WindowParts(rawValue: 8)
    static let least = WindowParts(rawValue: 16)
    static let greatest = WindowParts(rawValue: 32)
    static let lastTrue = WindowParts(rawValue: 64)

    /// What an aggregate is made of.
    init(_ aggregate: Aggregate) {
        switch aggregate {
        case .count, .avg, .sum: self = .sum
        case .min: self = .least
        case .max: self = .greatest
        case .range: self = [.least, .greatest]
        case .first, .last, .delta: self = []
        case .rate, .increase: self = .increase
        case .slope: self = [.sum, .line]
        case .stddev: self = [.sum, .squares]
        case .since: self = .lastTrue
        }
    }

    init(rawValue: UInt8) { self.rawValue = rawValue }
}

/// A window `(t - length, t]` that slides over a ring of rows: each row comes in once and leaves
/// once, and is looked at no more than that.
///
/// Sums are compensated, taken about the first row so that large values cost no digits, and computed
/// anew from the ring after each full turnover: what rounding does never adds up.
struct SlidingWindow: ~Copyable {
    let length: Int64
    let parts: WindowParts
    /// Index of its oldest row.
    private(set) var start = 0
    /// Index behind its newest row.
    private var end = 0
    private var sums = WindowSums()
    private var least = MonotoneQueue(isLeast: true)
    private var greatest = MonotoneQueue(isLeast: false)
    /// Index of the newest TRUE row; -1 without one.
    private var lastTrue = -1
    /// Rows that left since the sums were computed.
    private var left = 0

    init(length: Int64, parts: WindowParts) {
        self.length = length
        self.parts = parts
    }

    /// Takes in the newest row of the ring.
    @inline(__always)
    mutating func push(_ ring: borrowing RowRing) {
        let index = ring.end - 1
        if end == start { restart(at: ring, index) }
        enter(ring, index)
        end = index + 1
    }

    /// Lets go of rows that are not in `(time - length, time]` any more.
    @inline(__always)
    mutating func slide(to time: Int64, _ ring: borrowing RowRing) {
        let limit = time -| length
        let before = start
        while start < end, ring[start].time <= limit { leave(ring) }
        if parts.contains(.least) { least.drop(before: start) }
        if parts.contains(.greatest) { greatest.drop(before: start) }
        if left > end - start || start > before && isFar(sums, ring, start) {
            rebuild(at: time, ring)
        }
    }

    /// Whether sums of the rows from `start` on should be taken about one of them.
    @inline(__always)
    private func isFar(_ sums: WindowSums, _ ring: borrowing RowRing, _ start: Int) -> Bool {
        start < end && parts.contains(.sum) && sums.isFar(from: ring, start..<end, parts)
    }

    /// Lets go of the oldest row of a full ring, which the next row drops.
    mutating func makeRoom(_ ring: borrowing RowRing) {
        if start == ring.first, start < end { leave(ring) }
    }

    /// Computes all of it from the rows of the ring.
    mutating func rebuild(at time: Int64, _ ring: borrowing RowRing) {
        restart(at: ring, ring.index(after: time -| length))
        while end < ring.end, ring[end].time <= time {
            enter(ring, end)
            end += 1
        }
    }

    /// Begins with no rows; the row at `index`, if there is one, will be the first.
    private mutating func restart(at ring: borrowing RowRing, _ index: Int) {
        start = index
        end = index
        left = 0
        sums = WindowSums(about: ring, index)
        least.removeAll()
        greatest.removeAll()
        lastTrue = -1
    }

    @inline(__always)
    private mutating func enter(_ ring: borrowing RowRing, _ index: Int) {
        sums.enter(ring, index, after: start, parts)
        if parts.contains(.least) { least.push(index, ring) }
        if parts.contains(.greatest) { greatest.push(index, ring) }
        if parts.contains(.lastTrue), ring[index].value != 0 { lastTrue = index }
    }

    @inline(__always)
    private mutating func leave(_ ring: borrowing RowRing) {
        sums.leave(ring, start, before: end, parts)
        start += 1
        left += 1
    }

    /// The value of an aggregate at `time`, to which the window was slid; nil where it has none.
    func value(_ slot: WindowPlan.Slot, at time: Int64, _ ring: borrowing RowRing) -> Double? {
        value(slot, at: time, ring, from: start, sums)
    }

    /// The value at a time after the newest row; the window stays where it is. Linear in the rows
    /// that have left it since.
    func value(_ slot: WindowPlan.Slot, between time: Int64, _ ring: borrowing RowRing) -> Double? {
        let first = min(max(start, ring.index(after: time -| length)), end)
        var sums = sums
        let leavesFew = first - start <= end - first
        if leavesFew {
            for index in start..<first { sums.leave(ring, index, before: end, parts) }
        }
        if !leavesFew || first > start && isFar(sums, ring, first) {
            sums = WindowSums(about: ring, first)
            for index in first..<end { sums.enter(ring, index, after: first, parts) }
        }
        return value(slot, at: time, ring, from: first, sums)
    }

    private func value(
        _ slot: WindowPlan.Slot, at time: Int64, _ ring: borrowing RowRing, from start: Int,
        _ sums: WindowSums
    ) -> Double? {
        guard end > start else { return slot.ofNothing }
        guard end - start >= slot.aggregate.minimumRows else { return nil }
        let count = Double(end - start)
        switch slot.aggregate {
        case .count, .sum: return sums.sum(of: count)
        case .avg: return sums.mean(of: count)
        case .min: return least.first(from: start).map { ring[$0].value }
        case .max: return greatest.first(from: start).map { ring[$0].value }
        case .range:
            guard let low = least.first(from: start), let high = greatest.first(from: start) else {
                return nil
            }
            return ring[high].value - ring[low].value
        case .first: return ring[start].value
        case .last: return ring[end - 1].value
        case .delta: return ring[end - 1].value - ring[start].value
        case .increase: return sums.risen
        case .rate:
            let seconds = WindowSums.seconds(ring[end - 1].time, since: ring[start].time)
            return seconds > 0 ? sums.risen / seconds * slot.per : nil
        case .slope: return sums.slope(of: count).map { $0 * slot.per }
        case .stddev: return sums.deviation(of: count)
        case .since:
            return lastTrue >= start ? Double(time -| ring[lastTrue].time) : nil
        }
    }
}
