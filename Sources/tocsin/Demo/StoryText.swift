import Client
import Events

// The demo's lines fit 80 columns; an escalation has its time, how bad, where, and what changed:
//
//   Mon 14:20  ▲▲  SEVERE   Flood · gauge 3 Millford   UPDATE watch → warning
//              Stage 4.12 m; it floods here at 4.0 m

/// How the demo writes escalations and scenes.
struct StoryText {
    /// Indentation of what belongs to the line above.
    static let indent = String(repeating: " ", count: 11)

    private let escalations: EscalationText
    private var terminal: Terminal { escalations.terminal }

    /// Lines with the words of `watch`.
    init(_ escalations: EscalationText) { self.escalations = escalations }

    /// An escalation; what it says to people follows when it is worse than what was said before.
    func lines(_ value: JSONValue, since before: JSONValue?) -> [String] {
        let mark = SeverityMark(value["kind"].text == "clear" ? nil : value["severity"].text)
        let time = Story.clock(value["event_time"].text)
        let first = [
            terminal.styled(time, .dim), "",
            terminal.styled(mark.symbol.padded(to: 3), mark.style),
            terminal.styled(mark.word.padded(to: 8), mark.style),
            (escalations.exercise(value) + subject(value)).padded(to: 26),
            terminal.styled(kind(value), .bold),
        ].joined(separator: " ")
        return isRise(value, since: before) ? [first] + messages(value) : [first]
    }

    /// What it is about; that data are missing is said with the kind.
    private func subject(_ value: JSONValue) -> String {
        let subject = escalations.subject(value)
        let prefix = "No data: "
        return isAboutSilence(value) && subject.hasPrefix(prefix)
            ? String(subject.dropFirst(prefix.count)) : subject
    }

    private func kind(_ value: JSONValue) -> String {
        guard isAboutSilence(value) else { return escalations.kind(value) }
        return value["kind"].text == "clear" ? "DATA AGAIN" : "NO USABLE DATA"
    }

    private func isAboutSilence(_ value: JSONValue) -> Bool {
        value["rule"]["name"].text?.hasSuffix("/no-data") == true
    }

    /// Something that happens in the story.
    func scene(_ sentence: String, at step: Int) -> String {
        terminal.styled("\(Story.clock(at: step))  »   \(sentence)", .dim)
    }

    /// Whether an escalation makes things worse than the latest word on its incident.
    private func isRise(_ value: JSONValue, since before: JSONValue?) -> Bool {
        switch value["kind"].text {
        case "alert": !isAboutSilence(value)
        case "update": severity(value) > before.map(severity) ?? -1
        case _: false
        }
    }

    private func severity(_ value: JSONValue) -> Int {
        value["severity"].text.flatMap(Severity.init(name:)).flatMap {
            Severity.allCases.firstIndex(of: $0)
        } ?? -1
    }

    /// The headline in every language it is given in.
    private func messages(_ value: JSONValue) -> [String] {
        let messages = value["message"].members
        return messages.compactMap { message in
            guard let headline = message.value["headline"].text, !headline.isEmpty else {
                return nil
            }
            let language = messages.count > 1 ? "\(message.name): " : ""
            return Self.indent + "    " + (language + headline).printable
        }
    }
}
