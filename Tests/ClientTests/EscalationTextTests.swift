import Client
import Testing

@testable import tocsin

private let alert = """
    {"area":{"code":"KE030","name":"Nakuru"},"channel":"main","event_time":"2026-01-01T00:10:00.25Z",\
    "expires":"2026-01-01T06:10:00Z","flags":[],"key":{"station":"KE-001"},"kind":"alert",\
    "level":"warning","message":{"en":{"headline":"Stage is 5.21 m"},"sw":{"headline":"Maji 5.21 m"}},\
    "previous_level":null,"rule":{"name":"river-stage"},"seq":17,"severity":"severe",\
    "status":"actual","title":"River above flood stage"}
    """

@Suite("Escalations as people read them")
struct EscalationTextTests {
    private func text(_ body: String, colour: Bool = false, _ languages: String...) -> String {
        EscalationText(terminal: Terminal(hasColour: colour), languages: languages)
            .lines(Array(body.utf8))
    }

    @Test("an alert")
    func first() {
        #expect(
            text(alert) == """
                2026-01-01 00:10:00Z  ▲▲   SEVERE    ALERT warning           River above flood stage · station KE-001
                                                     Stage is 5.21 m · area KE030 Nakuru · until 06:10:00Z
                """)
    }

    @Test("a level that moves, data that stop, the all-clear, an exercise")
    func kinds() {
        let update = alert.replacing(#""kind":"alert""#, with: #""kind":"update""#)
            .replacing(#""previous_level":null"#, with: #""previous_level":"watch""#)
        #expect(text(update).contains("SEVERE    UPDATE watch → warning  River"))
        let noData = alert.replacing(#""kind":"alert""#, with: #""kind":"update""#)
            .replacing(#""flags":[]"#, with: #""flags":["no-data"]"#)
        #expect(text(noData).contains("UPDATE no data          River"))
        let clear = alert.replacing(#""kind":"alert""#, with: #""kind":"clear""#)
            .replacing(#""level":"warning""#, with: #""level":null"#)
        #expect(text(clear).contains("✓              ALL CLEAR               River"))
        #expect(!text(clear).contains("until"))
        let refresh = alert.replacing(#""kind":"alert""#, with: #""kind":"refresh""#)
        #expect(text(refresh).contains("STILL warning"))
        let cancel = alert.replacing(#""kind":"alert""#, with: #""kind":"cancel""#)
            .replacing(#""flags":[]"#, with: #""flags":["rule-withdrawn"]"#)
        #expect(text(cancel).contains("CANCELLED               River"))
        #expect(text(cancel).contains("(rule withdrawn)"))
        let exercise = alert.replacing("actual", with: "exercise")
        #expect(text(exercise).contains("[EXERCISE] River"))
        #expect(
            text(alert.replacing("\"alert\"", with: "\"step\"")).contains(
                "STEP                    River"))
    }

    @Test("the headline is in the reader's language, else in English, else in any")
    func languages() {
        #expect(text(alert, "sw-KE", "sw_KE", "sw").contains("Maji"))
        #expect(text(alert, "fr").contains("Stage is"))
        #expect(text(alert.replacing("\"en\"", with: "\"pt\""), "fr").contains("Stage is"))
        #expect(
            EscalationText.languages(of: ["LANG": "sw_KE.UTF-8"]) == ["sw-KE", "sw_KE", "sw"])
        #expect(
            EscalationText.languages(of: ["LANG": "sw", "LC_ALL": "fr_FR@euro"]).first == "fr-FR")
        #expect(EscalationText.languages(of: [:]).isEmpty)
    }

    @Test("colour only adds: without it every severity has its symbol and its word")
    func colour() {
        #expect(text(alert, colour: true).contains("\u{1b}[1;31mSEVERE"))
        #expect(!text(alert).contains("\u{1b}"))
        for (name, symbol) in [("minor", "△"), ("moderate", "▲"), ("extreme", "▲▲▲")] {
            let body = alert.replacing("\"severe\"", with: "\"\(name)\"")
            #expect(text(body).contains(symbol.padded(to: 3) + "  \(name.uppercased())"))
        }
    }

    @Test("nothing that feeds or rules write steers the terminal")
    func hostile() {
        let body = alert.replacing("Stage is", with: #"\u001b[2J\u202e\n"#)
        #expect(!text(body).contains("\u{1b}"))
        #expect(!text(body).contains("\u{202e}"))
        #expect(text(body).split(separator: "\n").count == 2)
        #expect(text("\u{1b}[2J no JSON").hasPrefix("\u{fffd}[2J no"))
    }

    @Test("what is missing is left out")
    func empty() { #expect(text("{}").contains("?")) }
}
