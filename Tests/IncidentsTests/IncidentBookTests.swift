import Events
import Testing

@testable import Incidents

/// The life of an incident, as a timeline.
@Suite struct IncidentBookTests {
    @Test func anIncidentIsRaisedMovesAndClears() {
        var rig = BookRig()
        rig.apply(BookRig.detection(.pending, at: 1))
        #expect(rig.said.isEmpty && rig.book.openCount == 0)
        rig.move(nil, "watch", at: 10, since: 1)
        rig.move("watch", "warning", at: 20)
        rig.move("warning", "top", at: 30)
        rig.move("top", "watch", at: 40)
        rig.move("watch", nil, at: 50)
        rig.apply(BookRig.detection(.calm, at: 60))
        #expect(
            rig.lines == [
                "15 alert stage[a] -→watch minor", "25 update stage[a] watch→warning severe",
                "35 update stage[a] warning→top severe", "45 update stage[a] top→watch minor",
                "55 clear stage[a] watch→- minor",
            ])
        #expect(rig.book.openCount == 0)
    }

    @Test func anEscalationShowsWhatItsDetectionShows() throws {
        var rig = BookRig()
        rig.move(nil, "warning", at: 10, since: 3, area: "KE030")
        let said = try #require(rig.said.first)
        #expect(said.eventTime == BookRig.seconds(10))
        #expect(said.onset == BookRig.seconds(3))
        #expect(said.sent == BookRig.seconds(15))
        #expect(said.expires == BookRig.seconds(115))
        #expect(said.evidence == 10...11)
        #expect(said.area == "KE030")
        #expect(said.values.map(\.value) == [.double(10)])
        #expect(said.labels.map(\.name) == ["basin"])
        #expect(said.message.first?.parts.first?.text == "High at 10")
        #expect(said.status == .actual && said.hazard == "flood" && said.cap.category == "Met")
        #expect(said.keyNames == ["station"] && said.title == "River above flood stage")
        #expect(said.ruleHash == "0123456789abcdef" && said.provenance?.region == "US")
    }

    /// Between rows there may be nothing to show: what was last shown stays.
    @Test func whatShowsNothingKeepsWhatWasShown() {
        var rig = BookRig()
        rig.move(nil, "warning", at: 10, area: "KE030")
        var empty = BookRig.detection(.level(from: "warning", to: "watch"), at: 20)
        (empty.values, empty.labels, empty.message) = ([], [], [])
        rig.apply(empty)
        #expect(rig.said[1].values.map(\.value) == [.double(10)])
        #expect(rig.said[1].message.first?.parts.first?.text == "High at 10")
        #expect(rig.said[1].eventTime == BookRig.seconds(20))
        #expect(rig.said[1].evidence == 20...21)
        // An area that is UNKNOWN on a row is not lost either.
        rig.move("watch", "warning", at: 30)
        #expect(rig.said[2].area == "KE030")
    }

    @Test func eachReferencesTheOneBefore() {
        var rig = BookRig()
        rig.move(nil, "watch", at: 10)
        rig.move("watch", "warning", at: 20)
        rig.advance(to: 200)
        rig.move("warning", nil, at: 210)
        #expect(rig.said.map(\.kind) == [.alert, .update, .refresh, .clear])
        #expect(rig.said[0].references == [])
        for index in 1..<4 { #expect(rig.said[index].references == [rig.said[index - 1].id]) }
        #expect(Set(rig.said.map(\.incident)).count == 1)
        #expect(Set(rig.said.map(\.subject)).count == 1)
        #expect(Set(rig.said.map(\.onset)).count == 1)
    }

    @Test func aLaterRaiseIsANewIncidentOfTheSameSubject() {
        var rig = BookRig()
        rig.move(nil, "watch", at: 10)
        rig.move("watch", nil, at: 20)
        rig.move(nil, "watch", at: 30)
        #expect(rig.said.map(\.kind) == [.alert, .clear, .alert])
        #expect(rig.said[2].references == [])
        #expect(rig.said[2].incident != rig.said[0].incident)
        #expect(rig.said[2].subject == rig.said[0].subject)
        #expect(rig.said[2].id != rig.said[0].id)
    }

    /// Who saw the warning sees the downgrade and the all-clear: its own route first, then all
    /// earlier ones in order, each once.
    @Test func everyRouteIsTakenAgain() {
        var rig = BookRig()
        func route(_ severity: Severity, _ area: String?) -> Escalation.Route {
            Escalation.Route(hazard: "flood", severity: severity, area: area)
        }
        rig.move(nil, "watch", at: 10, area: "A")
        rig.move("watch", "warning", at: 20, area: "A")
        rig.move("warning", "top", at: 30, area: "B")
        rig.move("top", "watch", at: 40, area: "A")
        rig.move("watch", nil, at: 50, area: "C")
        let (minorA, severeA) = (route(.minor, "A"), route(.severe, "A"))
        let severeB = route(.severe, "B")
        #expect(
            rig.said.map(\.routes) == [
                [minorA], [severeA, minorA], [severeB, minorA, severeA],
                [minorA, severeA, severeB], [route(.minor, "C"), minorA, severeA, severeB],
            ])
    }

    @Test func statusKeyAndRuleKeepIncidentsApart() {
        var rig = BookRig([BookRig.rule("one"), BookRig.rule("two")])
        let keys = [BookRig.key("a"), BookRig.key("b"), BookRig.key("a", .exercise)]
        for rule in 0..<2 {
            for key in keys { rig.move(nil, "watch", at: 10, rule: rule, key: key) }
        }
        #expect(rig.book.openCount == 6)
        #expect(Set(rig.said.map(\.subject)).count == 6)
        #expect(Set(rig.said.map(\.incident)).count == 6)
        #expect(Set(rig.said.map(\.id)).count == 6)
        let statuses: [Status] = [.actual, .actual, .exercise]
        #expect(rig.said.map(\.status) == statuses + statuses)
        rig.move("watch", nil, at: 20, rule: 1, key: keys[2])
        #expect(rig.lines.last == "25 clear two[a] watch→- minor")
        #expect(rig.book.openCount == 5)
    }

    @Test func openIncidentsAreListedBySeverityRuleAndKey() {
        var rig = BookRig([BookRig.rule("two"), BookRig.rule("one")])
        rig.move(nil, "watch", at: 10, rule: 0, key: BookRig.key("b"))
        rig.move(nil, "watch", at: 11, rule: 0, key: BookRig.key("a"))
        rig.move(nil, "watch", at: 12, rule: 1, key: BookRig.key("c"))
        rig.move(nil, "top", at: 13, rule: 0, key: BookRig.key("d"))
        #expect(
            rig.book.openIncidents.map { "\($0.rule) \($0.key.values[0])" }
                == ["two d", "one c", "two a", "two b"])
    }

    /// A detection about what is not open says nothing.
    @Test func whatIsNotOpenIsNotCleared() {
        var rig = BookRig([BookRig.rule(noData: .alert), BookRig.rule("held", noData: .hold)])
        rig.move("watch", nil, at: 10)
        rig.apply(BookRig.detection(.heard, at: 20))
        rig.apply(BookRig.detection(.heard, at: 20, rule: 1))
        rig.apply(BookRig.detection(.silent, at: 20, rule: 1))
        #expect(rig.said.isEmpty)
    }
}
