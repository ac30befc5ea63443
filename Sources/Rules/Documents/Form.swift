import CEL
import Events

/// The form of a text: what a loader checks byte by byte, written down once more as a pattern for
/// editors, which know nothing else.
package struct Form: Sendable {
    /// A regular expression (ECMA 262 with its `u` flag, the subset that JSON Schema recommends) for
    /// the whole text.
    let pattern: String
    /// What is said of a text that does not match.
    let hint: String
    /// What else reads as such text when it stands there without quotes.
    let bare: Bare
    /// Texts that match and are refused all the same.
    let reserved: [String]

    /// Which bare scalars, to YAML no text, a reader of texts accepts as they are written.
    package enum Bare: Sendable {
        /// None.
        case nothing
        /// Numbers.
        case numbers
        /// Whole numbers, `true` and `false`.
        case whole
        /// Numbers that are not negative, `true` and `false`.
        case notNegative
        /// Numbers, `true` and `false`.
        case anything
    }

    /// A form; `pattern` matches the whole text.
    package init(_ pattern: String, _ hint: String, bare: Bare, reserved: [String] = []) {
        self.pattern = pattern
        self.hint = hint
        self.bare = bare
        self.reserved = reserved
    }

    /// What `Cursor.identity` accepts.
    package static let identity = Form(
        "^\(identityPattern)$",
        "a name has letters, digits, `.`, `_` and `-`, begins with a letter or digit, and has at most 64 characters",
        bare: .notNegative)
    static let identityPattern = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"

    /// What an expression can say: the name of a field or of a `let`.
    static let identifier = Form(
        "^[A-Za-z_][A-Za-z0-9_]*$",
        "a name in expressions has letters, digits and `_`, begins with no digit, and is no word of CEL",
        bare: .anything, reserved: CEL.reservedWords.sorted())

    /// `a.b`: names of members from the root of a document.
    static let path = Form(
        #"^(?!\s*$)[^.]+(?:\.[^.]+)*$"#, "write the names of members, as in `a.b`",
        bare: .anything)

    /// A length of time that `TimeSpan` reads.
    static func duration(positive: Bool) -> Form {
        Form(
            positive ? "^(?=.*[1-9])\(durationPattern)$" : "^\(durationPattern)$",
            "write a duration as `90s`, `15m`, `1h30m` or `7d`, largest unit first"
                + (positive ? "; it must be longer than 0s" : ""),
            bare: .nothing)
    }

    /// A number with each unit, the largest first, of which at least one is there.
    static let durationPattern =
        "(?=[0-9])"
        + TimeSpan.unitNames.map { "(?:[0-9]+(?:\\.[0-9]+)?\($0))?" }.joined()
}
