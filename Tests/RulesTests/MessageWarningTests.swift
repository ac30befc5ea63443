import Testing

/// Messages that can be said, and most likely were meant otherwise.
@Suite struct MessageWarningTests {
    private func warnings(_ lines: String) throws -> [String] {
        let text = """
            version: 1
            streams: {s: {fields: {x: double}}}
            rules:
              - rule: r
                on: s
                levels:
                  low: {when: x > 1.0, severity: minor}
                  top: {when: x > 2.0, severity: severe}

            """
        let outcome = compile(text + lines)
        guard case .compiled(_, let warnings) = outcome else {
            Issue.record("\(outcome)")
            return []
        }
        return warnings.map { "\($0.line):\($0.column) \($0.message)" }
    }

    /// Who reads one language hears what the others hear.
    @Test func aLanguageLacksWhatAnotherHas() throws {
        let told = try warnings(
            """
                message:
                  en: {headline: a, clear: b, levels: {top: {instruction: c}}}
                  fr: {headline: a, clear: b}
                  es: {headline: a, levels: {top: {instruction: c}}}
            """)
        #expect(
            told == [
                "11:7 `fr` has no text for level `top`, and `en` has one",
                "12:7 `es` has no text for `clear`, and `en` has one",
            ])
    }

    @Test func aSilenceThatIsNeverTold() throws {
        let text = "    message: {en: {headline: a, no_data: b}}\n"
        #expect(try warnings(text) == ["9:42 this is never said"])
        let hold = "    no_data: {after: 1h}\n" + text
        #expect(try warnings(hold) == ["10:42 this is never said"])
        for action in ["alert", "clear"] {
            #expect(try warnings("    no_data: {after: 1h, do: \(action)}\n" + text) == [])
        }
    }
}
