import Expressions

extension Checker {
    /// A call: `has`, the literal conversions, `fixed` in messages; the rest is planned or unknown.
    mutating func call(
        _ expression: Expression, _ target: Expression?, _ name: String, _ arguments: [Expression]
    ) -> TypedExpression? {
        let plain = name.hasPrefix(".") ? String(name.dropFirst()) : name
        guard target == nil else {
            if let root = target?.qualifiedName?.split(separator: ".").first.map(String.init),
                environment.entry(root) == nil, LaterNames.contains(root)
            {
                return refuseLater("`\(root).\(plain)` is", at: expression.mark)
            }
            if LaterNames.contains(plain) {
                return refuseLater("`\(plain)` is", at: expression.mark)
            }
            return unknownFunction(plain, expression)
        }
        switch plain {
        case "has": return has(expression, arguments)
        case "timestamp", "duration": return time(expression, plain, arguments)
        case "fixed": return fixed(expression, arguments)
        default:
            if LaterNames.contains(plain) {
                return refuseLater("`\(plain)` is", at: expression.mark)
            }
            return unknownFunction(plain, expression)
        }
    }

    private mutating func unknownFunction(
        _ name: String, _ expression: Expression
    ) -> TypedExpression? {
        if environment.entry(name) != nil {
            return refuse(
                expression.mark, "`\(name)` is not a function",
                hint: "write `\(name)` without parentheses")
        }
        let near = Spelling.nearest(to: name, in: FunctionTable.callable.sorted())
        return refuse(
            expression.mark, "there is no function `\(name)`",
            hint: near.map { "did you mean `\($0)`?" })
    }

    /// `has(field)`: whether it is known, the one question that is never UNKNOWN.
    private mutating func has(
        _ expression: Expression, _ arguments: [Expression]
    ) -> TypedExpression? {
        guard arguments.count == 1, arguments[0].qualifiedName != nil else {
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
