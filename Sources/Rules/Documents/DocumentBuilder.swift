import Yams

/// Copies Yams' nodes into ours: with offsets for marks, and without what is refused.
struct DocumentBuilder {
    private let source: SourceText
    private let report: Report
    /// How many keys written twice were blanked out; those pairs are left out, they are told.
    private let blanked: Int
    /// How many more nodes may be copied: a file has fewer nodes than bytes, aliases may add some.
    private var budget: Int

    init(source: SourceText, report: Report, blanked: Int) {
        self.source = source
        self.report = report
        self.blanked = blanked
        budget = source.utf8.count + 64 + YAMLDocument.aliasBudget
    }

    /// The whole document, nil when it is built to exhaust memory.
    mutating func root(_ node: Node) -> DocumentNode? {
        let root = copy(node, depth: 0)
        guard budget > 0 else {
            report.error("the file's aliases multiply beyond measure", at: 0..<0)
            return nil
        }
        return root
    }

    private mutating func copy(_ node: Node, depth: Int) -> DocumentNode {
        budget -= 1
        let mark = start(of: node)
        let empty = DocumentNode(
            content: .scalar(.init(value: "", style: .plain)), range: mark.content..<mark.content)
        guard budget > 0 else { return empty }
        guard depth < YAMLDocument.maximumDepth else {
            report.error(
                "nested more than \(YAMLDocument.maximumDepth) deep",
                at: mark.content..<mark.content + 1)
            return empty
        }
        if let tag = mark.tag {
            report.error(
                "YAML tags have no meaning here", at: tag,
                hint: "text that begins with `!` must stand in quotes")
        }
        switch node {
        case .scalar(let scalar):
            return self.scalar(scalar, at: mark.content)
        case .sequence(let sequence):
            let items = sequence.map { copy($0, depth: depth + 1) }
            return DocumentNode(
                content: .sequence(items), range: mark.content..<mark.content + 1)
        case .mapping(let mapping):
            let pairs = mapping.compactMap { pair($0.key, $0.value, depth: depth) }
            let first = pairs.first?.key.range
            let range = first?.lowerBound == mark.content ? first : nil
            return DocumentNode(
                content: .mapping(pairs), range: range ?? mark.content..<mark.content + 1)
        case .alias:
            return empty
        }
    }

    private mutating func pair(_ key: Node, _ value: Node, depth: Int) -> DocumentNode.Pair? {
        let name = copy(key, depth: depth + 1)
        guard let text = name.scalar?.value else {
            report.error("a key must be a single word", at: name.range)
            return nil
        }
        if let first = text.unicodeScalars.first, DuplicateScan.isBlank(first, blanked) {
            return nil
        }
        if text == "<<", name.scalar?.style == .plain {
            report.error(
                "merge keys (`<<`) are not supported", at: name.range, hint: "write the keys out")
            return nil
        }
        return DocumentNode.Pair(key: name, value: copy(value, depth: depth + 1))
    }

    private func scalar(_ scalar: Node.Scalar, at start: Int) -> DocumentNode {
        let style: DocumentNode.Style =
            switch scalar.style {
            case .singleQuoted: .singleQuoted
            case .doubleQuoted: .doubleQuoted
            case .literal, .folded: .block
            case .any, .plain: .plain
            }
        let text = DocumentNode.ScalarText(value: scalar.string, style: style)
        let end = ScalarExtent(source.utf8, start: start, text: text).end
        return DocumentNode(content: .scalar(text), range: start..<end)
    }

    /// Where a node begins behind its anchor, and its tag if it has one: libyaml's mark is in front
    /// of both.
    private func start(of node: Node) -> (content: Int, tag: Range<Int>?) {
        guard let mark = node.mark else { return (0, nil) }
        let utf8 = source.utf8
        var offset = source.offset(line: mark.line, scalarColumn: mark.column)
        var tag: Range<Int>?
        while offset < utf8.count,
            utf8[offset] == UInt8(ascii: "&") || utf8[offset] == UInt8(ascii: "!")
        {
            let begin = offset
            while offset < utf8.count, utf8[offset] > 0x20 { offset += 1 }
            if utf8[begin] == UInt8(ascii: "!") { tag = begin..<offset }
            while offset < utf8.count, utf8[offset] <= 0x20 { offset += 1 }
        }
        return (offset, tag)
    }
}
