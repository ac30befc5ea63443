/// The second stage of formatting: keys in the order of their vocabulary, and indentation by two.
/// Lines move whole, in groups:
///
///     # about the rule          leading lines of an item: they go where it goes
///     - rule: high              its head, which the first key shares
///       # about the condition   leading lines of a key
///       when: a > 1.0           its body, up to the next key's leading lines
///       # severity: minor       the tail of the mapping: stays at its end
///
/// A comment belongs to what stands below it, unless it is indented like the parts of what stands
/// above it. A mapping with an anchor or an alias in it keeps its order, and what is written in a
/// way that is not understood is shifted as a whole.
struct BlockLayout {
    let text: Pieces
    var lines: [LineMap.Line] { text.lines.lines }

    init(_ text: Pieces) { self.text = text }

    /// A line of the result.
    struct Row {
        var kind: LineMap.Kind
        var text: [UInt8]

        static let blank = Row(kind: .blank, text: [])
    }

    /// The text after all moves, with one line break at its end.
    func run() -> [UInt8] {
        let whole = lines.indices
        let first = text.lines.number(at: text.root.start)
        // Directives and `---` above, `...` below.
        let begin = whole.prefix(first).last { lines[$0].kind == .content }.map { $0 + 1 } ?? 0
        let end = whole.dropFirst(begin).first(where: isEndMark) ?? whole.upperBound
        var rows = verbatim(0..<begin, by: 0)
        rows += blocks(text.root, begin..<end, column: 0, place: .root)
        rows += verbatim(end..<whole.upperBound, by: 0)
        while rows.last?.kind == .blank { rows.removeLast() }
        if rows.first?.kind == .blank { rows.removeFirst() }
        return Array(rows.map(\.text).joined(separator: [0x0A])) + [0x0A]
    }

    private func isEndMark(_ number: Int) -> Bool {
        !lines[number].isInside && text.utf8[lines[number].range].starts(with: "...".utf8)
    }

    /// Where a collection begins.
    enum Place {
        case root
        /// On lines of its own.
        case below
        /// On the line of a dash.
        case joined
    }

    /// The lines of a collection and of what leads to it, its parts beginning in a column.
    func blocks(_ piece: Piece, _ region: Range<Int>, column: Int, place: Place) -> [Row] {
        guard piece.isBlock, var parts = parts(of: piece, region, place) else {
            return verbatim(region, by: place == .root ? 0 : column - indent(of: region))
        }
        parts[0].hasBlank = false
        var rows = place == .root ? parts[0].takeHeader() : []
        if let vocabulary = piece.vocabulary, !text.hasMark(in: region) {
            Part.sort(&parts, by: vocabulary)
        }
        for part in parts {
            if part.hasBlank, !rows.isEmpty { rows.append(.blank) }
            rows += part.leading.map { $0.kind == .blank ? $0 : $0.indented(by: column) }
            rows += body(of: part, column: column)
        }
        let last = parts.map(\.body.upperBound).max() ?? region.upperBound
        return rows
            + leading(last..<region.upperBound).map {
                $0.kind == .blank ? $0 : $0.indented(by: column)
            }
    }

    /// How far the first line with content is indented; an anchor may stand before its key.
    private func indent(of region: Range<Int>) -> Int {
        guard let first = region.first(where: { lines[$0].kind == .content }) else { return 0 }
        return text.utf8[lines[first].range].prefix { $0 == 0x20 }.count
    }

    private func body(of part: Part, column: Int) -> [Row] {
        let inner = part.body.dropFirst()
        guard part.value.isBlock else { return single(part, column: column) }
        let child = text.lines.number(at: part.value.start)
        guard child == part.body.lowerBound else {
            return [head(part, column: column)]
                + blocks(part.value, inner, column: column + 2, place: .below)
        }
        // The first line of the child stands behind the dash.
        guard text.utf8[part.start + 1..<part.value.start].allSatisfy({ $0 == 0x20 }),
            parts(of: part.value, part.body, .joined) != nil
        else {
            return verbatim(part.body, by: column - part.column)
        }
        var rows = blocks(part.value, part.body, column: column + 2, place: .joined)
        guard let first = rows.firstIndex(where: { $0.kind == .content }) else { return rows }
        rows[first].text[column] = UInt8(ascii: "-")
        let above = rows[..<first].filter { $0.kind == .comment }.map { $0.indented(by: column) }
        return above + rows[first...]
    }

    /// The line of a key, or of a dash that stands alone.
    private func head(_ part: Part, column: Int) -> Row {
        let line = lines[part.body.lowerBound]
        return content(line, from: part.start, behind: [UInt8](repeating: 0x20, count: column))
    }

    /// A part whose value is no block: its lines keep their distances.
    private func single(_ part: Part, column: Int) -> [Row] {
        let number = part.body.lowerBound
        let line = lines[number]
        var rows: [Row] = []
        var shift = column - part.column
        if part.isItem, let inner = firstByte(behind: part.start, line) {
            let prefix = [UInt8](repeating: 0x20, count: column) + "- ".utf8
            rows.append(content(line, from: inner, behind: prefix))
            shift = column + 2 - text.lines.column(of: inner)
        } else {
            rows.append(head(part, column: column))
        }
        guard case .scalar(let scalar) = part.value.content, scalar.style == .block else {
            let least = part.value.isFlow ? 0 : column + 1
            return rows + verbatim(number + 1..<part.body.upperBound, by: shift, least: least)
        }
        let block = BlockScalar(scalar, start: part.value.start, text.lines.source)
        if part.isItem { shift = column - part.column }
        if !block.isExplicit, block.indent > 0 { shift = column + 2 - block.indent }
        return rows + verbatim(number + 1..<part.body.upperBound, by: shift, beyond: block.indent)
    }

    private func firstByte(behind dash: Int, _ line: LineMap.Line) -> Int? {
        text.utf8[dash + 1..<(line.comment ?? line.range.upperBound)]
            .firstIndex { !LineMap.isBlank($0) }
    }
}

extension BlockLayout.Row {
    /// The row with so many blanks before it.
    func indented(by column: Int) -> BlockLayout.Row {
        BlockLayout.Row(
            kind: kind,
            text: [UInt8](repeating: 0x20, count: column) + text.drop(while: LineMap.isBlank))
    }
}
