import Expressions

/// Recognises the conditions that need no program.
enum Shapes {
    /// Conjuncts looked at; a condition with more is one conjunct, and runs its program.
    private static let conjunctLimit = 64

    /// The operands of the top-level `&&`s, through lets.
    static func conjuncts(_ tree: TypedExpression) -> [TypedExpression] {
        var result: [TypedExpression] = []
        var open = [tree]
        var steps = 0
        while let next = open.popLast() {
            steps += 1
            guard steps < 2 * conjunctLimit else { return [tree] }
            if case .operation(.and, let left, let right) = next.resolved.kind {
                open.append(right)
                open.append(left)
            } else {
                result.append(next)
            }
        }
        return result
    }

    /// The shape of one conjunct.
    static func shape(_ tree: TypedExpression, mode: Mode) -> Condition.Shape {
        if let comparison = comparison(tree, mode: mode) { return .one(comparison) }
        if let (cell, literals, isIn) = text(tree, mode: mode) {
            return .text(cell: cell, literals: literals, isIn: isIn)
        }
        return .general
    }

    /// The shape of a conjunction.
    static func combined(_ shapes: [Condition.Shape]) -> Condition.Shape {
        if shapes.count == 1 { return shapes[0] }
        if shapes.count == 2, case .one(let left) = shapes[0], case .one(let right) = shapes[1] {
            return .both(left, right)
        }
        return .general
    }

    /// `field OP constant` on a number, a bool or a time; also a bool field by itself and `!` of
    /// either.
    static func comparison(_ tree: TypedExpression, mode: Mode) -> Comparison? {
        let tree = tree.resolved
        switch tree.kind {
        case .field(let cell) where tree.type == .bool:
            return Comparison(cell: cell, .equal, .int(1))
        case .unary(.not, let operand):
            guard let inner = comparison(operand, mode: mode) else { return nil }
            return Comparison(cell: inner.cell, inner.relation.negated, inner.operand)
        case .comparison(_, let relation, let left, let right):
            let (left, right) = (left.resolved, right.resolved)
            if case .field(let cell) = left.kind, let value = Compiler.value(right, mode: mode) {
                return comparison(cell, left.type, relation, value, mode)
            }
            if case .field(let cell) = right.kind, let value = Compiler.value(left, mode: mode) {
                return comparison(cell, right.type, relation.mirrored, value, mode)
            }
            return nil
        case .constant, .field, .reference, .unary, .operation, .ternary, .member, .isKnown,
            .fixed, .lookup, .column, .orElse:
            return nil
        }
    }

    private static func comparison(
        _ cell: Int, _ type: ValueType, _ relation: Relation, _ value: Value, _ mode: Mode
    ) -> Comparison? {
        switch value {
        case .double(let double) where type == .double && mode == .rule:
            return Comparison(cell: cell, relation, .double(double))
        case .double(let double) where type == .int:
            guard let whole = Int64(exactly: double) else { return nil }
            return Comparison(cell: cell, relation, .int(whole))
        case .int(let int) where type == .int:
            return Comparison(cell: cell, relation, .int(int))
        case .timestamp(let time), .duration(let time):
            return Comparison(cell: cell, relation, .int(time))
        case .bool(let bool):
            return Comparison(cell: cell, relation, .int(bool ? 1 : 0))
        case .unknown, .double, .int, .string:
            return nil
        }
    }

    /// `field == 'literal'`, `!=`, `field in ['literal', …]`, and `!` of them.
    private static func text(
        _ tree: TypedExpression, mode: Mode
    ) -> (cell: Int, literals: [[UInt8]], isIn: Bool)? {
        let tree = tree.resolved
        switch tree.kind {
        case .unary(.not, let operand):
            guard let (cell, literals, isIn) = text(operand, mode: mode) else { return nil }
            return (cell, literals, !isIn)
        case .comparison(.compareText, let relation, let left, let right):
            guard relation == .equal || relation == .notEqual else { return nil }
            let (left, right) = (left.resolved, right.resolved)
            let (field, other) = left.readsFields ? (left, right) : (right, left)
            guard case .field(let cell) = field.kind,
                case .string(let literal) = Compiler.value(other, mode: mode)
            else { return nil }
            return (cell, [Array(literal.utf8)], relation == .equal)
        case .member(let value, let comparisons):
            guard case .field(let cell) = value.resolved.kind, value.type == .string,
                !comparisons.isEmpty
            else { return nil }
            var literals: [[UInt8]] = []
            for comparison in comparisons {
                guard let (other, one, isIn) = text(comparison, mode: mode), isIn,
                    other == cell, one.count == 1
                else { return nil }
                literals += one
            }
            return (cell, literals, true)
        case .constant, .field, .reference, .unary, .operation, .comparison, .ternary, .isKnown,
            .fixed, .lookup, .column, .orElse:
            return nil
        }
    }

    /// `field == literal` as a key of an index: text, int, bool or time.
    static func selector(_ tree: TypedExpression, mode: Mode) -> Selector? {
        if let (cell, literals, isIn) = text(tree, mode: mode), isIn, literals.count == 1 {
            return Selector(cell: cell, literal: .string(literals[0]))
        }
        guard let comparison = comparison(tree, mode: mode),
            case .int(let value) = comparison.operand
        else { return nil }
        guard fieldType(tree) == .bool else {
            guard comparison.relation == .equal else { return nil }
            return Selector(cell: comparison.cell, literal: .int(value))
        }
        // Of a bool, `!= true` selects as well as `== false`.
        guard value == 0 || value == 1 else { return nil }
        switch comparison.relation {
        case .equal: return Selector(cell: comparison.cell, literal: .bool(value == 1))
        case .notEqual: return Selector(cell: comparison.cell, literal: .bool(value == 0))
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return nil
        }
    }

    /// The type of the field that a recognised comparison reads.
    private static func fieldType(_ tree: TypedExpression) -> ValueType? {
        let tree = tree.resolved
        switch tree.kind {
        case .field: return tree.type
        case .unary(_, let operand): return fieldType(operand)
        case .comparison(_, _, let left, let right):
            return left.readsFields ? left.type : right.type
        case .constant, .reference, .operation, .ternary, .member, .isKnown, .fixed, .lookup,
            .column, .orElse:
            return nil
        }
    }
}
