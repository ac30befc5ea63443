import Evaluation

/// Reads the files of a set: first all streams and tables, then all rules.
struct SetLoader {
    static let vocabulary = Vocabulary(
        "a rule file",
        [
            .required("version", .int(1...1), "Version of the rule language: 1."),
            .optional(
                "streams",
                .mapping(of: .section(StreamLoader.vocabulary), names: StreamLoader.topicForm),
                "Kinds of readings by name, which is also their topic; all files of a folder share them."
            ),
            .optional(
                "tables",
                .mapping(of: .section(TableLoader.vocabulary), names: .identifier),
                "Constants by a key, such as thresholds of gauges, from CSV files; read as `NAME[key].column`."
            ),
            .optional(
                "rules", .list(of: .section(RuleLoader.vocabulary)),
                "What to watch for, on streams of this file or another of the folder."),
        ],
        later: [
            "areas", "policy", "routes", "silences", "receivers", "channels",
        ],
        hints: [
            "tests": "a file of tests ends in `.test.yaml`",
            "defaults": "a file of tests ends in `.test.yaml`",
        ])

    private let files: [SourceFile]
    private var reports: [Report] = []
    private var sections: [Section] = []
    /// The streams of all files.
    private(set) var catalog = StreamCatalog()
    /// The tables of all files.
    private(set) var tables = TableCatalog()
    private let read: TableLoader.ReadFile

    init(_ files: [SourceFile], read: @escaping TableLoader.ReadFile) {
        self.files = files
        self.read = read
    }

    /// What was found in all files, in their order.
    var diagnostics: [Diagnostic] {
        guard !files.isEmpty else {
            return [
                Diagnostic(
                    .error, path: "rules", line: 0, column: 0, message: "there is no rule file",
                    hint: "a rule file ends in `.yaml` and begins with `version: 1`")
            ]
        }
        return (reports + tables.reports).flatMap(\.sorted)
    }

    /// The rules of all files that have no problems; the others are told.
    mutating func load(_ digest: ([UInt8]) -> [UInt8]) -> [Rule] {
        for file in files { open(file) }
        for section in sections {
            for (key, value) in section["streams"]?.entries(of: "streams") ?? [] {
                StreamLoader(key: key, value: value).load(into: &catalog)
            }
            for (key, value) in section["tables"]?.entries(of: "tables") ?? [] {
                tables.read(key, value, with: read, digest: digest)
            }
        }
        var rules: [Rule] = []
        var first: [String: String] = [:]
        for section in sections {
            for item in section["rules"]?.list(of: "rules") ?? [] {
                guard let rule = item.section(RuleLoader.vocabulary) else { continue }
                let name = self.name(of: rule, &first)
                let loader = RuleLoader(
                    section: rule, name: name ?? "", catalog: catalog, tables: tables)
                if let compiled = loader.load(digest), name != nil { rules.append(compiled) }
            }
        }
        return rules
    }

    /// Reads a file as far as its three keys.
    private mutating func open(_ file: SourceFile) {
        let document = YAMLDocument(file)
        reports.append(document.report)
        guard let cursor = Cursor(document), let section = cursor.section(SetLoader.vocabulary),
            isReadable(section)
        else {
            catalog.isIncomplete = true
            return
        }
        if section.has("streams"), section["streams"]?.isMapping != true {
            catalog.isIncomplete = true
        }
        sections.append(section)
    }

    /// Whether the file is of a version that is understood: of another one, nothing is.
    private func isReadable(_ section: Section) -> Bool {
        guard let cursor = section.required("version", hint: "write `version: 1` at the top") else {
            return true
        }
        guard let version = cursor.int() else { return true }
        guard version == 1 else {
            cursor.fail("version \(version) is not known", hint: "this Tocsin reads `version: 1`")
            return false
        }
        return true
    }

    private func name(of rule: Section, _ first: inout [String: String]) -> String? {
        guard let cursor = rule.required("rule", hint: "`rule:` gives it a name"),
            let name = cursor.identity()
        else { return nil }
        if let position = first[name] {
            return cursor.fail(
                "rule `\(name)` is declared twice", hint: "the first is at \(position)")
        }
        first[name] = rule.report.position(of: cursor.range)
        return name
    }
}
