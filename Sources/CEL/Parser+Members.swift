// member  = primary {"." ["?"] name ["(" arguments ")"] | "[" ["?"] expression "]" | "{" fields "}"}
// primary = literal | ["."] name ["(" arguments ")"] | "(" expression ")" | list | map
extension Parser {
    mutating func member() throws(Problem) -> Expression {
        try members(of: primary())
    }

    /// Everything that may follow an operand without an operator.
    mutating func members(of operand: Expression) throws(Problem) -> Expression {
        var result = operand
        var isName = operand.qualifiedName != nil
        while true {
            if take(.dot) != nil {
                result = try selection(from: result)
                isName = isName && result.qualifiedName != nil
            } else if take(.leftBracket) != nil {
                let isOptional = take(.question) != nil
                let index = try expression()
                let end = try expect(.rightBracket)
                result = try node(
                    .index(result, index, isOptional: isOptional),
                    result.range.lowerBound..<end.range.upperBound, over: [result, index])
                isName = false
            } else if at(.leftBrace), isName, let type = result.qualifiedName {
                result = try message(type, from: result.range.lowerBound)
                isName = false
            } else {
                return result
            }
        }
    }

    private mutating func selection(from operand: Expression) throws(Problem) -> Expression {
        let isOptional = take(.question) != nil
        let (name, place) = try memberName()
        let start = operand.range.lowerBound
        if !isOptional, take(.leftParenthesis) != nil {
            let (arguments, end) = try arguments()
            return try node(
                .call(target: operand, name: name, arguments: arguments),
                start..<end.range.upperBound, mark: place, over: [operand] + arguments)
        }
        return try node(
            .select(operand, field: name, isOptional: isOptional), start..<place.upperBound,
            mark: place, over: [operand])
    }

    /// Behind a dot every word is a name but the four that are literals and operators.
    private mutating func memberName() throws(Problem) -> (String, Range<Int>) {
        switch current.kind {
        case .identifier(let name) where !["true", "false", "null", "in"].contains(name):
            return (name, advance().range)
        case .quoted(let name):
            return (name, advance().range)
        default:
            throw unexpected("a name")
        }
    }

    private mutating func primary() throws(Problem) -> Expression {
        let token = current
        if let literal = try literal(token) {
            _ = advance()
            return try node(.literal(literal), token.range)
        }
        switch token.kind {
        case .identifier(let name):
            return try named(name, from: token.range.lowerBound)
        case .symbol(.dot):
            _ = advance()
            guard case .identifier(let name) = current.kind else { throw unexpected("a name") }
            return try named("." + name, from: token.range.lowerBound)
        case .symbol(.leftParenthesis):
            _ = advance()
            let inner = try expression()
            _ = try expect(.rightParenthesis)
            return inner
        case .symbol(.leftBracket):
            return try list()
        case .symbol(.leftBrace):
            return try map()
        default:
            throw unexpected("a value")
        }
    }

    private func literal(_ token: Token) throws(Problem) -> Expression.Literal? {
        switch token.kind {
        case .int(let magnitude):
            guard let value = Int64(exactly: magnitude) else {
                throw Problem(
                    range: token.range, message: "`\(magnitude)` does not fit into 64 bits",
                    hint: "write it as a double, with a `.0` behind")
            }
            return .int(value)
        case .uint(let value): return .uint(value)
        case .double(let value): return .double(value)
        case .string(let value): return .string(value)
        case .bytes(let value): return .bytes(value)
        case .identifier("true"): return .bool(true)
        case .identifier("false"): return .bool(false)
        case .identifier("null"): return .null
        case .identifier, .quoted, .symbol, .end: return nil
        }
    }

    private mutating func named(_ name: String, from start: Int) throws(Problem) -> Expression {
        let place = start..<current.range.upperBound
        let word = name.hasPrefix(".") ? String(name.dropFirst()) : name
        guard !isReservedWord(word) else {
            throw Problem(
                range: current.range, message: "`\(word)` is a reserved word of CEL",
                hint: word == "if" || word == "else" ? "write `condition ? a : b`" : nil)
        }
        _ = advance()
        guard take(.leftParenthesis) != nil else { return try node(.identifier(name), place) }
        let (arguments, end) = try arguments()
        return try node(
            .call(target: nil, name: name, arguments: arguments), start..<end.range.upperBound,
            mark: place, over: arguments)
    }

    /// What stands between parentheses, the opening one having been read.
    private mutating func arguments() throws(Problem) -> ([Expression], end: Token) {
        var arguments: [Expression] = []
        if let end = take(.rightParenthesis) { return (arguments, end) }
        repeat { arguments.append(try expression()) } while take(.comma) != nil
        return (arguments, try expect(.rightParenthesis))
    }

    private mutating func list() throws(Problem) -> Expression {
        let start = advance().range.lowerBound
        var elements: [Expression.Element] = []
        while !at(.rightBracket) {
            let isOptional = take(.question) != nil
            elements.append(.init(value: try expression(), isOptional: isOptional))
            if take(.comma) == nil { break }
        }
        let end = try expect(.rightBracket)
        return try node(
            .list(elements), start..<end.range.upperBound, over: elements.map(\.value))
    }

    private mutating func map() throws(Problem) -> Expression {
        let start = advance().range.lowerBound
        var entries: [Expression.Entry] = []
        while !at(.rightBrace) {
            let isOptional = take(.question) != nil
            let key = try expression()
            _ = try expect(.colon)
            entries.append(.init(key: key, value: try expression(), isOptional: isOptional))
            if take(.comma) == nil { break }
        }
        let end = try expect(.rightBrace)
        return try node(
            .map(entries), start..<end.range.upperBound,
            over: entries.flatMap { [$0.key, $0.value] })
    }

    private mutating func message(_ type: String, from start: Int) throws(Problem) -> Expression {
        _ = advance()
        var fields: [Expression.Field] = []
        while !at(.rightBrace) {
            let isOptional = take(.question) != nil
            let (name, _) = try memberName()
            _ = try expect(.colon)
            fields.append(.init(name: name, value: try expression(), isOptional: isOptional))
            if take(.comma) == nil { break }
        }
        let end = try expect(.rightBrace)
        return try node(
            .message(type: type, fields: fields), start..<end.range.upperBound,
            over: fields.map(\.value))
    }
}

extension Expression {
    /// `a.b.c` as one name, if that is what the expression is.
    var qualifiedName: String? {
        var parts: [String] = []
        var rest = self
        while case .select(let operand, let field, false) = rest.kind {
            parts.append(field)
            rest = operand
        }
        guard case .identifier(let root) = rest.kind else { return nil }
        return ([root] + parts.reversed()).joined(separator: ".")
    }
}
