import CEL
import Evaluation
import Events
import Expressions

/// Everything of a rule that decides, and what follows from it alone: its hash, its partition, the
/// text by which equal selections are found, and what a decision shows.
///
/// The hash is taken of an unambiguous encoding, `BinaryWriter`'s (values behind tags, texts and
/// lists behind their lengths), of canonical texts of the expressions. So titles, comments,
/// messages, labels, spacing and the order of keys do not change it, and all else does.
struct RuleDecision {
    /// The stream, all of whose declaration decides what a row holds.
    let stream: StreamSchema
    let partition: Partition
    let selection: Checked?
    let levels: [LevelLoader.Loaded]
    let clearFor: Int64
    let every: Int64
    let noData: NoDataPolicy?
    let maximumKeys: Int?
    let scope: Scope

    /// Canonical text of `where` with the lets it uses and the content of the tables it reads: equal
    /// texts select equal rows.
    var whereText: String {
        guard let selection else { return "" }
        let lets = scope.lets(usedBy: [selection]).map { "\($0.name) = \($0.checked)" }
        let contents = selection.tables.map { "\($0.name) = \($0.version)" }
        return ([selection.description] + lets + contents).joined(separator: "\n")
    }

    private var conditions: [Checked] {
        levels.flatMap { [$0.when, $0.clear].compactMap { $0 } }
    }

    /// The fields, lets and columns of tables that the conditions of the levels name, in order of
    /// name.
    var shown: [Rule.Named<Program>] {
        let columns = conditions.flatMap(\.columns).map { ($0.text, $0.program(mode: .rule)) }
        let names = Set(conditions.flatMap(\.references)).map { ($0, scope.program($0)) }
        var programs: [String: Program] = [:]
        for (text, program) in columns + names { programs[text] = program }
        return programs.sorted { $0.key < $1.key }.map { Rule.Named($0.key, $0.value) }
    }

    /// First 16 hexadecimal digits of the digest.
    func hash(_ digest: ([UInt8]) -> [UInt8]) -> String {
        var writer = BinaryWriter()
        writer.write("tocsin rule 1")
        write(stream, to: &writer)
        writer.write(count: partition.keyNames.count)
        for name in partition.keyNames { writer.write(name) }
        let lets = scope.lets(usedBy: conditions + [selection].compactMap { $0 })
        writer.write(count: lets.count)
        for entry in lets {
            writer.write(entry.name)
            writer.write(entry.checked.description)
        }
        writer.write(selection?.description)
        writer.write(count: levels.count)
        for level in levels { write(level, to: &writer) }
        writer.write(clearFor)
        // Rules without these keep the hash they had.
        if every > 0 { writer.write(every) }
        if let maximumKeys {
            writer.write("max_keys")
            writer.write(count: maximumKeys)
        }
        for table in tables { write(table, to: &writer) }
        writer.write(noData != nil)
        if let noData {
            writer.write(noData.after)
            writer.write(noData.action.rawValue)
            writer.write(noData.severity.name)
        }
        if case .member(_, _, .some(let key)) = stream.time {
            writer.write("time key")
            writer.write(key)
        }
        for field in stream.fields.sorted(by: { $0.name < $1.name }) {
            guard let key = field.key else { continue }
            writer.write("key")
            writer.write(field.name)
            writer.write(key)
        }
        if let id = stream.id {
            writer.write("id")
            writer.write(stream.fields[id].name)
            writer.write(stream.keep)
            writer.write(count: stream.keepCount)
        }
        return digest(writer.bytes).prefix(8).map(RuleDecision.hexadecimal).joined()
    }

    static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    /// The tables that decide, in order of name.
    private var tables: [Table] {
        let lets = scope.lets(usedBy: conditions + [selection].compactMap { $0 })
        let all = conditions + [selection].compactMap { $0 } + lets.map(\.checked)
        var tables: [String: Table] = [:]
        for table in all.flatMap(\.tables) { tables[table.name] = table }
        return tables.values.sorted { $0.name < $1.name }
    }

    /// Its declaration and its content.
    private func write(_ table: Table, to writer: inout BinaryWriter) {
        writer.write(table.name)
        writer.write(table.version)
        writer.write(table.key)
        writer.write(count: table.columns.count)
        for column in table.columns {
            writer.write(column.name)
            writer.write(column.type.description)
            writer.write(column.unit)
        }
    }

    private func write(_ level: LevelLoader.Loaded, to writer: inout BinaryWriter) {
        writer.write(level.name)
        writer.write(level.severity.name)
        writer.write(level.when?.description)
        writer.write(level.clear?.description)
        switch level.hold {
        case .time(let length):
            writer.write("time")
            writer.write(length)
        case .readings(let count):
            writer.write("readings")
            writer.write(Int64(count))
        }
    }

    private func write(_ stream: StreamSchema, to writer: inout BinaryWriter) {
        writer.write(stream.name)
        writer.write(stream.topic)
        switch stream.time {
        case .arrival: writer.write("arrival")
        case .member(let path, let format, _):
            writer.write("member")
            write(path, format, to: &writer)
        }
        writer.write(stream.source.map { stream.fields[$0].name })
        writer.write(stream.expect.map(String.init))
        writer.write(stream.lateness)
        writer.write(stream.idle)
        writer.write(count: stream.fields.count)
        for field in stream.fields.sorted(by: { $0.name < $1.name }) {
            writer.write(field.name)
            writer.write(field.type.rawValue)
            writer.write(field.unit)
            write(field.path, field.timeFormat, to: &writer)
            writer.write(field.valid != nil)
            if let valid = field.valid {
                writer.write(valid.lowerBound.bitPattern)
                writer.write(valid.upperBound.bitPattern)
            }
            writer.write(count: field.missing.count)
            for value in field.missing { writer.write(value) }
            writer.write(field.fromText)
        }
    }

    private func write(_ path: [String], _ format: TimeFormat, to writer: inout BinaryWriter) {
        writer.write(count: path.count)
        for member in path { writer.write(member) }
        switch format {
        case .rfc3339: writer.write("rfc3339")
        case .epoch(let unit):
            writer.write("epoch")
            writer.write(unit)
        }
    }
}
