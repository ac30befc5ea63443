import Expressions

/// Checked expressions to programs.
///
/// Registers are a stack: an operand is computed at the height where its operation needs it, so
/// that depth, not length, decides how many there are. Lets lie above, from the top down, each
/// computed at its first use: there are no jumps, so the first use always runs.
struct Compiler {
    private var builder: ProgramBuilder
    private var definitions: [ObjectIdentifier: Int] = [:]
    private var top = Program.registerLimit

    /// The program of a tree; nil if it does not fit the limits.
    static func program(_ tree: TypedExpression, mode: Mode) -> Program? {
        var compiler = Compiler(builder: ProgramBuilder(mode: mode))
        compiler.emit(tree, into: 0)
        return compiler.builder.finish(tree.type)
    }

    /// The value of a tree that reads no fields, else nil.
    static func value(_ tree: TypedExpression, mode: Mode) -> Value? {
        guard !tree.readsFields else { return nil }
        if case .constant(let value) = tree.resolved.kind { return value }
        guard let program = program(tree, mode: mode) else { return nil }
        return ConstantRow.value(of: program)
    }

    private init(builder: ProgramBuilder) { self.builder = builder }

    private mutating func emit(_ tree: TypedExpression, into target: Int) {
        guard target < top, !builder.isOverLimit else {
            // Marks the program as over its limit: no such register exists.
            builder.constant(.unknown, into: Program.registerLimit)
            return
        }
        switch tree.kind {
        case .constant(let value):
            builder.constant(value, into: target)
        case .field(let cell):
            builder.load(cell, tree.type, into: target)
        case .reference(let definition):
            reference(definition, into: target)
        case .unary(let opcode, let operand):
            emit(operand, into: target)
            builder.apply(opcode, into: target, target)
        case .isKnown(let operand):
            emit(operand, into: target)
            builder.apply(.isKnown, into: target, target)
        case .fixed(let opcode, let number, let decimals):
            emit(number, into: target)
            builder.fixed(opcode, decimals: decimals, into: target, target)
        case .operation(let opcode, let left, let right):
            emit(left, into: target)
            if opcode == .and || opcode == .or,
                let comparison = Shapes.comparison(right, mode: builder.mode)
            {
                builder.combine(comparison, isAnd: opcode == .and, into: target)
                return
            }
            emit(right, into: target + 1)
            builder.apply(opcode, into: target, target, target + 1)
        case .comparison(let opcode, let relation, let left, let right):
            if let comparison = Shapes.comparison(tree, mode: builder.mode) {
                builder.compare(comparison, into: target)
                return
            }
            emit(left, into: target)
            emit(right, into: target + 1)
            builder.compare(opcode, relation, into: target, target, target + 1)
        case .ternary(let condition, let yes, let no):
            emit(condition, into: target)
            emit(yes, into: target + 1)
            emit(no, into: target + 2)
            builder.apply(.select, into: target, target + 1, target + 2)
        case .lookup(let table, let key, _):
            emit(key, into: target)
            builder.lookUp(table, into: target, target)
        case .column(let table, let column, let row):
            emit(row, into: target)
            builder.read(column, of: table, into: target, target)
        case .orElse(let value, let other, let absent):
            emit(value, into: target)
            emit(other, into: target + 1)
            emit(absent, into: target + 2)
            builder.apply(.orElse, into: target, target + 1, target + 2)
        case .member(let value, let comparisons):
            if comparisons.isEmpty {
                // FALSE where the value is known, else UNKNOWN: nothing differs from itself.
                emit(value, into: target)
                builder.compare(.compareInt, .notEqual, into: target, target, target)
                return
            }
            builder.constant(.bool(false), into: target)
            for comparison in comparisons {
                emit(comparison, into: target + 1)
                builder.apply(.strictOr, into: target, target, target + 1)
            }
        }
    }

    private mutating func reference(_ definition: Definition, into target: Int) {
        // What is one instruction anyway is not worth a register.
        switch definition.tree.kind {
        case .constant, .field, .reference:
            emit(definition.tree, into: target)
            return
        case .unary, .operation, .comparison, .ternary, .member, .isKnown, .fixed, .lookup,
            .column, .orElse:
            break
        }
        let identity = ObjectIdentifier(definition)
        if let register = definitions[identity] {
            builder.apply(.copy, into: target, register)
            return
        }
        emit(definition.tree, into: target)
        top -= 1
        definitions[identity] = top
        builder.apply(.copy, into: top, target)
    }
}

extension Compiler {
    /// The condition of a Boolean tree that fits the limits.
    static func condition(_ tree: TypedExpression, mode: Mode) -> Condition {
        guard let program = program(tree, mode: mode) else {
            preconditionFailure("what passed the check fits the limits of a program")
        }
        if case .bool(let truth) = value(tree, mode: mode) { return .always(Truth(truth)) }
        guard tree.readsFields else { return .always(.unknown) }
        let conjuncts = Shapes.conjuncts(tree)
        let shapes = conjuncts.map { Shapes.shape($0, mode: mode) }
        var selectors: [Selector] = []
        var rest: [TypedExpression] = []
        for conjunct in conjuncts {
            if let selector = Shapes.selector(conjunct, mode: mode) {
                selectors.append(selector)
            } else {
                rest.append(conjunct)
            }
        }
        let residual = selectors.isEmpty ? nil : conjunction(rest, mode: mode)
        return Condition(
            Shapes.combined(shapes), program: program, selectors: selectors, residual: residual)
    }

    private static func conjunction(_ conjuncts: [TypedExpression], mode: Mode) -> Condition {
        guard let first = conjuncts.first else { return .always(.yes) }
        let tree = conjuncts.dropFirst().reduce(first) { tree, conjunct in
            TypedExpression(.operation(.and, tree, conjunct), .bool)
        }
        return condition(tree, mode: mode)
    }
}
