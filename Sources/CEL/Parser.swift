/// Tokens to an expression, by precedence climbing.
///
/// It is total: any tokens give an expression or one problem, at the first token that cannot
/// follow what stands before it. Two limits keep it and everything behind it within bounds.
public struct Parser {
    /// Bytes a source may have.
    public static let sourceLimit = 16_384
    /// Levels an expression may have; CEL asks for 12 of brackets and 32 of operators.
    public static let depthLimit = 250

    private let tokens: [Token]
    private var index = 0
    private var depth = 0

    /// The expression a source is.
    public static func parse(_ source: [UInt8]) throws(Problem) -> Expression {
        guard source.count <= sourceLimit else {
            let length = "\(source.count) bytes, more than \(sourceLimit)"
            throw Problem(
                range: source.count..<source.count, message: "the expression has \(length)",
                hint: "divide it with `let`")
        }
        return try parse(Lexer.tokens(of: source))
    }

    /// The expression that all of some tokens are.
    static func parse(_ tokens: [Token]) throws(Problem) -> Expression {
        var parser = Parser(tokens: tokens)
        let expression = try parser.expression()
        guard case .end = parser.current.kind else { throw parser.unexpected("an operator") }
        return expression
    }

    private init(tokens: [Token]) { self.tokens = tokens }

    /// The token to be read; at the end it stays the end token.
    var current: Token {
        index < tokens.count ? tokens[index] : Token(.end, 0..<0)
    }

    mutating func advance() -> Token {
        let token = current
        if index < tokens.count - 1 { index += 1 }
        return token
    }

    func at(_ symbol: Token.Symbol) -> Bool { current.kind == .symbol(symbol) }

    /// Reads a symbol if it stands here.
    mutating func take(_ symbol: Token.Symbol) -> Token? { at(symbol) ? advance() : nil }

    mutating func expect(_ symbol: Token.Symbol) throws(Problem) -> Token {
        guard let token = take(symbol) else { throw unexpected("`\(symbol.rawValue)`") }
        return token
    }

    /// An expression whose height is within the limit.
    func node(
        _ kind: Expression.Kind, _ range: Range<Int>, mark: Range<Int>? = nil,
        over parts: [Expression] = []
    ) throws(Problem) -> Expression {
        let height = (parts.map(\.height).max() ?? 0) + 1
        guard height <= Parser.depthLimit else { throw tooDeep(mark ?? range) }
        return Expression(kind, range, mark: mark, height: height)
    }

    /// expression = or ["?" or ":" expression]
    mutating func expression() throws(Problem) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Parser.depthLimit else { throw tooDeep(current.range) }
        let condition = try binary(1)
        guard let question = take(.question) else { return condition }
        let yes = try binary(1)
        _ = try expect(.colon)
        let no = try expression()
        return try node(
            .ternary(condition, yes, no), condition.range.lowerBound..<no.range.upperBound,
            mark: question.range, over: [condition, yes, no])
    }

    /// Operators that bind at least as tightly as `least`.
    private mutating func binary(_ least: Int) throws(Problem) -> Expression {
        var left = try unary()
        while let binary = binaryOperator, binary.precedence >= least {
            let token = advance()
            let right = try self.binary(binary.precedence + 1)
            left = try node(
                .binary(binary, left, right), left.range.lowerBound..<right.range.upperBound,
                mark: token.range, over: [left, right])
        }
        return left
    }

    private var binaryOperator: BinaryOperator? {
        switch current.kind {
        case .symbol(let symbol): BinaryOperator(rawValue: symbol.rawValue)
        case .identifier("in"): .in
        default: nil
        }
    }

    /// Any number of `!` and `-`; a minus right before a number belongs to the number.
    private mutating func unary() throws(Problem) -> Expression {
        var operators: [(UnaryOperator, Token)] = []
        while true {
            if let token = take(.not) {
                operators.append((.not, token))
            } else if at(.minus) {
                let token = advance()
                if let number = try negativeNumber(token) {
                    return try wrapped(members(of: number), operators)
                }
                operators.append((.negate, token))
            } else {
                return try wrapped(member(), operators)
            }
        }
    }

    private func wrapped(
        _ operand: Expression, _ operators: [(UnaryOperator, Token)]
    ) throws(Problem) -> Expression {
        var result = operand
        for (unary, token) in operators.reversed() {
            result = try node(
                .unary(unary, result), token.range.lowerBound..<result.range.upperBound,
                mark: token.range, over: [result])
        }
        return result
    }

    private mutating func negativeNumber(_ minus: Token) throws(Problem) -> Expression? {
        let range = minus.range.lowerBound..<current.range.upperBound
        switch current.kind {
        case .int(let magnitude):
            _ = advance()
            return try node(.literal(.int(Int64(truncatingIfNeeded: 0 &- magnitude))), range)
        case .double(let magnitude):
            _ = advance()
            return try node(.literal(.double(-magnitude)), range)
        default:
            return nil
        }
    }

    private func tooDeep(_ range: Range<Int>) -> Problem {
        Problem(
            range: range, message: "the expression has more than \(Parser.depthLimit) levels",
            hint: "divide it with `let`, or write a chain of `==` as `x in ['a', 'b']`")
    }

    /// Says what stands here instead of what should.
    func unexpected(_ expected: String) -> Problem {
        guard case .end = current.kind else {
            return Problem(
                range: current.range, message: "\(expected) should stand here", hint: wordHint)
        }
        return Problem(
            range: current.range, message: "the expression ends where \(expected) should stand")
    }

    private var wordHint: String? {
        if current.kind == .symbol(.comma) {
            return "decimals have a point; arguments stand in parentheses"
        }
        guard case .identifier(let word) = current.kind else {
            // `not ok`: the word before is what went wrong.
            guard index > 0, case .identifier(let before) = tokens[index - 1].kind else {
                return nil
            }
            return before.lowercased() == "not" ? "write `!`" : nil
        }
        if index > 0, tokens[index - 1].kind == .identifier("not") { return "write `!\(word)`" }
        switch word {
        case "and", "AND", "And": return "write `&&`"
        case "or", "OR", "Or": return "write `||`"
        case "not", "NOT", "Not": return "write `!`"
        case "is", "IS": return "write `==`, or `has(field)` for what is known"
        case "like", "LIKE": return "write `text.contains('part')`"
        default: return nil
        }
    }
}
