import Testing

@testable import Daemon

/// What proves that every stage moves, and what does not.
@Suite struct CanaryTests {
    private static let second: Int64 = 1_000_000_000

    @Test func oneRoundAfterTheOther() {
        var round = CanaryRound(interval: 10, now: 100)
        #expect(round.step(now: 100, returned: nil, oldestTurn: 0) == .send(1))
        #expect(round.step(now: 101, returned: nil, oldestTurn: 101) == .wait)
        #expect(round.step(now: 103, returned: (1, 102), oldestTurn: 101) == .proven(roundTrip: 2))
        // The next begins an interval after the last one began.
        #expect(round.step(now: 109, returned: (1, 102), oldestTurn: 109) == .wait)
        #expect(round.step(now: 110, returned: (1, 102), oldestTurn: 109) == .send(2))
    }

    /// What came back before is no proof of now.
    @Test func anOlderCanaryProvesNothing() {
        var round = CanaryRound(interval: 10, now: 0)
        #expect(round.step(now: 0, returned: nil, oldestTurn: 0) == .send(1))
        #expect(round.step(now: 1, returned: (1, 1), oldestTurn: 1) == .proven(roundTrip: 1))
        #expect(round.step(now: 10, returned: (1, 1), oldestTurn: 9) == .send(2))
        for now in Int64(11)..<1000 {
            #expect(round.step(now: now, returned: (1, 1), oldestTurn: now) == .wait)
        }
        // It was waited for, and none was sent in its place.
        let step = round.step(now: 1000, returned: (2, 999), oldestTurn: 1000)
        #expect(step == .proven(roundTrip: 989))
    }

    /// A thread beside the canary's way that does not turn, such as an intake.
    @Test func aThreadThatStandsStill() {
        var round = CanaryRound(interval: 10, now: 0)
        #expect(round.step(now: 5, returned: nil, oldestTurn: 4) == .send(1))
        for now in Int64(6)..<1000 {
            #expect(round.step(now: now, returned: (1, 6), oldestTurn: 4) == .wait)
        }
        #expect(round.step(now: 1000, returned: (1, 6), oldestTurn: 999) == .proven(roundTrip: 1))
    }

    /// A full disk keeps it from coming back: as long as the journal tries and the others turn, the
    /// line lives.
    @Test func aFullDiskExcuses() {
        var round = CanaryRound(interval: 10, now: 0)
        #expect(round.step(now: 0, returned: nil, oldestTurn: 0) == .send(1))
        #expect(round.step(now: 9, returned: nil, oldestTurn: 9, diskFull: 9) == .wait)
        #expect(round.step(now: 10, returned: nil, oldestTurn: 9, diskFull: 9) == .excused)
        #expect(round.step(now: 19, returned: nil, oldestTurn: 19, diskFull: 19) == .wait)
        #expect(round.step(now: 20, returned: nil, oldestTurn: 19, diskFull: 19) == .excused)
        // The journal tries no more, or another thread stands still.
        #expect(round.step(now: 30, returned: nil, oldestTurn: 30, diskFull: 19) == .wait)
        #expect(round.step(now: 30, returned: nil, oldestTurn: 20, diskFull: 29) == .wait)
        #expect(round.step(now: 40, returned: (1, 39), oldestTurn: 39) == .proven(roundTrip: 39))
    }

    /// Late is not never: a round that took longer than the interval is followed at once.
    @Test func aLateRound() {
        var round = CanaryRound(interval: 10, now: 0)
        #expect(round.step(now: 0, returned: nil, oldestTurn: 0) == .send(1))
        #expect(round.step(now: 50, returned: (1, 49), oldestTurn: 50) == .proven(roundTrip: 49))
        #expect(round.step(now: 50, returned: (1, 49), oldestTurn: 50) == .send(2))
    }

    @Test func aHeartbeatBringsItBack() {
        var carried = CarriedCanary()
        carried.sent([1])
        #expect(carried.received([1]) == nil)
        carried.take(7)
        // One that went out before it was taken up proves nothing.
        #expect(carried.received([1]) == nil)
        carried.sent([2])
        carried.sent([3])
        #expect(carried.received([9]) == nil)
        #expect(carried.received([2]) == 7)
        // Once.
        #expect(carried.received([3]) == nil)
        carried.sent([4])
        #expect(carried.received([4]) == nil)
    }

    /// At most so many lines a second, and none of the others is forgotten.
    @Test func linesAreLimited() {
        var limit = LineLimit(linesPerSecond: 3)
        let now = 5 * Self.second
        #expect((0..<10).count { _ in limit.allows(now: now) } == 3)
        #expect(limit.takeSuppressed(now: now) == nil)
        #expect(limit.takeSuppressed(now: now + Self.second) == 7)
        #expect(limit.takeSuppressed(now: now + Self.second) == nil)
        let isAllowed = limit.allows(now: now + Self.second)
        #expect(isAllowed)
    }
}
