/// A text with the places of its parts, as the stages of formatting need it.
struct Pieces {
    /// The text; its line breaks are LF.
    let utf8: [UInt8]
    /// The document.
    let root: Piece
    /// Its lines.
    let lines: LineMap
    /// Offsets of anchors and aliases, ascending.
    let marks: [Int]
    /// Columns in which several comments stand.
    let commentColumns: Set<Int>

    /// Reads a text; nil when it is no document.
    init?(path: String, utf8: [UInt8], _ vocabulary: Vocabulary) {
        let document = YAMLDocument(SourceFile(path: path, bytes: utf8))
        guard let root = document.root, !document.report.hasErrors else { return nil }
        self.init(document, root, .section(vocabulary))
    }

    /// The parts of a document that has been read.
    init(_ document: YAMLDocument, _ root: DocumentNode, _ shape: Shape) {
        let source = document.report.source
        utf8 = source.utf8
        var last = 0
        self.root = Piece(root, shape, source, &last)
        lines = LineMap(source, self.root)
        let scan = AliasScan(source.utf8)
        let found = "&*".utf8.flatMap { scan.names(behind: $0) }.map(\.range.lowerBound)
        commentColumns = TrailingComment.columns(source.utf8, lines)
        let lines = lines
        marks = found.filter { !lines.isInScalar($0) && !lines.isInComment($0) }.sorted()
    }

    /// Whether an anchor or an alias stands in the lines.
    func hasMark(in region: Range<Int>) -> Bool {
        marks.contains { region.contains(lines.number(at: $0)) }
    }
}

/// A node that knows what it should look like, and whether it stands where it was found.
struct Piece {
    /// What it is.
    enum Content {
        case scalar(DocumentNode.ScalarText)
        case sequence([Piece])
        case mapping([Pair])
        /// An alias: what it repeats stands elsewhere.
        case elsewhere
    }

    /// A key and its value.
    struct Pair {
        let key: Piece
        let value: Piece

        var name: String {
            if case .scalar(let text) = key.content { return text.value }
            return ""
        }
    }

    let content: Content
    /// Offset of its first byte.
    let start: Int
    /// Offset behind a scalar; of the rest and of block scalars, some offset behind the start.
    let end: Int
    /// What may stand here; nil when that is not known.
    let shape: Shape?
    /// Whether it is written in brackets or braces.
    let isFlow: Bool

    /// Copies a node. `last` is the end of what was copied before: whatever stands before it is
    /// repeated by an alias.
    init(_ node: DocumentNode, _ shape: Shape?, _ source: SourceText, _ last: inout Int) {
        start = node.range.lowerBound
        self.shape = shape
        guard start >= last else {
            (content, end, isFlow) = (.elsewhere, last, false)
            return
        }
        let first = start < source.utf8.count ? source.utf8[start] : 0
        switch node.content {
        case .scalar(let text):
            (content, end, isFlow) = (.scalar(text), max(start, node.range.upperBound), false)
            last = end
        case .sequence(let items):
            last = start
            let item = shape?.item
            content = .sequence(items.map { Piece($0, item, source, &last) })
            (end, isFlow) = (last, first == UInt8(ascii: "["))
        case .mapping(let pairs):
            last = start
            let keys = shape?.keys
            content = .mapping(
                pairs.map { pair in
                    let name = pair.key.scalar?.value ?? ""
                    let key = Piece(pair.key, nil, source, &last)
                    return Pair(
                        key: key, value: Piece(pair.value, keys?.value(of: name), source, &last))
                })
            (end, isFlow) = (last, first == UInt8(ascii: "{"))
        }
    }

    /// Whether it is a list or a mapping with a line for each of its parts.
    var isBlock: Bool {
        switch content {
        case .sequence(let items): !isFlow && !items.isEmpty
        case .mapping(let pairs): !isFlow && !pairs.isEmpty
        case .scalar, .elsewhere: false
        }
    }

    /// The vocabulary of its keys, if they have one.
    var vocabulary: Vocabulary? { shape?.keys?.vocabulary }
}
