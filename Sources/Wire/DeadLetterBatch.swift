public import Events

/// One frame or element that could not be used, and where.
public struct DeadLetterEntry: Hashable, Sendable {
    /// Why it could not be used.
    public var reason: DeadLetterReason
    /// Byte offset of the offending place in the payload.
    public var offset: Int
    /// Index of the offending field in its stream, -1 where it is none in particular.
    public var field: Int
    /// Index of the element in the payload.
    public var element: Int
    /// Index of the stream, -1 while it is not known.
    public var stream: Int
    /// Where the value stands that names its source, as written; empty while that is not known.
    public var source: Range<Int>

    /// An entry from its parts.
    public init(
        reason: DeadLetterReason, offset: Int = 0, field: Int = -1, element: Int = 0,
        stream: Int = -1, source: Range<Int> = 0..<0
    ) {
        self.reason = reason
        self.offset = offset
        self.field = field
        self.element = element
        self.stream = stream
        self.source = source
    }
}

/// Collects dead letters in memory taken once: exact counts by reason, and the first ones in full.
///
/// When its capacity is reached the last place holds the newest, so that the first ones and the
/// latest are there to show. It never refuses and never allocates after `init`.
public struct DeadLetterBatch: Sendable {
    private var stored: [DeadLetterEntry]
    private var counts: [Int]
    private var used = 0

    /// How many were recorded since the batch was made or emptied.
    public private(set) var total = 0

    /// A batch that keeps `capacity` entries, at least one.
    public init(capacity: Int) {
        precondition(capacity >= 1, "A batch of dead letters keeps at least one.")
        stored = Array(repeating: DeadLetterEntry(reason: .empty), count: capacity)
        let highest = DeadLetterReason.allCases.map { Int($0.rawValue) }.max() ?? 0
        counts = Array(repeating: 0, count: highest + 1)
    }

    /// The entries kept, in order of arrival; see above for what happens beyond the capacity.
    public var entries: ArraySlice<DeadLetterEntry> { stored[..<used] }

    /// How many were recorded for this reason, also of those whose entries were not kept.
    public func count(of reason: DeadLetterReason) -> Int { counts[Int(reason.rawValue)] }

    /// Counts an entry and keeps it where there is room.
    public mutating func record(_ entry: DeadLetterEntry) {
        total += 1
        counts[Int(entry.reason.rawValue)] += 1
        if used < stored.count { used += 1 }
        stored[used - 1] = entry
    }

    /// Forgets entries and counts, and keeps the memory.
    public mutating func removeAll() {
        used = 0
        total = 0
        for index in counts.indices { counts[index] = 0 }
    }
}
