import Engine
import Evaluation
import Events
import TestSupport
import Testing

/// Rows that come late, at one time, with nothing known, or three hundred years apart.
@Suite struct RowOrderTests {
    private func plan(_ rule: String = "title: r", expect: Bool = false) throws -> Plan {
        try RuleText.plan(
            """
            version: 1
            streams:
              s:
                time: t
                \(expect ? "expect: 10s" : "idle: 10m")
                fields: {k: string, x: double, y: double}
            rules:
              - {rule: r, on: s, by: k, when: x > 1.0, clear: y < 1.0, severity: minor,
                 lifetime: 520w, \(rule)}
            """)
    }

    private func row(_ x: Double?, _ y: Double?, _ key: String = "a") -> [String: Scalar] {
        [
            "k": .string(key), "x": x.map { .double($0) } ?? .unknown,
            "y": y.map { .double($0) } ?? .unknown,
        ]
    }

    /// A row older than its key's newest judges nothing; another key's time does not matter.
    @Test func anOldRowJudgesNothing() throws {
        var engine = Rehearsed(try plan())
        engine.row(row(2, 2), at: seconds(100))
        engine.row(row(0, 0), at: seconds(99))
        engine.row(row(2, 2, "b"), at: seconds(50))
        #expect(engine.engine.evaluation.outOfOrder == 1)
        #expect(engine.log == ["100 r[a] inactive→active row", "50 r[b] inactive→active row"])
        // Equal times are judged in order of arrival.
        engine.row(row(0, 0), at: seconds(100))
        #expect(engine.log.last == "100 r[a] active→inactive row")
    }

    /// An old row takes nothing back and adds nothing: not to a hold, nor to a count.
    @Test func anOldRowMovesNoHold() throws {
        for rule in ["for: {readings: 3}", "for: 20s"] {
            var (plain, late) = (0, 0)
            for run in 0..<2 {
                var engine = Rehearsed(try plan(rule))
                for time in [100, 110, 120, 130] {
                    engine.row(row(2, 2), at: seconds(time))
                    guard run == 1 else { continue }
                    engine.row(row(2, 2), at: seconds(time - 5))
                    engine.row(row(0, 0), at: seconds(time - 4))
                }
                #expect(engine.lines == ["120 alert r[a] -→active minor"])
                if run == 0 { plain = engine.log.count } else { late = engine.log.count }
            }
            #expect(plain == late)
        }
    }

    /// UNKNOWN neither raises, nor clears, nor resets.
    @Test func unknownChangesNothing() throws {
        var engine = Rehearsed(try plan("for: 20s, clear_for: 20s"))
        let rows: [(Int, Double?, Double?)] = [
            (100, nil, nil), (110, 2, 2), (120, nil, nil), (125, nil, 0), (130, 2, 2),
            (139, 2, 2), (140, 2, 2), (150, nil, nil), (160, 0, nil), (170, nil, 0), (180, 0, 0),
            (190, nil, nil), (195, nil, 0), (200, 0, 0), (209, 0, 0), (210, 0, 0),
        ]
        for (time, x, y) in rows { engine.row(row(x, y), at: seconds(time)) }
        // TRUE for 10 and 10, UNKNOWN between; then over for 10 and 10.
        #expect(
            engine.log == [
                "110 r[a] inactive→pending row", "140 r[a] pending→active row",
                "210 r[a] active→inactive row",
            ])
    }

    /// An infinite value or none at all is UNKNOWN, not FALSE.
    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func whatIsNoNumberIsUnknown(x: Double) throws {
        var engine = Rehearsed(try plan("for: 20s"))
        for (time, x) in [(100, 2.0), (110, x), (120, 2), (129, 2), (130, 2)] {
            engine.row(row(x, 2), at: seconds(time))
        }
        #expect(engine.lines == ["130 alert r[a] -→active minor"])
    }

    private static let times: [Int64] = [
        Timestamp.earliest.nanoseconds, Timestamp.end.nanoseconds - 1, 0, -1, 1,
        Timestamp.earliest.nanoseconds + 1, Timestamp.end.nanoseconds - 2, seconds(1_800_000_000),
    ]

    /// Times at the ends of what can be represented, in any order, crash nothing and leave an
    /// engine that goes on, is restored and is replaced.
    @Test(arguments: [Engine.Clock.event, .wall])
    func timesFarApartCrashNothing(clock: Engine.Clock) throws {
        let rules = ["for: 20s", "for: 1w", "clear_for: 520w", "no_data: {after: 70m, do: alert}"]
        for seed in 0..<60 {
            var random = Seeded(UInt64(seed))
            let plan = try plan(rules[seed % rules.count], expect: random.chance(0.5))
            var engine = Rehearsed(plan, clock: clock, options: .keeping)
            var now = RowOrderTests.times[random.int(0...7)]
            for _ in 0..<20 {
                let time = RowOrderTests.times[random.int(0...7)]
                now = max(now, random.chance(0.3) ? time : now)
                let values = (0..<2).map { _ in
                    random.chance(0.3) ? nil : Double(random.int(0...2))
                }
                engine.row(
                    row(values[0], values[1]), at: random.chance(0.9) ? time : nil, wallNow: now)
                if random.chance(0.1) { engine.replace(plan) }
                guard random.chance(0.1) else { continue }
                var other = try engine.storage.restarted(plan, clock: clock, now: now)
                other.row(row(2, 2), at: time, wallNow: now)
            }
            if clock == .event { engine.finish() }
            let last = engine.engine.nextEventNo
            engine.row(row(2, 2, "z"), at: engine.engine.now, wallNow: engine.engine.now)
            #expect(engine.engine.nextEventNo > last)
            #expect(engine.said.allSatisfy { $0.expires > $0.sent })
        }
    }

    /// The longest lifetime and the longest hold there can be, at the end of time.
    @Test func theLongestSpansCrashNothing() throws {
        let plan = try RuleText.plan(
            """
            version: 1
            streams:
              s: {time: t, expect: 520w, lateness: 520w, idle: 520w, fields: {x: double}}
            rules:
              - {rule: r, on: s, when: x > 1.0, severity: minor, lifetime: 520w}
              - rule: q
                on: s
                when: x > 1.0
                severity: minor
                for: 520w
                clear_for: 520w
                lifetime: 520w
                no_data: {after: 520w, do: alert}
            """)
        var engine = Rehearsed(plan, options: .keeping)
        for time in [Timestamp.earliest.nanoseconds, 0, Timestamp.end.nanoseconds - 1] {
            for x in [2.0, 0, 2] { engine.row(["x": .double(x)], at: time) }
        }
        engine.finish()
        #expect(engine.said.allSatisfy { $0.expires > $0.sent })
        #expect(Set(engine.said.map(\.ruleName)) == ["r", "q", "q/no-data"])
    }
}
