public import Events

/// What the next judgement of a key needs of the past, by the names that outlive a plan.
///
/// The form in which a rule's state for a key is stored, carried over a restart, and carried from
/// one plan to the next.
public struct KeyState: Sendable {
    /// Name of the rule.
    public var rule: String
    /// Whose state it is.
    public var key: Key
    /// `RuleDescription.partition`: the state belongs to no other.
    public var partition: Partition
    /// Event time, arrival (nanoseconds since 1970) and number of the key's newest row.
    public var newest: Int64
    public var arrival: Int64
    public var eventNo: UInt64
    /// Known fields of that row, where the stream holds values between rows.
    public var row: [(name: String, value: Scalar)]
    /// Name of the active level.
    public var active: String?
    /// Whether `no_data` has spoken and no usable row came since.
    public var silent: Bool
    /// Event time of the newest usable row.
    public var lastUsable: Int64
    /// Event time at which the latest incident's hold began.
    public var lastAnchor: Int64
    /// The running `clear_for`.
    public var clear: Hold
    /// Number of the event that began it.
    public var clearEvent: UInt64
    /// The ladder from low to high.
    public var levels: [Level]

    /// A running `for` or `clear_for`; `since` is `Int64.min` while none runs.
    public struct Hold: Hashable, Sendable {
        /// Event time of the first TRUE row.
        public var since: Int64
        /// Nanoseconds of UNKNOWN since then.
        public var paused: Int64
        /// Since when it is UNKNOWN; `Int64.min` while it is not.
        public var pauseFrom: Int64

        static let none = Hold(since: noTime, paused: 0, pauseFrom: noTime)
    }

    /// A level's hold and the severity that places the level among those of another plan.
    public struct Level: Hashable, Sendable {
        /// The level's name.
        public var name: String
        /// The level's severity.
        public var severity: Severity
        /// Its running `for`.
        public var hold: Hold
        /// Number of the event that began it.
        public var firstEvent: UInt64
        /// TRUE rows since then.
        public var readings: Int
    }

    /// The stored form.
    public func encoded() -> [UInt8] {
        var writer = BinaryWriter()
        writer.write(UInt8(1))
        writer.write(rule)
        writer.write(key.bytes)
        writer.write(partition.text)
        writer.write(newest)
        writer.write(arrival)
        writer.write(eventNo)
        writer.write(row)
        writer.write(active)
        writer.write(silent)
        writer.write(lastUsable)
        writer.write(lastAnchor)
        writer.write(clear)
        writer.write(clearEvent)
        writer.write(count: levels.count)
        for level in levels {
            writer.write(level.name)
            writer.write(level.severity.rawValue)
            writer.write(level.hold)
            writer.write(level.firstEvent)
            writer.write(Int64(level.readings))
        }
        return writer.bytes
    }

    /// A state from its stored form; throws when the bytes are not one.
    public init(bytes: [UInt8]) throws(BinaryReader.Malformed) {
        var reader = BinaryReader(bytes)
        guard try reader.byte() == 1 else { throw BinaryReader.Malformed(offset: 0) }
        rule = try reader.text()
        key = Key(bytes: try reader.data())
        partition = Partition(text: try reader.text())
        newest = try reader.int()
        arrival = try reader.int()
        eventNo = try reader.unsigned()
        row = try reader.pairs()
        active = try reader.optionalText()
        silent = try reader.bool()
        lastUsable = try reader.int()
        lastAnchor = try reader.int()
        clear = try Hold(from: &reader)
        clearEvent = try reader.unsigned()
        levels = []
        for _ in 0..<(try reader.count()) {
            levels.append(try Level(from: &reader))
        }
    }

    /// A state from its parts.
    init(
        rule: String, key: Key, partition: Partition, header: BlockHeader,
        row: [(name: String, value: Scalar)], active: String?, state: RuleState, levels: [Level]
    ) {
        self.rule = rule
        self.key = key
        self.partition = partition
        newest = header.newest
        arrival = header.arrival
        eventNo = header.eventNo
        self.row = row
        self.active = active
        silent = state.has(RuleState.silent)
        lastUsable = state.lastUsable
        lastAnchor = state.lastAnchor
        clear = Hold(
            since: state.clearSince, paused: state.clearPaused, pauseFrom: state.clearPauseFrom)
        clearEvent = state.clearEvent
        self.levels = levels
    }
}

extension KeyState.Hold {
    init(from reader: inout BinaryReader) throws(BinaryReader.Malformed) {
        since = try reader.int()
        paused = try reader.int()
        pauseFrom = try reader.int()
    }
}

extension KeyState.Level {
    init(from reader: inout BinaryReader) throws(BinaryReader.Malformed) {
        name = try reader.text()
        severity = Severity(rawValue: try reader.byte()) ?? .minor
        hold = try KeyState.Hold(from: &reader)
        firstEvent = try reader.unsigned()
        readings = Int(try reader.int())
    }
}

extension BinaryWriter {
    fileprivate mutating func write(_ hold: KeyState.Hold) {
        write(hold.since)
        write(hold.paused)
        write(hold.pauseFrom)
    }
}
