import Events
import TestSupport
import Testing

@testable import Engine

/// Reports that were acknowledged are decided, whatever others said and whatever the clock did
/// since.
@Suite struct AcknowledgedTests {
    private static let text = """
        version: 1
        streams:
          s:
            time: t
            source: who
            id: id
            fields: {who: string, id: string, k: string, x: double}
        rules:
          - {rule: r, on: s, by: k, when: x > 1.0, severity: minor}
        """

    private func row(_ id: String, key: String = "k") -> [String: Scalar] {
        ["who": .string("a"), "id": .string(id), "k": .string(key), "x": .double(2)]
    }

    private func engine(now: Int64 = 0) throws -> Rehearsed {
        Rehearsed(try RuleText.plan(Self.text), clock: .wall, now: now)
    }

    /// Somebody who knows the id may have used it on a feed that is not answered.
    @Test func noOtherFeedMakesItADuplicate() throws {
        var engine = try engine()
        engine.row(row("1"), at: seconds(10), wallNow: seconds(10))
        engine.row(row("1", key: "l"), at: seconds(11), wallNow: seconds(11), recordedNo: 7)
        #expect(engine.said.count == 2)
        #expect(engine.engine.duplicatesByFeed.isEmpty)
        #expect(engine.engine.recordedNo == 7)
        // And what was acknowledged is no news on another feed.
        engine.row(row("2"), at: seconds(12), wallNow: seconds(12), recordedNo: 8)
        engine.row(row("2"), at: seconds(13), wallNow: seconds(13))
        #expect(engine.engine.duplicatesByFeed == [1])
        #expect(engine.engine.recordedNo == 8)
    }

    /// Its time was looked at when it was acknowledged; the clock was set back since.
    @Test func aClockThatWasSetBackRefusesNothing() throws {
        var engine = try engine(now: seconds(1_000))
        engine.row(row("1"), at: seconds(9_000), wallNow: seconds(1_000), recordedNo: 1)
        engine.row(row("2", key: "l"), at: seconds(9_000), wallNow: seconds(1_000))
        #expect(engine.said.count == 1)
        #expect(engine.engine.future.count == 1)
    }

    /// A machine that began with a wrong clock and found the time: its publishers are not refused.
    @Test func aClockThatWasSetForwardRefusesNothing() throws {
        var engine = try engine(now: seconds(1_000))
        let (now, clock) = (seconds(1_010), seconds(50_000))
        engine.row(row("1"), at: clock, wallNow: now, latest: clock)
        engine.row(row("2", key: "l"), at: clock + seconds(60), wallNow: now, latest: clock)
        #expect(engine.said.count == 2)
        engine.row(row("3", key: "m"), at: clock + seconds(61), wallNow: now, latest: clock)
        #expect(engine.said.count == 2)
        #expect(engine.engine.future.count == 1)
    }
}
