import Expressions

/// The windows over one argument of one key, on one ring of its rows.
struct Series: ~Copyable {
    private var ring: RowRing
    private let windows: UnsafeMutablePointer<SlidingWindow>
    private let windowCount: Int
    private let longest: Int64

    /// A series without rows; a window for each of `plan.windows`.
    init(_ plan: WindowPlan.Series, limit: Int) {
        ring = RowRing(limit: limit)
        windowCount = plan.windows.count
        windows = .allocate(capacity: max(1, plan.windows.count))
        for (index, window) in plan.windows.enumerated() {
            (windows + index).initialize(
                to: SlidingWindow(length: window.length, parts: window.parts))
        }
        longest = plan.windows.map(\.length).max() ?? 0
    }

    /// Takes over the rows of another series, with the windows as they are at `time`.
    mutating func take(rowsOf other: borrowing Series, at time: Int64) {
        for index in other.ring.first..<other.ring.end { ring.append(other.ring[index]) }
        for index in 0..<windowCount { windows[index].rebuild(at: time, ring) }
    }

    deinit {
        windows.deinitialize(count: windowCount).deallocate()
    }

    /// Takes in a row that is not older than the newest.
    @inline(__always)
    mutating func append(_ row: WindowRow) {
        if ring.isFull {
            for index in 0..<windowCount { windows[index].makeRoom(ring) }
        }
        ring.append(row)
        for index in 0..<windowCount { windows[index].push(ring) }
    }

    /// Takes in a row that came late; the windows are those of `newest`.
    mutating func insert(_ row: WindowRow, newest: Int64) {
        guard row.time > newest -| longest else { return }
        ring.insert(row)
        for index in 0..<windowCount { windows[index].rebuild(at: newest, ring) }
    }

    /// Slides all windows to the time of a row.
    @inline(__always)
    mutating func slide(to time: Int64) {
        var oldest = ring.end
        for index in 0..<windowCount {
            windows[index].slide(to: time, ring)
            oldest = min(oldest, windows[index].start)
        }
        ring.drop(before: oldest)
    }

    /// A value of a window, to whose time it was slid.
    @inline(__always)
    func value(_ slot: WindowPlan.Slot, at time: Int64) -> Double? {
        isWhole(slot.length, at: time)
            ? windows[slot.window].value(slot, at: time, ring) : nil
    }

    /// A value between rows: nothing slides, since a row of an earlier time may still come.
    func value(_ slot: WindowPlan.Slot, between time: Int64) -> Double? {
        isWhole(slot.length, at: time)
            ? windows[slot.window].value(slot, between: time, ring) : nil
    }

    /// Whether no row of the window had to be dropped.
    @inline(__always)
    private func isWhole(_ length: Int64, at time: Int64) -> Bool {
        ring.lost == noTime || ring.lost <= time -| length
    }
}
