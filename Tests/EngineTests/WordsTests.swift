import Events
import TestSupport
import Testing

@testable import Engine

/// Which of a rule's words are said when, and with whose values.
@Suite struct WordsTests {
    private static let text = """
        version: 1
        streams:
          s:
            time: t
            fields: {k: string, x: double}
        rules:
          - rule: r
            title: High
            on: s
            by: k
            levels:
              low: {when: x > 1.0, severity: minor, cap: {urgency: Future}}
              top: {when: x > 5.0, severity: extreme}
            no_data: {after: 1h, do: ACTION}
            cap: {urgency: Immediate, certainty: Observed, responseType: Shelter}
            message:
              en:
                headline: "${x} at ${k}"
                instruction: Watch
                levels:
                  top: {instruction: "Run from ${k}"}
                clear: {headline: "Only ${x} at ${k}", description: Over}
                no_data: "Silent, last ${x}"
              fr: {headline: "${x}"}
        """

    private func engine(_ action: String) throws -> Rehearsed {
        let text = Self.text.replacing("ACTION", with: action)
            .replacing(
                "    no_data: \"Silent",
                with: action == "hold" ? "    # \"" : "    no_data: \"Silent")
        return Rehearsed(try RuleText.plan(text))
    }

    private func said(_ engine: borrowing Rehearsed) -> [String] {
        engine.said.map { escalation in
            let words = escalation.message.map { language, parts in
                "\(language): " + parts.map(\.text).joined(separator: ", ")
            }
            return "\(escalation.kind) " + words.joined(separator: " | ")
                + " [\(escalation.cap.urgency) \(escalation.cap.responseTypes.joined())]"
        }
    }

    private func row(_ x: Double) -> [String: Scalar] { ["k": .string("a"), "x": .double(x)] }

    @Test func eachLevelSaysItsOwn() throws {
        var engine = try engine("hold")
        for (minute, value) in [2.0, 7, 3, 0].enumerated() {
            engine.row(row(value), at: seconds(minute * 60))
        }
        #expect(
            said(engine) == [
                "alert en: 2 at a, Watch | fr: 2 [Future Shelter]",
                "update en: 7 at a, Run from a | fr: 7 [Immediate Shelter]",
                "update en: 3 at a, Watch | fr: 3 [Future Shelter]",
                "clear en: Only 0 at a, Over | fr: Fin d'alerte\u{A0}: High (a) [Past AllClear]",
            ])
    }

    @Test func silenceSaysItsOwn() throws {
        var engine = try engine("alert")
        engine.row(row(7), at: seconds(0))
        engine.row(row(6), at: seconds(2 * 3600))
        #expect(
            said(engine) == [
                "alert en: 7 at a, Run from a | fr: 7 [Immediate Shelter]",
                "alert en: Silent, last 7 | fr: Pas de données\u{A0}: High (a) [Expected Monitor]",
                "clear en: Data again: High (a) | fr: De nouveau des données\u{A0}: High (a) [Past ]",
            ])
    }

    @Test func aLapseIsNoAllClear() throws {
        var engine = try engine("clear")
        engine.row(row(7), at: seconds(0))
        engine.row(row(0), at: seconds(2 * 3600))
        #expect(
            said(engine).last
                == "clear en: Silent, last 7 | fr: Terminé sans données\u{A0}: High (a) [Past ]")
    }

    /// Under `hold` the words of the level stay, and are its own again when the key is heard.
    @Test func aHeldLevelKeepsItsWords() throws {
        var engine = try engine("hold")
        engine.row(row(7), at: seconds(0))
        engine.row(row(6), at: seconds(2 * 3600))
        #expect(
            said(engine).dropFirst() == [
                "update en: 7 at a, Run from a | fr: 7 [Immediate Shelter]",
                "update en: 6 at a, Run from a | fr: 6 [Immediate Shelter]",
            ])
    }

    /// Going down, a level that is UNKNOWN is passed over, and never left for none: the lowest ends
    /// only where that is seen.
    @Test func theWayDownPassesOverWhatIsUnknown() throws {
        let text = """
            version: 1
            streams: {s: {time: t, fields: {k: string, a: double, b: double, c: double}}}
            rules:
              - rule: r
                on: s
                by: k
                levels:
                  low: {when: a > 0.0, severity: minor}
                  middle: {when: b > 0.0, severity: minor}
                  top: {when: c > 0.0, severity: minor}
            """
        func lands(_ a: Double?, _ b: Double?) throws -> String? {
            var engine = Rehearsed(try RuleText.plan(text))
            func row(_ a: Double?, _ b: Double?, _ c: Double) -> [String: Scalar] {
                [
                    "k": .string("k"), "a": a.map { .double($0) } ?? .unknown,
                    "b": b.map { .double($0) } ?? .unknown, "c": .double(c),
                ]
            }
            engine.row(row(1, 1, 1), at: seconds(0))
            engine.row(row(a, b, 0), at: seconds(60))
            return engine.said.last?.level
        }
        #expect(try lands(1, nil) == "low")
        #expect(try lands(nil, 1) == "middle")
        #expect(try lands(nil, nil) == "low")
        #expect(try lands(nil, 0) == "low")
        #expect(try lands(0, nil) == nil)
    }
}
