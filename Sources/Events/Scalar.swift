/// A single value outside the hot path: in key tuples, in what a decision shows, in declarations.
public enum Scalar: Hashable, Sendable {
    /// Not known; `null` in JSON.
    case unknown
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case timestamp(Timestamp)
}

extension Scalar: CustomStringConvertible {
    /// For people: text as it is, UNKNOWN as `?`, numbers in their shortest exact form.
    public var description: String {
        switch self {
        case .unknown: "?"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .double(let value): String(value)
        case .string(let value): value
        case .timestamp(let value): value.description
        }
    }
}
