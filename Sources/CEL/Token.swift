/// A word of the language with its place in the source.
public struct Token: Sendable, Hashable {
    /// What a token is, with the value of a literal.
    public enum Kind: Sendable, Hashable {
        /// A name, reserved or not.
        case identifier(String)
        /// A name between backticks, which may stand behind a dot.
        case quoted(String)
        /// An integer literal without its sign.
        case int(UInt64)
        /// An unsigned integer literal (`1u`).
        case uint(UInt64)
        /// A double literal, always finite.
        case double(Double)
        /// A string literal, escapes resolved.
        case string(String)
        /// A bytes literal, escapes resolved.
        case bytes([UInt8])
        /// An operator or a bracket.
        case symbol(Symbol)
        /// Behind the last token.
        case end
    }

    /// Operators and brackets.
    public enum Symbol: String, Sendable, CaseIterable {
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case equal = "=="
        case notEqual = "!="
        case and = "&&"
        case or = "||"
        case less = "<"
        case greater = ">"
        case not = "!"
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divide = "/"
        case remainder = "%"
        case question = "?"
        case colon = ":"
        case comma = ","
        case dot = "."
        case leftParenthesis = "("
        case rightParenthesis = ")"
        case leftBracket = "["
        case rightBracket = "]"
        case leftBrace = "{"
        case rightBrace = "}"
    }

    /// What it is.
    public let kind: Kind
    /// UTF-8 offsets in the source.
    public let range: Range<Int>

    /// A token at a place.
    public init(_ kind: Kind, _ range: Range<Int>) {
        self.kind = kind
        self.range = range
    }
}
