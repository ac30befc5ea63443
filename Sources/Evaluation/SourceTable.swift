import Events

/// Who sends on a stream, how far each has come, and the stream's watermark.
///
/// The watermark is the newest time that every source which is not idle has passed, minus the
/// stream's lateness; it never goes back. It is brought up to date only when a row could be late:
/// the row of a new source, of one that was idle, one older than its source's newest, or one of a
/// source that lags behind what was known then. Since then it can only have followed the slowest
/// source, so nothing is missed.
struct SourceTable: ~Copyable {
    /// What is known of a source.
    struct Source: BitwiseCopyable {
        var newest: Int64
        var lastArrival: Int64
        var events: UInt64
        /// Whether it stands in the heap and holds the watermark.
        var holds: Bool
    }

    private var keys = KeyTable()
    private var sources = FlatArray<Source>()
    /// (newest when entered, source): a source's entry may lag behind its newest.
    private var heap = TimerHeap()
    private var lateness: Int64
    private var idle: Int64
    /// The watermark as last brought up to date; `noTime` before the first row.
    private(set) var watermark = noTime
    /// Arrival of the newest row of any source; `noTime` before the first.
    private(set) var newestArrival = noTime
    /// Rows of sources that are not followed: too many, or a name too long.
    private(set) var unfollowed: UInt64 = 0

    init(lateness: Int64, idle: Int64) {
        self.lateness = lateness
        self.idle = idle
    }

    /// Goes on under another declaration of the stream.
    mutating func set(lateness: Int64, idle: Int64) {
        self.lateness = lateness
        self.idle = idle
    }

    /// Number of sources heard from.
    var count: Int { sources.count }

    /// Notes a row; whether it is late.
    ///
    /// `advances` is false for a stamp ahead of now, which must not move the watermark.
    @inline(__always)
    mutating func note(
        _ name: UnsafeRawBufferPointer, time: Int64, arrival: Int64, advances: Bool
    ) -> Bool {
        newestArrival = arrival
        let hash = KeyTable.hash(name)
        if let index = keys.find(name, hash: hash) {
            let source = sources.base + index
            let returning = arrival -| source.pointee.lastArrival > idle
            source.pointee.events &+= 1
            if !returning, time >= source.pointee.newest, time >= watermark {
                if advances { source.pointee.newest = time }
                source.pointee.lastArrival = arrival
                return false
            }
            return noteUnusual(index, time: time, arrival: arrival, advances: advances)
        }
        return noteNew(name, hash: hash, time: time, arrival: arrival, advances: advances)
    }

    private mutating func noteUnusual(
        _ index: Int, time: Int64, arrival: Int64, advances: Bool
    ) -> Bool {
        bringUp(now: arrival)
        let late = time < watermark
        let source = sources.base + index
        source.pointee.lastArrival = arrival
        if advances, time > source.pointee.newest { source.pointee.newest = time }
        if !source.pointee.holds {
            source.pointee.holds = true
            heap.push(entry(index))
        }
        return late
    }

    private mutating func noteNew(
        _ name: UnsafeRawBufferPointer, hash: UInt64, time: Int64, arrival: Int64, advances: Bool
    ) -> Bool {
        if sources.count > 0 { bringUp(now: arrival) }
        let late = time < watermark
        // Beyond the limits a source is not followed: its rows are judged like any other.
        guard sources.count < Limits.sourcesPerStream, name.count <= Limits.keyBytes else {
            unfollowed &+= 1
            return late
        }
        let index = keys.insert(name, hash: hash)
        sources.append(
            Source(
                newest: advances ? time : min(time, arrival), lastArrival: arrival, events: 1,
                holds: true))
        heap.push(entry(index))
        return late
    }

    private func entry(_ index: Int) -> TimerHeap.Entry {
        TimerHeap.Entry(due: sources[index].newest, selection: 0, block: UInt32(index))
    }

    /// Brings the watermark up to date: the least newest time of the sources that are not idle.
    private mutating func bringUp(now: Int64) {
        while let top = heap.first {
            guard let entered = heap.pop(before: top + 1) else { break }
            let index = Int(entered.block)
            let source = sources[index]
            if now -| source.lastArrival > idle {
                (sources.base + index).pointee.holds = false
                continue
            }
            heap.push(entry(index))
            if source.newest == entered.due {
                watermark = max(watermark, source.newest - lateness)
                return
            }
        }
        // All are idle: the watermark follows now.
        watermark = max(watermark, now - lateness)
    }

    /// What there is to tell of the sources.
    func report(limit: Int) -> SourceReport {
        SourceReport(count: count, unfollowed: unfollowed, silences: silences(limit: limit))
    }

    /// Each source with the arrival of its newest row, longest silent first; at most `limit`, equal
    /// ones in order of first hearing.
    ///
    /// - Complexity: O(sources × limit) at worst, O(sources) usually.
    private func silences(limit: Int) -> [SourceSilence] {
        var longest: [Int] = []
        for index in 0..<sources.count {
            let arrival = sources[index].lastArrival
            if longest.count == limit, let last = longest.last,
                arrival >= sources[last].lastArrival
            {
                continue
            }
            let place =
                longest.firstIndex { sources[$0].lastArrival > arrival } ?? longest.count
            longest.insert(index, at: place)
            if longest.count > limit { longest.removeLast() }
        }
        return longest.map {
            SourceSilence(
                name: SourceTable.name(keys.bytes(of: $0)), lastArrival: sources[$0].lastArrival,
                events: sources[$0].events)
        }
    }

    /// First byte of the name of a feed, in place of a source of its own: never one of UTF-8.
    static var feedMark: UInt8 { 0xFF }

    /// First byte of a source that is an integer, its eight bytes behind it.
    static var numberMark: UInt8 { 0xFE }

    private static func name(_ bytes: [UInt8]) -> SourceSilence.Name {
        if bytes.count == 9, bytes[0] == numberMark {
            let number = bytes[1...].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return .source(String(Int64(bitPattern: number)))
        }
        guard bytes.count == 3, bytes[0] == feedMark else {
            return .source(String(decoding: bytes, as: UTF8.self))
        }
        return .feed(Int(bytes[1]) | Int(bytes[2]) << 8)
    }
}

/// Who sends on a stream.
public struct SourceReport: Sendable {
    /// Sources that are followed.
    public var count: Int
    /// Rows of sources that are not: too many, or a name too long.
    public var unfollowed: UInt64
    /// Those longest silent, longest first.
    public var silences: [SourceSilence]
}

/// When a source of a stream was last heard.
public struct SourceSilence: Sendable {
    /// Who it is.
    public enum Name: Hashable, Sendable {
        /// The value of the stream's `source` field.
        case source(String)
        /// A feed by its index, where the stream or the event names no source.
        case feed(Int)
    }

    /// Who sends.
    public var name: Name
    /// Arrival of its newest row, nanoseconds since 1970.
    public var lastArrival: Int64
    /// Rows since the start.
    public var events: UInt64
}
