/// The lines of a scalar behind `|` or `>`.
struct BlockScalar {
    /// Offset behind the indicators.
    let headerEnd: Int
    /// Lines of its content, counted from 0.
    let lines: Range<Int>
    /// How far its content is indented, as its first line says.
    let indent: Int
    /// Whether a digit says that instead.
    let isExplicit: Bool

    init(_ text: DocumentNode.ScalarText, start: Int, _ source: SourceText) {
        let utf8 = source.utf8
        let header = utf8[start...].prefix { "|>+-0123456789".utf8.contains($0) }
        headerEnd = header.endIndex
        isExplicit = header.contains { (0x31...0x39).contains($0) }
        let first = source.lineNumber(at: start)
        let value = Array(text.value.utf8)
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x0A || LineMap.isBlank(byte) }
        // From 1, as the line of the header.
        var last = first
        if value.contains(where: { !isSpace($0) }),
            let end = ScalarExtent(utf8, start: start, text: text).offsets?.last
        {
            last = source.lineNumber(at: end - 1)
        }
        let tail = value.reversed().prefix(while: isSpace)
        if header.contains(UInt8(ascii: "+")) || tail.contains(where: LineMap.isBlank) {
            last += max(0, tail.count { $0 == 0x0A } - (last > first ? 1 : 0))
        }
        let count = source.lineNumber(at: utf8.count) - (utf8.last == 0x0A ? 1 : 0)
        lines = first..<max(first, min(last, count))
        indent =
            lines.lazy.compactMap { number -> Int? in
                let start = source.start(line: number + 1)
                let content = utf8[start..<source.contentEnd(line: number + 1)]
                    .firstIndex { $0 != 0x20 }
                return content.map { $0 - start }
            }.first ?? 0
    }

    /// What the content covers, from the beginning of its first line to behind its last break.
    func content(_ source: SourceText) -> Range<Int>? {
        guard let last = lines.last else { return nil }
        let start = source.start(line: lines.lowerBound + 1)
        return start..<source.contentEnd(line: last + 1) + 1
    }
}
