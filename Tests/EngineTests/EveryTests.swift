import Engine
import Evaluation
import Events
import TestSupport
import Testing

/// `every:` judges known keys at UTC multiples of their clock, also when no row comes.
@Suite struct EveryTests {
    private func plan(_ rules: String..., stream: String = "") throws -> Plan {
        try RuleText.plan(
            """
            version: 1
            streams:
              s: {time: t, \(stream)fields: {k: string, x: double}}
            rules:
            \(rules.enumerated().map { "  - {rule: r\($0), on: s, by: k, severity: minor, \($1)}" }
                .joined(separator: "\n"))
            """)
    }

    private func row(_ x: Double, _ key: String = "a") -> [String: Scalar] {
        ["k": .string(key), "x": .double(x)]
    }

    /// Reports that cease: the window empties by itself, at the multiples, not before.
    @Test func aWindowThatEmptiesIsSeen() throws {
        var engine = Rehearsed(try plan("every: 10m, when: \"count('30m') == 0\""))
        engine.row(row(1), at: seconds(7 * 60))
        engine.row(row(1), at: seconds(12 * 60))
        engine.row(row(1, "b"), at: seconds(59 * 60))
        #expect(engine.log == ["\(50 * 60) r0[a] inactive→active every"])
        engine.row(row(1), at: seconds(61 * 60))
        #expect(engine.log.last == "\(61 * 60) r0[a] active→inactive row")
    }

    /// Fields keep the newest row's value where no readings are due; a hold goes on from judgement to
    /// judgement; judgements are no readings.
    @Test func holdsGoOnBetweenRows() throws {
        var engine = Rehearsed(
            try plan(
                "every: 1m, when: x > 1, for: 150s", "every: 1m, when: x > 1, for: {readings: 2}"))
        engine.row(row(2), at: seconds(30))
        engine.row(row(0, "b"), at: seconds(241))
        #expect(
            engine.log == [
                "30 r0[a] inactive→pending row", "30 r1[a] inactive→pending row",
                "180 r0[a] pending→active every",
            ])
        engine.row(row(2), at: seconds(245))
        #expect(engine.log.last == "245 r1[a] pending→active row")
    }

    /// A row after a long gap finds the hold as the judgements left it: nothing of it was UNKNOWN.
    @Test func aGapBetweenRowsIsNoPause() throws {
        var engine = Rehearsed(
            try plan("every: 1m, when: x > 1, for: 10m"))
        engine.row(row(2), at: seconds(0))
        engine.row(row(2), at: seconds(310))
        engine.row(row(2, "b"), at: seconds(700))
        #expect(
            engine.log.filter { $0.contains("[a]") } == [
                "0 r0[a] inactive→pending row", "600 r0[a] pending→active every",
            ])
    }

    /// Two rules due at one time are both judged, each in its place.
    @Test func rulesOfDifferentPacesMeet() throws {
        var engine = Rehearsed(
            try plan(
                "every: 1h, when: \"count('40m') == 0\"", "every: 20m, when: \"count('40m') == 0\""
            ))
        engine.row(row(1), at: seconds(19 * 60))
        engine.row(row(1, "b"), at: seconds(62 * 60))
        #expect(
            engine.log == [
                "3600 r0[a] inactive→active every", "3600 r1[a] inactive→active every",
            ])
    }

    /// A row at the multiple itself decides; a replay ends with what is due at its last second.
    @Test func aRowAtTheMultipleDecides() throws {
        for (key, expected) in [("a", []), ("b", ["600 r0[a] inactive→active every"])] {
            var engine = Rehearsed(try plan("every: 10m, when: \"count('5m') == 0\""))
            engine.row(row(1), at: seconds(1))
            engine.row(row(1, key), at: seconds(600))
            engine.finish()
            #expect(engine.log == expected)
        }
    }

    /// The wall clock drives it too, and what was judged is not judged again after a reload.
    @Test func theWallClockDrivesIt() throws {
        let text = "every: 10s, when: \"count('25s') == 0\""
        var engine = Rehearsed(try plan(text), clock: .wall, now: seconds(1_000))
        engine.row(row(1), at: seconds(1_000), wallNow: seconds(1_000))
        for now in 1_001...1_029 { engine.advance(to: seconds(now)) }
        #expect(engine.log.isEmpty)
        for now in 1_030...1_032 { engine.advance(to: seconds(now)) }
        #expect(engine.log == ["1030 r0[a] inactive→active every"])
        engine.replace(try plan(text))
        for now in 1_033...1_060 { engine.advance(to: seconds(now)) }
        #expect(engine.log.count == 1)
    }

    /// A stamp centuries ahead costs no centuries of judgements and of refreshes.
    @Test(.timeLimit(.minutes(1)))
    func aWildStampIsSurvived() throws {
        var engine = Rehearsed(try plan("every: 1s, when: \"count('10s') == 0\""))
        engine.row(row(1), at: seconds(1))
        engine.row(row(1, "b"), at: seconds(7_000_000_000))
        #expect(engine.log == ["11 r0[a] inactive→active every"])
        #expect((900...1_100).contains(engine.said.count))
        #expect(engine.said.map(\.sent) == engine.said.map(\.sent).sorted())
    }

    /// A dead sensor neither clears nor raises by the clock: where readings are due, the fields of a
    /// key are held for three intervals, and UNKNOWN after that.
    @Test func silenceDecidesNothing() throws {
        let stream = "expect: 10s, "
        var engine = Rehearsed(
            try plan("every: 10s, when: x > 1.0, clear_for: 50s", stream: stream))
        engine.row(row(1.5), at: seconds(0))
        engine.row(row(0), at: seconds(8))
        engine.row(row(0, "b"), at: seconds(600))
        #expect(engine.log == ["0 r0[a] inactive→active row"])
        var raising = Rehearsed(try plan("every: 10s, when: x > 1.0, for: 50s", stream: stream))
        raising.row(row(1.5), at: seconds(0))
        raising.row(row(0, "b"), at: seconds(600))
        #expect(raising.log == ["0 r0[a] inactive→pending row"])
        // Windows go on moving, and the key's own value stays known.
        var counting = Rehearsed(
            try plan(
                "every: 10s, when: \"count('1m') == 0 && k == 'a'\"", stream: stream))
        counting.row(row(1.5), at: seconds(0))
        counting.row(row(0, "b"), at: seconds(600))
        #expect(counting.log == ["60 r0[a] inactive→active every"])
    }

    /// What a silence cleared is not raised again from the value before it.
    @Test func aClearedSilenceStaysCleared() throws {
        var engine = Rehearsed(
            try plan("every: 6s, when: x > 1.0, no_data: {after: 20s, do: clear}"))
        engine.row(row(20), at: seconds(0))
        engine.row(row(0, "b"), at: seconds(100))
        #expect(
            engine.log == ["0 r0[a] inactive→active row", "20 r0[a] active→inactive no data"])
        engine.row(row(20), at: seconds(101))
        #expect(engine.log.last == "101 r0[a] inactive→active row")
    }

    /// In a long gap nothing is left out that could still move.
    @Test func aLongGapIsJudgedWhole() throws {
        var engine = Rehearsed(try plan("every: 1s, when: \"count('4h') > 0\""))
        engine.row(row(1), at: seconds(0))
        engine.row(row(1, "b"), at: seconds(36_000_000))
        #expect(
            engine.log == [
                "0 r0[a] inactive→active row", "14400 r0[a] active→inactive every",
                "36000000 r0[b] inactive→active row",
            ])
    }
}
