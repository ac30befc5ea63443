import CEL
import Expressions
import Testing

@Suite struct FunctionTests {
    private static let environment = riverStage(lastField: "seven")

    /// level, flow, station, count, manual, taken, quality, gauge.zero, ratio, seven
    private static let row: [Value?] = [
        .double(-2.5), .double(7), .string("añb😀-7"), .int(-3), .bool(true),
        .timestamp(-1_500_000_000), nil, .double(0.5), .double(1e300), .int(7),
    ]

    private func value(_ source: String, mode: Mode = .rule) throws -> Value {
        let outcome = check(source, in: FunctionTests.environment, purpose: .message)
        let checked = try #require(outcome.checked, "\(outcome.problems)")
        let program = checked.program(mode: mode)
        let owner = OwnedRow(FunctionTests.row)
        return withExtendedLifetime(owner) { program.value(owner.row, Scratch()) }
    }

    @Test(
        arguments: [
            ("int(level)", .int(-2)), ("int(2.999)", .int(2)), ("int('-42')", .int(-42)),
            ("int('+7')", .int(7)), ("int(count)", .int(-3)), ("int(taken)", .int(-2)),
            ("int('9223372036854775807')", .int(.max)),
            ("int('-9223372036854775808')", .int(.min)),
            ("double(count)", .double(-3)), ("double('1.5e3')", .double(1500)),
            ("double(5)", .double(5)), ("string(count)", .string("-3")),
            ("string(flow)", .string("7")), ("string(level)", .string("-2.5")),
            ("string(manual)", .string("true")), ("string(station)", .string("añb😀-7")),
            ("string(taken)", .string("1969-12-31T23:59:58.5Z")),
            ("string(duration('90s'))", .string("90s")), ("size(station)", .int(6)),
            ("station.size()", .int(6)), ("station.startsWith('añ')", .bool(true)),
            ("station.startsWith('b')", .bool(false)), ("station.endsWith('-7')", .bool(true)),
            ("station.endsWith('')", .bool(true)), ("station.contains('😀')", .bool(true)),
            ("station.contains('ab')", .bool(false)), ("'ab'.contains(station)", .bool(false)),
            ("math.abs(level)", .double(2.5)), ("math.abs(count)", .int(3)),
            ("math.floor(level)", .double(-3)), ("math.ceil(level)", .double(-2)),
            ("math.round(level)", .double(-3)), ("math.round(2.5)", .double(3)),
            ("math.trunc(level)", .double(-2)), ("math.floor(3)", .double(3)),
            ("math.greatest(level, ratio)", .double(1e300)),
            ("math.greatest(count, seven, 3)", .int(7)), ("math.least(count, 3)", .int(-3)),
            ("math.least(level, 3, 1)", .double(-2.5)), ("math.greatest(level)", .double(-2.5)),
            ("int(math.round(gauge.zero)) + count", .int(-2)),
            ("double(count) * level", .double(7.5)),
            ("string(count) + '/' + string(size(station))", .string("-3/6")),
        ] as [(String, Value)])
    func values(_ source: String, _ expected: Value) throws {
        #expect(try value(source) == expected)
    }

    /// What has no value is UNKNOWN, never a number that was not there.
    @Test(arguments: [
        "int(ratio)", "int('')", "int('+')", "int('1.0')", "int(' 1')",
        "int('9223372036854775808')",
        "int(9223372036854775807.0)", "int(-9223372036854775808.0)", "double('one')", "double('')",
        "double('inf')",
        "size(quality)", "quality.contains('')", "station.startsWith(quality)", "int(quality)",
        "math.floor(ratio * 1e300)", "math.greatest(level, double(quality))",
        "math.abs(int('-9223372036854775808'))", "string(quality)",
    ])
    func unknown(_ source: String) throws {
        #expect(try value(source) == .unknown)
    }

    @Test(arguments: [
        ("size(level) > 1", "`level` is a double; `size` takes a string"),
        (
            "int(manual) > 1",
            "`manual` is a bool; `int` takes an int, a double, a string or a timestamp"
        ),
        ("station.startsWith(level)", "`level` is a double; `startsWith` takes a string"),
        ("startsWith(station, 'a')", "there is no function `startsWith` written like this"),
        ("station.int() > 1", "there is no function `int` written like this"),
        ("math.floor(count, 1) > 1", "`math.floor` takes 1 argument"),
        ("station.contains()", "`contains` takes 1 argument"),
        ("size() > 1", "`size` takes 1 argument"),
        ("seven() > 1", "`seven` is not a function"),
        ("math.greatest(count, level) > 1", "`math.greatest` takes numbers of one type"),
        ("math.greatest(station, 'a') > 1", "`station` is a string"),
        ("math.greatest(level, flow) > 1", "`level` is in m and `flow` in m3/s"),
        ("math.abs(level) > flow", "`math.abs(level)` is in m and `flow` is in m3/s"),
        ("math.flor(level) > 1", "there is no function `math.flor`"),
        ("math.sqrt(level) > 1", "`math.sqrt` is not in this version"),
        ("station.matches('a')", "`matches` is not in this version"),
        ("station.startWith('a')", "there is no function `startWith`"),
    ])
    func refused(_ source: String, _ message: String) {
        let problems = check(source, in: FunctionTests.environment, purpose: .condition).problems
        #expect(problems.count == 1)
        #expect(problems.first?.message.hasPrefix(message) == true, "\(problems)")
    }

    /// In a condition they work beside everything else.
    @Test func conditionsUseThem() throws {
        let checked = try #require(
            check(
                "station.startsWith('añ') && math.abs(level) >= 2.5 && size(station) in [6]",
                in: FunctionTests.environment, purpose: .condition
            ).checked)
        let condition = checked.condition(mode: .rule)
        let owner = OwnedRow(FunctionTests.row)
        withExtendedLifetime(owner) { #expect(condition.truth(owner.row, Scratch()) == .yes) }
    }
}
