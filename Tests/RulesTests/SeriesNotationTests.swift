import Testing

@testable import Rules

@Suite struct SeriesNotationTests {
    private func text(_ series: String) -> String {
        let (items, problems) = SeriesNotation.items(series)
        guard problems.isEmpty else {
            return problems.map { "\($0.range.lowerBound)..<\($0.range.upperBound) \($0.message)" }
                .joined(separator: "; ")
        }
        return items.map { item in
            switch item {
            case .none: "_"
            case .unknown: "?"
            case .number(let number): number
            }
        }.joined(separator: " ")
    }

    @Test(arguments: [
        ("3.5 4.1*3 _ 3.8*2", "3.5 4.1 4.1 4.1 _ 3.8 3.8"),
        ("1+0.5x3", "1 1.5 2 2.5"),
        ("1+0.1x3", "1 1.1 1.2 1.3"),
        ("5-2x3", "5 3 1 -1"),
        ("-1.5--0.5x2", "-1.5 -1 -0.5"),
        ("0.1+0.2x1", "0.1 0.3"),
        ("_*2 ?*2", "_ _ ? ?"),
        ("  7\n 8\t9 ", "7 8 9"),
        ("1e3 -2.50", "1000 -2.5"),
        ("", ""),
        ("1*0", "0..<3 `1*0` is not a reading"),
        ("a 1 1*x", "0..<1 `a` is not a reading; 4..<7 `1*x` is not a reading"),
        ("1,5", "0..<3 `1,5` is not a reading"),
        ("nan", "0..<3 `nan` is not a reading"),
        ("1x3", "0..<3 `1x3` is not a reading"),
        ("1+x3", "0..<4 `1+x3` is not a reading"),
        ("1*2000000", "0..<9 a series has at most 1000000 readings"),
    ])
    func aLineOfReadings(series: String, expected: String) {
        #expect(text(series) == expected)
    }
}
