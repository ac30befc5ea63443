/// Shows that a formatted file says what it said: the same values in the same order, the same keys,
/// the same comments. Only keys of vocabularies may have moved, and only expressions may have got
/// other quotes.
struct FormatProof {
    /// Something that would be lost.
    struct Difference {
        let what: String
        /// In the file as it was.
        let place: Range<Int>
    }

    private let before: YAMLDocument
    private let root: DocumentNode
    private let shape: Shape

    init(before: YAMLDocument, root: DocumentNode, shape: Shape) {
        self.before = before
        self.root = root
        self.shape = shape
    }

    /// The first difference that formatting may not make.
    func difference(after utf8: [UInt8], path: String) -> Difference? {
        let after = YAMLDocument(SourceFile(path: path, bytes: utf8))
        guard let other = after.root, !after.report.hasErrors else {
            let told = after.report.sorted.first.map { ": \($0.message)" } ?? ""
            return Difference(what: "what comes out cannot be read\(told)", place: root.range)
        }
        if let difference = compare(root, other, shape) { return difference }
        let old = comments(before, root)
        let new = comments(after, other)
        guard old == new else {
            let lost = zip(old, new).first { $0 != $1 }?.0 ?? old.last ?? []
            return Difference(
                what: "a comment would be lost or torn: \(String(decoding: lost, as: UTF8.self))",
                place: root.range)
        }
        return nil
    }

    private func comments(_ document: YAMLDocument, _ root: DocumentNode) -> [[UInt8]] {
        return Pieces(document, root, shape).lines.comments.sorted {
            $0.lexicographicallyPrecedes($1)
        }
    }

    private func compare(_ left: DocumentNode, _ right: DocumentNode, _ shape: Shape?)
        -> Difference?
    {
        switch (left.content, right.content) {
        case (.scalar(let old), .scalar(let new)):
            let mayChange = shape?.isExpression ?? false
            let isBlock = old.style == .block || new.style == .block
            guard old.value.utf8.elementsEqual(new.value.utf8),
                old.style == new.style || (mayChange && !isBlock)
            else { return changed(left) }
        case (.sequence(let old), .sequence(let new)):
            guard old.count == new.count else { return changed(left) }
            let item = shape?.item
            for (left, right) in zip(old, new) {
                if let difference = compare(left, right, item) { return difference }
            }
        case (.mapping(let old), .mapping(let new)):
            return compare(left, old, new, shape?.keys)
        case (.scalar, _), (.sequence, _), (.mapping, _): return changed(left)
        }
        return nil
    }

    private func compare(
        _ node: DocumentNode, _ old: [DocumentNode.Pair], _ new: [DocumentNode.Pair],
        _ keys: Shape.Keys?
    ) -> Difference? {
        func name(_ pair: DocumentNode.Pair) -> [UInt8] {
            Array((pair.key.scalar?.value ?? "").utf8)
        }
        var known: [[UInt8]: DocumentNode.Pair] = [:]
        for pair in new { known[name(pair)] = pair }
        guard old.count == new.count, known.count == new.count else { return changed(node) }
        // Names that the writer chose keep their order.
        func chosen(_ pairs: [DocumentNode.Pair]) -> [[UInt8]] {
            let names = keys?.vocabulary?.known ?? []
            return pairs.map(name).filter { !names.contains(String(decoding: $0, as: UTF8.self)) }
        }
        guard chosen(old) == chosen(new) else { return changed(node) }
        for pair in old {
            guard let other = known[name(pair)], other.key.scalar?.style == pair.key.scalar?.style
            else { return changed(pair.key) }
            let shape = keys?.value(of: pair.key.scalar?.value ?? "")
            if let difference = compare(pair.value, other.value, shape) { return difference }
        }
        return nil
    }

    private func changed(_ node: DocumentNode) -> Difference {
        Difference(what: "this would no longer be the same", place: node.range)
    }
}
