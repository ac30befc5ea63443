/// The static type of an expression.
///
/// CEL's other types (`uint`, `bytes`, `null`, lists, maps, messages, optionals) get their cases
/// when a back end carries them; every `switch` over this enum then says where.
public enum ValueType: Sendable, Hashable, CaseIterable {
    /// TRUE or FALSE.
    case bool
    /// 64-bit signed integer.
    case int
    /// IEEE 754 binary64.
    case double
    /// UTF-8 text.
    case string
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    case timestamp
    /// Nanoseconds.
    case duration
    /// A row of a table: nothing by itself, its columns are values.
    case row
}

extension ValueType: CustomStringConvertible {
    /// CEL's name of the type, as it stands in rule files.
    public var description: String {
        switch self {
        case .bool: "bool"
        case .int: "int"
        case .double: "double"
        case .string: "string"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .row: "row of a table"
        }
    }
}
