import Client

/// Renders dead letters: each kind with its first and its last.
struct DeadLettersPage {
    private static let indent = "    "

    private let terminal: Terminal
    private let width: Int?

    /// A page of lines of at most `width` characters; nil: of any.
    init(terminal: Terminal, width: Int?) {
        self.terminal = terminal
        self.width = width
    }

    /// The page, line by line.
    ///
    /// - Parameter total: how many kinds there are beside those that are shown.
    func lines(_ letters: [JSONValue], of total: Int) -> [String] {
        guard !letters.isEmpty else {
            let others = total == 1 ? "1 other kind" : "\(total) other kinds"
            return [
                total == 0
                    ? "Nothing was refused since the daemon started."
                    : "Nothing that was refused matches; there are dead letters of \(others)."
            ]
        }
        return Array(letters.map(lines).joined(separator: [""]))
    }

    private func lines(_ letter: JSONValue) -> [String] {
        let count = letter["count"].count ?? 0
        let reason = letter["reason"].description.printable
        let origin = ["feed", "stream", "source"].compactMap { name -> String? in
            guard let text = letter[name].text, text != "-" else { return nil }
            return "\(name) \(text.printable)"
        }
        let sentence = letter["sentence"].description
        var lines = [
            terminal.styled("\(count.grouped) × \(reason)", .bold) + "  "
                + origin.joined(separator: ", "),
            "  " + sentence.printable,
        ]
        guard count > 1 else { return lines + part("only", letter["last"], reason, sentence) }
        lines += part("first", letter["first"], reason, sentence)
        // The hints of two of a kind are mostly the same.
        let isSaid = letter["first"]["hint"] == letter["last"]["hint"]
        return lines + part("last", letter["last"], reason, sentence, saysHint: !isSaid)
    }

    /// One of a kind, and what is said of it that the sentence about all of them does not say.
    private func part(
        _ name: String, _ letter: JSONValue, _ reason: String, _ sentence: String,
        saysHint: Bool = true
    ) -> [String] {
        var head = "  \(name.padded(to: 5))  \(EscalationText.clock(letter["at"].text))"
        if let field = letter["field"].text { head += "  field \(field.printable)" }
        var lines = [terminal.styled(head, .dim)]
        let offset = Int(clamping: letter["offset"].count ?? 0)
        // Reasons that are about a place in the payload: others have none.
        let isPlaced = offset > 0 || reason == "json" || reason == "not-an-object"
        let excerpt = PayloadExcerpt(
            letter["payload"].text ?? "",
            startsInside: letter["start"].count ?? 0 > 0,
            column: isPlaced ? letter["column"].count.map { Int(clamping: $0) } : nil,
            width: width.map { $0 - Self.indent.count })
        if !excerpt.text.isEmpty { lines.append(Self.indent + excerpt.text) }
        if let caret = excerpt.caret {
            lines.append(Self.indent + terminal.styled(caret, .severe))
        }
        if let message = letter["message"].text, message != sentence {
            lines.append(Self.indent + message.printable)
        }
        if saysHint, let hint = letter["hint"].text {
            lines.append(Self.indent + hint.printable)
        }
        return lines
    }
}
