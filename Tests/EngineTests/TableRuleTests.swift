import Engine
import Evaluation
import Events
import TestSupport
import Testing

/// Thresholds from a table: what a row decides, and what a missing one does not.
@Suite struct TableRuleTests {
    private static let csv = """
        station:string,watch:double,major:double,name,code:int
        A,3.0,5.0,Alpha,7
        B,3.0,,Beta,8
        """

    private func log(
        _ rule: String, rows: [(Int, String?, Double?)], csv: String = csv, by: String = "station"
    ) throws -> [String] {
        var engine = Rehearsed(try plan(rule, csv: csv, by: by))
        for (time, station, v) in rows {
            engine.row(
                [
                    "station": station.map { .string($0) } ?? .unknown,
                    "v": v.map { .double($0) } ?? .unknown,
                    "n": .int(Int64(time)),
                ], at: seconds(time))
        }
        engine.finish()
        return engine.log
    }

    private func plan(_ rule: String, csv: String = csv, by: String = "station") throws -> Plan {
        try RuleText.plan(
            """
            version: 1
            streams: {s: {time: t, fields: {station: string, v: double, n: int}}}
            tables: {gauges: {csv: gauges.csv, key: station}}
            rules:
              - {rule: r, on: s, by: \(by), \(rule)}
            """, files: ["gauges.csv": csv])
    }

    @Test func aMissingRowAndAnEmptyCellAreUnknown() throws {
        let rows: [(Int, String?, Double?)] = [
            (0, "A", 5), (1, "B", 9), (2, "C", 9), (3, "A", 4.9), (4, "B", 1),
        ]
        #expect(
            try log("severity: minor, when: \"v >= gauges[station].major\"", rows: rows) == [
                "0 r[A] inactive→active row", "3 r[A] active→inactive row",
            ])
    }

    /// A default stands for a missing row and an empty cell, as each `?` says, and never for an
    /// UNKNOWN key.
    @Test func defaultsStandForWhatIsAbsent() throws {
        let rows: [(Int, String?, Double?)] = [
            (0, "A", 9), (1, "B", 9), (2, "C", 9), (3, nil, 9),
        ]
        func raised(_ limit: String) throws -> [String] {
            try log(
                "severity: minor, when: \"v >= \(limit)\"", rows: rows, by: "n"
            ).map { String($0.prefix(1)) }
        }
        #expect(try raised("gauges[station].major") == ["0"])
        #expect(try raised("gauges[?station].?major.orValue(9.0)") == ["0", "1", "2"])
        #expect(try raised("gauges[station].?major.orValue(9)") == ["0", "1"])
        #expect(try raised("gauges[?station].major.orValue(9.0)") == ["0", "2"])
        #expect(try raised("gauges[?station].?major.orValue(9.5)") == ["0"])
    }

    @Test func membershipAndHas() throws {
        let rows: [(Int, String?, Double?)] = [
            (0, "A", 9), (1, "B", 9), (2, "C", 9), (3, nil, 9),
        ]
        func raised(_ when: String) throws -> [String] {
            try log("severity: minor, when: \"\(when)\"", rows: rows, by: "n").map {
                String($0.prefix(1))
            }
        }
        #expect(try raised("station in gauges") == ["0", "1"])
        #expect(try raised("!(station in gauges)") == ["2"])
        #expect(try raised("has(gauges[station].major)") == ["0"])
        #expect(try raised("!has(gauges[station].major)") == ["1", "2", "3"])
        #expect(try raised("gauges[station].name.startsWith('Al')") == ["0"])
        #expect(try raised("gauges[station].code == 8") == ["1"])
        #expect(try raised("gauges['A'].watch < v") == ["0", "1", "2", "3"])
        #expect(try raised("gauges['Z'].watch < v") == [])
    }

    /// A row by name serves a ladder; what a decision shows are its columns.
    @Test func aLadderOfARow() throws {
        let rule = """
            let: {g: "gauges[station]"}, message: "${g.name} (${g.code})",
            levels: {watch: {when: v >= g.watch, severity: minor},
            emergency: {when: v >= g.major, severity: extreme}}
            """
        var engine = Rehearsed(try plan(rule))
        for (time, v) in [3.0, 5.0, 4.0, 1.0].enumerated() {
            engine.row(["station": .string("A"), "v": .double(v)], at: seconds(time))
            engine.row(["station": .string("C"), "v": .double(v)], at: seconds(time))
        }
        #expect(
            engine.log == [
                "0 r[A] inactive→watch row", "1 r[A] watch→emergency row",
                "2 r[A] emergency→watch row", "3 r[A] watch→inactive row",
            ])
        let said = try #require(engine.said.first)
        #expect(
            said.values.map { "\($0.name)=\($0.value)" } == ["g.major=5.0", "g.watch=3.0", "v=3.0"])
        #expect(said.message.first?.parts.first?.text == "Alpha (7)")
    }

    /// Windows over what a table says are new when the table is another one, and kept otherwise.
    @Test func windowsFollowTheContent() throws {
        let rule = "severity: minor, when: \"sum(v * gauges[station].watch, '1m') > 10.0\""
        var engine = Rehearsed(try plan(rule))
        engine.row(["station": .string("A"), "v": .double(2)], at: seconds(0))
        engine.replace(try plan(rule))
        engine.row(["station": .string("A"), "v": .double(2)], at: seconds(10))
        #expect(engine.log == ["10 r[A] inactive→active row"])
        engine.replace(try plan(rule, csv: TableRuleTests.csv.replacing("A,3.0", with: "A,4.0")))
        // Of the new slot nothing is known until a minute has passed: the level stays, though the old
        // one would have ended it.
        engine.row(["station": .string("A"), "v": .double(0)], at: seconds(65))
        #expect(engine.log.count == 1)
        engine.row(["station": .string("A"), "v": .double(0)], at: seconds(75))
        #expect(engine.log.last == "75 r[A] active→inactive row")
    }
}
