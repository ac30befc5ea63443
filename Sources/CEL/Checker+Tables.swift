import Expressions

// gauges[station].major                        UNKNOWN when there is no such row, or nothing in it
// gauges[?station].?major.orValue(9.0)         9.0 then; UNKNOWN only when `station` is
// station in gauges
// let: {g: "gauges[station]"}                  a row by name: `g.major`

extension Checker {
    /// Whether an expression, by its form, is a row of a table: an index, or a let that is one.
    private func isRow(_ expression: Expression) -> Bool {
        if case .index = expression.kind { return true }
        guard let name = expression.qualifiedName,
            case .definition(let definition)? = environment.entry(name)
        else { return false }
        return definition.tree.type == .row
    }

    /// `gauges[station]`: a row, UNKNOWN when the table has none for the key.
    mutating func lookup(
        _ expression: Expression, _ base: Expression, _ key: Expression, isOptional: Bool
    ) -> TypedExpression? {
        if isRow(base) {
            return refuse(
                base.range, "`\(base.excerpt)` is a row already",
                hint: "a column is `\(base.excerpt).column`")
        }
        guard let name = base.qualifiedName else {
            return refuse(base.range, "`\(base.excerpt)` is not a table")
        }
        guard let table = environment.tables[name], environment.entry(name) == nil else {
            _ = check(key)
            return noTable(name, base)
        }
        guard let tree = check(key) else { return nil }
        guard tree.type == table.keyType else {
            return refuse(
                key.mark,
                "`\(key.excerpt)` is \(tree.type.phrase), and the rows of `\(name)` are found by "
                    + "\(table.keyType.phrase), `\(table.key)`")
        }
        note(table)
        return TypedExpression(.lookup(table, tree, isOptional: isOptional), .row)
    }

    private mutating func noTable(_ name: String, _ base: Expression) -> TypedExpression? {
        if environment.tables[name] != nil {
            return refuse(
                base.range, "`\(name)` is a field here, which hides the table of that name",
                hint: "call one of them something else")
        }
        let names = environment.tables.keys.sorted()
        let hint =
            Spelling.nearest(to: name, in: names).map { "did you mean `\($0)`?" }
            ?? (names.isEmpty
                ? "declare it under `tables:`"
                : "there is " + names.prefix(8).map { "`\($0)`" }.joined(separator: ", "))
        return refuse(
            base.range,
            environment.entry(name) == nil
                ? "there is no table `\(name)`" : "`\(name)` is not a table", hint: hint)
    }

    /// `row.column`; nil also when the operand is no row, which `isColumn` tells apart.
    mutating func column(
        _ expression: Expression, _ operand: Expression, _ field: String, isOptional: Bool
    ) -> TypedExpression? {
        guard let (column, row) = cell(expression, operand, field) else { return nil }
        guard !isOptional, !row.isOptionalRow else {
            return refuse(
                expression.range, "`\(expression.excerpt)` may be absent",
                hint: "give it a default: `\(expression.excerpt).orValue(…)`")
        }
        return column
    }

    /// Whether an expression is a column of a row, by its form.
    func isColumn(_ expression: Expression) -> Bool {
        guard case .select(let operand, _, let isOptional) = expression.kind else { return false }
        if let name = expression.qualifiedName, environment.entry(name) != nil { return false }
        return isOptional || isRow(operand)
    }

    /// A column and the row it stands in.
    private mutating func cell(
        _ expression: Expression, _ operand: Expression, _ field: String
    ) -> (column: TypedExpression, row: TypedExpression)? {
        guard isRow(operand) else {
            _ = refuse(
                expression.mark, "`\(operand.excerpt)` is not a row of a table",
                hint: "a row is `table[key]`")
            return nil
        }
        guard let row = check(operand), case .lookup(let table, _, _) = row.resolved.kind else {
            return nil
        }
        guard let index = table.columns.firstIndex(where: { $0.name == field }) else {
            let names = table.columns.map(\.name)
            _ = refuse(
                expression.mark, "table `\(table.name)` has no column `\(field)`",
                hint: Spelling.nearest(to: field, in: names).map { "did you mean `\($0)`?" }
                    ?? "it has " + names.map { "`\($0)`" }.joined(separator: ", "))
            return nil
        }
        let column = table.columns[index]
        let tree = TypedExpression(
            .column(table, index, of: row), column.type, unit: column.unit)
        note(expression.description, tree)
        return (tree, row)
    }

    /// `x.?column.orValue(default)`: the default stands for what the table does not have; a key that
    /// is UNKNOWN has no default.
    mutating func orValue(
        _ expression: Expression, _ target: Expression, _ arguments: [Expression]
    ) -> TypedExpression? {
        guard case .select(let operand, let field, let isOptional) = target.kind, isColumn(target)
        else {
            return refuse(
                expression.mark, "`orValue` follows an optional column of a table",
                hint: "write it like `gauges[?station].?major.orValue(9.0)`")
        }
        guard arguments.count == 1 else {
            return refuse(expression.mark, "`orValue` takes one argument")
        }
        let other = check(arguments[0])
        guard let (column, row) = cell(target, operand, field), let other else { return nil }
        guard isOptional || row.isOptionalRow else {
            return refuse(
                expression.mark, "`\(target.excerpt)` is not optional",
                hint: "ask with `?`: `\(operand.excerpt).?\(field).orValue(…)`")
        }
        let fallback = column.type == .double ? promote(other) ?? other : other
        guard fallback.type == column.type else {
            return refuse(
                arguments[0].mark,
                "`\(target.excerpt)` is \(column.type.phrase) and its default "
                    + "`\(arguments[0].excerpt)` \(other.type.phrase)")
        }
        guard sameUnit(column, fallback) else {
            return refuse(
                arguments[0].mark,
                "`\(target.excerpt)` is in \(column.unit ?? "") and its default "
                    + "`\(arguments[0].excerpt)` in \(fallback.unit ?? "")")
        }
        return TypedExpression(
            .orElse(column, fallback, absent: absence(row, isOptional)), column.type,
            unit: column.unit ?? fallback.unit)
    }

    /// What is known exactly when a default may stand in.
    private func absence(_ row: TypedExpression, _ isOptionalColumn: Bool) -> TypedExpression {
        guard case .lookup(_, let key, let isOptionalRow) = row.resolved.kind else { return row }
        // Without `?` a missing row is an error, and so UNKNOWN.
        guard isOptionalRow else { return row }
        guard !isOptionalColumn else { return key }
        // A row that is there and has nothing in the column is an error, too.
        return TypedExpression(
            .ternary(
                TypedExpression(.isKnown(row), .bool),
                TypedExpression(.constant(.unknown), key.type), key),
            key.type)
    }

    /// `station in gauges`: whether the table has the row.
    mutating func presence(
        _ key: Expression, _ table: Expression, _ expression: Expression
    ) -> TypedExpression? {
        guard let row = lookup(expression, table, key, isOptional: true),
            case .lookup(_, let tree, _) = row.kind
        else { return nil }
        let isThere = TypedExpression(.comparison(.compareInt, .equal, row, row), .bool)
        return TypedExpression(
            .orElse(isThere, TypedExpression(.constant(.bool(false)), .bool), absent: tree), .bool)
    }
}

extension TypedExpression {
    /// Whether it is a row that was asked for with `?`.
    fileprivate var isOptionalRow: Bool {
        if case .lookup(_, _, true) = resolved.kind { true } else { false }
    }
}
