/// A typed member of a stream's events.
public enum FieldType: String, CaseIterable, Sendable {
    case string, int, double, bool, timestamp
}

/// How a time is written in a payload.
public enum TimeFormat: Hashable, Sendable {
    /// RFC 3339 text.
    case rfc3339
    /// A number since 1970-01-01T00:00:00Z; `unit` is its length in nanoseconds.
    case epoch(unit: Int64)

    /// A time in a unit, a power of ten of nanoseconds, its fraction exact: `1767323045.25`.
    public static func text(_ nanoseconds: Int64, unit: Int64) -> String {
        let (whole, rest) = nanoseconds.magnitude.quotientAndRemainder(
            dividingBy: unit.magnitude)
        let text = (nanoseconds < 0 ? "-" : "") + String(whole)
        guard rest > 0 else { return text }
        // The parts have as many digits as the unit has zeros.
        var digits = String(rest + unit.magnitude).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return text + "." + digits
    }
}

/// One declared field of a stream: where its value stands in a payload and what makes it UNKNOWN.
public struct Field: Hashable, Sendable {
    /// The name rules use.
    public var name: String
    /// The type its cell holds.
    public var type: FieldType
    /// The unit of its numbers, as written (`m`, `mm/h`); compared, not converted.
    public var unit: String?
    /// Member names from the document's root to the value, or to the text that holds it.
    public var path: [String]
    /// Where the path leads to a text of pairs `key=value`: the pair's key; nil: to the value.
    public var key: String?
    /// Numbers outside are UNKNOWN.
    public var valid: ClosedRange<Double>?
    /// Values that stand for "no value": they are UNKNOWN.
    public var missing: [Scalar]
    /// Whether a number or Boolean is also accepted inside a string (`from: text`).
    public var fromText: Bool
    /// How a `timestamp` field is written.
    public var timeFormat: TimeFormat

    /// A field; `path` defaults to its name as one member.
    public init(
        name: String, type: FieldType, unit: String? = nil, path: [String]? = nil,
        key: String? = nil, valid: ClosedRange<Double>? = nil, missing: [Scalar] = [],
        fromText: Bool = false, timeFormat: TimeFormat = .rfc3339
    ) {
        self.name = name
        self.type = type
        self.unit = unit
        self.path = path ?? [name]
        self.key = key
        self.valid = valid
        self.missing = missing
        self.fromText = fromText
        self.timeFormat = timeFormat
    }
}

/// Where an event's time comes from.
public enum TimeSource: Hashable, Sendable {
    /// No time in the payload: event time is arrival.
    case arrival
    /// A member of the payload, declared as a field or not; with a key the pair of that key in the
    /// member's text.
    case member(path: [String], format: TimeFormat, key: String? = nil)
}

/// A named kind of events, as declared under `streams:`.
public struct StreamSchema: Hashable, Sendable {
    /// The name rules refer to.
    public var name: String
    /// The topic prefix that selects it; a match ends at the end, a `.` or a `/`.
    public var topic: String
    /// Declared fields, at most `Limits.fieldsPerStream`, in order of declaration = order of cells.
    public var fields: [Field]
    /// Where event time comes from.
    public var time: TimeSource
    /// Index of the field that names who sent it; nil: the feed's name.
    public var source: Int?
    /// Index of the string or int field that names an event among those of its source, so that one
    /// that comes again is known; nil: none is.
    public var id: Int?
    /// How long an id is remembered, in nanoseconds.
    public var keep: Int64
    /// How many ids are remembered at most; the oldest make room.
    public var keepCount: Int
    /// Nominal interval in nanoseconds; nil for events that come when they come.
    public var expect: Int64?
    /// How far behind the newest a row may be, in nanoseconds.
    public var lateness: Int64
    /// After how many nanoseconds a silent source stops holding the watermark.
    public var idle: Int64

    /// A stream with the defaults of a rule file: `topic` = name, lateness 0 s, idle 10 m, and what
    /// `Limits` says of ids.
    public init(
        name: String, topic: String? = nil, fields: [Field], time: TimeSource = .arrival,
        source: Int? = nil, id: Int? = nil, keep: Int64 = Limits.idLifetime,
        keepCount: Int = Limits.idsPerStream, expect: Int64? = nil, lateness: Int64 = 0,
        idle: Int64 = 600_000_000_000
    ) {
        self.name = name
        self.topic = topic ?? name
        self.fields = fields
        self.time = time
        self.source = source
        self.id = id
        self.keep = keep
        self.keepCount = keepCount
        self.expect = expect
        self.lateness = lateness
        self.idle = idle
    }
}
