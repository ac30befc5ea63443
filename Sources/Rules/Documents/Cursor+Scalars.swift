import Events

extension Cursor {
    /// Any single value, as it is written.
    package func string() -> String? {
        guard let scalar = node.scalar, !node.isNull else { return mismatch("text") }
        return scalar.value
    }

    /// Text of at least one character.
    package func text() -> String? {
        guard let value = string() else { return nil }
        guard value.contains(where: { !$0.isWhitespace }) else { return fail("\(name) is empty") }
        return value
    }

    /// A name: `[A-Za-z0-9][A-Za-z0-9._-]*`, at most 64 characters.
    package func identity() -> String? {
        guard let value = string() else { return nil }
        let isFirst = value.utf8.first.map(Cursor.isWordByte) ?? false
        let isRest = value.utf8.allSatisfy { Cursor.isWordByte($0) || "._-".utf8.contains($0) }
        guard isFirst, isRest else {
            return fail(
                "`\(value)` is not a name",
                hint:
                    "names have letters, digits, `.`, `_` and `-`, and begin with a letter or digit"
            )
        }
        guard value.utf8.count <= 64 else {
            return fail("a name has at most 64 characters, this one \(value.utf8.count)")
        }
        return value
    }

    static func isWordByte(_ byte: UInt8) -> Bool {
        let folded = byte | 0x20
        return (folded >= UInt8(ascii: "a") && folded <= UInt8(ascii: "z"))
            || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    }

    /// `true` or `false`.
    package func bool() -> Bool? {
        guard let scalar = node.scalar, scalar.style == .plain else {
            return mismatch("`true` or `false`")
        }
        switch scalar.value {
        case "true": return true
        case "false": return false
        default: return fail("\(name) must be `true` or `false`, not `\(scalar.value)`")
        }
    }

    /// A whole number in a range.
    package func int(in range: ClosedRange<Int64> = .min ... .max) -> Int64? {
        guard let scalar = node.scalar, !node.isNull else { return mismatch("a whole number") }
        guard scalar.style == .plain, let value = Int64(scalar.value) else {
            return fail("\(name) must be a whole number, not \(shown(scalar))")
        }
        guard range.contains(value) else {
            if range.upperBound == .max {
                return fail("\(name) must be at least \(range.lowerBound)")
            }
            return fail("\(name) must lie between \(range.lowerBound) and \(range.upperBound)")
        }
        return value
    }

    /// A finite number; with `infinite` also `.inf` and `-.inf`.
    package func double(infinite: Bool = false) -> Double? {
        guard let scalar = node.scalar, !node.isNull else { return mismatch("a number") }
        if infinite, scalar.style == .plain {
            if [".inf", "+.inf"].contains(scalar.value) { return .infinity }
            if scalar.value == "-.inf" { return -.infinity }
        }
        guard scalar.style == .plain, let value = Double(decimal: scalar.value) else {
            return fail("\(name) must be a number, not \(shown(scalar))")
        }
        return value
    }

    /// The longest duration that is accepted: three of it, added to any time, do not overflow.
    private static var longest: TimeSpan { .seconds(520 * 7 * 86_400) }

    /// A duration in nanoseconds: `90s`, `1h30m`, `7d`.
    package func duration(positive: Bool = false) -> Int64? {
        guard let scalar = node.scalar, !node.isNull else {
            return mismatch("a duration", hint: "write it as `90s`, `15m`, `1h30m` or `7d`")
        }
        guard let span = TimeSpan(scalar.value) else {
            if Double(scalar.value) != nil {
                return fail(
                    "\(name) must be a duration, not the bare number `\(scalar.value)`",
                    hint:
                        "write the unit: `\(scalar.value)s`, `\(scalar.value)m` or `\(scalar.value)h`"
                )
            }
            return fail(
                "`\(scalar.value)` is not a duration",
                hint: "write it as `90s`, `15m`, `1h30m` or `7d`, largest unit first")
        }
        guard span <= Cursor.longest else {
            return fail("\(name) must be at most 520w, not `\(scalar.value)`")
        }
        guard !positive || span.nanoseconds > 0 else {
            return fail("\(name) must be longer than 0s")
        }
        return span.nanoseconds
    }

    /// One of a few words.
    package func word(of words: [String], later: [String] = []) -> String? {
        guard let value = string() else { return nil }
        if words.contains(value) { return value }
        if later.contains(value) {
            return fail(Vocabulary.notInThisVersion("`\(name.bare) \(value)`"))
        }
        if let meant = Spelling.closest(to: value, among: words + later) {
            return fail("\(name) cannot be `\(value)`", hint: "did you mean `\(meant)`?")
        }
        return fail(
            "\(name) cannot be `\(value)`",
            hint: words.count == 1
                ? "it can only be \(Spelling.list(words))" : "it is one of \(Spelling.list(words))")
    }

    private func shown(_ scalar: DocumentNode.ScalarText) -> String {
        scalar.style == .plain ? "`\(scalar.value)`" : "the text '\(scalar.value)'"
    }
}

extension String {
    /// The key without its back quotes, followed by a colon.
    fileprivate var bare: String { filter { $0 != "`" } + ":" }
}

extension Double {
    /// The finite number that a text is in decimals, `-1.5e3`; nil for all else that `Double` reads.
    init?(decimal text: some StringProtocol) {
        let isDecimal = text.utf8.allSatisfy { byte in
            (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || "+-.eE".utf8.contains(byte)
        }
        guard isDecimal, let value = Double(text), value.isFinite else { return nil }
        self = value
    }
}
