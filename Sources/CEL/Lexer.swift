/// Bytes to tokens, for all of CEL's literals.
///
/// It is total: any bytes give tokens or one problem. It stops at the first problem, because what
/// follows a broken literal is guesswork.
public struct Lexer {
    let source: [UInt8]
    var position: Int
    private let stopsAtBrace: Bool

    /// All tokens of a source, the last of which is `end`.
    public static func tokens(of source: [UInt8]) throws(Problem) -> [Token] {
        var lexer = Lexer(source, from: 0, stopsAtBrace: false)
        return try lexer.all()
    }

    /// The tokens from an offset to the `}` that closes an earlier `${`: the `end` token is there.
    static func tokens(of source: [UInt8], untilBraceFrom start: Int) throws(Problem) -> [Token] {
        var lexer = Lexer(source, from: start, stopsAtBrace: true)
        return try lexer.all()
    }

    private init(_ source: [UInt8], from start: Int, stopsAtBrace: Bool) {
        self.source = source
        self.position = start
        self.stopsAtBrace = stopsAtBrace
    }

    private mutating func all() throws(Problem) -> [Token] {
        var tokens: [Token] = []
        var braces = 0
        while true {
            let token = try next()
            if stopsAtBrace {
                if token.kind == .symbol(.leftBrace) { braces += 1 }
                if token.kind == .symbol(.rightBrace) {
                    if braces == 0 {
                        let place = token.range.lowerBound
                        tokens.append(Token(.end, place..<place))
                        return tokens
                    }
                    braces -= 1
                }
                if token.kind == .end {
                    throw Problem(
                        range: token.range, message: "the expression of a `${` ends without `}`")
                }
            }
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    /// The byte `ahead` of the current one, 0 behind the end.
    func peek(_ ahead: Int = 0) -> UInt8 {
        position + ahead < source.count ? source[position + ahead] : 0
    }

    private mutating func next() throws(Problem) -> Token {
        skipBlanks()
        let start = position
        guard start < source.count else { return Token(.end, start..<start) }
        let byte = peek()
        if byte.isDigit || (byte == UInt8(ascii: ".") && peek(1).isDigit) {
            return try number()
        }
        if let literal = try text() { return literal }
        if byte.isNameStart { return Token(.identifier(name()), start..<position) }
        if byte == UInt8(ascii: "`") { return try quotedName() }
        let pair = String(decoding: [byte, peek(1)], as: UTF8.self)
        if let symbol = Token.Symbol(rawValue: pair) {
            position += 2
            return Token(.symbol(symbol), start..<position)
        }
        if let symbol = Token.Symbol(rawValue: String(decoding: [byte], as: UTF8.self)) {
            position += 1
            return Token(.symbol(symbol), start..<position)
        }
        throw stray(at: start)
    }

    private mutating func skipBlanks() {
        while position < source.count {
            switch peek() {
            case 0x09, 0x0A, 0x0C, 0x0D, 0x20:
                position += 1
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
                while position < source.count, peek() != 0x0A { position += 1 }
            default:
                return
            }
        }
    }

    mutating func name() -> String {
        let start = position
        while peek().isNamePart { position += 1 }
        return String(decoding: source[start..<position], as: UTF8.self)
    }

    private mutating func quotedName() throws(Problem) -> Token {
        let start = position
        position += 1
        while peek().isNamePart || [0x20, 0x2D, 0x2E, 0x2F].contains(peek()) { position += 1 }
        let name = String(decoding: source[start + 1..<position], as: UTF8.self)
        guard peek() == UInt8(ascii: "`"), !name.isEmpty else {
            throw Problem(
                range: start..<position, message: "a name in backticks does not end",
                hint: "it holds letters, digits and `_ - . /` and spaces, and ends with a backtick")
        }
        position += 1
        return Token(.quoted(name), start..<position)
    }

    /// What a byte that begins no token was probably meant to be.
    private func stray(at start: Int) -> Problem {
        var end = start + 1
        while end < source.count, source[end] & 0xC0 == 0x80 { end += 1 }
        let text = String(decoding: source[start..<end], as: UTF8.self)
        let hint: String? =
            switch text {
            case "=" where start + 1 < source.count && source[start + 1] == UInt8(ascii: ">"):
                "write `>=`"
            case "=" where start + 1 < source.count && source[start + 1] == UInt8(ascii: "<"):
                "write `<=`"
            case "=": "write `==` to compare"
            case "^": "write `x * x` for a square"
            case "&": "write `&&` for and"
            case "|": "write `||` for or"
            case "≤", "≥", "≠": "write `<=`, `>=` or `!=`"
            case "“", "”", "‘", "’", "„": "write straight quotes, 'like this'"
            case "−", "–": "write the minus sign of the keyboard, `-`"
            case "\u{A0}", "\u{202F}", "\u{2007}", "\u{3000}", "\u{200B}", "\u{FEFF}":
                "it looks like a blank and is none: write a blank"
            default: end > start + 1 ? "names have the letters a to z, digits and `_`" : nil
            }
        // Two characters may look the same.
        let code =
            text.unicodeScalars.first.map { String($0.value, radix: 16, uppercase: true) } ?? ""
        let named =
            end > start + 1
            ? " (U+\(String(repeating: "0", count: max(0, 4 - code.count)))\(code))" : ""
        return Problem(
            range: start..<end, message: "`\(text)`\(named) has no meaning here", hint: hint)
    }
}

extension UInt8 {
    var isDigit: Bool { (0x30...0x39).contains(self) }
    var isNameStart: Bool {
        (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) || self == 0x5F
    }
    var isNamePart: Bool { isNameStart || isDigit }
    /// The value of a hexadecimal digit.
    var hexValue: UInt32? {
        switch self {
        case 0x30...0x39: UInt32(self - 0x30)
        case 0x41...0x46: UInt32(self - 0x41 + 10)
        case 0x61...0x66: UInt32(self - 0x61 + 10)
        default: nil
        }
    }
}
