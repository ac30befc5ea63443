// int:    123   0xFF          uint:  123u  0xFFu
// double: 1.5   .5   1e9   1.5e-3
extension Lexer {
    mutating func number() throws(Problem) -> Token {
        let start = position
        if peek() == UInt8(ascii: "0"), peek(1) | 0x20 == UInt8(ascii: "x"), peek(2).hexValue != nil
        {
            position += 2
            let digits = position
            while peek().hexValue != nil { position += 1 }
            return try integer(start, digits..<position, radix: 16)
        }
        skipDigits()
        var isDouble = false
        if peek() == UInt8(ascii: "."), peek(1).isDigit {
            isDouble = true
            position += 1
            skipDigits()
        }
        if peek() | 0x20 == UInt8(ascii: "e") {
            let sign = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-") ? 1 : 0
            if peek(1 + sign).isDigit {
                isDouble = true
                position += 1 + sign
                skipDigits()
            }
        }
        guard isDouble else { return try integer(start, start..<position, radix: 10) }
        let text = String(decoding: source[start..<position], as: UTF8.self)
        guard let value = Double(text.hasPrefix(".") ? "0" + text : text), value.isFinite else {
            throw Problem(
                range: start..<position, message: "`\(text)` is too large for a double")
        }
        try refuseLetter(start)
        return Token(.double(value), start..<position)
    }

    private mutating func integer(
        _ start: Int, _ digits: Range<Int>, radix: Int
    ) throws(Problem) -> Token {
        let text = String(decoding: source[digits], as: UTF8.self)
        let isUnsigned = peek() | 0x20 == UInt8(ascii: "u")
        if isUnsigned { position += 1 }
        try refuseLetter(start)
        guard let value = UInt64(text, radix: radix), isUnsigned || value <= 1 << 63 else {
            throw Problem(
                range: start..<position, message: "`\(text)` does not fit into 64 bits",
                hint: "write it as a double, with a `.0` behind")
        }
        return Token(isUnsigned ? .uint(value) : .int(value), start..<position)
    }

    private mutating func skipDigits() {
        while peek().isDigit { position += 1 }
    }

    /// `10m` is a number and a name in a row, which no rule of the grammar allows.
    private mutating func refuseLetter(_ start: Int) throws(Problem) {
        guard peek().isNameStart else { return }
        let number = String(decoding: source[start..<position], as: UTF8.self)
        let tail = name()
        throw Problem(
            range: start..<position, message: "`\(number)` is followed by `\(tail)`",
            hint: "a length of time stands in quotes: '\(number)\(tail)' in a window, "
                + "duration('\(number)\(tail)') elsewhere")
    }
}
