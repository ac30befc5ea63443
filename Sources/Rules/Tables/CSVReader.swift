/// Reads RFC 4180: cells between commas, in double quotes where they hold a comma, a quote (doubled)
/// or a line break; LF or CR LF ends a row. Blank lines are skipped, blanks around an unquoted cell
/// do not count.
///
/// It hands out cells with their places, because what is wrong with a table is told at the cell.
/// Source: <https://www.rfc-editor.org/rfc/rfc4180>.
struct CSVReader {
    /// What stands between two commas.
    struct Cell {
        /// The content, quotes resolved.
        var text: String
        /// Where it stands, quotes included.
        var range: Range<Int>
        /// Whether it stands in quotes: then it is text even when it is empty.
        var isQuoted: Bool
    }

    private let bytes: [UInt8]
    private var position = 0
    /// Whether a quote was not closed: what follows it cannot be told apart.
    private var isLost = false
    private let report: Report

    /// A reader of a file's text; what it cannot read is told.
    init(_ report: Report) {
        bytes = report.source.utf8
        self.report = report
    }

    /// The next row that is not blank; nil at the end, and where a quote is not closed.
    mutating func row() -> [Cell]? {
        while position < bytes.count {
            let start = position
            var cells: [Cell] = []
            repeat { cells.append(cell()) } while take(UInt8(ascii: ","))
            endLine()
            if isLost { return nil }
            let isBlank = cells.count == 1 && cells[0].text.isEmpty && !cells[0].isQuoted
            if !isBlank { return cells }
            precondition(position > start, "a line is at least its end")
        }
        return nil
    }

    private mutating func cell() -> Cell {
        skipBlanks()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            return plainCell()
        }
        let start = position
        position += 1
        var content: [UInt8] = []
        while true {
            guard position < bytes.count else {
                report.error(
                    "a quote is not closed", at: start..<start + 1,
                    hint: "a quote inside a quoted cell is written twice")
                isLost = true
                break
            }
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard take(UInt8(ascii: "\"")) else { break }
            }
            content.append(byte)
        }
        let range = start..<position
        skipBlanks()
        if !isAtEnd {
            report.error(
                "text follows the closing quote", at: position..<position + 1,
                hint: "a quote inside a quoted cell is written twice; cells end at a comma")
            while !isAtEnd { position += 1 }
        }
        return Cell(
            text: String(decoding: content, as: UTF8.self), range: range, isQuoted: true)
    }

    private mutating func plainCell() -> Cell {
        let start = position
        while !isAtEnd { position += 1 }
        var end = position
        while end > start, CSVReader.isBlank(bytes[end - 1]) { end -= 1 }
        let text = String(decoding: bytes[start..<end], as: UTF8.self)
        return Cell(text: text, range: start..<end, isQuoted: false)
    }

    /// Whether a comma, the end of the line or the end of the file is next.
    private var isAtEnd: Bool {
        guard position < bytes.count else { return true }
        return [UInt8(ascii: ","), 10, 13].contains(bytes[position])
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 9 }

    private mutating func skipBlanks() {
        while position < bytes.count, CSVReader.isBlank(bytes[position]) { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func endLine() {
        _ = take(13)
        _ = take(10)
    }
}
