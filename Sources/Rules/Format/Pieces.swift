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
