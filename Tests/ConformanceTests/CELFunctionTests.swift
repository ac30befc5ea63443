import CEL
import Expressions
import Foundation
import Testing

/// The functions of the language beside the conformance suite of cel-spec.
@Suite(.enabled(if: SharedData.isWanted, "needs ../shared/data"))
struct CELFunctionTests {
    private struct Case: Decodable {
        var id: String
        var file: String
        var section: String
        var expr: String
        var expect: Expectation
        var needs: [String]
    }

    private struct Expectation: Decodable {
        var value: [String: Content]?
    }

    private enum Content: Decodable {
        case text(String), flag(Bool), other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let flag = try? container.decode(Bool.self) {
                self = .flag(flag)
            } else {
                self = .other
            }
        }
    }

    @Test func theFunctionsOfThisVersion() throws {
        let path = try SharedData.path("cel/conformance.jsonl")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var judged = 0
        let none = EmptyRow()
        for line in text.split(separator: "\n") {
            let entry = try JSONDecoder().decode(Case.self, from: Data(line.utf8))
            guard ["string", "conversions", "math_ext"].contains(entry.file),
                let checked = check(entry.expr, in: Environment(), purpose: .message).checked
            else { continue }
            judged += 1
            let value = checked.program(mode: .ieee).value(none.row, Scratch())
            #expect(value == expected(entry), "\(entry.id): \(entry.expr)")
        }
        // What is left of them needs unsigned integers, bytes, lists or values without a type.
        #expect(judged >= 60)
    }

    /// A row without fields.
    private final class EmptyRow {
        private let memory = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
        var row: Row {
            Row(presence: 0, cells: UnsafeRawPointer(memory), base: UnsafeRawPointer(memory))
        }

        deinit { memory.deallocate() }
    }

    private func expected(_ entry: Case) -> Value {
        guard let (type, content) = entry.expect.value?.first else { return .unknown }
        switch (type, content) {
        case ("int", .text(let text)): return Int64(text).map { .int($0) } ?? .unknown
        case ("double", .text(let text)): return Double(text).map { .double($0) } ?? .unknown
        case ("string", .text(let text)): return .string(text)
        case ("bool", .flag(let flag)): return .bool(flag)
        case _: return .unknown
        }
    }
}
