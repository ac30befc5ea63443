import CEL
import Expressions
import Testing

@Suite struct TemplateTests {
    static let cases: [(String, String)] = [
        ("", ""), ("River", "River"), ("Level ${level} m", "Level 4.25 m"),
        ("$$5 ${count}", "$5 12"),
        ("${fixed(level, 1)} m at ${station}", "4.3 m at Jamuna"), ("${flow}", "?"),
        ("${'}' + station}${manual}", "}Jamunatrue"), ("${taken}", "2026-01-01T00:00:00Z"),
        ("${taken - taken}", "0s"), ("${fixed(count, 2)}", "12.00"), ("${fixed(flow, 2)}", "?"),
        ("${level > 4 ? 'high' : 'low'}", "high"), ("${ level }", "4.25"),
        ("é${station}é", "éJamunaé"),
        ("${fixed(level, 2) + ' m'}", "4.25 m"),
    ]

    @Test(arguments: cases)
    func rendered(_ source: String, _ text: String) throws {
        let outcome = checkTemplate(source, in: riverStage())
        let checked = try #require(outcome.checked, "\(outcome.problems)")
        let owned = OwnedRow([
            .double(4.25), nil, .string("Jamuna"), .int(12), .bool(true),
            .timestamp(1_767_225_600_000_000_000),
        ])
        #expect(checked.template(mode: .rule).render(owned.row, Scratch()) == text)
    }

    static let refusedCases: [(String, [Range<Int>])] = [
        ("a ${levle} b ${xyz}", [4..<9, 15..<18]), ("costs $5", [6..<7]), ("${level", [7..<7]),
        ("${}", [2..<2]), ("${level +}", [9..<9]), ("${level} ${'a", [11..<13]),
        ("${fixed(station, 2)}", [2..<7]), ("${fixed(level, 99)}", [2..<7]),
        ("${size(station)}", [2..<6]),
        ("$", [0..<1]), ("${a b} ${levle}", [4..<5, 9..<14]), ("${{}", [4..<4]),
    ]

    @Test(arguments: refusedCases)
    func refused(_ source: String, _ ranges: [Range<Int>]) {
        let problems = checkTemplate(source, in: riverStage()).problems
        #expect(problems.map(\.range) == ranges, "\(problems)")
    }

    @Test func namesOfATemplate() {
        let checked = checkTemplate("${station}: ${level} ${station}", in: riverStage()).checked
        #expect(checked?.references == ["station", "level"])
        #expect(checked?.referencedFields == [2, 0])
    }
}
