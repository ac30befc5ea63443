extension BlockLayout {
    /// A key or a dash with all that belongs to it.
    struct Part {
        /// The key; nil for an item of a list.
        var name: String?
        var value: Piece
        /// Offset of the key or of the dash.
        var start: Int
        /// Its column.
        var column: Int
        /// Whether a blank line stands above it and its comments.
        var hasBlank: Bool
        /// Comments above it, and blank lines among them.
        var leading: [Row]
        /// Its lines.
        var body: Range<Int>

        var isItem: Bool { name == nil }

        /// Comments of the file itself rather than of its first key: those with a blank line below,
        /// and the line that tells editors the file's schema.
        mutating func takeHeader() -> [Row] {
            let end =
                leading.lastIndex { $0.kind == .blank }.map { $0 + 1 }
                ?? leading.prefix { $0.text.starts(with: "# yaml-language-server:".utf8) }.count
            let header = Array(leading[..<end])
            leading.removeFirst(end)
            return header
        }

        /// Puts keys in order. A blank line above what becomes the first goes above what was it.
        static func sort(_ parts: inout [Part], by vocabulary: Vocabulary) {
            let ranks = parts.enumerated().map { ($1.name.map(vocabulary.rank) ?? 0, $0) }
            let order = ranks.sorted { $0 < $1 }.map(\.1)
            if let first = order.first, first != 0, parts[first].hasBlank {
                parts[first].hasBlank = false
                parts[0].hasBlank = true
            }
            parts = order.map { [parts] in parts[$0] }
        }
    }

    /// The parts of a block collection; nil when it is written in an unusual way.
    func parts(of piece: Piece, _ region: Range<Int>, _ place: Place) -> [Part]? {
        guard let starts = starts(of: piece, region, place), let first = starts.first else {
            return nil
        }
        let map = text.lines
        let column = map.column(of: first)
        let numbers = starts.map(map.number(at:))
        var parts: [Part] = []
        var begin = region.lowerBound
        for (index, start) in starts.enumerated() {
            let head = numbers[index]
            let end = index + 1 < starts.count ? numbers[index + 1] : region.upperBound
            guard head >= begin, head < end, map.column(of: start) == column else { return nil }
            if index > 0 || place != .joined {
                guard (begin..<head).allSatisfy({ lines[$0].kind != .content }),
                    isFree(before: start)
                else { return nil }
            } else if head != begin {
                return nil
            }
            let value = value(index, of: piece)
            let body = head..<bodyEnd(of: value.piece, head..<end, column)
            var rows = leading(begin..<head)
            let hasBlank = rows.first?.kind == .blank
            if hasBlank { rows.removeFirst() }
            parts.append(
                Part(
                    name: value.name, value: value.piece, start: start, column: column,
                    hasBlank: hasBlank, leading: rows, body: body))
            begin = body.upperBound
        }
        return parts
    }

    private func value(_ index: Int, of piece: Piece) -> (name: String?, piece: Piece) {
        switch piece.content {
        case .sequence(let items): (nil, items[index])
        case .mapping(let pairs): (pairs[index].name, pairs[index].value)
        case .scalar, .elsewhere: (nil, piece)
        }
    }

    /// Whether nothing but blanks stands before an offset on its line.
    private func isFree(before start: Int) -> Bool {
        let line = lines[text.lines.number(at: start)]
        return !line.isInside
            && text.utf8[line.range.lowerBound..<start].allSatisfy { $0 == 0x20 }
    }

    /// Offsets of the keys or of the dashes.
    private func starts(of piece: Piece, _ region: Range<Int>, _ place: Place) -> [Int]? {
        switch piece.content {
        case .scalar, .elsewhere: return nil
        case .mapping(let pairs): return pairs.map(\.key.start)
        case .sequence(let items):
            let column = text.lines.column(of: piece.start)
            var found = [piece.start]
            for number in region where number > text.lines.number(at: piece.start) {
                let dash = lines[number].range.lowerBound + column
                guard dash < lines[number].range.upperBound, isFree(before: dash),
                    isDash(dash, lines[number])
                else { continue }
                found.append(dash)
            }
            return isDash(piece.start, lines[text.lines.number(at: piece.start)])
                && found.count == items.count ? found : nil
        }
    }

    private func isDash(_ offset: Int, _ line: LineMap.Line) -> Bool {
        let next = offset + 1
        return text.utf8[offset] == UInt8(ascii: "-")
            && (next >= line.range.upperBound || LineMap.isBlank(text.utf8[next]))
    }

    /// The end of a part: behind its last content, and behind comments that are indented like the
    /// parts of its value.
    private func bodyEnd(of value: Piece, _ region: Range<Int>, _ column: Int) -> Int {
        let last = region.last { lines[$0].kind == .content } ?? region.lowerBound
        var end = last + 1
        guard value.isBlock else { return end }
        let inner = max(text.lines.column(of: value.start), column + 1)
        for number in end..<region.upperBound {
            guard let comment = lines[number].comment else { continue }
            guard text.lines.column(of: comment) >= inner else { break }
            end = number + 1
        }
        return end
    }
}
