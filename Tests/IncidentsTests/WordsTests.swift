import Events
import Testing

@testable import Incidents

/// What is said when the danger is over, and when nobody knows: never the words of the alert.
@Suite struct WordsTests {
    private static let alert: StandardWords.Message = [
        ("en", [("headline", "Flood"), ("description", "5 m"), ("instruction", "Go uphill")]),
        ("fr", [("headline", "Crue"), ("instruction", "Montez")]),
    ]

    private static func rule(_ noData: NoDataPolicy.Action? = nil) -> RuleDescription {
        var rule = BookRig.rule(noData: noData)
        rule.cap = CAPWords(
            category: "Met", urgency: "Immediate", certainty: "Observed",
            responseTypes: ["Evacuate"])
        rule.levels[0].cap = CAPWords(
            category: "Met", urgency: "Future", certainty: "Likely", responseTypes: ["Monitor"])
        return rule
    }

    private static func detection(
        _ change: Detection.Change, at time: Int64, _ message: StandardWords.Message,
        cause: Detection.Cause = .row
    ) -> Detection {
        var detection = BookRig.detection(change, at: time, cause: cause)
        detection.message = message
        return detection
    }

    private func texts(_ escalation: Escalation?) -> [String] {
        (escalation?.message ?? []).map { language, parts in
            "\(language) " + parts.map { "\($0.name)=\($0.text)" }.joined(separator: " ")
        }
    }

    private func cap(_ escalation: Escalation?) -> String {
        guard let cap = escalation?.cap else { return "" }
        return "\(cap.category ?? "-") \(cap.urgency) \(cap.certainty) \(cap.responseTypes)"
    }

    @Test func anAllClearTellsNobodyToGo() {
        var rig = BookRig([Self.rule()])
        rig.apply(Self.detection(.level(from: nil, to: "watch"), at: 10, Self.alert))
        #expect(cap(rig.said.last) == #"Met Future Likely ["Monitor"]"#)
        rig.apply(Self.detection(.level(from: "watch", to: "warning"), at: 20, Self.alert))
        #expect(cap(rig.said.last) == #"Met Immediate Observed ["Evacuate"]"#)
        // The rule has words of its own for it in French.
        rig.apply(
            Self.detection(
                .level(from: "warning", to: nil), at: 30,
                [("en", []), ("fr", [("headline", "Décrue"), ("instruction", "Rentrez")])]))
        #expect(
            texts(rig.said.last) == [
                "en headline=All clear: River above flood stage (a)",
                "fr headline=Décrue instruction=Rentrez",
            ])
        #expect(cap(rig.said.last) == #"Met Past Observed ["AllClear"]"#)
    }

    /// After a restart there may be no row to say anything about.
    @Test func anEndWithoutARowForgetsTheInstruction() {
        var rig = BookRig([Self.rule(.clear)])
        rig.apply(Self.detection(.level(from: nil, to: "warning"), at: 10, Self.alert))
        var end = Self.detection(.level(from: "warning", to: nil), at: 30, [], cause: .noData)
        end.values = []
        rig.apply(end)
        #expect(
            texts(rig.said.last) == [
                "en headline=Ended without data: River above flood stage (a)",
                "fr headline=Terminé sans données\u{A0}: River above flood stage (a)",
            ])
        // That nothing came is no sign that all is well.
        #expect(cap(rig.said.last) == "Met Past Observed []")
    }

    @Test func aSilenceClaimsNoDanger() {
        var rig = BookRig([Self.rule(.alert)])
        rig.apply(Self.detection(.level(from: nil, to: "warning"), at: 10, Self.alert))
        rig.apply(
            Self.detection(
                .silent, at: 20, [("en", [("headline", "Gauge a is silent")]), ("fr", [])],
                cause: .noData))
        #expect(
            texts(rig.said.last) == [
                "en headline=Gauge a is silent",
                "fr headline=Pas de données\u{A0}: River above flood stage (a)",
            ])
        #expect(cap(rig.said.last) == #"- Expected Possible ["Monitor"]"#)
        // Heard again while the level is active: its words are the other incident's.
        rig.apply(Self.detection(.heard, at: 30, Self.alert))
        #expect(
            texts(rig.said.last).first
                == "en headline=Data again: River above flood stage (a)")
        #expect(cap(rig.said.last) == "- Past Possible []")
    }

    @Test func aWithdrawnRuleTellsNobodyToGo() {
        var rig = BookRig([Self.rule()])
        rig.apply(Self.detection(.level(from: nil, to: "warning"), at: 10, Self.alert))
        rig.replace([], at: 20)
        #expect(rig.said.last?.kind == .cancel)
        #expect(
            texts(rig.said.last).first
                == "en headline=Warning withdrawn: River above flood stage (a)")
        #expect(cap(rig.said.last) == "Met Past Observed []")
    }

    /// A refresh repeats what was said.
    @Test func aRefreshSaysTheSame() {
        var rig = BookRig([Self.rule()])
        rig.apply(Self.detection(.level(from: nil, to: "warning"), at: 10, Self.alert))
        rig.advance(to: 101)
        #expect(rig.said.last?.kind == .refresh)
        #expect(texts(rig.said.last) == texts(rig.said.first))
        #expect(cap(rig.said.last) == cap(rig.said.first))
    }
}
