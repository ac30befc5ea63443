/// The first stage of formatting: what changes within lines. Expressions get the quotes they need,
/// and flow collections on one line their order and blanks; no line begins or ends elsewhere.
struct InlineLayout {
    private let text: Pieces
    private var edits: [FlowText.Edit] = []

    init(_ text: Pieces) {
        self.text = text
        visit(text.root, inFlow: false)
    }

    /// The text after all edits.
    func run() -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        var next = 0
        for line in text.lines.lines {
            var last = next
            while last < edits.count, edits[last].range.upperBound <= line.range.upperBound {
                last += 1
            }
            result += edited(line, edits[next..<last])
            if line.range.upperBound < text.utf8.count { result.append(0x0A) }
            next = last
        }
        return result
    }

    private mutating func visit(_ piece: Piece, inFlow: Bool) {
        switch piece.content {
        case .elsewhere: return
        case .scalar(let scalar):
            guard piece.shape?.isExpression ?? false, piece.end > piece.start,
                !text.utf8[piece.start..<piece.end].contains(0x0A),
                let written = ExpressionQuotes.written(scalar, inFlow: inFlow)
            else { return }
            edits.append(FlowText.Edit(range: piece.start..<piece.end, text: written))
        case .sequence(let items):
            if isRewritten(piece) { return }
            for item in items { visit(item, inFlow: inFlow || piece.isFlow) }
        case .mapping(let pairs):
            if isRewritten(piece) { return }
            for pair in pairs { visit(pair.value, inFlow: inFlow || piece.isFlow) }
        }
    }

    /// Writes a flow collection anew, if it can be.
    private mutating func isRewritten(_ piece: Piece) -> Bool {
        guard piece.isFlow, let edit = FlowText.edit(piece, text.utf8) else { return false }
        edits.append(edit)
        return true
    }

    /// A line after its edits, with its comment where it was.
    private func edited(_ line: LineMap.Line, _ edits: ArraySlice<FlowText.Edit>) -> [UInt8] {
        let code = line.range.lowerBound..<(line.comment ?? line.range.upperBound)
        var result: [UInt8] = []
        var index = code.lowerBound
        for edit in edits {
            result += text.utf8[index..<edit.range.lowerBound] + edit.text
            index = edit.range.upperBound
        }
        result += text.utf8[index..<code.upperBound]
        guard !edits.isEmpty, let comment = line.comment else {
            return result + text.utf8[code.upperBound..<line.range.upperBound]
        }
        return TrailingComment(text, line, comment).behind(result)
    }
}
