/// The result of a program outside the hot path: in messages, labels, traces and tests.
public enum Value: Sendable, Hashable {
    /// Nothing is known.
    case unknown
    /// TRUE or FALSE.
    case bool(Bool)
    /// A 64-bit signed integer.
    case int(Int64)
    /// A double; finite in mode `rule`.
    case double(Double)
    /// Text; bytes that are not UTF-8 were replaced by U+FFFD.
    case string(String)
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    case timestamp(Int64)
    /// Nanoseconds.
    case duration(Int64)
}

extension Value: CustomStringConvertible {
    /// The value as a message shows it: `?` for UNKNOWN, the shortest decimal that reads back the
    /// same (`4`, `4.25`), RFC 3339 in UTC, durations in seconds (`90s`).
    public var description: String {
        switch self {
        case .unknown: "?"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .double(let value): Decimal.shortest(value)
        case .string(let value): value
        case .timestamp(let nanoseconds): CivilTime.rfc3339(nanoseconds)
        case .duration(let nanoseconds): CivilTime.seconds(nanoseconds) + "s"
        }
    }
}
