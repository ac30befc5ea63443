import Events
import Testing

@testable import Incidents

/// Incidents taken up from storage, and rules that change under them.
@Suite struct RestoreTests {
    /// A step of a life that any book can be led through.
    private static let steps: [@Sendable (inout BookRig) -> Void] = [
        { $0.move(nil, "watch", at: 10, since: 4, area: "A") },
        { $0.move(nil, "top", at: 12, key: BookRig.key("b")) },
        { $0.move(nil, "watch", at: 14, rule: 1) },
        { $0.move("watch", "warning", at: 20, area: "B") },
        { $0.apply(BookRig.detection(.silent, at: 30, cause: .noData)) },
        { $0.apply(BookRig.detection(.silent, at: 31, rule: 1, cause: .noData)) },
        { $0.advance(to: 101) },
        { $0.apply(BookRig.detection(.heard, at: 110)) },
        { $0.advance(to: 177) },
        { $0.move("warning", "watch", at: 180) },
        { $0.apply(BookRig.detection(.heard, at: 181, rule: 1)) },
        { $0.move("watch", "warning", at: 190) },
        { $0.advance(to: 260) },
        { $0.move("warning", nil, at: 261) },
        { $0.move("top", nil, at: 262, key: BookRig.key("b")) },
        { $0.advance(to: 500) },
        { $0.move("watch", nil, at: 510, rule: 1) },
    ]

    private let rules = [BookRig.rule(noData: .hold), BookRig.rule("two", noData: .alert)]

    /// Everything of each escalation; those of one instant in order of their ids.
    private func shown(_ said: some Sequence<Escalation>) -> [String] {
        said.sorted {
            ($0.sent.nanoseconds, $0.id.description) < ($1.sent.nanoseconds, $1.id.description)
        }.map { escalation in
            var text = ""
            dump(escalation, to: &text)
            return text
        }
    }

    /// Wherever the book is stopped and taken up again, the rest is said as if nothing had been.
    @Test func aRestartAnywhereChangesNothing() throws {
        var whole = BookRig(rules)
        for step in RestoreTests.steps { step(&whole) }
        #expect(whole.said.count == 21)
        #expect(Set(whole.said.map(\.kind)) == [.alert, .update, .refresh, .clear])
        let expected = shown(whole.said)
        for stop in 0...RestoreTests.steps.count {
            var rig = BookRig(rules)
            for step in RestoreTests.steps[..<stop] { step(&rig) }
            let before = rig.said
            rig = try rig.restarted(rules, at: 0)
            #expect(rig.said.isEmpty, "taking up says nothing")
            for step in RestoreTests.steps[stop...] { step(&rig) }
            let isSame = shown(before + rig.said) == expected
            #expect(isSame, "stopped before step \(stop)")
            #expect(rig.book.openCount == 0)
        }
    }

    /// What is refreshed at one instant comes in one order, wherever the book was taken up.
    @Test func refreshesOfOneInstantKeepTheirOrder() throws {
        let rules = [BookRig.rule("b", lifetime: 100), BookRig.rule("a", lifetime: 80)]
        var rig = BookRig(rules)
        for (rule, key) in [(0, "y"), (1, "x"), (0, "z"), (0, "x"), (1, "y")] {
            rig.move(nil, "watch", at: 10, rule: rule, key: BookRig.key(key))
        }
        rig.advance(to: 150)
        var restarted = try rig.restarted(rules, at: 150)
        let count = rig.said.count
        rig.advance(to: 300)
        restarted.advance(to: 300)
        #expect(restarted.said.count == 5)
        #expect(restarted.lines == Array(rig.lines[count...]))
    }

    @Test func aRuleThatIsGoneCancels() throws {
        var rig = BookRig([BookRig.rule(), BookRig.rule("two")])
        rig.move(nil, "warning", at: 10, area: "A")
        rig.move(nil, "watch", at: 12, rule: 1)
        var restarted = try rig.restarted([BookRig.rule("two")], at: 50)
        rig.replace([BookRig.rule("two")], at: 50)
        let line = "50 cancel stage[a] warning→- severe rule-withdrawn"
        #expect(rig.lines.dropFirst(2) == [line])
        // Also when that is found at a start, where less is known of the rule.
        #expect(restarted.lines == [line])
        for cancel in [rig.said[2], restarted.said[0]] {
            #expect(cancel.id == rig.said[2].id)
            #expect(cancel.references == [rig.said[0].id])
            #expect(cancel.routes == rig.said[0].routes)
            #expect(cancel.hazard == "flood" && cancel.title == rig.said[0].title)
            #expect(cancel.keyNames == ["station"])
            #expect(cancel.ruleHash == "0123456789abcdef")
        }
        restarted.advance(to: 1_000)
        #expect(restarted.lines.dropFirst() == ["1000 refresh two[a] watch→watch minor"])
    }

    @Test func anotherKeyOrStreamIsAnotherRule() {
        var rig = BookRig()
        rig.move(nil, "warning", at: 10)
        rig.replace([BookRig.rule(by: ["station", "depth"])], at: 50)
        #expect(rig.lines.dropFirst() == ["50 cancel stage[a] warning→- severe rule-withdrawn"])
        #expect(rig.said[1].keyNames == ["station"])
        #expect(rig.book.openCount == 0)
    }

    /// A rule that goes on keeps its incidents, however its words, levels or lifetime changed.
    @Test func aRuleThatGoesOnKeepsItsIncidents() {
        var rig = BookRig()
        rig.move(nil, "watch", at: 10)
        rig.replace(
            [
                BookRig.rule("new"),
                BookRig.rule(lifetime: 1_000, hazard: "drought", levels: [("watch", .moderate)]),
            ], at: 50)
        #expect(rig.said.count == 1)
        // What is due stays due; what is said then follows the new rule.
        rig.advance(to: 91)
        #expect(rig.said[1].kind == .refresh)
        #expect(rig.said[1].expires == BookRig.seconds(1_091))
        #expect(rig.said[1].hazard == "drought")
        #expect(rig.said[1].routes.map(\.hazard) == ["drought", "flood"])
        rig.move("watch", nil, at: 100, rule: 1)
        #expect(rig.lines.last == "105 clear stage[a] watch→- minor")
        #expect(rig.said[2].incident == rig.said[0].incident)
    }

    /// The incident of a silent key goes with the policy that opened it.
    @Test(arguments: [NoDataPolicy.Action.hold, .clear, nil])
    func aSilenceWithoutItsPolicyIsWithdrawn(action: NoDataPolicy.Action?) throws {
        var rig = BookRig([BookRig.rule(noData: .alert)])
        rig.move(nil, "watch", at: 10)
        rig.apply(BookRig.detection(.silent, at: 20, cause: .noData))
        let restarted = try rig.restarted([BookRig.rule(noData: action)], at: 50)
        rig.replace([BookRig.rule(noData: action)], at: 50)
        let line = "50 cancel stage/no-data[a] active→- moderate rule-withdrawn"
        #expect(rig.lines.dropFirst(2) == [line])
        #expect(restarted.lines == [line])
        #expect(rig.book.openIncidents.map(\.rule) == ["stage"])
    }

    @Test func theSameRulesSayNothing() {
        var rig = BookRig(rules)
        for step in RestoreTests.steps.prefix(6) { step(&rig) }
        let count = rig.said.count
        let before = rig.book.openIncidents.map { $0.encoded() }
        rig.replace(rules, at: 60)
        rig.replace(rules.reversed(), at: 61)
        #expect(rig.said.count == count)
        #expect(rig.book.openIncidents.map { $0.encoded() } == before)
    }
}
