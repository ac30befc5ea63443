import CEL
import Expressions
import Testing

@Suite struct FuzzTests {
    static let seeds: [String] =
        CheckerTests.acceptedCases.map(\.0) + CheckerTests.refusedCases.map(\.0)
        + ParserTests.canonical.map(\.0) + LexerTests.literals.map(\.0)
        + TemplateTests.cases.map(\.0)

    static func mutated(_ source: String, _ generator: inout SeededGenerator) -> String {
        var bytes = Array(source.utf8)
        let alphabet = Array("()[]{}?:.,!-+*/%<>=&|'\"\\`$0123456789abeinrux_ \n\u{E9}".utf8)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0:
                bytes.insert(alphabet.randomElement(using: &generator) ?? 0, at: place)
            case 1 where place < bytes.count:
                bytes.remove(at: place)
            case 2 where place < bytes.count:
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 3:
                let other = Array((seeds.randomElement(using: &generator) ?? "").utf8)
                bytes.insert(contentsOf: other, at: place)
            default:
                bytes.removeSubrange(place..<min(bytes.count, place + 3))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func mutationsNeverCrashAndProblemsLieWithin() {
        var generator = SeededGenerator(seed: 2026)
        let environment = riverStage()
        let scratch = Scratch()
        let rows = (0..<4).map { _ in ConditionTests.randomRow(&generator) }
        var accepted = 0
        for _ in 0..<20_000 {
            let source = Self.mutated(Self.seeds.randomElement(using: &generator) ?? "", &generator)
            let whole = 0..<source.utf8.count + 1
            let outcome = check(source, in: environment, purpose: .value)
            for problem in outcome.problems + checkTemplate(source, in: environment).problems {
                #expect(whole.contains(problem.range.lowerBound), "\(source): \(problem)")
                #expect(whole.contains(problem.range.upperBound), "\(source): \(problem)")
            }
            guard let checked = outcome.checked else {
                #expect(!outcome.problems.isEmpty, "\(source)")
                continue
            }
            accepted += 1
            let again = check(checked.description, in: environment, purpose: .value).checked
            #expect(again?.description == checked.description, "\(source)")
            for owned in rows {
                let value = checked.program(mode: .rule).value(owned.row, scratch)
                #expect(again?.program(mode: .rule).value(owned.row, scratch) == value, "\(source)")
            }
            if checked.type == .bool { _ = checked.condition(mode: .rule) }
        }
        #expect(accepted > 500)
    }

    @Test func anyBytesAreTokensOrAProblem() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<5_000 {
            let count = Int.random(in: 0..<40, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            do {
                _ = try Parser.parse(bytes)
            } catch {
                let problem = error as Problem
                #expect(problem.range.upperBound <= bytes.count)
            }
        }
    }
}
