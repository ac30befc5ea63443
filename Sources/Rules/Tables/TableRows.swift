import CEL
import Events
import Expressions

/// The lines of a table below its header, as typed values.
struct TableRows {
    private let report: Report
    private let columns: [Table.Column?]
    private let key: Int

    /// Rows with a value for each of `columns`; a column that is nil cannot be used, and what stands
    /// in it is not looked at. `key` is the index of the column whose values must be there and differ.
    init(_ report: Report, columns: [Table.Column?], key: Int) {
        self.report = report
        self.columns = columns
        self.key = key
    }

    /// All rows that are whole; what is wrong with the others is told.
    func read(_ reader: inout CSVReader) -> [[Value]] {
        var rows: [[Value]] = []
        var lines: [Value: Int] = [:]
        while let cells = reader.row() {
            guard rows.count < Table.rowLimit else {
                report.error("a table has at most \(Table.rowLimit) rows", at: cells[0].range)
                return rows
            }
            guard let row = row(cells) else { continue }
            let found = row[key]
            if found == .unknown {
                report.error(
                    "the row has no key", at: cells[key].range,
                    hint: "`\(columns[key]?.name ?? "")` finds the row: it must have a value")
                continue
            }
            let line = report.source.lineNumber(at: cells[0].range.lowerBound)
            if let first = lines[found] {
                report.error(
                    "`\(found)` has a row already", at: cells[key].range,
                    hint: "the first is in line \(first)")
                continue
            }
            lines[found] = line
            rows.append(row)
        }
        if rows.isEmpty, !report.hasErrors {
            report.warning("the table has no rows", at: 0..<0)
        }
        return rows
    }

    private func row(_ cells: [CSVReader.Cell]) -> [Value]? {
        guard cells.count == columns.count else {
            let place =
                cells.count > columns.count
                ? cells[columns.count].range : cells[cells.count - 1].range
            report.error(
                "the row has \(cells.count) cells and the header \(columns.count)", at: place,
                hint: cells.count > columns.count
                    ? "a cell that has a comma stands in quotes; decimals have a point" : nil)
            return nil
        }
        var values: [Value] = []
        for (cell, column) in zip(cells, columns) {
            guard let column else {
                values.append(.unknown)
                continue
            }
            guard let value = value(cell, column) else { return nil }
            values.append(value)
        }
        return values
    }

    /// What a cell says; nothing in it is UNKNOWN.
    private func value(_ cell: CSVReader.Cell, _ column: Table.Column) -> Value? {
        if cell.text.isEmpty, !cell.isQuoted || column.type != .string { return .unknown }
        guard cell.text.utf8.count <= Limits.textBytes else {
            report.error("a cell has at most \(Limits.textBytes) bytes", at: cell.range)
            return nil
        }
        let value: Value? =
            switch column.type {
            case .string: .string(cell.text)
            case .int: Int64(cell.text).map(Value.int)
            case .double: Double(decimal: cell.text).map(Value.double)
            case .bool: ["true": Value.bool(true), "false": .bool(false)][cell.text]
            case .timestamp: TimeLiteral.timestamp(cell.text).map(Value.timestamp)
            case .duration, .row: nil
            }
        if value == nil {
            report.error(
                "`\(cell.text)` is not \(column.type.phrase), which `\(column.name)` is",
                at: cell.range, hint: hint(cell.text, column))
        }
        return value
    }

    private func hint(_ text: String, _ column: Table.Column) -> String? {
        if columns[key]?.name == column.name {
            return "the key may be a string: `\(column.name):string`"
        }
        return switch column.type {
        case .double where text.contains(","), .int where text.contains(","):
            "decimals have a point, and thousands no mark"
        case .int where Double(text) != nil:
            "an int is whole; `double` in the header takes any number"
        case .double, .int:
            text.utf8.first.map { $0 > UInt8(ascii: "9") } == true
                ? "leave the cell empty where nothing is known"
                : "write the number alone; its unit stands in the header"
        case .bool: "write `true` or `false`"
        case .timestamp: "write it like 2026-01-31T06:00:00Z"
        case .string, .duration, .row: nil
        }
    }
}
