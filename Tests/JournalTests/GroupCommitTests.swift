import Events
import Journal
import Testing

@Suite struct GroupCommitTests {
    @Test func anEmptyBatchWaitsForNothing() {
        #expect(GroupCommit().decide(now: 5) == .idle)
    }

    @Test func rowsGatherUntilTheFirstIsTwoMillisecondsOld() {
        var group = GroupCommit()
        #expect(group.add(.ruleForgotten(rule: "a"), now: 1_000) == .gather(nanoseconds: 2_000_000))
        #expect(
            group.add(.ruleForgotten(rule: "b"), now: 501_000) == .gather(nanoseconds: 1_500_000))
        #expect(group.decide(now: 2_000_999) == .gather(nanoseconds: 1))
        #expect(group.decide(now: 2_001_000) == .commit(.age))
        group.begin()
        #expect(group.decide(now: 9_000_000) == .idle)
    }

    @Test func aFullBatchIsCommitted() {
        var group = GroupCommit(maximumRows: 2)
        #expect(group.add(.incidentClosed(subject: identity(1)), now: 0) != .commit(.rows))
        #expect(group.add(.incidentClosed(subject: identity(2)), now: 0) == .commit(.rows))
    }

    @Test(arguments: [Severity.severe, .extreme])
    func severeEndsTheBatch(severity: Severity) {
        var group = GroupCommit()
        _ = group.add(.escalation(draft(1)), now: 0)
        #expect(group.add(.escalation(draft(2, severity: severity)), now: 1) == .commit(.severe))
        group.begin()
        #expect(group.add(.escalation(draft(3)), now: 2) == .gather(nanoseconds: 2_000_000))
    }

    @Test func aClockThatStepsBackOnlyWaitsLonger() {
        var group = GroupCommit()
        _ = group.add(.ruleForgotten(rule: "a"), now: 10_000)
        #expect(group.decide(now: 0) == .gather(nanoseconds: 2_000_000))
    }
}
