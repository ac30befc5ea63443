import Expressions

/// All tables of a rule set, whatever file declares them.
struct TableCatalog {
    /// Tables that could be read, by name.
    private(set) var tables: [String: Table] = [:]
    /// Names of the others: what mentions them is not checked, lest one problem be told many times.
    private(set) var broken: Set<String> = []
    /// What was found in the tables' files.
    private(set) var reports: [Report] = []
    private var positions: [String: String] = [:]

    /// The tables in order of name.
    var sorted: [Table] { tables.values.sorted { $0.name < $1.name } }

    /// Reads one entry of `tables:`; what could not be read of it is told.
    mutating func read(
        _ key: Cursor, _ value: Cursor, with read: @escaping TableLoader.ReadFile,
        digest: ([UInt8]) -> [UInt8]
    ) {
        guard let name = FieldLoader.identifier(key) else { return }
        if let first = positions[name] {
            key.fail("table `\(name)` is declared twice", hint: "the first is at \(first)")
            return
        }
        positions[name] = key.report.position(of: key.range)
        guard let section = value.section(TableLoader.vocabulary, owner: key.range) else {
            broken.insert(name)
            return
        }
        let loader = TableLoader(name: name, section: section, read: read)
        let (table, report) = loader.load(digest)
        if let report { reports.append(report) }
        if let table { tables[name] = table } else { broken.insert(name) }
    }
}
