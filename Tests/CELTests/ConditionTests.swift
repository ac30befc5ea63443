import CEL
import Expressions
import Testing

@Suite struct ConditionTests {
    static func condition(_ source: String, mode: Mode = .rule) throws -> (Condition, Program) {
        let outcome = check(source, in: riverStage())
        let checked = try #require(outcome.checked, "\(source): \(outcome.problems)")
        return (checked.condition(mode: mode), checked.program(mode: mode))
    }

    static func randomRow(_ generator: inout SeededGenerator) -> OwnedRow {
        let doubles: [Double] = [
            0, -0.0, 1, 2, 2.5, 3, -1, 1e300, .nan, .infinity, -.infinity, 9_007_199_254_740_992,
        ]
        let ints: [Int64] = [0, 1, 2, 3, -1, .min, .max, 9_007_199_254_740_993]
        let texts = [
            "", "a", "b", "good", "suspect", "Jamuna at Bahadurabad", "Jamuna at Sirajganj",
        ]
        func pick<T>(_ values: [T]) -> T? {
            Int.random(in: 0..<6, using: &generator) == 0
                ? nil : values.randomElement(using: &generator)
        }
        return OwnedRow([
            pick(doubles).map { .double($0) }, pick(doubles).map { .double($0) },
            pick(texts).map { .string($0) }, pick(ints).map { .int($0) },
            pick([true, false]).map { .bool($0) }, pick(ints).map { .timestamp($0) },
            pick(texts).map { .string($0) }, pick(doubles).map { .double($0) },
            pick(doubles).map { .double($0) }, pick(ints).map { .int($0) },
        ])
    }

    /// One conjunct of every shape and of none.
    static let conjuncts = [
        "level > 2", "level <= 2.5", "2 < level", "level == 0.0", "level != 2.0", "!(level >= 1.0)",
        "count > 1", "count == 2", "count != -1", "count < 2.0", "count < 2.5", "1 <= count",
        "manual", "!manual", "manual == true", "manual != true", "manual > false",
        "taken >= timestamp('1970-01-01T00:00:00Z')", "station == 'a'", "station != 'good'",
        "'b' == quality", "!(quality == 'suspect')", "station in ['a', 'Jamuna at Sirajganj', '']",
        "!(quality in ['a', 'b'])", "quality in ['good']", "station in []", "station < 'b'",
        "level + gauge.zero > 2.0", "has(level)", "!has(station)", "count in [1, 2, 3]",
        "(manual ? level : gauge.zero) > 1.0", "count + 1 > 0", "count / size == 1",
        "level > 1.0 / 0.0",
        "count > ratio", "ratio < 9007199254740993", "level > 2.0 * 0.5 + 1.0", "true", "1 > 2",
        "(level > 1.0 || count > 1)", "station + 'x' == 'ax'", "station in [quality, 'a']",
    ]

    /// The literal reading of a conjunction: each conjunct by its own program.
    @Test func everyShapeAnswersAsItsProgram() throws {
        var generator = SeededGenerator(seed: 7)
        let scratch = Scratch()
        let rows = (0..<200).map { _ in Self.randomRow(&generator) }
        for _ in 0..<400 {
            let count = Int.random(in: 1...4, using: &generator)
            let parts = (0..<count).compactMap { _ in
                Self.conjuncts.randomElement(using: &generator)
            }
            let source = parts.joined(separator: " && ")
            let single = try parts.map { try Self.condition($0).1 }
            for mode in Mode.allCases {
                let (condition, program) = try Self.condition(source, mode: mode)
                let (selectors, residual) = condition.selectors()
                for owned in rows {
                    let answer = condition.truth(owned.row, scratch)
                    let general = program.run(owned.row, scratch)
                    #expect(answer == general, "\(source)")
                    if mode == .rule {
                        let kleene = single.map { $0.run(owned.row, scratch) }.reduce(.yes) {
                            $0 && $1
                        }
                        #expect(answer == kleene, "\(source)")
                    }
                    let states = selectors.map { Self.state($0, owned.row) }
                    if states.contains(.no) { #expect(answer == .no, "\(source)") }
                    if states.allSatisfy({ $0 == .yes }) {
                        #expect(residual.truth(owned.row, scratch) == answer, "\(source)")
                    }
                    if answer == .yes { #expect(states.allSatisfy { $0 == .yes }, "\(source)") }
                }
            }
        }
    }

    static func state(_ selector: Selector, _ row: Row) -> Truth {
        guard row.isKnown(selector.cell) else { return .unknown }
        let word = row.word(selector.cell)
        switch selector.literal {
        case .bool(let bool): return Truth(word == (bool ? 1 : 0))
        case .int(let int): return Truth(Int64(bitPattern: word) == int)
        case .string(let bytes):
            let start = row.textStart(word)
            let text = UnsafeRawBufferPointer(start: start, count: Int(word >> 32))
            return Truth(text.elementsEqual(bytes))
        }
    }

    @Test func simpleShapesAreRecognised() throws {
        func comparison(_ source: String) throws -> Comparison? {
            try Self.condition(source).0.comparison
        }
        #expect(try comparison("level >= 4") == Comparison(cell: 0, .greaterOrEqual, .double(4)))
        #expect(try comparison("4.0 < level") == Comparison(cell: 0, .greater, .double(4)))
        #expect(try comparison("level > 2.0 * 2.0") == Comparison(cell: 0, .greater, .double(4)))
        #expect(try comparison("!(count < 3)") == Comparison(cell: 3, .greaterOrEqual, .int(3)))
        #expect(try comparison("count > 2.0") == Comparison(cell: 3, .greater, .int(2)))
        #expect(try comparison("manual") == Comparison(cell: 4, .equal, .int(1)))
        #expect(try comparison("level > flow * 1.0") == nil)
        #expect(try Self.condition("level > 1.0 && level < 2.0").0.comparisons != nil)
        #expect(try Self.condition("1 > 2").0.constant == .no)
        #expect(try Self.condition("1 / 0 > 2").0.constant == .unknown)
        #expect(try Self.condition("1 / 0 > 2 || true").0.constant == .yes)
    }

    @Test func selectorsAreTheEqualitiesOfTheConjunction() throws {
        let source = "station == 'a' && level > 2.0 && (count == 3 && !manual) && quality != 'b'"
        let (selectors, residual) = try Self.condition(source).0.selectors()
        #expect(
            selectors == [
                Selector(cell: 2, literal: .string([97])), Selector(cell: 3, literal: .int(3)),
                Selector(cell: 4, literal: .bool(false)),
            ])
        #expect(residual.comparison == nil)
        let (only, rest) = try Self.condition("station == 'a'").0.selectors()
        #expect(only.count == 1 && rest.constant == .yes)
        let (none, same) = try Self.condition("level == 2.0").0.selectors()
        #expect(none.isEmpty && same.comparison != nil)
    }

    @Test func nanNeverMakesAConditionFalse() throws {
        let scratch = Scratch()
        for value in [Double.nan, .infinity, -.infinity] {
            let owned = OwnedRow([.double(value), .double(1), .string("a"), .int(1)])
            for source in [
                "level > 1.0", "level < 1.0", "level == 1.0", "level != 1.0",
                "level > 1.0 && level < 9.0",
                "level * 2.0 > 1.0", "!(level > 1.0)", "level in [1.0]", "level - level == 0.0",
                "count > level", "(manual ? level : level) > 0.0",
            ] {
                #expect(
                    try Self.condition(source).0.truth(owned.row, scratch) == .unknown, "\(source)")
            }
        }
        let owned = OwnedRow([.double(.nan), .double(1)])
        #expect(try Self.condition("level > 1.0", mode: .ieee).0.truth(owned.row, scratch) == .no)
        #expect(try Self.condition("level != 1.0", mode: .ieee).0.truth(owned.row, scratch) == .yes)
    }

    @Test func letsAreComputedOnce() throws {
        var environment = riverStage()
        let sum = try #require(
            check("level * 2.0 + gauge.zero", in: environment, purpose: .value).checked)
        environment.define("sum", as: sum)
        let twice = try #require(
            check("sum > 1.0 && sum < 9.0 && sum != 5.0", in: environment).checked)
        #expect(
            twice.program(mode: .rule).instructionCount < 3
                * sum.program(mode: .rule).instructionCount + 6)
        let owned = OwnedRow([.double(1), nil, nil, nil, nil, nil, nil, .double(1)])
        #expect(twice.condition(mode: .rule).truth(owned.row, Scratch()) == .yes)
    }

    static let valueCases: [(String, Value)] = [
        ("1 + 2 * 3", .int(7)), ("7 / 2", .int(3)), ("-7 % 3", .int(-1)), ("1 + 2.5", .double(3.5)),
        ("7 / 2 + 0.5", .double(3.5)), ("9223372036854775807 + 1", .unknown),
        ("'a' + 'b'", .string("ab")),
        ("-9223372036854775808", .int(.min)), ("1.0 / 0.0", .unknown), ("true ? 1 : 2", .int(1)),
        ("9007199254740993 == 9007199254740992.0", .bool(false)),
        ("9007199254740992 == 9007199254740992.0", .bool(true)),
        ("timestamp('2026-01-01T05:30:00.5+05:30')", .timestamp(1_767_225_600_500_000_000)),
        (
            "timestamp('2024-03-01T00:00:00Z') - timestamp('2024-02-28T00:00:00Z')",
            .duration(172_800_000_000_000)
        ),
        ("duration('1h30m')", .duration(5_400_000_000_000)),
        ("duration('-1.5s')", .duration(-1_500_000_000)),
        ("duration('250ms') + duration('1us')", .duration(250_001_000)),
        ("has(level)", .bool(false)),
        ("level > 1.0 || true", .bool(true)), ("level > 1.0 && false", .bool(false)),
        ("level > 1.0 && true", .unknown), ("'b' in ['a', 'b']", .bool(true)),
        ("1 in []", .bool(false)),
        ("1 in [1, count]", .unknown), ("duration('0')", .duration(0)),
    ]

    @Test(arguments: valueCases)
    func values(_ source: String, _ value: Value) throws {
        let outcome = check(source, in: riverStage(), purpose: .value)
        let checked = try #require(outcome.checked, "\(outcome.problems)")
        let owned = OwnedRow(Array(repeating: nil, count: 10))
        #expect(checked.program(mode: .rule).value(owned.row, Scratch()) == value)
    }

    static let timeCases = [
        "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:00",
        "2026-01-01 00:00:00Z", "1600-01-01T00:00:00Z", "2300-01-01T00:00:00Z", "",
        "2026-01-01T00:00:00.Z",
    ]

    @Test(arguments: timeCases)
    func timesThatAreNone(_ text: String) {
        #expect(check("timestamp('\(text)')", in: Environment(), purpose: .value).checked == nil)
    }

    @Test(arguments: ["", "1", "1d", "h", "1h-2m", "99999999999h", ".s", "1.h2", "--1s"])
    func durationsThatAreNone(_ text: String) {
        #expect(check("duration('\(text)')", in: Environment(), purpose: .value).checked == nil)
    }
}
