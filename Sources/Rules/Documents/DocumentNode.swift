/// A piece of a YAML document with its place in the file.
package struct DocumentNode: Sendable {
    /// What the piece is.
    enum Content: Sendable {
        case scalar(ScalarText)
        case sequence([DocumentNode])
        case mapping([Pair])
    }

    /// A scalar as YAML reads it; its type is decided by whoever asks for it.
    struct ScalarText: Sendable {
        var value: String
        var style: Style
    }

    /// How a scalar is written.
    enum Style: Sendable {
        case plain, singleQuoted, doubleQuoted
        /// `|` or `>`.
        case block
    }

    /// A key and its value.
    struct Pair: Sendable {
        var key: DocumentNode
        var value: DocumentNode
    }

    var content: Content
    /// What a caret should mark: a scalar with its quotes, or the first character of the rest.
    var range: Range<Int>

    /// The scalar, if it is one.
    var scalar: ScalarText? {
        if case .scalar(let text) = content { return text }
        return nil
    }

    /// Nothing written, `~` or `null`.
    var isNull: Bool {
        guard let scalar, scalar.style == .plain else { return false }
        return scalar.value.isEmpty || scalar.value == "~" || scalar.value == "null"
    }

    /// What it is, for messages.
    var kind: String {
        switch content {
        case .scalar: isNull ? "nothing" : "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
