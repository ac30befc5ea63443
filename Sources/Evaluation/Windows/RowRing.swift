/// A row as a window sees it.
struct WindowRow: BitwiseCopyable {
    /// Event time.
    var time: Int64
    /// The argument; of a condition 1 or 0.
    var value: Double
}

/// The rows of one argument of one key in order of time, equal times in order of arrival.
///
/// A row keeps its index for life; the ring holds `first..<end`. It grows by doubling up to a limit
/// and then drops the oldest, remembering when that was.
struct RowRing: ~Copyable {
    private var rows: UnsafeMutablePointer<WindowRow>
    private var mask: Int
    private let limit: Int
    /// Index of the oldest row.
    private(set) var first = 0
    /// Index behind the newest row.
    private(set) var end = 0
    /// Time of the newest row that had to be dropped; `noTime` while none had.
    private(set) var lost = noTime

    /// An empty ring for at most `limit` rows, a power of two.
    init(limit: Int) {
        precondition(limit >= 8 && limit & (limit - 1) == 0, "A ring's limit is a power of two.")
        self.limit = limit
        mask = 7
        rows = .allocate(capacity: 8)
    }

    deinit { rows.deallocate() }

    @inline(__always)
    subscript(index: Int) -> WindowRow {
        get { rows[index & mask] }
        nonmutating set { rows[index & mask] = newValue }
    }

    /// Whether the next row drops the oldest.
    @inline(__always)
    var isFull: Bool { end - first == limit }

    /// Index of the first row newer than a time. - Complexity: O(log rows).
    func index(after time: Int64) -> Int {
        var low = first
        var high = end
        while low < high {
            let middle = (low + high) / 2
            if self[middle].time <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Adds a row that is not older than the newest.
    @inline(__always)
    mutating func append(_ row: WindowRow) {
        if end - first > mask { makeRoom() }
        rows[end & mask] = row
        end += 1
    }

    /// Puts a row that came late behind those not newer than it; rows behind it move by one.
    mutating func insert(_ row: WindowRow) {
        append(row)
        var index = end - 1
        while index > first, self[index - 1].time > row.time {
            self[index] = self[index - 1]
            index -= 1
        }
        self[index] = row
    }

    /// Forgets the rows before an index.
    @inline(__always)
    mutating func drop(before index: Int) { first = max(first, min(index, end)) }

    private mutating func makeRoom() {
        let capacity = mask + 1
        guard capacity < limit else {
            lost = self[first].time
            first += 1
            return
        }
        let larger = UnsafeMutablePointer<WindowRow>.allocate(capacity: capacity * 2)
        for index in first..<end { larger[index & (capacity * 2 - 1)] = self[index] }
        rows.deallocate()
        rows = larger
        mask = capacity * 2 - 1
    }
}

/// Indexes of the rows that may still become the least (or greatest) of a window, oldest first:
/// each is less (or greater) than all before it are from then on.
struct MonotoneQueue: ~Copyable {
    /// Nil until a row comes: most windows are asked for neither.
    private var indexes: UnsafeMutablePointer<Int>?
    private var mask = 7
    private var head = 0
    private var tail = 0
    private let isLeast: Bool

    init(isLeast: Bool) { self.isLeast = isLeast }

    deinit { indexes?.deallocate() }

    /// Index of the least (or greatest) row from an index on; nil without one.
    func first(from start: Int) -> Int? {
        guard let indexes else { return nil }
        var place = head
        while place < tail, indexes[place & mask] < start { place += 1 }
        return place < tail ? indexes[place & mask] : nil
    }

    /// Takes in a row behind all others.
    @inline(__always)
    mutating func push(_ index: Int, _ ring: borrowing RowRing) {
        let value = ring[index].value
        let indexes = self.indexes ?? makeRoom()
        while tail > head {
            let last = ring[indexes[(tail - 1) & mask]].value
            guard isLeast ? last >= value : last <= value else { break }
            tail -= 1
        }
        (tail - head > mask ? grow(indexes) : indexes)[tail & mask] = index
        tail += 1
    }

    /// Forgets rows before an index.
    @inline(__always)
    mutating func drop(before index: Int) {
        guard let indexes else { return }
        while head < tail, indexes[head & mask] < index { head += 1 }
    }

    mutating func removeAll() { head = tail }

    private mutating func makeRoom() -> UnsafeMutablePointer<Int> {
        let room = UnsafeMutablePointer<Int>.allocate(capacity: mask + 1)
        indexes = room
        return room
    }

    private mutating func grow(_ smaller: UnsafeMutablePointer<Int>) -> UnsafeMutablePointer<Int> {
        let before = mask
        mask = mask * 2 + 1
        let larger = makeRoom()
        for place in head..<tail { larger[place & mask] = smaller[place & before] }
        smaller.deallocate()
        return larger
    }
}
