import CEL
import Events
import Expressions

/// Reads one entry of `tables:`, and the CSV file it names.
///
/// Types come from the file's header (`major:double:m`: name, type, unit) or from `columns:`; a
/// column that neither types is text. What is wrong is told where it stands: in the rule file, or in
/// the table at its line and column.
struct TableLoader {
    static let vocabulary = Vocabulary(
        "a table",
        [
            .required(
                "csv", .text,
                "The file, relative to this one: a header `name:type:unit,…`, then a line for each row."
            ),
            .required("key", .text, "The column that finds a row: a string, an int or a bool."),
            .optional(
                "columns",
                .mapping(
                    of: .either([.words(FieldLoader.types), .section(columnVocabulary)])),
                "Types of columns that the file's header does not type; default string."),
        ])
    static let columnVocabulary = Vocabulary(
        "a column",
        [
            .required("type", .words(FieldLoader.types), "Type of its values."),
            .optional("unit", .text, "Unit of its numbers, compared with that of fields."),
        ])

    /// Reads a file that a rule file names, by its path.
    typealias ReadFile = (String) -> RuleSet.FileContent

    private let name: String
    private let section: Section
    private let read: ReadFile

    init(name: String, section: Section, read: @escaping ReadFile) {
        self.name = name
        self.section = section
        self.read = read
    }

    /// The table, and the report about its file if there was one to read; no table when anything is
    /// wrong with it. `digest` is SHA-256.
    func load(_ digest: ([UInt8]) -> [UInt8]) -> (table: Table?, report: Report?) {
        let declared = section["columns"].map(columns) ?? [:]
        let key = section.required("key", hint: "`key:` names the column that finds a row")?.text()
        guard
            let csv = section.required("csv", hint: "`csv: tables/gauges.csv`"),
            let path = csv.text()
        else { return (nil, nil) }
        let place = TableLoader.resolved(path, beside: section.report.source.path)
        switch read(place) {
        case .problem(let sentence):
            csv.fail(
                sentence, hint: path.contains("\\") ? "folders are divided by `/`" : nil)
            return (nil, nil)
        case .bytes(let bytes):
            guard String(validating: bytes, as: UTF8.self) != nil else {
                csv.fail(
                    "\(place) is not UTF-8, first in its line \(TableLoader.brokenLine(bytes))",
                    hint: "save it as UTF-8")
                return (nil, nil)
            }
            let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
            let text = bytes.starts(with: mark) ? Array(bytes.dropFirst(3)) : bytes
            let report = Report(about: SourceText(path: place, utf8: text))
            let before = section.report.errorCount
            let table = table(
                report, key: key, declared: declared,
                version: digest(bytes).prefix(8).map(RuleDecision.hexadecimal).joined())
            let isGood = before == section.report.errorCount && !report.hasErrors
            return (isGood ? table : nil, report)
        }
    }

    /// The first line, from 1, that is not UTF-8.
    private static func brokenLine(_ bytes: [UInt8]) -> Int {
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        let broken = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
        return (broken ?? 0) + 1
    }

    /// The path of a file named in a rule file, which counts from the rule file's folder.
    private static func resolved(_ path: String, beside file: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }

    /// `columns:`, `name: type` or `name: {type, unit}`.
    private func columns(_ cursor: Cursor) -> [String: (column: Table.Column, place: Cursor)] {
        var columns: [String: (column: Table.Column, place: Cursor)] = [:]
        for (key, value) in cursor.entries(of: "columns") ?? [] {
            guard let name = key.text() else { continue }
            var type = value
            var unit: String?
            if value.isMapping {
                guard
                    let part = value.section(TableLoader.columnVocabulary, owner: key.range),
                    let inner = part.required("type")
                else { continue }
                unit = part["unit"]?.text()
                type = inner
            }
            guard let word = type.word(of: FieldLoader.types),
                let known = FieldType(rawValue: word)
            else { continue }
            let column = Table.Column(name: name, type: known.valueType, unit: unit)
            columns[name] = (column, key)
        }
        return columns
    }

    private func table(
        _ report: Report, key: String?,
        declared: [String: (column: Table.Column, place: Cursor)], version: String
    ) -> Table? {
        var reader = CSVReader(report)
        guard let header = reader.row() else {
            report.error(
                "the table is empty", at: 0..<0,
                hint: "its first line names the columns: `station:string,major:double:m`")
            return nil
        }
        let columns = TableHeader(report, declared: declared).columns(header)
        for (name, entry) in declared.sorted(by: { $0.key < $1.key })
        where !columns.contains(where: { $0?.name == name }) {
            entry.place.fail("\(report.source.path) has no column `\(name)`")
        }
        let known = columns.compactMap { $0 }
        guard let key else { return nil }
        guard let keyIndex = columns.firstIndex(where: { $0?.name == key }) else {
            if known.count == columns.count {
                section["key"]?.fail(
                    "\(report.source.path) has no column `\(key)`",
                    hint: Spelling.hint(for: key, among: known.map(\.name)))
            }
            return nil
        }
        if let column = columns[keyIndex], ![.string, .int, .bool].contains(column.type) {
            section["key"]?.fail(
                "the key `\(key)` is \(column.type.phrase)",
                hint: "a row is found by a string, an int or a bool")
            return nil
        }
        let rows = TableRows(report, columns: columns, key: keyIndex).read(&reader)
        guard known.count == columns.count else { return nil }
        return Table(name: name, version: version, key: keyIndex, columns: known, rows: rows)
    }
}

/// The first line of a table: `name`, `name:type` or `name:type:unit`.
private struct TableHeader {
    private let report: Report
    private let declared: [String: (column: Table.Column, place: Cursor)]

    init(_ report: Report, declared: [String: (column: Table.Column, place: Cursor)]) {
        self.report = report
        self.declared = declared
    }

    /// A column for each cell; nil where what it says cannot be used.
    func columns(_ cells: [CSVReader.Cell]) -> [Table.Column?] {
        var columns: [Table.Column?] = []
        guard cells.count <= Table.columnLimit else {
            report.error(
                "a table has at most \(Table.columnLimit) columns",
                at: cells[Table.columnLimit].range)
            return cells.map { _ in nil }
        }
        for cell in cells {
            let column = self.column(cell)
            if let column, columns.contains(where: { $0?.name == column.name }) {
                report.error("column `\(column.name)` stands twice", at: cell.range)
                columns.append(nil)
            } else {
                columns.append(column)
            }
        }
        return columns
    }

    private func column(_ cell: CSVReader.Cell) -> Table.Column? {
        guard !cell.text.contains(where: { ";\t|".contains($0) }) else {
            return fail(
                cell, "`\(cell.text)` is not a column", hint: "cells are separated by commas")
        }
        let parts = cell.text.split(separator: ":", omittingEmptySubsequences: false).map(trimmed)
        guard let name = parts.first, !name.isEmpty else {
            return fail(cell, "a column has no name", hint: "write `name:type`")
        }
        guard FieldLoader.isIdentifier(name) else {
            return fail(
                cell, "`\(name)` is not a name",
                hint: "names in expressions have letters, digits and `_`, and begin with no digit")
        }
        guard parts.count <= 3 else {
            return fail(cell, "`\(cell.text)` has too many colons", hint: "write `name:type:unit`")
        }
        var type = declared[name]?.column.type ?? .string
        if parts.count > 1 {
            guard let written = FieldType(rawValue: parts[1]) else {
                return fail(
                    cell, "a column cannot be a `\(parts[1])`",
                    hint: Spelling.hint(for: parts[1], among: FieldLoader.types))
            }
            if let other = declared[name]?.column.type, other != written.valueType {
                return fail(
                    cell,
                    "`\(name)` is \(written.valueType.phrase) here and \(other.phrase) in "
                        + "the rule file")
            }
            type = written.valueType
        }
        let unit = parts.count > 2 && !parts[2].isEmpty ? parts[2] : declared[name]?.column.unit
        guard unit == nil || type == .int || type == .double else {
            return fail(cell, "only numbers have a unit, and `\(name)` is \(type.phrase)")
        }
        return Table.Column(name: name, type: type, unit: unit)
    }

    private func trimmed(_ part: Substring) -> String {
        String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    private func fail(
        _ cell: CSVReader.Cell, _ message: String, hint: String? = nil
    ) -> Table.Column? {
        report.error(message, at: cell.range, hint: hint)
        return nil
    }
}
