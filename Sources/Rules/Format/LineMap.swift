/// The lines of a text, and what YAML makes of each: where comments stand, and which lines belong to
/// scalars that span several.
struct LineMap {
    /// What a line is.
    enum Kind {
        case blank
        /// Nothing but a comment.
        case comment
        case content
    }

    /// A line, its end excluded.
    struct Line {
        var kind = Kind.blank
        var range: Range<Int>
        /// Offset of the `#` of its comment.
        var comment: Int?
        /// Whether it begins inside a scalar.
        var isInside = false
        /// Whether its end belongs to a scalar.
        var keepsEnd = false
    }

    /// What a scalar covers.
    private struct Span {
        let range: Range<Int>
        /// Whether these are the lines of a block scalar, whole.
        var isBlock = false
    }

    /// Counted from 0; what follows the last line break is no line when it is empty.
    private(set) var lines: [Line] = []
    private let utf8: [UInt8]
    let source: SourceText
    /// Ascending.
    private let spans: [Span]

    init(_ source: SourceText, _ root: Piece) {
        self.source = source
        utf8 = source.utf8
        var spans: [Span] = []
        LineMap.collect(root, source, &spans)
        self.spans = spans.sorted { $0.range.lowerBound < $1.range.lowerBound }
        var number = 1
        var start = 0
        while start < utf8.count {
            let end = source.contentEnd(line: number)
            lines.append(line(start..<end))
            number += 1
            start = end + 1
        }
    }

    /// Where scalars stand, the content of block scalars with all of its lines.
    private static func collect(_ piece: Piece, _ source: SourceText, _ spans: inout [Span]) {
        switch piece.content {
        case .elsewhere: break
        case .sequence(let items): for item in items { collect(item, source, &spans) }
        case .mapping(let pairs):
            for pair in pairs {
                collect(pair.key, source, &spans)
                collect(pair.value, source, &spans)
            }
        case .scalar(let text):
            guard text.style == .block else {
                if piece.end > piece.start { spans.append(Span(range: piece.start..<piece.end)) }
                return
            }
            let block = BlockScalar(text, start: piece.start, source)
            spans.append(Span(range: piece.start..<block.headerEnd))
            if let content = block.content(source) {
                spans.append(Span(range: content, isBlock: true))
            }
        }
    }

    private func line(_ range: Range<Int>) -> Line {
        var line = Line(range: range)
        var next = firstSpan(endingBehind: range.lowerBound)
        if next < spans.count, spans[next].range.contains(range.lowerBound) {
            line.kind = .content
            line.isInside =
                spans[next].isBlock || spans[next].range.lowerBound < range.lowerBound
        }
        var index = range.lowerBound
        while index < range.upperBound {
            while next < spans.count, spans[next].range.upperBound <= index { next += 1 }
            if next < spans.count, spans[next].range.contains(index) {
                line.kind = .content
                index = spans[next].range.upperBound
                continue
            }
            let byte = utf8[index]
            let isFree = index == range.lowerBound || LineMap.isBlank(utf8[index - 1])
            if byte == UInt8(ascii: "#"), isFree {
                line.comment = index
                if line.kind == .blank { line.kind = .comment }
                break
            }
            if !LineMap.isBlank(byte) { line.kind = .content }
            index += 1
        }
        line.keepsEnd = isInScalar(range.upperBound)
        return line
    }

    private func firstSpan(endingBehind offset: Int) -> Int {
        var low = 0
        var high = spans.count
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].range.upperBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether a scalar covers an offset.
    func isInScalar(_ offset: Int) -> Bool {
        let next = firstSpan(endingBehind: offset)
        return next < spans.count && spans[next].range.contains(offset)
    }

    /// Whether a comment covers an offset.
    func isInComment(_ offset: Int) -> Bool {
        guard lines.indices.contains(number(at: offset)) else { return false }
        return lines[number(at: offset)].comment.map { offset >= $0 } ?? false
    }

    /// Number of the line, from 0, that holds an offset.
    func number(at offset: Int) -> Int { source.lineNumber(at: offset) - 1 }

    /// How far an offset lies from the beginning of its line.
    func column(of offset: Int) -> Int { offset - source.start(line: number(at: offset) + 1) }

    /// All comments, without the blanks behind them.
    var comments: [[UInt8]] {
        lines.compactMap { line in
            line.comment.map { LineMap.trimmed(utf8[$0..<line.range.upperBound]) }
        }
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Bytes without the blanks behind them.
    static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var bytes = bytes
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return Array(bytes)
    }

    /// The text with LF for each CR LF and CR.
    static func plainBreaks(_ utf8: [UInt8]) -> [UInt8] {
        guard utf8.contains(0x0D) else { return utf8 }
        var result: [UInt8] = []
        for index in utf8.indices {
            if utf8[index] != 0x0D {
                result.append(utf8[index])
            } else if index + 1 == utf8.count || utf8[index + 1] != 0x0A {
                result.append(0x0A)
            }
        }
        return result
    }

    /// The first of the line breaks NEL, LS and PS.
    static func foreignBreak(in utf8: [UInt8]) -> Range<Int>? {
        for index in utf8.indices.dropLast() where utf8[index] == 0xC2 || utf8[index] == 0xE2 {
            if utf8[index...].starts(with: [0xC2, 0x85]) { return index..<index + 2 }
            if utf8[index...].starts(with: [0xE2, 0x80, 0xA8])
                || utf8[index...].starts(with: [0xE2, 0x80, 0xA9])
            {
                return index..<index + 3
            }
        }
        return nil
    }
}
