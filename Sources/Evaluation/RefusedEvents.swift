public import Events

/// Dead letters of the engine: events that were decoded and yet no rule could judge them. Counted by
/// reason, feed and stream; the first and the last of each are kept.
public struct RefusedEvents: Equatable, Sendable {
    /// A copy of a record, with what reads it.
    public struct Letter: Equatable, Sendable {
        fileprivate var words: [UInt64] = []
        fileprivate var schema: StreamSchema

        fileprivate mutating func keep(_ record: EventRecord, _ schema: StreamSchema) {
            self.schema = schema
            words.removeAll(keepingCapacity: true)
            words.append(
                contentsOf: UnsafeRawBufferPointer(start: record.base, count: record.length)
                    .bindMemory(to: UInt64.self))
        }
    }

    /// All events of one reason, feed and stream.
    public struct Entry: Equatable, Sendable {
        /// Why they could not be judged.
        public let reason: DeadLetterReason
        /// Index of the feed in the configuration.
        public let feed: Int
        /// Name of the stream.
        public let stream: String
        /// How many there were.
        public fileprivate(set) var count: UInt64
        /// The first of them.
        public fileprivate(set) var first: Letter
        /// The last of them.
        public fileprivate(set) var last: Letter
    }

    /// In the order in which they were first seen.
    public private(set) var entries: [Entry] = []

    /// None.
    public init() {}

    /// How many there were.
    public var count: UInt64 { entries.reduce(0) { $0 + $1.count } }

    /// Notes an event of a stream.
    ///
    /// - Complexity: linear in the number of entries; allocates for a first one only.
    public mutating func note(
        _ reason: DeadLetterReason, _ record: EventRecord, _ schema: StreamSchema
    ) {
        let known = entries.firstIndex {
            $0.reason == reason && $0.feed == record.feed && $0.stream == schema.name
        }
        if let known {
            entries[known].count += 1
            entries[known].last.keep(record, schema)
            return
        }
        var letter = Letter(schema: schema)
        letter.keep(record, schema)
        entries.append(
            Entry(
                reason: reason, feed: record.feed, stream: schema.name, count: 1, first: letter,
                last: letter))
    }
}

extension RefusedEvents.Letter {
    /// When it came, nanoseconds since 1970.
    public var arrival: Int64 { read { $0.arrival } }

    /// When it happened, and the name of the member that said so; nil where it is when it came.
    public var time: (member: String, time: Timestamp)? {
        guard case .member(let path, _, let key) = schema.time, let name = key ?? path.last else {
            return nil
        }
        return (name, Timestamp(nanoseconds: read { $0.eventTime }))
    }

    /// The fields it has.
    public var values: [(name: String, value: Scalar)] { read { $0.values(schema) } }

    private func read<Result>(_ body: (EventRecord) -> Result) -> Result {
        var copy = words
        return copy.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else {
                preconditionFailure("A letter has a record.")
            }
            return body(EventRecord(base: base))
        }
    }
}
