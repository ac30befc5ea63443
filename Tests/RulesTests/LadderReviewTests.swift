import Testing

/// Levels that nobody meant are found where it is certain, and nothing else is.
@Suite struct LadderReviewTests {
    private func warnings(_ rule: String) -> [String] {
        let text = """
            version: 1
            streams:
              s:
                fields:
                  x: {type: double, valid: [-5, 40]}
                  y: double
                  n: int
                  b: bool
            rules:
              - rule: r
                on: s
            \(rule.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
            """
        switch compile(text) {
        case .compiled(_, let warnings): return warnings.map { "\($0.line): \($0.message)" }
        case .refused(let errors): return errors.map { "refused: \($0.message)" }
        }
    }

    private func ladder(_ levels: String...) -> String {
        let names = ["watch", "warning", "emergency"]
        return "levels:\n"
            + zip(names, levels).map { "  \($0): {\($1), severity: severe}" }
            .joined(separator: "\n")
    }

    @Test func neverRaised() {
        for when in ["x > 3 && x < 3", "x > 40", "x < -5.0", "n > 3 && n <= 3", "1 > 2"] {
            #expect(
                warnings("when: \(when)\nseverity: minor") == ["12: this condition is never TRUE"],
                "\(when)")
        }
    }

    @Test func alwaysRaised() {
        for when in ["x >= -5", "x < 41", "x >= -10.0 && x <= 40", "2 > 1", "true"] {
            #expect(
                warnings("when: \(when)\nseverity: minor") == ["12: this condition is always TRUE"],
                "\(when)")
        }
    }

    @Test func aSilenceShorterThanAGap() {
        let text = """
            version: 1
            streams: {s: {expect: 15m, fields: {x: double}}}
            rules:
              - {rule: r, on: s, when: x > 1, severity: minor, no_data: {after: 10m}}
            """
        #expect(
            diagnostics(of: text).map(\.message) == [
                "a reading is due every 15m: each gap is a silence"
            ])
        #expect(diagnostics(of: text.replacing("10m", with: "15m")).isEmpty)
    }

    /// A brace without a dollar, where it holds a name, is told; other braces are text.
    @Test func aForgottenDollar() {
        let message = "message: '{x} of {place} and {y}, $${x}, ${x}'"
        #expect(
            warnings("when: x > 3\nseverity: minor\n\(message)") == [
                "14: `{x}` is sent as it stands", "14: `{y}` is sent as it stands",
            ])
    }

    @Test func neverLeft() {
        for clear in ["x < -5", "x > 40.0 && x < 50.0", "false", "2 < 1"] {
            #expect(
                warnings("when: y > 3\nclear: \(clear)\nseverity: minor")
                    == ["13: this level can never be left"], "\(clear)")
        }
        for (when, clear) in [
            ("x > 3", "x > 5"), ("x >= 3", "x >= 3"), ("x < 1", "x < 0"), ("b", "b"),
            ("x > 3", "x > 6 && x < 5"), ("x > 1 && x < 9", "x > 2 && x < 8"),
        ] {
            #expect(
                warnings("when: \(when)\nclear: \(clear)\nseverity: minor")
                    == ["13: this level can never be left"], "\(when), \(clear)")
        }
        #expect(
            warnings("when: x > 3\nclear: x < 4\nseverity: minor")
                == ["13: `clear` is TRUE also where `when` is TRUE"])
    }

    @Test func hiddenByTheLevelAbove() {
        let hidden = [
            "13: level `watch` is never raised: `warning` above it is TRUE whenever it is"
        ]
        #expect(warnings(ladder("when: x > 4", "when: x > 3")) == hidden)
        #expect(warnings(ladder("when: x > 3", "when: x >= 3")) == hidden)
        #expect(warnings(ladder("when: x < 1", "when: x < 2")) == hidden)
        #expect(warnings(ladder("when: x > 3, for: 10m", "when: x > 3, for: 5m")) == hidden)
        #expect(warnings(ladder("when: x > 3, for: {readings: 2}", "when: x > 3")) == hidden)
    }

    @Test func nothingElseIsComplainedOf() {
        for rule in [
            ladder("when: x > 3, clear: x < 2.8", "when: x > 4, clear: x < 3.8", "when: x >= 5"),
            ladder("when: x < 3", "when: x < 2"), ladder("when: x > 3", "when: x > 3, for: 1h"),
            ladder("when: x > 5", "when: x > 3, for: 1h"), ladder("when: x > 3", "when: y > 1"),
            ladder("when: x > 1 && x < 2", "when: x >= 2"), ladder("when: x != 3", "when: x > 3"),
            ladder("when: x > y", "when: x > 3"),
            ladder("when: x > 3, for: {readings: 2}", "when: x > 3, for: 1m"),
            "when: x > 3\nclear: x <= 3\nseverity: minor",
            "when: x >= 3\nclear: x <= 3\nseverity: minor",
            "when: x > 3\nclear: y < 9\nseverity: minor",
            "when: x >= 40\nseverity: minor", "when: x <= -5\nseverity: minor",
            "when: n > 9007199254740993\nclear: n < 9007199254740993\nseverity: minor",
            "when: b\nclear: '!b'\nseverity: minor", "when: x == 3\nclear: x != 3\nseverity: minor",
        ] { #expect(warnings(rule) == [], "\(rule)") }
    }
}
