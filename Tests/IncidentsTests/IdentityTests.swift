import Events
import Testing

@testable import Incidents

/// Identities are the same wherever the input is the same, and differ where it differs.
@Suite struct IdentityTests {
    private func life(_ rig: inout BookRig) {
        rig.move(nil, "watch", at: 10, since: 4)
        rig.move("watch", "warning", at: 20)
        rig.move("warning", "watch", at: 30)
        rig.move("watch", "warning", at: 40)
        rig.advance(to: 200)
        rig.advance(to: 300)
        rig.move("warning", nil, at: 310)
    }

    @Test func twoBooksSayTheSameIds() {
        var (one, two) = (BookRig(), BookRig([BookRig.rule("other"), BookRig.rule()]))
        life(&one)
        // Where the rule stands among others, and what else goes on, does not matter.
        two.move(nil, "watch", at: 1, rule: 0)
        two.move(nil, "watch", at: 10, since: 4, rule: 1)
        two.move(nil, "watch", at: 11, rule: 1, key: BookRig.key("b"))
        #expect(two.said[1].id == one.said[0].id)
        #expect(two.said[1].incident == one.said[0].incident)
        var again = BookRig()
        life(&again)
        #expect(again.said.map(\.id) == one.said.map(\.id))
    }

    /// `id` counts how often the incident said the (kind, level): nothing is said twice under one.
    @Test func whatIsSaidAgainHasAnotherId() {
        var rig = BookRig()
        life(&rig)
        #expect(
            rig.said.map(\.kind)
                == [.alert, .update, .update, .update, .refresh, .refresh, .clear])
        #expect(Set(rig.said.map(\.id)).count == 7)
        let incident = rig.said[0].incident
        func id(_ kind: Escalation.Kind, _ level: String?, _ count: Int) -> Identity {
            Identities.escalation(incident, kind, level: level, count: count, BookRig.digest)
        }
        #expect(
            rig.said.map(\.id) == [
                id(.alert, "watch", 1), id(.update, "warning", 1), id(.update, "watch", 1),
                id(.update, "warning", 2), id(.refresh, "warning", 1), id(.refresh, "warning", 2),
                id(.clear, nil, 1),
            ])
    }

    /// Two nodes whose hold began at different rows have two incidents of one subject.
    @Test func theAnchorIsWhereTheHoldBegan() {
        var (one, two) = (BookRig(), BookRig())
        one.move(nil, "watch", at: 10, since: 4)
        two.move(nil, "watch", at: 10, since: 5)
        #expect(one.said[0].incident != two.said[0].incident)
        #expect(one.said[0].subject == two.said[0].subject)
        // When it was found, and at which level, does not matter.
        var three = BookRig()
        three.move(nil, "warning", at: 12, since: 4)
        #expect(three.said[0].incident == one.said[0].incident)
        #expect(three.said[0].id != one.said[0].id)
    }

    /// Parts stand behind their length: nothing moves from one part into the next.
    @Test func differentPartsHaveDifferentIdentities() {
        func subject(_ rule: String, _ key: Key) -> Identity {
            Identities.subject(rule, key, BookRig.digest)
        }
        let keys = [
            Key(status: .actual, values: []), Key(status: .actual, values: [.string("")]),
            Key(status: .actual, values: [.string("a"), .string("b")]),
            Key(status: .actual, values: [.string("ab")]), BookRig.key("a"),
            BookRig.key("a", .test),
        ]
        let subjects = ["", "a", "aa"].flatMap { rule in keys.map { subject(rule, $0) } }
        #expect(Set(subjects).count == subjects.count)
        let incident = Identity(digest: [UInt8](0..<16))
        let ids = [nil, "", "watch"].flatMap { level in
            Escalation.Kind.allCases.flatMap { kind in
                (1...3).map {
                    Identities.escalation(incident, kind, level: level, count: $0, BookRig.digest)
                }
            }
        }
        #expect(Set(ids).count == 45)
    }

    /// The encoding is a promise between nodes: what is hashed, byte for byte.
    @Test func theEncodingIsAsItIsWritten() {
        func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count), 0, 0, 0] + text.utf8 }
        let key = BookRig.key("ab")
        let parts = text("r") + [5, 0, 0, 0, Status.actual.rawValue, 1, 2] + Array("ab".utf8)
        let anchor: [UInt8] = [1, 2, 0, 0, 0, 0, 0, 0]
        // An identity holds sixteen bytes of a digest: here the first of the input, then the last.
        let ends: [IncidentBook.Digest] = [{ Array($0.prefix(16)) }, { Array($0.suffix(16)) }]
        let time = Timestamp(nanoseconds: 513)
        for (end, digest) in zip(0..<2, ends) {
            func cut(_ bytes: [UInt8]) -> [UInt8] {
                Array(end == 0 ? bytes.prefix(16) : bytes.suffix(16))
            }
            #expect(Identities.subject("r", key, digest).bytes == cut(text("subject") + parts))
            #expect(
                Identities.incident("r", key, anchor: time, digest).bytes
                    == cut(text("incident") + parts + anchor))
        }
        let said = Identities.escalation(
            Identity(digest: [UInt8](0..<16)), .update, level: "", count: 3, ends[1])
        #expect(said.bytes == [97, 116, 101, 1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0])
        let last = Identities.escalation(
            Identity(digest: [UInt8](0..<16)), .clear, level: nil, count: 1, ends[1])
        let zeros = [UInt8](repeating: 0, count: 7)
        #expect(last.bytes == [0, 0] + Array("clear".utf8) + [0, 1] + zeros)
    }
}
