import Events
import Testing

@testable import Incidents

/// What the silence of a key does to its incidents.
@Suite struct SilenceTests {
    @Test func holdSaysSoOnceAndWhenHeardAgain() {
        var rig = BookRig([BookRig.rule(noData: .hold)])
        rig.move(nil, "watch", at: 10)
        rig.apply(BookRig.detection(.silent, at: 20, cause: .noData))
        rig.apply(BookRig.detection(.silent, at: 21, cause: .noData))
        #expect(rig.book.openIncidents.map(\.isKnown) == [false])
        // It shows what the last readings said, not the silence.
        #expect(rig.said.last?.values.map(\.value) == [.double(10)])
        #expect(rig.said.last?.eventTime == BookRig.seconds(20))
        rig.advance(to: 101)
        rig.apply(BookRig.detection(.heard, at: 110))
        rig.apply(BookRig.detection(.heard, at: 111))
        rig.advance(to: 200)
        #expect(
            rig.lines == [
                "15 alert stage[a] -→watch minor", "25 update stage[a] watch→watch minor no-data",
                "101 refresh stage[a] watch→watch minor no-data",
                "115 update stage[a] watch→watch minor", "200 refresh stage[a] watch→watch minor",
            ])
        #expect(rig.said[3].values.map(\.value) == [.double(110)])
    }

    @Test func aMoveMakesAHeldIncidentKnown() {
        var rig = BookRig([BookRig.rule(noData: .hold)])
        rig.move(nil, "watch", at: 10)
        rig.apply(BookRig.detection(.silent, at: 20, cause: .noData))
        rig.move("watch", "warning", at: 30)
        #expect(rig.book.openIncidents.map(\.isKnown) == [true])
        rig.apply(BookRig.detection(.heard, at: 30))
        #expect(rig.said.count == 3)
        #expect(rig.said.last?.flags == [])
    }

    @Test func alertOpensAnIncidentOfItsOwn() {
        var rig = BookRig([BookRig.rule(noData: .alert)])
        rig.move(nil, "warning", at: 10)
        rig.apply(BookRig.detection(.silent, at: 20, since: 12, cause: .noData))
        #expect(rig.book.openCount == 2)
        rig.move("warning", nil, at: 30)
        rig.apply(BookRig.detection(.heard, at: 40))
        #expect(
            rig.lines == [
                "15 alert stage[a] -→warning severe",
                "25 alert stage/no-data[a] -→active moderate",
                "35 clear stage[a] warning→- severe",
                "45 clear stage/no-data[a] active→- moderate",
            ])
        #expect(rig.said[1].onset == BookRig.seconds(12))
        #expect(rig.said[1].subject != rig.said[0].subject)
        #expect(rig.said[1].incident != rig.said[0].incident)
        #expect(rig.said[1].title == "No data: River above flood stage")
        #expect(
            rig.said[1].message.map { "\($0.language) \($0.parts.map(\.text))" }
                == ["en [\"No data: River above flood stage (a)\"]"])
    }

    /// The words about silence come in the languages of the rule's own message.
    @Test func silenceSpeaksTheLanguagesOfTheRule() {
        var rig = BookRig([BookRig.rule(noData: .alert)])
        var detection = BookRig.detection(.silent, at: 20, cause: .noData)
        detection.message = ["fr-CD", "es", "sw"].map { ($0, []) }
        rig.apply(detection)
        #expect(rig.said[0].message.map(\.language) == ["fr-CD", "es", "sw"])
        #expect(
            rig.said[0].message.map { $0.parts[0].text.prefix(9) }
                == ["Pas de do", "Sin datos", "No data: "])
        detection.message = []
        detection.key = BookRig.key("b")
        rig.apply(detection)
        #expect(rig.said[1].message.map(\.language) == ["en"])
    }

    /// Under `clear` the evaluator leaves the level; the all-clear says why.
    @Test func clearLeavesWithItsCause() {
        var rig = BookRig([BookRig.rule(noData: .clear)])
        rig.move(nil, "warning", at: 10)
        rig.apply(BookRig.detection(.silent, at: 20, cause: .noData))
        #expect(rig.said.count == 1)
        rig.move("warning", nil, at: 20, cause: .noData)
        rig.apply(BookRig.detection(.heard, at: 30))
        #expect(rig.lines.dropFirst() == ["25 clear stage[a] warning→- severe no-data"])
    }

    @Test func silenceIncidentsAreRefreshedUnderTheirRule() {
        var rig = BookRig([BookRig.rule(noData: .alert)])
        rig.apply(BookRig.detection(.silent, at: 20, cause: .noData))
        rig.advance(to: 101)
        rig.apply(BookRig.detection(.heard, at: 110))
        #expect(
            rig.lines.dropFirst() == [
                "101 refresh stage/no-data[a] active→active moderate",
                "115 clear stage/no-data[a] active→- moderate",
            ])
    }
}
