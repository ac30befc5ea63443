/// The sums that a window keeps of its rows, about the first of them.
struct WindowSums {
    /// What values and times are counted from.
    private var origin = WindowRow(time: 0, value: 0)
    private var sum = CompensatedSum()
    private var squares = CompensatedSum()
    private var times = CompensatedSum()
    private var timesSquared = CompensatedSum()
    private var products = CompensatedSum()
    private var increase = CompensatedSum()

    /// Sums of no rows.
    init() {}

    /// Sums of no rows, the first of which will be that at `index` if there is one.
    init(about ring: borrowing RowRing, _ index: Int) {
        if index < ring.end { origin = ring[index] }
    }

    /// Takes in the row at `index`, behind those from `start` on.
    @inline(__always)
    mutating func enter(
        _ ring: borrowing RowRing, _ index: Int, after start: Int, _ parts: WindowParts
    ) {
        let row = ring[index]
        add(row, sign: 1, parts)
        if parts.contains(.increase), index > start {
            increase.add(WindowSums.step(from: ring[index - 1].value, to: row.value))
        }
    }

    /// Lets go of the oldest row, at `index`, before those up to `end`.
    @inline(__always)
    mutating func leave(
        _ ring: borrowing RowRing, _ index: Int, before end: Int, _ parts: WindowParts
    ) {
        let row = ring[index]
        add(row, sign: -1, parts)
        if parts.contains(.increase), index + 1 < end {
            increase.add(-WindowSums.step(from: row.value, to: ring[index + 1].value))
        }
    }

    @inline(__always)
    private mutating func add(_ row: WindowRow, sign: Double, _ parts: WindowParts) {
        let y = row.value - origin.value
        if parts.contains(.sum) { sum.add(sign * y) }
        if parts.contains(.squares) { squares.add(sign * y * y) }
        if parts.contains(.line) {
            let x = WindowSums.seconds(row.time, since: origin.time)
            times.add(sign * x)
            timesSquared.add(sign * x * x)
            products.add(sign * x * y)
        }
    }

    /// How far a counter went up: from zero where it had begun again.
    @inline(__always)
    private static func step(from before: Double, to after: Double) -> Double {
        after >= before ? after - before : after
    }

    /// Seconds from one time to another.
    @inline(__always)
    static func seconds(_ time: Int64, since origin: Int64) -> Double {
        Double(time -| origin) / 1e9
    }

    /// The sum of so many rows.
    func sum(of count: Double) -> Double { sum.value + count * origin.value }

    /// Their mean.
    func mean(of count: Double) -> Double { sum.value / count + origin.value }

    /// How far they went up.
    var risen: Double { increase.value }

    /// Their standard deviation, of a sample.
    func deviation(of count: Double) -> Double {
        let deviation = squares.value - sum.value * sum.value / count
        // What overflowed is not nothing.
        guard deviation.isFinite else { return .nan }
        return (max(0, deviation) / (count - 1)).squareRoot()
    }

    /// Whether the sums are taken about a value so far from the rows that digits are lost: one that
    /// has left, and lies many times their size or spread away.
    func isFar(from ring: borrowing RowRing, _ rows: Range<Int>, _ parts: WindowParts) -> Bool {
        let count = Double(rows.count)
        let offset = sum.value / count
        let size = max(
            ring[rows.lowerBound].value.magnitude, ring[rows.upperBound - 1].value.magnitude,
            (offset + origin.value).magnitude)
        if origin.value.magnitude > 64 * size { return true }
        guard parts.contains(.squares) else { return false }
        let deviation = squares.value - sum.value * offset
        return squares.value > 10_000 * max(deviation, 0)
    }

    /// Per second; nil where all rows have one time.
    func slope(of count: Double) -> Double? {
        let x = times.value
        let spread = timesSquared.value - x * x / count
        guard spread > 0 else { return nil }
        return (products.value - x * sum.value / count) / spread
    }
}
