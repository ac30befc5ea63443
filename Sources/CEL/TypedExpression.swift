import Expressions

/// A checked expression: every name is resolved, every type known, every operation an opcode.
struct TypedExpression: Sendable {
    indirect enum Kind: Sendable {
        case constant(Value)
        case field(cell: Int)
        case reference(Definition)
        case unary(Opcode, TypedExpression)
        case operation(Opcode, TypedExpression, TypedExpression)
        case comparison(Opcode, Relation, TypedExpression, TypedExpression)
        case ternary(TypedExpression, TypedExpression, TypedExpression)
        /// Element comparisons share the value on the left.
        case member(TypedExpression, of: [TypedExpression])
        case isKnown(TypedExpression)
        case fixed(Opcode, TypedExpression, decimals: Int)
        /// The row of a table for a key.
        case lookup(Table, TypedExpression, isOptional: Bool)
        case column(Table, Int, of: TypedExpression)
        /// A value, or another one when it is UNKNOWN and `absent` is not.
        case orElse(TypedExpression, TypedExpression, absent: TypedExpression)
    }

    let kind: Kind
    let type: ValueType
    /// The unit of a number, as its field declares it; nil for numbers without one.
    let unit: String?
    /// Whether any field is read: if not, the value is known when the rule is checked.
    let readsFields: Bool
    /// Whether any window is read.
    let readsWindows: Bool
    /// Whether it is made of integer literals only, and so becomes a double next to one.
    let isIntegerLiteral: Bool
    /// Levels below, those of lets included.
    let height: Int

    init(
        _ kind: Kind, _ type: ValueType, unit: String? = nil, isIntegerLiteral: Bool = false,
        isWindow: Bool = false
    ) {
        self.kind = kind
        self.type = type
        self.unit = unit
        self.isIntegerLiteral = isIntegerLiteral
        let parts = kind.parts
        if case .field = kind {
            readsFields = true
        } else {
            readsFields = parts.contains(where: \.readsFields)
        }
        readsWindows = isWindow || parts.contains(where: \.readsWindows)
        height = (parts.map(\.height).max() ?? 0) + 1
    }

    /// The expression behind any number of names.
    var resolved: TypedExpression {
        var result = self
        while case .reference(let definition) = result.kind { result = definition.tree }
        return result
    }
}

extension TypedExpression.Kind {
    /// The expressions it is made of.
    fileprivate var parts: [TypedExpression] {
        switch self {
        case .constant, .field: []
        case .reference(let definition): [definition.tree]
        case .unary(_, let operand), .isKnown(let operand), .fixed(_, let operand, _),
            .lookup(_, let operand, _), .column(_, _, let operand):
            [operand]
        case .operation(_, let left, let right), .comparison(_, _, let left, let right):
            [left, right]
        case .ternary(let condition, let yes, let no): [condition, yes, no]
        case .orElse(let value, let other, let absent): [value, other, absent]
        case .member(let value, let elements): [value] + elements
        }
    }
}

/// A let: shared by everything that names it, so that it is computed once a run.
final class Definition: Sendable {
    let name: String
    let tree: TypedExpression
    let cells: [Int]
    let tables: [Table]
    /// Canonical text, with the lets that it names.
    let text: String

    init(name: String, tree: TypedExpression, cells: [Int], tables: [Table], text: String) {
        self.name = name
        self.tables = tables
        self.tree = tree
        self.cells = cells
        self.text = text
    }
}
