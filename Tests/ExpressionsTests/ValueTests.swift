import Expressions
import Testing

@Suite struct ValueTests {
    static let shownCases: [(Value, String)] = [
        (.unknown, "?"), (.bool(true), "true"), (.int(-3), "-3"), (.double(4), "4"),
        (.double(4.25), "4.25"), (.double(0.1), "0.1"), (.double(1e21), "1e+21"),
        (.string("x"), "x"), (.timestamp(0), "1970-01-01T00:00:00Z"),
        (.timestamp(-1), "1969-12-31T23:59:59.999999999Z"),
        (.timestamp(951_782_400_500_000_000), "2000-02-29T00:00:00.5Z"),
        (.timestamp(.max), "2262-04-11T23:47:16.854775807Z"),
        (.timestamp(.min), "1677-09-21T00:12:43.145224192Z"),
        (.duration(90_000_000_000), "90s"), (.duration(-1_500_000_000), "-1.5s"),
        (.duration(.min), "-9223372036.854775808s"),
    ]

    @Test(arguments: shownCases)
    func asShownInMessages(_ value: Value, _ text: String) {
        #expect(value.description == text)
    }

    static let fixedCases: [(Double, Int, String)] = [
        (3.14159, 2, "3.14"), (2.5, 0, "3"), (-2.5, 0, "-3"), (1.005, 2, "1.01"),
        (0.004, 2, "0.00"),
        (-0.004, 2, "0.00"), (0.6, 0, "1"), (0.05, 0, "0"), (999.999, 2, "1000.00"),
        (0, 3, "0.000"),
        (1e21, 1, "1000000000000000000000.0"), (1.5e-7, 8, "0.00000015"), (12, 2, "12.00"),
        (.leastNonzeroMagnitude, 2, "0.00"), (-1234.5, 1, "-1234.5"), (9.995, 2, "10.00"),
        (0.095, 1, "0.1"),
    ]

    @Test(arguments: fixedCases)
    func fixed(_ number: Double, _ decimals: Int, _ text: String) {
        var builder = ProgramBuilder(mode: .rule)
        builder.constant(.double(number), into: 0)
        builder.fixed(.fixedDouble, decimals: decimals, into: 0, 0)
        let value = builder.finish(.string).map { ConstantRow.value(of: $0) }
        #expect(value == .string(text))
    }
}
