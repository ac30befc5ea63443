import CEL
import Expressions
import Testing

@Suite struct WindowCallTests {
    private static let spans: [String: Int64] = [
        "1h": 3_600_000_000_000, "60m": 3_600_000_000_000, "30m": 1_800_000_000_000,
        "7d": 604_800_000_000_000, "0s": 0,
    ]

    private static func table(firstCell: Int = 9) -> WindowTable {
        WindowTable(firstCell: firstCell) { spans[$0] }
    }

    private static func environment(_ table: WindowTable?) -> Environment {
        var environment = Environment()
        environment.declare(field: "level", cell: 0, type: .double, unit: "m")
        environment.declare(field: "flow", cell: 1, type: .double, unit: "m3/s")
        environment.declare(field: "station", cell: 2, type: .string)
        environment.declare(field: "reports", cell: 3, type: .int)
        environment.declare(field: "manual", cell: 4, type: .bool)
        environment.declare(field: "min", cell: 5, type: .double)
        environment.windows = table
        return environment
    }

    @Test(
        arguments: [
            ("avg(level, '1h') > 3", ValueType.bool), ("count('1h')", .int),
            ("count(level > 3.0, '1h') >= 2", .bool), ("sum(reports, '1h')", .double),
            ("since(manual, '7d') > duration('1h')", .bool), ("slope(level, '30m', '1h')", .double),
            ("max(level, '1h') - level", .double), ("range(level * 2, '1h') + 1", .double),
            ("has(avg(level, '1h')) ? 1 : 2", .int), ("stddev(flow, '1h') > 0.5", .bool),
        ])
    func typesOfWindows(_ source: String, _ type: ValueType) {
        let table = WindowCallTests.table()
        let outcome = check(
            source, in: WindowCallTests.environment(table), purpose: .value)
        if source.hasPrefix("has") {
            // `has` asks for a field; a window is none.
            #expect(outcome.checked == nil)
            return
        }
        #expect(outcome.checked?.type == type, "\(outcome.problems)")
        #expect(outcome.checked?.readsWindows == true)
        #expect(table.windows.count == 1)
    }

    @Test(arguments: [
        ("avg(level) > 3", "`avg` takes what it looks at and how long", "avg(level, '1h')"),
        ("count() > 3", "`count` takes what it looks at", "count('1h')"),
        ("avg(level, 1) > 3", "`avg` takes what it looks at", ""),
        ("avg(level, '1 hour') > 3", "'1 hour' is not a length of time", "'30m'"),
        ("avg(level, '0s') > 3", "'0s' is not a length of time", ""),
        ("avg(level, '1h', '1h') > 3", "`avg` takes what it looks at", ""),
        ("avg(station, '1h') > 3", "`station` is a string; `avg` takes a number", ""),
        ("count(level, '1h') > 3", "`level` is a double; `count` takes a condition", "count('1h')"),
        (
            "since(level, '1h') > duration('1s')", "`level` is a double; `since` takes a condition",
            ""
        ),
        ("avg(max(level, '1h'), '1h') > 3", "`max` looks at many rows", "not at windows"),
        ("sum(peak, '1h') > 3", "`peak` is a window itself", "not at windows"),
        ("min(level, '1h') > 3", "`min` is not a function", "without parentheses"),
        ("avg(lvel, '1h') > 3", "there is no field or let `lvel`", "did you mean `level`?"),
        ("avg(level, '1h') > flow", "`avg(level, '1h')` is in m and `flow` is in m3/s", ""),
        ("median(level, '1h') > 3", "`median` is not in this version", ""),
    ])
    func refusals(_ source: String, _ message: String, _ hint: String) {
        var environment = WindowCallTests.environment(WindowCallTests.table())
        if let peak = check("max(level, '1h')", in: environment, purpose: .value).checked {
            environment.define("peak", as: peak)
        }
        let problems = check(source, in: environment, purpose: .condition).problems
        #expect(problems.count == 1)
        #expect(problems.first?.message.hasPrefix(message) == true, "\(problems)")
        let isHinted = hint.isEmpty || problems.first?.hint?.contains(hint) == true
        #expect(isHinted, "\(problems)")
    }

    @Test func withoutATableThereAreNoWindows() {
        let problems = check(
            "avg(level, '1h') > 3", in: WindowCallTests.environment(nil), purpose: .condition
        ).problems
        #expect(problems.count == 1)
        #expect(problems.first?.message.contains("it stands in `let`, `when` and `clear`") == true)
    }

    /// Equal calls are one window, however they are written.
    @Test func equalCallsShareACell() throws {
        let table = WindowCallTests.table()
        var environment = WindowCallTests.environment(table)
        let high = try #require(check("level * 2.0", in: environment, purpose: .value).checked)
        environment.define("high", as: high)
        for source in [
            "avg(level, '1h')", "avg( level ,\"60m\")", "avg(high, '1h')", "avg(level, '30m')",
            "max(level, '1h')", "slope(level, '1h')", "slope(level, '1h', '30m')",
        ] { #expect(check(source, in: environment, purpose: .value).checked != nil) }
        #expect(
            table.windows.map { "\($0.aggregate) \($0.argumentText)" } == [
                "avg level", "avg high\nhigh = level * 2.0", "avg level", "max level",
                "slope level", "slope level",
            ])
        // Another let of the same name is another argument.
        let other = try #require(check("level * 3.0", in: environment, purpose: .value).checked)
        environment.define("high", as: other)
        #expect(check("avg(high, '1h')", in: environment, purpose: .value).checked != nil)
        #expect(table.windows.count == 7)
    }

    @Test func aRowHoldsSixtyFourCells() {
        let table = WindowCallTests.table(firstCell: 63)
        let environment = WindowCallTests.environment(table)
        #expect(check("avg(level, '1h')", in: environment, purpose: .value).checked != nil)
        let problems = check("max(level, '1h')", in: environment, purpose: .value).problems
        #expect(problems.first?.message.contains("at most 64 fields and windows") == true)
    }
}
