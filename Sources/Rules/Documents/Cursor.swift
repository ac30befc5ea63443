/// A value of a document on its way to becoming something typed.
///
/// Every reader tells what is wrong and returns nil, so that its caller can go on with the rest of
/// the file and all problems come out at once.
package struct Cursor {
    /// What the value is called in messages: `` `for` ``.
    package let name: String
    /// The value.
    let node: DocumentNode
    /// What to point at when the value is missing or too empty to be pointed at: its key.
    let keyRange: Range<Int>
    /// Where problems are told.
    package let report: Report

    /// A value.
    init(name: String, node: DocumentNode, keyRange: Range<Int>, report: Report) {
        self.name = name
        self.node = node
        self.keyRange = keyRange
        self.report = report
    }

    /// The root of a document; nil when it has none, which is told already.
    package init?(_ document: YAMLDocument) {
        guard let root = document.root else { return nil }
        self.init(name: "the file", node: root, keyRange: root.range, report: document.report)
    }

    /// Where a caret for the value belongs.
    package var range: Range<Int> { node.isNull && node.range.isEmpty ? keyRange : node.range }

    /// Tells an error at the value.
    package func fail(_ message: String, hint: String? = nil) {
        report.error(message, at: range, hint: hint)
    }

    /// Tells an error at the value; always nil, to be returned.
    package func fail<Value>(_ message: String, hint: String? = nil) -> Value? {
        report.error(message, at: range, hint: hint)
        return nil
    }

    /// Tells a warning at the value.
    package func warn(_ message: String, hint: String? = nil) {
        report.warning(message, at: range, hint: hint)
    }

    /// Tells that something else was expected.
    func mismatch<Value>(_ expected: String, hint: String? = nil) -> Value? {
        if node.isNull { return fail("\(name) has no value", hint: hint) }
        return fail("\(name) must be \(expected), not \(node.kind)", hint: hint)
    }

    /// The items of a list.
    package func list(of items: String) -> [Cursor]? {
        guard case .sequence(let nodes) = node.content else {
            return mismatch(
                "a list of \(items)", hint: "write `[…]`, or one item a line after `- `")
        }
        return nodes.map(item)
    }

    /// The items of a list, or the value itself as the only one.
    package func listOrSingle(of items: String) -> [Cursor]? {
        if case .sequence(let nodes) = node.content { return nodes.map(item) }
        if node.scalar != nil, !node.isNull { return [self] }
        return mismatch("a list of \(items)")
    }

    private func item(_ node: DocumentNode) -> Cursor {
        Cursor(name: "an item of \(name)", node: node, keyRange: node.range, report: report)
    }

    /// Names and values of a mapping whose keys are free, in the order of the file.
    package func entries(of items: String) -> [(key: Cursor, value: Cursor)]? {
        guard case .mapping(let pairs) = node.content else {
            return mismatch("a mapping of \(items)")
        }
        return pairs.map { pair in
            let text = pair.key.scalar?.value ?? ""
            let key = Cursor(
                name: "the name", node: pair.key, keyRange: pair.key.range, report: report)
            let value = Cursor(
                name: "`\(text)`", node: pair.value, keyRange: pair.key.range, report: report)
            return (key, value)
        }
    }

    /// The value as a mapping with known keys; `owner` is pointed at when a required key is missing.
    package func section(_ vocabulary: Vocabulary, owner: Range<Int>? = nil) -> Section? {
        guard case .mapping(let pairs) = node.content else {
            let example = vocabulary.known.first.map { "as in `{\($0): …}`" }
            return mismatch("a mapping", hint: example)
        }
        return Section(
            pairs, vocabulary, place: owner ?? (keyRange.isEmpty ? node.range : keyRange),
            report: report)
    }

    /// Whether the value is a mapping.
    package var isMapping: Bool {
        if case .mapping = node.content { return true }
        return false
    }
}
