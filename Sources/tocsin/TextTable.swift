/// Rows of text in columns that stand below each other; numbers stand on the right.
struct TextTable {
    /// The side a column leans to.
    enum Alignment { case left, right }

    private let alignments: [Alignment]
    private let header: [String]
    private var rows: [[(text: String, style: Style)]] = []

    /// A table with these columns.
    init(_ columns: [(title: String, alignment: Alignment)]) {
        header = columns.map(\.title)
        alignments = columns.map(\.alignment)
    }

    /// Whether it has no rows.
    var isEmpty: Bool { rows.isEmpty }

    /// Adds a row; missing cells are empty.
    mutating func add(_ cells: [String], styles: [Int: Style] = [:]) {
        rows.append(cells.enumerated().map { ($1.printable, styles[$0] ?? .plain) })
    }

    /// The lines of the table, indented, its header dim.
    func lines(_ terminal: Terminal, indent: Int = 2) -> [String] {
        let widths = header.indices.map { column in
            max(
                header[column].count,
                rows.map { column < $0.count ? $0[column].text.count : 0 }.max() ?? 0)
        }
        let titles = header.map { (text: $0, style: Style.dim) }
        return ([titles] + rows).map { row in
            let cells = row.enumerated().map { column, cell in
                // Padding stays outside the style, and is left out at the end of a line.
                let padding = String(repeating: " ", count: widths[column] - cell.text.count)
                let text = terminal.styled(cell.text, cell.style)
                switch alignments[column] {
                case .left: return column == row.count - 1 ? text : text + padding
                case .right: return padding + text
                }
            }
            var line = String(repeating: " ", count: indent) + cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
