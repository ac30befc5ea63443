import Engine
import Evaluation
import Events
import TestSupport
import Testing

/// What passes between rows: the grid of now, the key's clock, the end of a replay.
@Suite struct TickTests {
    private func plan(_ rule: String = "for: 25s", lifetime: String = "6h") throws -> Plan {
        try RuleText.plan(
            """
            version: 1
            streams:
              s: {time: t, expect: 10s, fields: {k: string, x: double}}
              a: {expect: 10s, fields: {k: string, x: double}}
            rules:
              - {rule: r, on: s, by: k, when: x > 1.0, severity: minor,
                 lifetime: \(lifetime), \(rule)}
              - {rule: arrived, on: a, by: k, when: x > 1.0, severity: minor}
            """)
    }

    private func row(_ x: Double?, _ key: String = "a") -> [String: Scalar] {
        ["k": .string(key), "x": x.map { .double($0) } ?? .unknown]
    }

    /// Rows of 100, 110, 120 that took five seconds each: due at 125 on the key's clock, at 130 of
    /// now; what is due exactly at a tick waits for the next one.
    @Test func aHoldCompletesAtItsExactTimeAtTheNextTick() throws {
        var engine = Rehearsed(try plan(), clock: .wall, now: seconds(100))
        for time in [100, 110, 120] {
            engine.row(row(2), at: seconds(time), wallNow: seconds(time + 5) + 7)
        }
        engine.advance(to: seconds(131) - 1)
        #expect(engine.said.isEmpty)
        engine.advance(to: seconds(131) + 500_000_000)
        #expect(engine.log == ["100 r[a] inactive→pending row", "125 r[a] pending→active held"])
        #expect(engine.said.map(\.sent) == [Timestamp(nanoseconds: seconds(131))])
        #expect(engine.engine.nextTimer == nil || engine.engine.nextTimer ?? 0 > seconds(131))
    }

    /// A row that arrives at the instant at which something is due decides.
    @Test func aRowAtTheDueInstantDecides() throws {
        for (x, expected) in [(0.0, []), (2, ["125 alert r[a] -→active minor"])] {
            var engine = Rehearsed(try plan())
            for time in [100, 110, 120] { engine.row(row(2), at: seconds(time)) }
            engine.row(row(x), at: seconds(125))
            engine.finish()
            #expect(engine.lines == expected)
        }
    }

    @Test func aReplayEndsAtTheTimeOfItsLastEvent() throws {
        for (end, expected) in [(124, []), (125, ["125 alert r[a] -→active minor"])] {
            var engine = Rehearsed(try plan())
            engine.row(row(2), at: seconds(100))
            engine.row(row(nil, "z"), at: seconds(end))
            #expect(engine.said.isEmpty)
            engine.finish()
            #expect(engine.lines == expected)
            engine.finish()
            #expect(engine.lines == expected)
        }
    }

    /// Ticks are events and have numbers; where nothing is due there are none.
    @Test func stretchesInWhichNothingIsDueAreSkipped() throws {
        var engine = Rehearsed(try plan(), clock: .wall, now: seconds(100))
        engine.row(row(0), at: seconds(100), wallNow: seconds(100))
        #expect(engine.engine.nextEventNo == 2)
        engine.advance(to: seconds(1_000_000))
        #expect(engine.engine.nextEventNo == 2)
        #expect(engine.engine.now == seconds(1_000_000))
        engine.row(row(2), at: seconds(1_000_000), wallNow: seconds(1_000_000))
        engine.advance(to: seconds(2_000_000))
        #expect(engine.lines == ["1000025 alert r[a] -→active minor"])
        #expect(engine.engine.nextEventNo < 10)
    }

    @Test func nowNeverGoesBack() throws {
        var engine = Rehearsed(try plan(), clock: .wall, now: seconds(500))
        engine.advance(to: seconds(400))
        #expect(engine.engine.now == seconds(500))
        engine.row(row(2), at: nil, stream: 1, wallNow: seconds(450))
        #expect(engine.log == ["500 arrived[a] inactive→active row"])
        var replay = Rehearsed(try plan())
        replay.row(row(2), at: seconds(500))
        replay.row(row(2), at: nil, stream: 1)
        replay.row(row(0), at: seconds(100))
        #expect(replay.engine.now == seconds(500))
        #expect(replay.log.contains("500 arrived[a] inactive→active row"))
    }

    /// A stamp more than a minute ahead of now is refused, and has no number.
    @Test func aStampFarAheadOfNowIsRefused() throws {
        var engine = Rehearsed(try plan("for: 0s"), clock: .wall, now: seconds(100))
        engine.row(row(2), at: seconds(161), wallNow: seconds(100))
        engine.row(row(2), at: seconds(160) + 1, wallNow: seconds(100))
        #expect(engine.said.isEmpty)
        #expect(engine.engine.future.count == 2)
        #expect(engine.engine.nextEventNo == 1)
        engine.row(row(2), at: seconds(160), wallNow: seconds(100))
        #expect(engine.said.count == 1)
        #expect(engine.engine.future.count == 2)
        #expect(engine.engine.nextEventNo == 2)
    }

    /// Refreshes follow now: a long stretch without events has one at each that falls due.
    @Test func refreshesComeWithTicks() throws {
        var engine = Rehearsed(try plan("for: 0s", lifetime: "100s"))
        engine.row(row(2), at: seconds(1_000))
        engine.row(row(nil, "z"), at: seconds(1_300))
        let sent = engine.said.map { "\($0.kind.rawValue) \($0.sent.nanoseconds / seconds(1))" }
        #expect(sent == ["alert 1000", "refresh 1076", "refresh 1152", "refresh 1228"])
        #expect(
            engine.said.map(\.eventTime)
                == engine.said.map { _ in
                    Timestamp(nanoseconds: seconds(1_000))
                })
    }

    /// What one tick completes for many keys comes in order of time, then of rule and key.
    @Test func whatOneTickCompletesComesInOrderOfTime() throws {
        var engine = Rehearsed(try plan(), clock: .wall, now: seconds(100))
        for (key, time) in [("d", 104), ("b", 102), ("c", 102), ("a", 103)] {
            engine.row(row(2, key), at: seconds(time), wallNow: seconds(105))
        }
        engine.advance(to: seconds(200))
        #expect(
            engine.lines == [
                "127 alert r[b] -→active minor", "127 alert r[c] -→active minor",
                "128 alert r[a] -→active minor", "129 alert r[d] -→active minor",
            ])
    }

    @Test func underTheEventClockOnlyEventsMoveNow() async {
        await #expect(processExitsWith: .failure) {
            var engine = Rehearsed(Plan(generation: 1, streams: [], rules: []))
            engine.advance(to: 1)
        }
    }
}
