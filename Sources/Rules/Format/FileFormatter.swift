/// Lays out a file that people write: a rule file, a file of rule tests, or `tocsin.yaml`.
///
///     bytes ─► FormReview ─► InlineLayout ─► BlockLayout ─► FormatProof ─► bytes
///              is it valid?   inside lines    lines          is it the same file?
///
/// Keys stand in the order in which their vocabulary declares them, nested blocks are indented by
/// two, `{a: 1, b: 2}` has its blanks where they stand here, expressions have quotes where they
/// need them, no line ends in blanks, and no two blank lines follow one another. Names that the
/// writer chose (streams, fields, levels, `let`) keep their order, for it has a meaning.
///
/// The text itself is edited, nothing is written anew: comments go with what they stand above or
/// behind, block scalars and what spans lines keep their form, and what this does not understand
/// (anchors and their aliases, keys behind `? `) keeps its place. The result is read again and must
/// be the same tree with the same comments; when it is not, there is no result.
package struct FileFormatter: Sendable {
    /// What became of a file.
    package enum Outcome: Sendable {
        /// The file as it should be; it may be as it was.
        case formatted([UInt8])
        /// The file has errors, or cannot be formatted without harm; why.
        case refused([Diagnostic])
    }

    private let vocabulary: Vocabulary

    /// A formatter of files whose root has this vocabulary.
    package init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

    /// Formats a file; linear in its size but for the sorting of keys.
    package func format(_ file: SourceFile) -> Outcome {
        let shape = Shape.section(vocabulary)
        // With LF for every break the lines and columns of problems are the same.
        let plain = SourceFile(path: file.path, bytes: LineMap.plainBreaks(file.bytes))
        let original = YAMLDocument(plain)
        FormReview(report: original.report).review(original, vocabulary)
        guard let root = original.root, !original.report.hasErrors else {
            return .refused(original.report.sorted)
        }
        let utf8 = original.report.source.utf8
        if let separator = LineMap.foreignBreak(in: utf8) {
            original.report.error(
                "a line break that only YAML 1.1 knows keeps the file from being formatted",
                at: separator, hint: "write an ordinary line break")
            return .refused(original.report.sorted)
        }
        guard let once = lay(file.path, utf8), let twice = lay(file.path, once)
        else { return unsafe(original.report, "its form is too unusual", at: root.range) }
        let proof = FormatProof(before: original, root: root, shape: shape)
        if let difference = proof.difference(after: once, path: file.path) {
            return unsafe(original.report, difference.what, at: difference.place)
        }
        guard once == twice else {
            let first = zip(once, twice).prefix { $0 == $1 }.count
            return unsafe(
                original.report, "formatting it twice would change it again",
                at: min(first, utf8.count)..<min(first, utf8.count))
        }
        return .formatted(once)
    }

    /// One round over a text; nil when some stage's result cannot be read.
    private func lay(_ path: String, _ utf8: [UInt8]) -> [UInt8]? {
        guard let text = Pieces(path: path, utf8: utf8, vocabulary) else { return nil }
        let inline = InlineLayout(text).run()
        guard let blocks = Pieces(path: path, utf8: inline, vocabulary) else { return nil }
        return BlockLayout(blocks).run()
    }

    private func unsafe(_ report: Report, _ what: String, at range: Range<Int>) -> Outcome {
        let isOpen = report.source.utf8.last != 0x0A
        report.error(
            "the file is not formatted: \(what)", at: range,
            hint: isOpen
                ? "end the file with a line break"
                : "write this place in a simpler way; the file itself is good")
        return .refused(report.sorted)
    }
}

extension Vocabulary {
    /// What may stand in a rule file.
    package static var ruleFile: Vocabulary { SetLoader.vocabulary }

    /// Where a key belongs among the others; names that are free come last.
    func rank(of key: String) -> Int { known.firstIndex(of: key) ?? known.count }

    /// Whether it is a key that the vocabulary names, of this version or a later one.
    package func names(_ key: String) -> Bool { known.contains(key) || later.contains(key) }
}

extension YAMLDocument {
    /// The keys of a file whose root is a mapping, to tell what kind of file it is.
    package static func rootKeys(of file: SourceFile) -> [String] {
        guard case .mapping(let pairs) = YAMLDocument(file).root?.content else { return [] }
        return pairs.compactMap { $0.key.scalar?.value }
    }
}
