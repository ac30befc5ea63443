import Expressions

extension Checker {
    /// A call: `has`, the literal conversions, `fixed` in messages, the functions of the table; the
    /// rest is planned or unknown.
    mutating func call(
        _ expression: Expression, _ target: Expression?, _ name: String, _ arguments: [Expression]
    ) -> TypedExpression? {
        let plain = name.hasPrefix(".") ? String(name.dropFirst()) : name
        guard let target else {
            switch plain {
            case "has": return has(expression, arguments)
            case "timestamp", "duration": return time(expression, plain, arguments)
            case "fixed": return fixed(expression, arguments)
            case _:
                if let aggregate = Aggregate(rawValue: plain), environment.entry(plain) == nil {
                    return window(aggregate, expression, arguments)
                }
                return function(plain, .global, expression, arguments)
            }
        }
        if plain == "orValue" { return orValue(expression, target, arguments) }
        if let root = target.qualifiedName?.split(separator: ".").first.map(String.init),
            environment.entry(root) == nil
        {
            if root == "math" { return function("math.\(plain)", .global, expression, arguments) }
            if LaterNames.contains(root) {
                return refuseLater("`\(root).\(plain)` is", at: expression.mark)
            }
        }
        return function(plain, .member, expression, [target] + arguments)
    }

    /// A function of the table.
    private mutating func function(
        _ name: String, _ style: FunctionTable.Style, _ expression: Expression,
        _ arguments: [Expression]
    ) -> TypedExpression? {
        let takes = FunctionTable.firstArguments(of: name, style)
        guard !takes.isEmpty, style == .member || environment.entry(name) == nil else {
            return LaterNames.contains(name)
                ? refuseLater("`\(name)` is", at: expression.mark)
                : unknownFunction(name, style, expression)
        }
        let checked = arguments.map { check($0) }
        let trees = checked.compactMap { $0 }
        guard trees.count == arguments.count else { return nil }
        if name == "math.greatest" || name == "math.least" {
            return extreme(name, expression, arguments, trees)
        }
        return apply(name, style, trees)
            ?? apply(name, style, trees.map { promote($0) ?? $0 })
            ?? misapplied(name, style, expression, arguments, trees)
    }

    /// The call for these types; nil when there is no such overload.
    private func apply(
        _ name: String, _ style: FunctionTable.Style, _ trees: [TypedExpression]
    ) -> TypedExpression? {
        guard let overload = FunctionTable.overload(name, style, trees.map(\.type)),
            let opcode = overload.opcode
        else { return nil }
        // A number out of a number is in the same unit.
        let unit = overload.result == .int || overload.result == .double ? trees[0].unit : nil
        return trees.count == 1
            ? TypedExpression(.unary(opcode, trees[0]), overload.result, unit: unit)
            : TypedExpression(.operation(opcode, trees[0], trees[1]), overload.result, unit: unit)
    }

    /// `math.greatest` and `math.least`: any number of numbers of one type and unit.
    private mutating func extreme(
        _ name: String, _ expression: Expression, _ arguments: [Expression],
        _ trees: [TypedExpression]
    ) -> TypedExpression? {
        let isDouble = trees.contains { $0.type == .double }
        let numbers = isDouble ? trees.map { promote($0) ?? $0 } : trees
        guard var result = numbers.first, result.type == .int || result.type == .double else {
            return misapplied(name, .global, expression, arguments, trees)
        }
        for (index, next) in numbers.enumerated().dropFirst() {
            guard sameUnit(result, next) else {
                return refuse(
                    expression.mark,
                    "`\(arguments[0].excerpt)` is in \(result.unit ?? "") and "
                        + "`\(arguments[index].excerpt)` in \(next.unit ?? "")")
            }
            guard let both = apply(name, .global, [result, next]) else {
                return misapplied(name, .global, expression, arguments, trees)
            }
            result = TypedExpression(both.kind, both.type, unit: result.unit ?? next.unit)
        }
        return result
    }

    private mutating func misapplied(
        _ name: String, _ style: FunctionTable.Style, _ expression: Expression,
        _ arguments: [Expression], _ trees: [TypedExpression]
    ) -> TypedExpression? {
        let count = FunctionTable.overloads.first { $0.name == name && $0.style == style }?
            .arguments.count
        let isVariadic = name == "math.greatest" || name == "math.least"
        if !isVariadic, trees.count != count {
            let wanted = (count ?? 0) - (style == .member ? 1 : 0)
            return refuse(
                expression.mark,
                "`\(name)` takes \(wanted == 0 ? "no" : "\(wanted)") argument\(wanted == 1 ? "" : "s")"
            )
        }
        let types = FunctionTable.firstArguments(of: name, style)
        let wrong = trees.firstIndex { !types.contains($0.type) }
        guard let wrong else {
            return refuse(
                expression.mark, "`\(name)` takes numbers of one type",
                hint: "write double(…) around what is an int")
        }
        let phrases = types.reduce(into: [String]()) { list, type in
            if !list.contains(type.phrase) { list.append(type.phrase) }
        }
        let takes =
            phrases.count == 1
            ? phrases[0] : phrases.dropLast().joined(separator: ", ") + " or \(phrases.last ?? "")"
        return refuse(
            expression.mark,
            "`\(arguments[wrong].excerpt)` is \(trees[wrong].type.phrase); `\(name)` takes \(takes)"
        )
    }

    private mutating func unknownFunction(
        _ name: String, _ style: FunctionTable.Style, _ expression: Expression
    ) -> TypedExpression? {
        if style == .global, environment.entry(name) != nil {
            return refuse(
                expression.mark, "`\(name)` is not a function",
                hint: "write `\(name)` without parentheses")
        }
        let other: FunctionTable.Style = style == .member ? .global : .member
        if !FunctionTable.firstArguments(of: name, other).isEmpty {
            return refuse(
                expression.mark, "there is no function `\(name)` written like this",
                hint: other == .member ? "write `text.\(name)(…)`" : "write `\(name)(…)`")
        }
        if name == "now" {
            return refuse(
                expression.mark, "there is no function `now`",
                hint: "rules know no clock; a window looks back from the row that is judged")
        }
        let near =
            FunctionTable.otherNames[name.lowercased()]
            ?? Spelling.nearest(to: name, in: FunctionTable.callable.sorted())
        return refuse(
            expression.mark, "there is no function `\(name)`",
            hint: near.map { "did you mean `\($0)`?" })
    }

    /// `has(field)`: whether it is known, the one question that is never UNKNOWN.
    private mutating func has(
        _ expression: Expression, _ arguments: [Expression]
    ) -> TypedExpression? {
        guard arguments.count == 1,
            arguments[0].qualifiedName != nil || isColumn(arguments[0])
        else {
            return refuse(
                expression.mark, "`has` takes the name of one field, as in `has(level)`")
        }
        guard let field = check(arguments[0]) else { return nil }
        return TypedExpression(.isKnown(field), .bool)
    }

    private mutating func time(
        _ expression: Expression, _ name: String, _ arguments: [Expression]
    ) -> TypedExpression? {
        guard arguments.count == 1, case .literal(.string(let text)) = arguments[0].kind else {
            return refuse(
                expression.mark,
                "`\(name)` of anything but one string literal is not in this version")
        }
        if name == "timestamp" {
            guard let value = TimeLiteral.timestamp(text) else {
                return refuse(
                    arguments[0].range, "'\(text)' is not an RFC 3339 time",
                    hint: "write it like '2026-01-31T06:00:00Z'")
            }
            return TypedExpression(.constant(.timestamp(value)), .timestamp)
        }
        guard let value = TimeLiteral.duration(text) else {
            let isCalendar = text.hasSuffix("d") || text.hasSuffix("w")
            return refuse(
                arguments[0].range, "'\(text)' is not a duration",
                hint: isCalendar
                    ? "CEL's units are h, m, s, ms, us and ns: a day is '24h'"
                    : "write it like '1h30m' or '1.5s'")
        }
        return TypedExpression(.constant(.duration(value)), .duration)
    }

    /// `fixed(x, n)`: a number with n decimals, for people.
    private mutating func fixed(
        _ expression: Expression, _ arguments: [Expression]
    ) -> TypedExpression? {
        guard purpose == .message else {
            return refuse(
                expression.mark,
                "`fixed` makes text and belongs into messages, as `${fixed(x, 2)}`",
                hint: "compare the number itself")
        }
        guard arguments.count == 2, case .literal(.int(let decimals)) = arguments[1].kind,
            (0...15).contains(decimals)
        else {
            return refuse(
                expression.mark, "`fixed` takes a number and how many decimals, 0 to 15",
                hint: "write it like `fixed(level, 2)`")
        }
        guard let number = check(arguments[0]) else { return nil }
        guard
            let opcode = FunctionTable.overload("fixed", .global, [number.type, .int])?.opcode
        else {
            return refuse(
                expression.mark,
                "`\(arguments[0].excerpt)` is \(number.type.phrase); `fixed` needs a number")
        }
        return TypedExpression(.fixed(opcode, number, decimals: Int(decimals)), .string)
    }
}
