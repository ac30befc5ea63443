/// The text of one file, and the way from offsets in it to lines and columns.
///
/// Offsets count bytes of UTF-8. Lines end where YAML says they end: at LF, CR LF, CR, NEL, LS and
/// PS. Columns that people see count characters from 1; libyaml's count scalars from 1.
package struct SourceText: Sendable {
    /// The path as shown.
    package let path: String
    /// The text without a byte order mark.
    package let utf8: [UInt8]
    /// Offset of the first byte of each line.
    private let lineStarts: [Int]
    /// Offset of the break that ends each line.
    private let contentEnds: [Int]

    /// A place in the text for people.
    struct Place {
        /// From 1.
        var line: Int
        /// In characters, from 1.
        var column: Int
        /// The line without its end.
        var text: String
        /// How many characters of this line the range covers, at least 1.
        var length: Int
    }

    /// A text; linear in its length.
    init(path: String, utf8: [UInt8]) {
        self.path = path
        self.utf8 = utf8
        var starts = [0]
        var ends: [Int] = []
        var index = 0
        while index < utf8.count {
            let length = SourceText.breakLength(utf8, index)
            if length > 0 {
                ends.append(index)
                starts.append(index + length)
            }
            index += max(1, length)
        }
        lineStarts = starts
        contentEnds = ends + [utf8.count]
    }

    /// Bytes of the line break that begins at an offset, 0 when none does.
    private static func breakLength(_ utf8: [UInt8], _ index: Int) -> Int {
        guard index < utf8.count else { return 0 }
        let second = index + 1 < utf8.count ? utf8[index + 1] : 0
        switch utf8[index] {
        case 0x0A: return 1
        case 0x0D: return second == 0x0A ? 2 : 1
        case 0xC2: return second == 0x85 ? 2 : 0
        case 0xE2:
            let third = index + 2 < utf8.count ? utf8[index + 2] : 0
            return second == 0x80 && (third == 0xA8 || third == 0xA9) ? 3 : 0
        default: return 0
        }
    }

    /// Offset of a place that libyaml names: line and column from 1, the column in scalars.
    func offset(line: Int, scalarColumn: Int) -> Int {
        let line = min(max(line, 1), lineStarts.count)
        var index = lineStarts[line - 1]
        let end = contentEnd(line: line)
        for _ in 1..<max(scalarColumn, 1) where index < end {
            index += 1
            while index < end, utf8[index] & 0xC0 == 0x80 { index += 1 }
        }
        return index
    }

    /// Where a range begins, for people.
    func place(of range: Range<Int>) -> Place {
        let start = min(max(range.lowerBound, 0), utf8.count)
        let line = lineNumber(at: start)
        let lineStart = lineStarts[line - 1]
        let end = max(contentEnd(line: line), start)
        let covered = start..<min(max(range.upperBound, start), end)
        return Place(
            line: line, column: characters(lineStart..<start) + 1,
            text: String(decoding: utf8[lineStart..<end], as: UTF8.self),
            length: max(1, characters(covered)))
    }

    /// The range as text.
    func text(_ range: Range<Int>) -> String {
        String(decoding: utf8[range.clamped(to: 0..<utf8.count)], as: UTF8.self)
    }

    /// Number of the line, from 1, that holds an offset; logarithmic in the number of lines.
    func lineNumber(at offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// Offset of the first byte of a line, counted from 1.
    func start(line: Int) -> Int { lineStarts[min(max(line, 1), lineStarts.count) - 1] }

    /// Offset behind the last byte of a line, its break excluded.
    func contentEnd(line: Int) -> Int {
        contentEnds[min(max(line, 1), contentEnds.count) - 1]
    }

    private func characters(_ range: Range<Int>) -> Int {
        String(decoding: utf8[range], as: UTF8.self).count
    }
}
