/// A mapping with known keys. Making one tells every key that is unknown, comes in a later version,
/// or has no value.
package struct Section {
    /// Where a missing key is told.
    package let place: Range<Int>
    /// Where problems are told.
    package let report: Report
    private let vocabulary: Vocabulary
    private var values: [String: Cursor] = [:]
    /// Keys that stand there without a value, which is told.
    private var empty: Set<String> = []
    /// Keys that others were most likely meant to be, which is told.
    private var misspelt: Set<String> = []
    /// What stands there under keys that the vocabulary leaves free, in the order of the file; a
    /// value may be nothing.
    package private(set) var others: [(key: Cursor, value: Cursor)] = []
    /// Keys of a later version that stand there, which is told.
    package private(set) var later: Set<String> = []

    init(
        _ pairs: [DocumentNode.Pair], _ vocabulary: Vocabulary, place: Range<Int>, report: Report
    ) {
        self.vocabulary = vocabulary
        self.place = place
        self.report = report
        for pair in pairs {
            guard let key = pair.key.scalar?.value else { continue }
            if vocabulary.known.contains(key) {
                guard !pair.value.isNull else {
                    empty.insert(key)
                    report.error("`\(key)` has no value", at: pair.key.range)
                    continue
                }
                values[key] = value(of: pair, key)
            } else if vocabulary.others != nil {
                let name = Cursor(
                    name: "the name", node: pair.key, keyRange: pair.key.range, report: report)
                others.append((name, value(of: pair, key)))
            } else if vocabulary.later.contains(key) {
                later.insert(key)
                report.error(Vocabulary.notInThisVersion("`\(key)`"), at: pair.key.range)
            } else {
                let all = vocabulary.known + vocabulary.later.sorted()
                let meant = Spelling.closest(to: key, among: all)
                if let meant { misspelt.insert(meant) }
                report.error(
                    "\(vocabulary.subject) has no key `\(key)`", at: pair.key.range,
                    hint: vocabulary.hints[key] ?? meant.map { "did you mean `\($0)`?" }
                        ?? "it may have " + Spelling.list(vocabulary.known))
            }
        }
    }

    private func value(of pair: DocumentNode.Pair, _ key: String) -> Cursor {
        Cursor(name: "`\(key)`", node: pair.value, keyRange: pair.key.range, report: report)
    }

    /// The value of a key; nil when it is not there.
    package subscript(key: String) -> Cursor? {
        assert(vocabulary.known.contains(key), "Only keys of the vocabulary can be asked for.")
        return values[key]
    }

    /// The value of a key that must be there, unless what stands in its place is told already.
    package func required(_ key: String, hint: String? = nil) -> Cursor? {
        assert(vocabulary.mayRequire(key), "What is required is declared to be.")
        if let value = self[key] { return value }
        if !empty.contains(key), !misspelt.contains(key) { missing("`\(key)`", hint: hint) }
        return nil
    }

    /// Whether the key stands there, with or without a value.
    package func has(_ key: String) -> Bool { values[key] != nil || empty.contains(key) }

    /// Tells that something is missing.
    package func missing(_ what: String, hint: String? = nil) {
        report.error("\(vocabulary.subject) needs \(what)", at: place, hint: hint)
    }
}
