import Expressions

extension Checker {
    mutating func unary(
        _ expression: Expression, _ unary: UnaryOperator, _ operand: Expression
    ) -> TypedExpression? {
        guard let tree = check(operand) else { return nil }
        let name = FunctionTable.name(unary)
        guard let opcode = FunctionTable.overload(name, .operation, [tree.type])?.opcode else {
            let needs = unary == .not ? "a bool" : "a number"
            return refuse(
                expression.mark,
                "`\(operand.excerpt)` is \(tree.type.phrase); `\(unary.rawValue)` needs \(needs)")
        }
        return TypedExpression(
            .unary(opcode, tree), tree.type, unit: tree.unit,
            isIntegerLiteral: tree.isIntegerLiteral)
    }

    mutating func binary(
        _ expression: Expression, _ binary: BinaryOperator, _ left: Expression, _ right: Expression
    ) -> TypedExpression? {
        let before = problems.count
        let (a, b) = (check(left), check(right))
        guard let a, let b else {
            if (a ?? b)?.type == .string { hintText(a == nil ? left : right, after: before) }
            return nil
        }
        return combine(binary, (left, a), (right, b), at: expression.mark)
    }

    /// A bare word beside a text was most likely meant as text.
    private mutating func hintText(_ word: Expression, after before: Int) {
        guard case .identifier(let name) = word.kind, problems.count == before + 1,
            problems[before].hint?.hasPrefix("did you mean") != true
        else { return }
        problems[before].hint = "text stands in quotes: `'\(name)'`"
    }

    /// One operation on two typed operands.
    mutating func combine(
        _ binary: BinaryOperator, _ left: (source: Expression, tree: TypedExpression),
        _ right: (source: Expression, tree: TypedExpression), at mark: Range<Int>
    ) -> TypedExpression? {
        let isComparison = Relation(binary) != nil
        let (a, b) = paired(left.tree, right.tree, exactly: isComparison)
        let name = FunctionTable.name(binary)
        guard let overload = FunctionTable.overload(name, .operation, [a.type, b.type]),
            let opcode = overload.opcode
        else { return mismatch(binary, left, right, at: mark) }
        if isComparison || binary == .add || binary == .subtract, !sameUnit(a, b) {
            return unitMismatch(binary, left, right, at: mark)
        }
        if let relation = Relation(binary) {
            return overload.isSwapped
                ? TypedExpression(.comparison(opcode, relation.mirrored, b, a), .bool)
                : TypedExpression(.comparison(opcode, relation, a, b), .bool)
        }
        let keepsUnit = binary == .add || binary == .subtract
        return TypedExpression(
            .operation(opcode, a, b), overload.result, unit: keepsUnit ? a.unit ?? b.unit : nil,
            isIntegerLiteral: a.isIntegerLiteral && b.isIntegerLiteral)
    }

    /// Both operands, an integer literal next to a double being promoted.
    ///
    /// Comparisons of int and double are exact in CEL, so there a literal is promoted only where
    /// that changes nothing.
    private func paired(
        _ a: TypedExpression, _ b: TypedExpression, exactly: Bool
    ) -> (TypedExpression, TypedExpression) {
        func double(_ tree: TypedExpression) -> TypedExpression {
            guard let promoted = promote(tree) else { return tree }
            guard exactly, case .int(let value) = Compiler.value(tree, mode: .rule) else {
                return promoted
            }
            return Int64(exactly: Double(value)) == value ? promoted : tree
        }
        if a.type == .double, b.type == .int { return (a, double(b)) }
        if a.type == .int, b.type == .double { return (double(a), b) }
        return (a, b)
    }

    mutating func ternary(
        _ expression: Expression, _ condition: Expression, _ yes: Expression, _ no: Expression
    ) -> TypedExpression? {
        let (test, first, second) = (check(condition), check(yes), check(no))
        if let test, test.type != .bool {
            return refuse(
                expression.mark,
                "`\(condition.excerpt)` is \(test.type.phrase); in front of `?` stands a bool")
        }
        guard let test, let first, let second else { return nil }
        let (a, b) = paired(first, second, exactly: false)
        guard a.type == b.type else {
            return refuse(
                expression.mark,
                "`\(yes.excerpt)` is \(a.type.phrase) and `\(no.excerpt)` is \(b.type.phrase): "
                    + "both sides of `:` need one type")
        }
        guard a.type != .row else {
            return refuse(
                expression.mark, "`?` chooses between values, not between rows of a table",
                hint: "name the column on both sides")
        }
        guard sameUnit(a, b) else {
            return refuse(
                expression.mark,
                "`\(yes.excerpt)` is in \(a.unit ?? "") and `\(no.excerpt)` in \(b.unit ?? ""): "
                    + "both sides of `:` need one unit")
        }
        return TypedExpression(.ternary(test, a, b), a.type, unit: a.unit ?? b.unit)
    }

    mutating func membership(
        _ expression: Expression, _ value: Expression, _ list: Expression
    ) -> TypedExpression? {
        if let name = list.qualifiedName, environment.tables[name] != nil,
            environment.entry(name) == nil
        {
            return presence(value, list, expression)
        }
        let tree = check(value)
        guard case .list(let elements) = list.kind else {
            return refuse(
                expression.mark,
                "`in` needs a list on its right, such as `['a', 'b']`, or the name of a table",
                hint: "other lists and maps are not in this version")
        }
        var comparisons: [TypedExpression] = []
        var isWhole = tree != nil
        for element in elements {
            guard !element.isOptional else {
                isWhole = false
                _ = refuseLater("optional elements are", at: element.value.range)
                continue
            }
            let before = problems.count
            guard let candidate = check(element.value) else {
                if tree?.type == .string { hintText(element.value, after: before) }
                isWhole = false
                continue
            }
            guard let tree else { continue }
            let mark = element.value.range
            if let comparison = combine(
                .equal, (value, tree), (element.value, candidate), at: mark)
            {
                comparisons.append(comparison)
            } else {
                isWhole = false
            }
        }
        guard isWhole, let tree else { return nil }
        return TypedExpression(.member(tree, of: comparisons), .bool)
    }

    func sameUnit(_ a: TypedExpression, _ b: TypedExpression) -> Bool {
        a.unit == nil || b.unit == nil || a.unit == b.unit
    }

    private mutating func unitMismatch(
        _ binary: BinaryOperator, _ left: (source: Expression, tree: TypedExpression),
        _ right: (source: Expression, tree: TypedExpression), at mark: Range<Int>
    ) -> TypedExpression? {
        let (a, b) = (left.tree.unit ?? "", right.tree.unit ?? "")
        func plain(_ unit: String) -> String { unit.lowercased().filter { !" ^*".contains($0) } }
        if plain(a) == plain(b) {
            return refuse(
                mark,
                "`\(left.source.excerpt)` is in `\(a)` and `\(right.source.excerpt)` in `\(b)`",
                hint: "did you mean `\(a)`? units are compared as they are written")
        }
        return refuse(
            mark,
            "`\(left.source.excerpt)` is in \(a) and `\(right.source.excerpt)` is in \(b): "
                + "they cannot be \(binary.participle)",
            hint: "multiply one by the factor between them: a product has no declared unit")
    }

    private mutating func mismatch(
        _ binary: BinaryOperator, _ left: (source: Expression, tree: TypedExpression),
        _ right: (source: Expression, tree: TypedExpression), at mark: Range<Int>
    ) -> TypedExpression? {
        let (a, b) = (left.tree.type, right.tree.type)
        let what =
            "`\(left.source.excerpt)` is \(a.phrase) and `\(right.source.excerpt)` is \(b.phrase)"
        return refuse(
            mark, "\(what): they cannot be \(binary.participle)",
            hint: mismatchHint(binary, left, right))
    }

    private func mismatchHint(
        _ binary: BinaryOperator, _ left: (source: Expression, tree: TypedExpression),
        _ right: (source: Expression, tree: TypedExpression)
    ) -> String? {
        let (a, b) = (left.tree.type, right.tree.type)
        if case .column(_, _, _) = (a == .string ? left : right).tree.resolved.kind,
            (a == .string) != (b == .string)
        {
            return "a column is text unless the table's header types it, as in `name:double`"
        }
        if Relation(binary) != nil, a == .bool, b != .bool,
            case .binary(let inner, _, let middle) = left.source.kind, Relation(inner) != nil
        {
            let (first, last) = (left.source.excerpt, right.source.excerpt)
            return "write `\(first) && \(middle.excerpt) \(binary.rawValue) \(last)`"
        }
        if Set([a, b]) == [.int, .double] {
            if binary == .remainder { return "`%` takes two ints" }
            let name = a == .int ? left.source.excerpt : right.source.excerpt
            return "write `double(\(name))`"
        }
        if binary == .and || binary == .or {
            let (other, type) = a == .bool ? (right, b) : (left, a)
            let test = type == .string ? "== '…'" : "> …"
            return "compare `\(other.source.excerpt)` with something, such as `\(test)`"
        }
        if binary == .remainder { return "`%` takes two ints" }
        let (string, other) = a == .string ? (left, b) : (right, a)
        guard Set([a, b]).contains(.string), other != .string else { return nil }
        if case .literal(.string(let text)) = string.source.kind {
            if Double(text) != nil { return "write \(text) without quotes" }
            if other == .timestamp {
                let isDate = TimeLiteral.timestamp(text + "T00:00:00Z") != nil
                return "write timestamp('\(text)\(isDate ? "T00:00:00Z" : "")')"
            }
            if other == .duration { return "write duration('\(text)')" }
        }
        if binary == .add { return "in a message write '${a} ${b}' instead of adding" }
        return "compare a string with a string in quotes, or a number with a number"
    }
}

extension Relation {
    /// The relation an operator asks for, if it is a comparison.
    init?(_ binary: BinaryOperator) {
        switch binary {
        case .less: self = .less
        case .lessOrEqual: self = .lessOrEqual
        case .equal: self = .equal
        case .notEqual: self = .notEqual
        case .greaterOrEqual: self = .greaterOrEqual
        case .greater: self = .greater
        case .or, .and, .in, .add, .subtract, .multiply, .divide, .remainder: return nil
        }
    }
}

extension BinaryOperator {
    /// What is done to the operands, after "they cannot be".
    fileprivate var participle: String {
        switch self {
        case .or, .and: "joined with `\(rawValue)`"
        case .less, .lessOrEqual, .equal, .notEqual, .greaterOrEqual, .greater, .in:
            "compared with `\(rawValue)`"
        case .add: "added with `+`"
        case .subtract: "subtracted with `-`"
        case .multiply: "multiplied with `*`"
        case .divide: "divided with `/`"
        case .remainder: "divided with `%`"
        }
    }
}
