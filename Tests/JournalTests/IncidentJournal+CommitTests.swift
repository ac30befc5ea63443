import Events
import Foundation
import Journal
import Testing

@Suite struct CommitTests {
    @Test func seqIsDenseAndEachBodyNamesTheOneBefore() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        var items = try journal.run([.escalation(draft(1)), .escalation(draft(2))])
        items += try journal.run([.escalation(draft(3))])
        #expect(items.map(\.seq) == [1, 2, 3])
        let first = String(decoding: items[0].body, as: UTF8.self)
        #expect(
            first == """
                {"channel":"main","epoch":1000,"id":1,"prev":null,"p":0,\
                "publisher":"nbo-1","q":0,"seq":1,"z":0}
                """)
        for (earlier, later) in zip(items, items.dropFirst()) {
            let digest = Hexadecimal.text(shortDigest(earlier.body))
            #expect(String(decoding: later.body, as: UTF8.self).contains("\"prev\":\"\(digest)\""))
        }
        #expect(journal.position == JournalPosition(epoch: 1_000, head: 3, floor: 1))
    }

    @Test func aKnownIdTakesNoSeq() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        try journal.run([.escalation(draft(1)), .escalation(draft(1))])
        let items = try journal.run([.escalation(draft(1)), .escalation(draft(2))])
        #expect(items.map(\.seq) == [2])
        #expect(journal.counters.suppressed == 2)
        #expect(journal.counters.committed == 2)
        #expect(try journal.fetched()?.items.compactMap { number("id", in: $0.body) } == [1, 2])
    }

    @Test func namesAreEscapedInTheBody() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open(publisher: "a\"b\\c\u{1}é")
        let item = try #require(try journal.run([.escalation(draft(1))]).first)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(item.body)) as? [String: Any])
        #expect(object["publisher"] as? String == "a\"b\\c\u{1}é")
    }

    @Test func theLastStateInABatchWins() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        try journal.run(
            [
                .state(rule: "a", key: key("x"), bytes: [1]),
                .state(rule: "a", key: key("x"), bytes: []),
                .state(rule: "a", key: key("y"), bytes: [2]),
                .state(rule: "a", key: key("y"), bytes: nil),
                .incident(subject: identity(1), incident: identity(2), state: [1]),
                .incident(subject: identity(1), incident: identity(2), state: [2]),
                .incident(subject: identity(3), incident: identity(4), state: [3]),
                .incidentClosed(subject: identity(3)),
            ], nextEventNo: 7)
        let recovered = try journal.recovered()
        #expect(recovered.nextEventNo == 7)
        #expect(recovered.states.map(\.bytes) == [[]])
        #expect(recovered.incidents.map(\.state) == [[2]])
        #expect(
            try journal.openIncidents() == [
                OpenIncident(
                    subject: identity(1), incident: identity(2), state: [2], eventNo: 7)
            ])
    }

    @Test func aForgottenRuleLosesWhatCameBeforeAndKeepsWhatComesAfter() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        try journal.run([
            .state(rule: "a", key: key("old"), bytes: [1]), .keyHeard(knownKey("a", key("old"))),
            .state(rule: "b", key: key("old"), bytes: [9]),
        ])
        try journal.run([
            .state(rule: "a", key: key("x"), bytes: [2]), .keyHeard(knownKey("a", key("x"))),
            .ruleForgotten(rule: "a"),
            .state(rule: "a", key: key("y"), bytes: [3]), .keyHeard(knownKey("a", key("y"))),
            .incident(subject: identity(1), incident: identity(1), state: []),
        ])
        let recovered = try journal.recovered()
        #expect(recovered.states.map(\.rule) == ["a", "b"])
        #expect(recovered.states.map(\.key) == [key("y"), key("old")])
        #expect(recovered.knownKeys.map(\.key) == [key("y")])
        #expect(recovered.incidents.count == 1)
    }

    @Test func whatIsRecoveredIsSortedByBytes() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        let names = ["b", "a", "é", "B", "aa"]
        try journal.run(names.map { .state(rule: $0, key: key("k"), bytes: [0]) })
        try journal.run(names.map { .keyHeard(knownKey("r", key($0))) })
        let recovered = try journal.recovered()
        #expect(recovered.states.map(\.rule) == ["B", "a", "aa", "b", "é"])
        #expect(
            recovered.knownKeys.map(\.key) == names.map { key($0) }.sorted(by: Key.precedes))
    }

    @Test func aBatchWithoutEntriesMovesTheEventNumber() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        #expect(try journal.recovered().nextEventNo == 1)
        #expect(try journal.run([], nextEventNo: 42).isEmpty)
        #expect(try journal.recovered().nextEventNo == 42)
    }

    @Test func aClosedJournalRefuses() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        try journal.close()
        #expect(throws: JournalError.self) { try journal.run([.escalation(draft(1))]) }
        #expect(journal.position.head == 0)
    }
}
