import Expressions

extension Checker {
    /// `avg(level, '1h')`, `count('1h')`, `slope(level, '30m', '1h')`: a window over the rows of the
    /// key, which the rest of the expression reads like a field.
    mutating func window(
        _ aggregate: Aggregate, _ expression: Expression, _ arguments: [Expression]
    ) -> TypedExpression? {
        guard let table = environment.windows, !isInWindow else {
            let hint =
                isInWindow
                ? "a window looks at rows, not at windows"
                : purpose == .condition
                    ? "`where` picks the rows that enter windows: ask in `when`"
                    : "name it with `let` and use that name here"
            return refuse(
                expression.mark,
                "`\(aggregate.rawValue)` looks at many rows; it stands in `let`, `when` and `clear`",
                hint: hint)
        }
        let least = aggregate == .count ? 1 : 2
        guard (least...(aggregate.isPerTime ? 3 : 2)).contains(arguments.count) else {
            return misused(aggregate, expression)
        }
        let hasArgument = arguments.count > 1
        guard let length = span(arguments[hasArgument ? 1 : 0], table, aggregate, expression) else {
            return nil
        }
        var per: Int64 = 1_000_000_000
        if arguments.count == 3 {
            guard let given = span(arguments[2], table, aggregate, expression) else { return nil }
            per = given
        }
        var row: (tree: TypedExpression, text: String)?
        if hasArgument {
            row = argument(aggregate, arguments[0])
            if row == nil { return nil }
        }
        let program = row.flatMap { Compiler.program($0.tree, mode: .rule) }
        guard hasArgument == (program != nil) else {
            return refuse(expression.mark, "the argument is too long for one program")
        }
        let call = WindowCall(
            aggregate, of: program, text: row?.text ?? "", length: length, per: per)
        guard let cell = table.cell(for: call) else {
            return refuse(
                expression.mark,
                "a rule reads at most \(Row.cellLimit) fields and windows together")
        }
        note(
            WindowSite(
                aggregate: aggregate, length: length,
                range: arguments[hasArgument ? 1 : 0].range))
        return TypedExpression(
            .field(cell: cell), aggregate.resultType,
            unit: aggregate.keepsUnit ? row?.tree.unit : nil, isWindow: true)
    }

    /// The number or condition that is aggregated, and its canonical text with the lets in it.
    private mutating func argument(
        _ aggregate: Aggregate, _ expression: Expression
    ) -> (tree: TypedExpression, text: String)? {
        var inner = Checker(environment: environment, purpose: purpose, isInWindow: true)
        let checked = inner.check(expression)
        take(inner)
        guard let tree = checked else { return nil }
        var complaint: (message: String, hint: String?)?
        let what = "`\(expression.excerpt)` is \(tree.type.phrase); `\(aggregate.rawValue)` takes"
        if tree.readsWindows {
            complaint = (
                "`\(expression.excerpt)` is a window itself",
                "a window looks at rows, not at windows"
            )
        } else if aggregate.takesCondition, tree.type != .bool {
            complaint = (
                "\(what) a condition",
                aggregate == .count
                    ? "all rows are counted by `count('1h')`"
                    : "such as `since(level > 3.0, '6h')`"
            )
        } else if !aggregate.takesCondition, tree.type != .int, tree.type != .double {
            complaint = ("\(what) a number", nil)
        }
        if let complaint {
            _ = refuse(expression.range, complaint.message, hint: complaint.hint)
            return nil
        }
        let text = environment.text(
            expression, references: inner.references, tables: inner.tables)
        return (tree, text)
    }

    private mutating func span(
        _ expression: Expression, _ table: WindowTable, _ aggregate: Aggregate, _ whole: Expression
    ) -> Int64? {
        guard case .literal(.string(let text)) = expression.kind else {
            _ = misused(aggregate, whole)
            return nil
        }
        guard let span = table.span(text), span > 0 else {
            _ = refuse(
                expression.range, "'\(text)' is not a length of time",
                hint: "write it like '30m', '1h30m' or '7d'")
            return nil
        }
        guard span <= 520 * 7 * 86_400 * 1_000_000_000 else {
            _ = refuse(expression.range, "a window is at most 520w long, not '\(text)'")
            return nil
        }
        return span
    }

    private mutating func misused(
        _ aggregate: Aggregate, _ expression: Expression
    ) -> TypedExpression? {
        let name = aggregate.rawValue
        let example =
            switch aggregate {
            case .count: "`count('1h')` or `count(level > 3.0, '1h')`"
            case .since: "`since(level > 3.0, '6h')`"
            case .rate, .slope: "`\(name)(level, '30m')`, or per hour `\(name)(level, '30m', '1h')`"
            case .avg, .sum, .min, .max, .first, .last, .range, .increase, .delta, .stddev:
                "`\(name)(level, '1h')`"
            }
        return refuse(
            expression.mark,
            "`\(name)` takes what it looks at and how long, a length of time in quotes",
            hint: "write it like \(example)")
    }
}

extension Aggregate {
    /// Type of the value.
    fileprivate var resultType: ValueType {
        switch self {
        case .count: .int
        case .since: .duration
        case .avg, .sum, .min, .max, .first, .last, .range, .rate, .increase, .delta, .slope,
            .stddev:
            .double
        }
    }

    /// Whether the value is in the unit of the argument.
    fileprivate var keepsUnit: Bool {
        switch self {
        case .avg, .sum, .min, .max, .first, .last, .range, .increase, .delta, .stddev: true
        case .count, .rate, .slope, .since: false
        }
    }
}
