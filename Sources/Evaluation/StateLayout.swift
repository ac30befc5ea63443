import Events

// The state of one key under one selection is one block of memory:
//
//   BlockHeader | Standing… | RuleState LevelState… | RuleState LevelState… | … | series | judged…
//
// with a standing and a state for each rule, in plan order. Most rows change nothing for most
// rules: their standing, one byte each and all of them together, says so without a look at the rest.
//
// All of it trivial and 8-aligned, so that a block can be copied, stored and restored as bytes.

/// No time: a hold that is not running, a pause that is not on.
let noTime = Int64.min

/// What a row can do to a rule's state for a key.
enum Standing: UInt8 {
    /// No level is active and no hold runs: rows whose conditions are FALSE change nothing.
    case idle = 0
    /// The only level is active and its hold runs: rows whose condition is TRUE change nothing.
    case steady
    /// Any row may change something.
    case moving
}

/// What the rules of a selection share for a key.
struct BlockHeader {
    /// Event time of the key's newest row; `noTime` before the first.
    var newest = noTime
    /// Arrival of that row.
    var arrival: Int64 = 0
    /// Number of that row's event; 0 while `newest` is no row that `where` let pass, but a guess
    /// that says only when the key was first heard: no row is older than that.
    var eventNo: UInt64 = 0
    /// When the block stands in the timer heap, on the line of now; `Int64.max` when it does not.
    var scheduled = Int64.max
    /// Index of the key in its stage.
    var key: UInt32 = 0
    /// Bytes reserved for the copy of the newest row.
    var rowCapacity: UInt32 = 0
    /// The copy of the newest row; nil when none is kept.
    var row: UnsafeMutableRawPointer?
    /// Event time of the newest row when storage was last told of the block.
    var stored = noTime

    /// The key's clock when the daemon's is at `now`: a constant delay never completes a hold early.
    @inline(__always)
    func clock(at now: Int64) -> Int64 {
        Int64(clamping: Int128(newest) + Int128(now) - Int128(arrival))
    }

    /// The daemon's now at which the key's clock is at `time`. Exact, as is `clock(at:)`: what is due
    /// by one is due by the other.
    @inline(__always)
    func now(at time: Int64) -> Int64 {
        Int64(clamping: Int128(time) - Int128(newest) + Int128(arrival))
    }
}

/// One rule's state for a key.
struct RuleState {
    /// Index of the active level, -1 without one.
    var active: Int32 = -1
    /// A set of `RuleState.Flag`.
    var flags: UInt32 = 0
    /// Event time of the newest usable row, of the first row while none was usable.
    var lastUsable = noTime
    /// Anchor of the latest incident: a later one never has the same.
    var lastAnchor = noTime
    /// Since when the active level is seen to have ended; `noTime` while it is not.
    var clearSince = noTime
    /// Nanoseconds of UNKNOWN since then.
    var clearPaused: Int64 = 0
    /// Since when the end of the level is UNKNOWN; `noTime` while it is known.
    var clearPauseFrom = noTime
    /// Number of the event that began the count.
    var clearEvent: UInt64 = 0

    /// No usable row for `no_data.after`.
    static var silent: UInt32 { 1 }
    /// No level is active and a hold runs.
    static var pending: UInt32 { 2 }
    /// Something that storage keeps has changed since it was last told.
    static var changed: UInt32 { 4 }
    /// The latest judgement was one between rows, of `every`.
    static var seenBetween: UInt32 { 8 }

    @inline(__always)
    func has(_ flag: UInt32) -> Bool { flags & flag != 0 }
}

/// One level's hold for a key.
struct LevelState {
    /// Event time of the first TRUE row; `noTime` while no hold runs.
    var since = noTime
    /// Nanoseconds of UNKNOWN since then.
    var paused: Int64 = 0
    /// Since when the condition is UNKNOWN; `noTime` while it is known.
    var pauseFrom = noTime
    /// Number of the event that began the hold.
    var firstEvent: UInt64 = 0
    /// TRUE rows since then.
    var readings: Int = 0

    /// Whether the condition was TRUE on the newest row.
    @inline(__always)
    var holds: Bool { since != noTime && pauseFrom == noTime }

    /// Ends the hold.
    @inline(__always)
    mutating func erase() {
        since = noTime
        paused = 0
        pauseFrom = noTime
        readings = 0
    }

    /// Starts the UNKNOWN stretch at `time`, unless one is on or no hold runs.
    @inline(__always)
    mutating func pause(at time: Int64) {
        if since != noTime && pauseFrom == noTime { pauseFrom = time }
    }

    /// Ends the UNKNOWN stretch at `time`.
    @inline(__always)
    mutating func resume(at time: Int64) {
        guard pauseFrom != noTime else { return }
        paused = paused +| max(0, time -| pauseFrom)
        pauseFrom = noTime
    }

    /// Event time at which a hold of `length` completes; nil while none runs or it is paused.
    @inline(__always)
    func due(_ length: Int64) -> Int64? { holds ? since +| paused +| length : nil }
}

/// Where the parts of a selection's blocks lie.
struct BlockLayout {
    /// Offset of each rule's `RuleState`; its `LevelState`s follow.
    let rules: [Int]
    /// Offset of the address of the block's series, behind all else.
    let series: Int
    /// Offset of the times of judgements without a row.
    let every: Int
    /// Bytes of a block.
    let size: Int

    /// Offset of the standings.
    static var standings: Int { MemoryLayout<BlockHeader>.stride }

    init(levelCounts: [Int], hasWindows: Bool = false, hasEvery: Bool = false) {
        var offset = BlockLayout.standings + (levelCounts.count + 7) & ~7
        var rules: [Int] = []
        for levels in levelCounts {
            rules.append(offset)
            offset += MemoryLayout<RuleState>.stride + levels * MemoryLayout<LevelState>.stride
        }
        self.rules = rules
        series = offset
        every = offset + (hasWindows ? 8 : 0)
        size = every + (hasEvery ? levelCounts.count * 8 : 0)
    }
}

/// Blocks of one size in chunks that never move.
struct BlockSlab: ~Copyable {
    private var chunks: [UnsafeMutableRawPointer] = []
    private let size: Int
    private let perChunk: Int
    /// Number of blocks.
    private(set) var count = 0

    init(blockSize: Int) {
        size = blockSize
        perChunk = max(1, 65_536 / blockSize)
    }

    deinit {
        for chunk in chunks { chunk.deallocate() }
    }

    /// First byte of a block.
    @inline(__always)
    subscript(index: Int) -> UnsafeMutableRawPointer {
        chunks[index / perChunk] + index % perChunk * size
    }

    /// A new block of zero bytes; its index.
    mutating func append() -> Int {
        if count == chunks.count * perChunk {
            let chunk = UnsafeMutableRawPointer.allocate(
                byteCount: perChunk * size, alignment: 64)
            chunk.initializeMemory(as: UInt8.self, repeating: 0, count: perChunk * size)
            chunks.append(chunk)
        }
        count += 1
        return count - 1
    }

    /// Bytes held.
    var bytes: Int { chunks.count * perChunk * size }
}
