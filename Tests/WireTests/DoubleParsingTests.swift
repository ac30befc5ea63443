import Events
import Foundation
import Testing
import Wire

/// Doubles against the C library's `strtod`, which rounds correctly.
@Suite struct DoubleParsingTests {
    private let stream = StreamSchema(name: "d", fields: [Field(name: "x", type: .double)])

    private func compare(_ numbers: [String]) {
        for learns in [false, true] {
            let harness = DecodeHarness([stream], learns: learns, ringBytes: 1 << 20)
            for chunk in stride(from: 0, to: numbers.count, by: 2000) {
                let part = numbers[chunk..<min(chunk + 2000, numbers.count)]
                let result = harness.decode(
                    part.map { "{\"x\":\($0)}" }.joined(separator: "\n"), layout: .lines)
                #expect(result.accepted == part.count)
                guard result.accepted == part.count else { continue }
                for (index, text) in part.enumerated() {
                    let expected = strtod(text, nil)
                    let bits = result.double(0, of: index)?.bitPattern
                    let known = expected.isFinite ? expected.bitPattern : nil
                    if bits != known { Issue.record("\(text) gave \(String(describing: bits))") }
                }
            }
        }
    }

    @Test func everyLengthAndExponent() {
        var generator = SeededGenerator(seed: 11)
        compare(
            (0..<60_000).map { _ in
                let digits = Int.random(in: 1...25, using: &generator)
                var text = Bool.random(using: &generator) ? "-" : ""
                text += String(Int.random(in: 1...9, using: &generator))
                for _ in 1..<digits { text += String(Int.random(in: 0...9, using: &generator)) }
                if Bool.random(using: &generator) {
                    text += "."
                    for _ in 0..<Int.random(in: 1...20, using: &generator) {
                        text += String(Int.random(in: 0...9, using: &generator))
                    }
                }
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: text += "e\(Int.random(in: -345...312, using: &generator))"
                case 1: text += "E+\(Int.random(in: 0...40, using: &generator))"
                case 2: text += "e-\(Int.random(in: 0...40, using: &generator))"
                default: break
                }
                return text
            })
    }

    @Test func shortestFormsOfRandomBits() {
        var generator = SeededGenerator(seed: 12)
        compare(
            (0..<60_000).compactMap { _ in
                let value = Double(bitPattern: generator.next())
                return value.isFinite ? "\(value)".replacingOccurrences(of: "inf", with: "0") : nil
            })
    }

    @Test func measurements() {
        var generator = SeededGenerator(seed: 13)
        compare(
            (0..<60_000).map { _ in
                String(
                    format: "%.*f", Int.random(in: 0...9, using: &generator),
                    Double.random(in: -2000...2000, using: &generator))
            })
    }

    @Test func hardCases() {
        var numbers = [
            "9007199254740991", "9007199254740992", "9007199254740993", "9007199254740994",
            "9007199254740993.0000000000000000000000000000001",
            "9007199254740992.9999999999999999999",
            "9007199254740993.00000000000000000000000000000000", "2.2250738585072011e-308",
            "2.2250738585072012e-308", "2.2250738585072014e-308", "4.9406564584124654e-324",
            "2.4703282292062327e-324", "2.4703282292062328e-324", "1.7976931348623158e308",
            "1.7976931348623159e308", "1.797693134862315807e308", "6929495644600919.5",
            "3.2378839133029012895883522125e-308", "1e22", "1e23", "8.5e22", "1e-22", "1e-23",
            "7.2057594037927933e16", "1.00000000000000011102230246251565",
            "0.500000000000000166533453693773481063544750213623046875",
            "1.00000000000000011102230246251565404236316680908203125",
            "1.00000000000000011102230246251565404236316680908203126",
            "1.00000000000000011102230246251565404236316680908203124",
            "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880",
        ]
        // Halfway between neighbours, a little below and a little above.
        var generator = SeededGenerator(seed: 14)
        for _ in 0..<2000 {
            let bits = generator.next() >> 12 | 0x3FF << 52
            let value = Double(bitPattern: bits)
            let middle = (Decimal(value) + Decimal(value.nextUp)) / 2
            numbers += ["\(middle)", "\(middle)0000000000001"]
            numbers.append(String(format: "%.30f", value))
            numbers.append(String(format: "%.60f", value * 1e-5))
        }
        for exponent in -345...310 {
            numbers += ["1e\(exponent)", "9.5e\(exponent)", "18446744073709551615e\(exponent)"]
        }
        compare(numbers)
    }
}
