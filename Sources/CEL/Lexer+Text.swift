// 'a'  "a"  '''a'''  """a"""   with prefixes r (raw), b (bytes), br or rb, in either case.
// Escapes: \a \b \f \n \r \t \v \\ \? \" \' \` \xHH \XHH \ooo, in strings also \uHHHH \UHHHHHHHH.
// In a string \x and \ooo are code points, in bytes they are bytes.
extension Lexer {
    /// The string or bytes literal that begins here, or nil if none does.
    mutating func text() throws(Problem) -> Token? {
        let start = position
        var (isRaw, isBytes) = (false, false)
        var prefix = 0
        while prefix < 2 {
            let letter = peek(prefix) | 0x20
            if letter == UInt8(ascii: "r"), !isRaw {
                isRaw = true
            } else if letter == UInt8(ascii: "b"), !isBytes {
                isBytes = true
            } else {
                break
            }
            prefix += 1
        }
        let quote = peek(prefix)
        guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
        position += prefix
        let isTriple = peek(1) == quote && peek(2) == quote
        position += isTriple ? 3 : 1
        var bytes: [UInt8] = []
        while !closes(quote, isTriple) {
            let byte = peek()
            guard position < source.count, isTriple || (byte != 0x0A && byte != 0x0D) else {
                throw Problem(
                    range: start..<position, message: "a string does not end",
                    hint:
                        "it ends with the quote it began with, on the same line; in YAML ` #` begins a comment "
                        + "unless the whole expression stands in double quotes")
            }
            if byte == UInt8(ascii: "\\"), !isRaw {
                try escape(isBytes, &bytes)
            } else {
                bytes.append(byte)
                position += 1
            }
        }
        position += isTriple ? 3 : 1
        let kind: Token.Kind =
            isBytes ? .bytes(bytes) : .string(String(decoding: bytes, as: UTF8.self))
        return Token(kind, start..<position)
    }

    private func closes(_ quote: UInt8, _ isTriple: Bool) -> Bool {
        peek() == quote && (!isTriple || (peek(1) == quote && peek(2) == quote))
    }

    private mutating func escape(_ isBytes: Bool, _ bytes: inout [UInt8]) throws(Problem) {
        let start = position
        let letter = peek(1)
        position += position + 1 < source.count ? 2 : 1
        switch letter {
        case UInt8(ascii: "a"): bytes.append(0x07)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "v"): bytes.append(0x0B)
        case UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "\""), UInt8(ascii: "'"),
            UInt8(ascii: "`"):
            bytes.append(letter)
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            try codePoint(digits(2, radix: 16), start, isBytes, &bytes)
        case UInt8(ascii: "u") where !isBytes:
            try codePoint(digits(4, radix: 16), start, false, &bytes)
        case UInt8(ascii: "U") where !isBytes:
            try codePoint(digits(8, radix: 16), start, false, &bytes)
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
            position -= 1
            try codePoint(digits(3, radix: 8), start, isBytes, &bytes)
        default:
            try codePoint(nil, start, isBytes, &bytes)
        }
    }

    private mutating func digits(_ count: Int, radix: UInt32) -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = peek().hexValue, digit < radix, value < 1 << 28 else { return nil }
            value = value * radix + digit
            position += 1
        }
        return value
    }

    private mutating func codePoint(
        _ value: UInt32?, _ start: Int, _ isBytes: Bool, _ bytes: inout [UInt8]
    ) throws(Problem) {
        if isBytes, let value, value < 256 {
            bytes.append(UInt8(value))
        } else if !isBytes, let value, let scalar = Unicode.Scalar(value) {
            bytes += Array(String(Character(scalar)).utf8)
        } else {
            while position < source.count, peek() & 0xC0 == 0x80 { position += 1 }
            let text = String(decoding: source[start..<position], as: UTF8.self)
            throw Problem(
                range: start..<position, message: "`\(text)` is not an escape",
                hint: "write `\\\\` for a backslash, or r'…' for a string without escapes")
        }
    }
}
