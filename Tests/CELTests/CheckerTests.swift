import CEL
import Expressions
import Testing

/// The stream that the tests of this module speak of; its last field shadows a function unless it is
/// called otherwise.
func riverStage(lastField: String = "size") -> Environment {
    var environment = Environment()
    environment.declare(field: "level", cell: 0, type: .double, unit: "m")
    environment.declare(field: "flow", cell: 1, type: .double, unit: "m3/s")
    environment.declare(field: "station", cell: 2, type: .string)
    environment.declare(field: "count", cell: 3, type: .int)
    environment.declare(field: "manual", cell: 4, type: .bool)
    environment.declare(field: "taken", cell: 5, type: .timestamp)
    environment.declare(field: "quality", cell: 6, type: .string)
    environment.declare(field: "gauge.zero", cell: 7, type: .double, unit: "m")
    environment.declare(field: "ratio", cell: 8, type: .double)
    environment.declare(field: lastField, cell: 9, type: .int)
    return environment
}

@Suite struct CheckerTests {
    static let acceptedCases: [(String, ValueType)] = [
        ("level + 1", .double), ("1 + level", .double), ("-1 + level * 2", .double),
        ("level > 3", .bool), ("count > 2.5", .bool), ("count < level", .bool), ("count + 1", .int),
        ("manual ? 1 : level", .double), ("station + '-' + quality", .string),
        ("taken - taken", .duration), ("taken + duration('1h')", .timestamp),
        ("duration('1h') + taken", .timestamp), ("taken - duration('1h')", .timestamp),
        ("taken > timestamp('2026-01-01T00:00:00Z')", .bool), ("has(level)", .bool),
        ("level in [1, 2.5]", .bool), ("station in []", .bool), ("!manual", .bool),
        ("gauge.zero + level", .double), ("level * flow", .double),
        ("level * 2 - gauge.zero", .double),
        ("size + 1", .int), ("manual == true", .bool), ("-count", .int), ("count % 2 == 0", .bool),
        ("duration('90s') >= duration('1.5m')", .bool), ("level / flow > ratio", .bool),
        ("(1 + 2) * level", .double), ("true", .bool), ("'a' < 'b'", .bool), ("2 * 3", .int),
    ]

    @Test(arguments: acceptedCases)
    func accepted(_ source: String, _ type: ValueType) {
        let outcome = check(source, in: riverStage(), purpose: .value)
        #expect(outcome.problems == [])
        #expect(outcome.checked?.type == type)
    }

    /// Source, the place of the caret, a part of the message, a part of the hint.
    static let refusedCases: [(String, Range<Int>, String, String)] = [
        (
            "level > station", 6..<7,
            "`level` is a double and `station` is a string: they cannot be compared with `>`", ""
        ),
        ("level > '3.5'", 6..<7, "a string", "write 3.5 without quotes"),
        (
            "level + count > 1", 6..<7, "a double and `count` is an int: they cannot be added",
            "write `double(count)`"
        ),
        ("level > flow", 6..<7, "`level` is in m and `flow` is in m3/s", "multiply"),
        ("level - flow > 1", 6..<7, "cannot be subtracted", ""),
        ("manual ? level > 1 : count", 7..<8, "both sides of `:`", ""),
        ("(manual ? level : flow) > 1", 8..<9, "one unit", ""),
        ("level ? true : false", 6..<7, "in front of `?`", ""),
        ("levle > 1", 0..<5, "no field or let `levle`", "did you mean `level`?"),
        ("Station == 'a'", 0..<7, "no field or let", "`station`"),
        ("xyzzy > 1", 0..<5, "no field or let `xyzzy`", "there are"),
        ("level.max > 1", 6..<9, "`level` has no member `max`", ""),
        ("gauge.zer > 1", 0..<9, "no field or let `gauge.zer`", "`gauge.zero`"),
        ("!level", 0..<1, "`!` needs a bool", ""), ("-station == 'a'", 0..<1, "needs a number", ""),
        ("level && manual", 6..<8, "joined with `&&`", "> …"),
        ("manual || station", 7..<9, "joined with `||`", "== '…'"),
        ("level", 0..<5, "a condition is TRUE or FALSE", "`level > …`"),
        ("level + 1", 6..<7, "a condition is TRUE or FALSE", "level + 1 > …"),
        ("level in 3", 6..<8, "needs a list", ""), ("level in ['a']", 10..<13, "compared", ""),
        ("zscore(level, '30m') > 1", 0..<6, "`zscore` is not in this version", ""),
        ("size(station) > 1", 0..<4, "`size` is not a function", "without parentheses"),
        ("station.matches('a')", 8..<15, "`matches` is not in this version", ""),
        ("math.sqrt(level) > 1", 5..<9, "`math.sqrt` is not in this version", ""),
        ("[1].all(x, x > 0)", 4..<7, "`all` is not in this version", ""),
        ("gauges[station] > 1", 0..<6, "there is no table `gauges`", "declare it under `tables:`"),
        ("1u == count", 0..<2, "unsigned integers are not in this version", ""),
        ("b'a' == station", 0..<4, "bytes are not in this version", ""),
        ("null == level", 0..<4, "`null` is not in this version", ""),
        ("{'a': 1} == 1", 0..<8, "maps are not in this version", ""),
        ("[1] == 1", 0..<3, "in this version", ""),
        ("int == 1", 0..<3, "`int` is a function", "write `int(…)`"),
        ("durations('1h') > 1", 0..<9, "no function `durations`", "`duration`"),
        ("level(1) > 1", 0..<5, "`level` is not a function", "without parentheses"),
        ("fixed(level, 2) == 'a'", 0..<5, "belongs into messages", ""),
        ("duration('7d') > duration('1h')", 9..<13, "not a duration", "'24h'"),
        ("taken > timestamp('yesterday')", 18..<29, "not an RFC 3339 time", "2026"),
        ("timestamp(station) > taken", 0..<9, "not in this version", ""),
        ("taken > '2026-01-01T00:00:00Z'", 6..<7, "a string", "timestamp('2026-01-01T00:00:00Z')"),
        ("has(level + 1)", 0..<3, "the name of one field", ""),
        ("count % 2.0 == 0", 6..<7, "cannot be divided with `%`", "two ints"),
        ("station == Tana", 11..<15, "no field or let `Tana`", "text stands in quotes: `'Tana'`"),
        ("station in [Tana, 'b']", 12..<16, "no field or let `Tana`", "in quotes"),
        ("level >= 3,0", 10..<11, "an operator should stand here", "decimals have a point"),
        ("1.0 <= level <= 2.0", 13..<15, "compared", "write `1.0 <= level && level <= 2.0`"),
        ("not manual", 4..<10, "an operator should stand here", "write `!manual`"),
        ("level => 3.0", 6..<7, "has no meaning here", "write `>=`"),
        ("level\u{A0}> 3.0", 5..<7, "(U+00A0)", "write a blank"),
        ("l\u{435}vel > 3.0", 1..<3, "(U+0435)", "letters a to z"),
        ("level == null", 9..<13, "`null` is not in this version", "`!has(field)`"),
        ("mean(level, '1h') > 1", 0..<4, "no function `mean`", "`avg`"),
        ("abs(level) > 1", 0..<3, "no function `abs`", "`math.abs`"),
        ("now() > taken", 0..<3, "no function `now`", "know no clock"),
        ("taken > '2026-01-01'", 6..<7, "a string", "timestamp('2026-01-01T00:00:00Z')"),
        ("has(levl)", 4..<8, "no field or let", "`level`"),
    ]

    @Test(arguments: refusedCases)
    func refused(_ source: String, _ range: Range<Int>, _ message: String, _ hint: String) {
        let problems = check(source, in: riverStage()).problems
        #expect(problems.count == 1, "\(problems)")
        guard let problem = problems.first else { return }
        #expect(problem.range == range, "\(problem)")
        #expect(problem.message.contains(message), "\(problem)")
        #expect(hint.isEmpty || problem.hint?.contains(hint) == true, "\(problem)")
    }

    @Test func allIndependentProblemsAtOnce() {
        let source = "levle > 1 && level > station || slope(level, '1h') > count + ratio || xyz"
        let problems = check(source, in: riverStage()).problems
        #expect(problems.map(\.range.lowerBound) == [0, 19, 32, 59, 70])
    }

    @Test func expectationsOfValues() {
        #expect(
            check("3", in: riverStage(), expecting: .double, purpose: .value).checked?.type
                == .double)
        let refused = check("'a'", in: riverStage(), expecting: .double, purpose: .value)
        #expect(refused.problems.first?.message == "`'a'` is a string, not a double")
    }

    @Test func namesAreReported() {
        var environment = riverStage()
        let first = check("level - gauge.zero", in: environment, purpose: .value)
        if let checked = first.checked { environment.define("depth", as: checked) }
        let outcome = check("count > 1 && depth > 2 && level>1.0 && depth < 9", in: environment)
        #expect(outcome.checked?.referencedFields == [3, 0, 7])
        #expect(outcome.checked?.references == ["count", "depth", "level"])
        #expect(
            outcome.checked?.description == "count > 1 && depth > 2 && level > 1.0 && depth < 9")
        #expect(first.checked?.unit == "m")
        #expect(check("depth > flow", in: environment).problems.count == 1)
    }

    @Test func letsThatGrowAreRefusedInTime() {
        var environment = riverStage()
        var last = check("level + 1", in: environment, purpose: .value)
        var name = "x0"
        var refused = 0
        for index in 1...400 {
            guard let checked = last.checked else { break }
            environment.define(name, as: checked)
            last = check("\(name) + \(name)", in: environment, purpose: .value)
            refused += last.problems.count
            name = "x\(index)"
        }
        #expect(refused == 1)
    }

    @Test func reservedWords() {
        for word in ["for", "let", "in", "true", "null", "while"] { #expect(isReservedWord(word)) }
        for word in ["type", "size", "level", "int"] { #expect(!isReservedWord(word)) }
    }
}
