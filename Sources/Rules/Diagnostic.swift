import Foundation

/// One problem in a rule or configuration file, with the place it was found at.
///
/// Everything is said at once: whoever collects these prints them all before giving up.
package struct Diagnostic: Hashable, Sendable {
    /// Whether the files can be used in spite of it.
    package enum Severity: String, Sendable {
        /// The files are refused.
        case error
        /// The files are used.
        case warning
    }

    /// Error or warning.
    package var severity: Severity
    /// The file, as handed in.
    package var path: String
    /// From 1; 0 when the problem has no place in the file.
    package var line: Int
    /// In characters, from 1.
    package var column: Int
    /// What is wrong, one sentence without full stop.
    package var message: String
    /// What to do about it.
    package var hint: String?
    /// What the caret points into: the line, or the expression when it spans lines.
    package var sourceLine: String
    /// Where in `sourceLine` the caret stands, in characters, from 1: `column`, unless
    /// `sourceLine` is not the file's line.
    package var caretColumn: Int
    /// How many characters it marks.
    package var caretLength: Int

    /// A problem at a place.
    package init(
        _ severity: Severity, path: String, line: Int, column: Int, message: String,
        hint: String? = nil, sourceLine: String = "", caretColumn: Int? = nil, caretLength: Int = 1
    ) {
        self.severity = severity
        self.path = path
        self.line = line
        self.column = column
        self.message = message
        self.hint = hint
        self.sourceLine = sourceLine
        self.caretColumn = caretColumn ?? column
        self.caretLength = caretLength
    }
}

extension Diagnostic {
    /// The widest source line that is shown whole; of a longer one, the part around the caret is.
    private static let width = 160

    /// `path:line:column: error: what`, the source line, a caret under the token, and the hint;
    /// without a newline at the end.
    package func rendered(colour: Bool) -> String {
        let bold = colour ? "\u{1B}[1m" : ""
        let plain = colour ? "\u{1B}[0m" : ""
        let tint = colour ? (severity == .error ? "\u{1B}[31m" : "\u{1B}[33m") : ""
        let place = line > 0 ? "\(path):\(line):\(column):" : "\(path):"
        var text = "\(bold)\(place) \(plain)\(tint)\(bold)\(severity.rawValue):\(plain)"
        text += " \(bold)\(message)\(plain)"
        if line > 0 {
            let (shown, caret) = excerpt()
            text += "\n\(shown)\n\(tint)\(caret)\(plain)"
        }
        if let hint { text += "\nhint: \(hint)" }
        return text
    }

    /// The source line, cut to `width` around the caret, and the line with the caret. Tabs and
    /// control characters become blanks, so that the caret stands where it should.
    private func excerpt() -> (line: String, caret: String) {
        var characters = sourceLine.map { character -> Character in
            let isControl = character.unicodeScalars.allSatisfy {
                $0.properties.generalCategory == .control
            }
            return isControl ? " " : character
        }
        var caret = min(max(caretColumn, 1), characters.count + 1) - 1
        if characters.count > Diagnostic.width {
            let start = min(
                max(0, caret - Diagnostic.width / 2), characters.count - Diagnostic.width)
            let end = start + Diagnostic.width
            let cutsEnd = end < characters.count
            characters = Array(characters[start..<end])
            caret -= start
            if start > 0 { characters[0] = "…" }
            if cutsEnd { characters[characters.count - 1] = "…" }
        }
        let length = max(1, min(caretLength, characters.count - caret))
        let marks = String(repeating: " ", count: caret) + "^"
        return (String(characters), marks + String(repeating: "~", count: length - 1))
    }
}

extension Diagnostic: Encodable {
    private enum CodingKeys: String, CodingKey {
        case file, line, column, severity, message, hint
    }

    /// An object with `file`, `line`, `column`, `severity`, `message` and, if there is one, `hint`.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(path, forKey: .file)
        try container.encode(line, forKey: .line)
        try container.encode(column, forKey: .column)
        try container.encode(severity.rawValue, forKey: .severity)
        try container.encode(message, forKey: .message)
        try container.encodeIfPresent(hint, forKey: .hint)
    }

    /// That object as one line of JSON with sorted keys.
    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("Text and integers can always be written as JSON.")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
