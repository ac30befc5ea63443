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
