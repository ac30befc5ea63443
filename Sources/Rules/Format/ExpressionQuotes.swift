/// How an expression is written in YAML: plain where that is read as the same text wherever it
/// stands, else in double quotes, or in single ones when they spare it escapes.
enum ExpressionQuotes {
    /// The expression with the quotes that it needs; nil to leave it as it is: a block scalar, what
    /// holds control characters, and what other readers of YAML take for something else than text
    /// (`true`, `0.5`, `null`).
    static func written(_ scalar: DocumentNode.ScalarText, inFlow: Bool) -> [UInt8]? {
        let text = Array(scalar.value.utf8)
        guard scalar.style != .block, text.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
            !isTyped(scalar.value)
        else { return nil }
        if canBePlain(text, inFlow: inFlow) { return text }
        let double = UInt8(ascii: "\"")
        let single = UInt8(ascii: "'")
        guard text.contains(where: { $0 == double || $0 == UInt8(ascii: "\\") }) else {
            return [double] + text + [double]
        }
        return [single] + text.flatMap { $0 == single ? [single, single] : [$0] } + [single]
    }

    /// Whether a plain scalar would be a number, a truth value or nothing, in any version of YAML.
    private static func isTyped(_ text: String) -> Bool {
        let words: Set<String> = [
            "", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "=",
        ]
        if words.contains(text.lowercased()) { return true }
        let isNumber = text.utf8.allSatisfy { byte in
            let folded = byte | 0x20
            return (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
                || (folded >= UInt8(ascii: "a") && folded <= UInt8(ascii: "f"))
                || "+-._:xXoOtTzZ".utf8.contains(byte)
        }
        let first = text.utf8.first { !"+-.".utf8.contains($0) } ?? UInt8(ascii: "0")
        let isDigit = first >= UInt8(ascii: "0") && first <= UInt8(ascii: "9")
        return isNumber && isDigit || [".inf", ".nan"].contains { text.lowercased().hasSuffix($0) }
    }

    private static func canBePlain(_ text: [UInt8], inFlow: Bool) -> Bool {
        guard let first = text.first, let last = text.last, first != 0x20, last != 0x20,
            last != UInt8(ascii: ":"), !"?:,[]{}#&*!|>'\"%@`".utf8.contains(first),
            first != UInt8(ascii: "-") || (text.count > 1 && text[1] > 0x20),
            !inFlow || !text.contains(where: { ",[]{}?:".utf8.contains($0) })
        else { return false }
        return zip(text, text.dropFirst()).allSatisfy { left, right in
            !(left == UInt8(ascii: ":") && right == 0x20)
                && !(left == 0x20 && right == UInt8(ascii: "#"))
        }
    }
}
