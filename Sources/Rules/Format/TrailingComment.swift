/// A comment behind something, which keeps its column when what stands before it changes.
struct TrailingComment {
    private let text: [UInt8]
    /// In characters from the beginning of the line.
    private let column: Int
    /// Blanks before it.
    private let gap: Int
    /// Whether its column is meant, not its distance.
    private let isAligned: Bool

    /// The comment of a line, which begins at an offset.
    init(_ pieces: Pieces, _ line: LineMap.Line, _ comment: Int) {
        let code = pieces.utf8[line.range.lowerBound..<comment]
        text = LineMap.trimmed(pieces.utf8[comment..<line.range.upperBound])
        column = TrailingComment.width(code)
        gap = code.count - LineMap.trimmed(code).count
        isAligned = gap > 2 || (gap == 2 && pieces.commentColumns.contains(column))
    }

    /// The comment behind other code: in its column if there is room, two blanks behind the code if
    /// not. One that is aligned with nothing keeps its distance.
    func behind(_ code: [UInt8]) -> [UInt8] {
        let code = LineMap.trimmed(code[...])
        let blanks = isAligned ? max(2, column - TrailingComment.width(code[...])) : gap
        return code + [UInt8](repeating: 0x20, count: blanks) + text
    }

    /// The columns in which several comments of a text stand behind something.
    static func columns(_ utf8: [UInt8], _ lines: LineMap) -> Set<Int> {
        var counts: [Int: Int] = [:]
        for line in lines.lines where line.kind == .content {
            guard let comment = line.comment else { continue }
            counts[width(utf8[line.range.lowerBound..<comment]), default: 0] += 1
        }
        return Set(counts.filter { $0.value > 1 }.keys)
    }

    private static func width(_ bytes: ArraySlice<UInt8>) -> Int {
        String(decoding: bytes, as: UTF8.self).count
    }
}
