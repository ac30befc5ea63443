extension BlockLayout {
    /// Comments and single blank lines of a region that has nothing else; none of it is indented.
    func leading(_ region: Range<Int>) -> [Row] {
        var rows: [Row] = []
        for number in region {
            let line = lines[number]
            if let comment = line.comment {
                let bytes = LineMap.trimmed(text.utf8[comment..<line.range.upperBound])
                rows.append(Row(kind: .comment, text: bytes))
            } else if rows.last?.kind != .blank {
                rows.append(.blank)
            }
        }
        if rows.last?.kind == .blank, region.upperBound == lines.count { rows.removeLast() }
        return rows
    }

    /// A line of content from an offset on, behind new bytes, with its comment where it was.
    func content(_ line: LineMap.Line, from start: Int, behind prefix: [UInt8]) -> Row {
        let utf8 = text.utf8
        guard let comment = line.comment else {
            let rest = utf8[start..<line.range.upperBound]
            return Row(
                kind: .content, text: prefix + (line.keepsEnd ? Array(rest) : LineMap.trimmed(rest))
            )
        }
        let trailing = TrailingComment(text, line, comment)
        return Row(kind: .content, text: trailing.behind(prefix + utf8[start..<comment]))
    }

    /// Lines shifted as they are, to no less than a column. In a block scalar, whose content begins
    /// behind `beyond` blanks, what is blank up to there is empty.
    func verbatim(_ region: Range<Int>, by shift: Int, least: Int = 0, beyond: Int = 0) -> [Row] {
        region.map { number in
            let line = lines[number]
            let bytes = text.utf8[line.range]
            let blanks = bytes.prefix { $0 == 0x20 }
            if blanks.count == bytes.count, !line.keepsEnd || bytes.count <= beyond {
                return line.isInside ? Row(kind: .content, text: []) : .blank
            }
            let indent = shift == 0 ? blanks.count : max(least, blanks.count + shift)
            let prefix = [UInt8](repeating: 0x20, count: max(0, indent))
            if line.kind == .comment {
                return Row(
                    kind: .comment, text: prefix + LineMap.trimmed(bytes[blanks.endIndex...]))
            }
            return content(line, from: blanks.endIndex, behind: prefix)
        }
    }
}
