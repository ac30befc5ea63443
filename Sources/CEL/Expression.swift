/// A parsed expression: the whole of CEL's grammar, with places, before names mean anything.
///
/// Macro calls (`has`, `all`, …) are calls here: what a name expands to is the checker's matter.
public struct Expression: Sendable {
    /// What an expression is.
    public indirect enum Kind: Sendable {
        /// A literal.
        case literal(Literal)
        /// A plain name; absolute names begin with a dot.
        case identifier(String)
        /// `operand.field`, or `operand.?field`.
        case select(Expression, field: String, isOptional: Bool)
        /// `operand[index]`, or `operand[?index]`.
        case index(Expression, Expression, isOptional: Bool)
        /// `name(…)` or, with a target, `target.name(…)`.
        case call(target: Expression?, name: String, arguments: [Expression])
        /// `!operand` or `-operand`.
        case unary(UnaryOperator, Expression)
        /// `left OP right`.
        case binary(BinaryOperator, Expression, Expression)
        /// `condition ? yes : no`.
        case ternary(Expression, Expression, Expression)
        /// `[a, ?b]`.
        case list([Element])
        /// `{key: value}`.
        case map([Entry])
        /// `type.Name{field: value}`.
        case message(type: String, fields: [Field])
    }

    /// A literal's value.
    public enum Literal: Sendable, Hashable {
        /// `null`
        case null
        /// `true` or `false`
        case bool(Bool)
        /// `1`, its sign included
        case int(Int64)
        /// `1u`
        case uint(UInt64)
        /// `1.0`, its sign included
        case double(Double)
        /// `'a'`, escapes resolved
        case string(String)
        /// `b'a'`, escapes resolved
        case bytes([UInt8])
    }

    /// An element of a list; an optional one (`?x`) is left out when it has no value.
    public struct Element: Sendable {
        /// The element.
        public let value: Expression
        /// Whether it stands behind a `?`.
        public let isOptional: Bool
    }

    /// An entry of a map.
    public struct Entry: Sendable {
        /// The key.
        public let key: Expression
        /// The value.
        public let value: Expression
        /// Whether it stands behind a `?`.
        public let isOptional: Bool
    }

    /// A field of a message.
    public struct Field: Sendable {
        /// The field's name.
        public let name: String
        /// The value.
        public let value: Expression
        /// Whether it stands behind a `?`.
        public let isOptional: Bool
    }

    /// What it is.
    public let kind: Kind
    /// Where it stands: UTF-8 offsets in the source, parentheses around it not included.
    public let range: Range<Int>
    /// Where a caret belongs: the operator of an operation, the name of a call, else `range`.
    public let mark: Range<Int>
    /// Levels of expressions below, itself included; the parser limits it.
    let height: Int

    init(_ kind: Kind, _ range: Range<Int>, mark: Range<Int>? = nil, height: Int = 1) {
        self.kind = kind
        self.range = range
        self.mark = mark ?? range
        self.height = height
    }
}

/// An operator in front of its operand.
public enum UnaryOperator: String, Sendable, CaseIterable {
    case not = "!"
    case negate = "-"
}

/// An operator between two operands.
public enum BinaryOperator: String, Sendable, CaseIterable {
    case or = "||"
    case and = "&&"
    case less = "<"
    case lessOrEqual = "<="
    case equal = "=="
    case notEqual = "!="
    case greaterOrEqual = ">="
    case greater = ">"
    case `in` = "in"
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"

    /// How tightly it binds; all associate to the left.
    var precedence: Int {
        switch self {
        case .or: 1
        case .and: 2
        case .less, .lessOrEqual, .equal, .notEqual, .greaterOrEqual, .greater, .in: 3
        case .add, .subtract: 4
        case .multiply, .divide, .remainder: 5
        }
    }
}
