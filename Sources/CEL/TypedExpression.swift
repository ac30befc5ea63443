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
    }

    let kind: Kind
    let type: ValueType
    /// The unit of a number, as its field declares it; nil for numbers without one.
    let unit: String?
    /// Whether any field is read: if not, the value is known when the rule is checked.
    let readsFields: Bool
    /// Whether it is made of integer literals only, and so becomes a double next to one.
    let isIntegerLiteral: Bool
    /// Levels below, those of lets included.
    let height: Int

    init(
        _ kind: Kind, _ type: ValueType, unit: String? = nil, isIntegerLiteral: Bool = false
    ) {
        self.kind = kind
        self.type = type
        self.unit = unit
        self.isIntegerLiteral = isIntegerLiteral
        var (reads, below) = (false, 0)
        switch kind {
        case .constant: break
        case .field: reads = true
        case .reference(let definition):
            (reads, below) = (definition.tree.readsFields, definition.tree.height)
        case .unary(_, let operand), .isKnown(let operand), .fixed(_, let operand, _):
            (reads, below) = (operand.readsFields, operand.height)
        case .operation(_, let left, let right), .comparison(_, _, let left, let right):
            reads = left.readsFields || right.readsFields
            below = max(left.height, right.height)
        case .ternary(let condition, let yes, let no):
            reads = condition.readsFields || yes.readsFields || no.readsFields
            below = max(condition.height, yes.height, no.height)
        case .member(let value, let elements):
            reads = value.readsFields || elements.contains(where: \.readsFields)
            below = max(value.height, elements.map(\.height).max() ?? 0)
        }
        readsFields = reads
        height = below + 1
    }

    /// The expression behind any number of names.
    var resolved: TypedExpression {
        var result = self
        while case .reference(let definition) = result.kind { result = definition.tree }
        return result
    }
}

/// A let: shared by everything that names it, so that it is computed once a run.
final class Definition: Sendable {
    let name: String
    let tree: TypedExpression
    let cells: [Int]

    init(name: String, tree: TypedExpression, cells: [Int]) {
        self.name = name
        self.tree = tree
        self.cells = cells
    }
}
