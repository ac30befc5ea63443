/// The named limits of the core; each has a counter or a diagnostic where it is reached.
public enum Limits {
    /// Fields a stream may declare: one presence bit each in a 64-bit word.
    public static let fieldsPerStream = 64
    /// Bytes of the values of one key together.
    public static let keyBytes = 128
    /// Bytes of text a field may hold, by default.
    public static let textBytes = 4096
    /// Bytes of one frame, by default.
    public static let frameBytes = 4 << 20
    /// Nesting of a JSON document, by default.
    public static let depth = 64
    /// Readings one frame may carry, by default.
    public static let readingsPerFrame = 10_000
    /// Bytes of readings of a feed that wait while the line is full, by default.
    public static let backlogBytes = 16 << 20
    /// Keys a rule may hold, by default.
    public static let keysPerRule = 1_000_000
    /// Ids of a stream that are remembered to tell repeated events, by default.
    public static let idsPerStream = 1_000_000
    /// The most ids that a stream may ask to have remembered.
    public static let longestIDMemory = 100_000_000
    /// How long an id is remembered, by default: a day in nanoseconds.
    public static let idLifetime: Int64 = 86_400_000_000_000
    /// Sources of a stream that are followed: how far each has come, since when it is silent.
    public static let sourcesPerStream = 100_000
    /// Rows that the windows of one key over one argument keep, a power of two: what is older is not
    /// forgotten silently, the window is UNKNOWN.
    public static let rowsPerWindow = 1 << 17
    /// Bytes of an outbound topic: libzmq 4.3.4 mis-encodes subscriptions of 246 to 255 bytes.
    /// https://github.com/zeromq/libzmq/pull/4564
    public static let topicBytes = 240
    /// The largest record a frame can give: header, all cells, all texts, rounded to 8.
    public static let recordBytes =
        EventRecord.headerBytes + fieldsPerStream * (8 + textBytes + 8)
}
