/// Writes a collection in brackets or braces anew: keys in order, `{a: 1, b: [2, 3]}`.
///
/// Only what stands on one line, and between whose parts stands nothing but blanks and punctuation:
/// no comment, anchor, alias or `? `, no key without a value.
struct FlowText {
    private let utf8: [UInt8]
    /// How far it was read.
    private var index: Int
    private var isUsual = true

    /// What is written in place of what.
    struct Edit {
        let range: Range<Int>
        let text: [UInt8]
    }

    private init(_ utf8: [UInt8], _ start: Int) {
        self.utf8 = utf8
        index = start
    }

    /// The collection as it should be; nil to leave it as it is.
    static func edit(_ piece: Piece, _ utf8: [UInt8]) -> Edit? {
        var writer = FlowText(utf8, piece.start)
        let text = writer.write(piece)
        guard writer.isUsual else { return nil }
        return Edit(range: piece.start..<writer.index, text: text)
    }

    private mutating func write(_ piece: Piece) -> [UInt8] {
        skipBlanks()
        guard isUsual, index == piece.start else { return unusual() }
        switch piece.content {
        case .elsewhere: return unusual()
        case .scalar(let text): return write(text, of: piece)
        case .sequence(let items):
            take("[")
            let parts = items.enumerated().map { position, item in
                let part = write(item)
                takeComma(isLast: position == items.count - 1)
                return part
            }
            take("]")
            return Array("[".utf8) + parts.joined(separator: ", ".utf8) + "]".utf8
        case .mapping(let pairs):
            take("{")
            let parts = pairs.enumerated().map { position, pair in
                let key = write(pair.key)
                take(":")
                let value = write(pair.value)
                takeComma(isLast: position == pairs.count - 1)
                return (rank: piece.vocabulary?.rank(of: pair.name) ?? 0, key + ": ".utf8 + value)
            }
            take("}")
            // Swift's sort keeps the order of what is equal, though it does not promise to.
            let sorted = parts.enumerated().sorted {
                ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset)
            }
            return Array("{".utf8) + sorted.map(\.element.1).joined(separator: ", ".utf8)
                + "}".utf8
        }
    }

    private mutating func write(_ text: DocumentNode.ScalarText, of piece: Piece) -> [UInt8] {
        let written = Array(utf8[piece.start..<piece.end])
        guard piece.end > piece.start, text.style != .block, !written.contains(0x0A) else {
            return unusual()
        }
        index = piece.end
        let isExpression = piece.shape?.isExpression ?? false
        return (isExpression ? ExpressionQuotes.written(text, inFlow: true) : nil) ?? written
    }

    private mutating func take(_ sign: Unicode.Scalar) {
        skipBlanks()
        guard index < utf8.count, utf8[index] == UInt8(ascii: sign) else {
            isUsual = false
            return
        }
        index += 1
    }

    /// The comma behind a part; behind the last one it may stand and is left out.
    private mutating func takeComma(isLast: Bool) {
        skipBlanks()
        let isThere = index < utf8.count && utf8[index] == UInt8(ascii: ",")
        if isThere { index += 1 } else if !isLast { isUsual = false }
    }

    private mutating func skipBlanks() {
        while index < utf8.count, LineMap.isBlank(utf8[index]) { index += 1 }
    }

    private mutating func unusual() -> [UInt8] {
        isUsual = false
        return []
    }
}
