import Events
import Foundation
import Testing
import Wire

/// Random documents against a model that knows what was written and never parses.
@Suite struct RandomDocumentTests {
    /// A value and the way it happens to be written.
    indirect enum Node {
        case null
        case bool(Bool)
        case number(String)
        case text(String)
        case array([Node])
        case object([(String, Node)])
    }

    private static let stream = StreamSchema(
        name: "random",
        fields: [
            Field(name: "s", type: .string),
            Field(name: "näme", type: .string, path: ["a", "näme"]),
            Field(name: "i", type: .int, valid: -1e6...1e6, missing: [.int(0)]),
            Field(name: "d", type: .double),
            Field(name: "deep", type: .double, path: ["a", "b", "d"]),
            Field(name: "flag", type: .bool), Field(name: "again", type: .double, path: ["d"]),
        ])

    private var generator = SeededGenerator(seed: 31)

    private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

    private mutating func randomText() -> String {
        let alphabet = Array("ab \"\\/\n\t\u{1}é水😀{}[]:,")
        return String((0..<pick(12)).map { _ in alphabet[pick(alphabet.count)] })
    }

    private mutating func randomNumber() -> String {
        switch pick(4) {
        case 0: "\(pick(2000) - 1000)"
        case 1: String(format: "%.\(pick(8))f", Double(pick(2_000_000) - 1_000_000) / 777)
        case 2: "\(Double(pick(1_000_000)) * 1e-9)"
        default: "\(pick(100))e\(pick(4))"
        }
    }

    private mutating func randomNode(_ depth: Int) -> Node {
        switch pick(depth > 3 ? 5 : 7) {
        case 0: return .null
        case 1: return .bool(pick(2) == 0)
        case 2, 3: return .number(randomNumber())
        case 4: return .text(randomText())
        case 5: return .array((0..<pick(4)).map { _ in randomNode(depth + 1) })
        default: return .object((0..<pick(4)).map { _ in ("k\(pick(4))", randomNode(depth + 1)) })
        }
    }

    /// Members of the right types, mostly, some absent, some twice.
    private mutating func randomDocument() -> [(String, Node)] {
        var members: [(String, Node)] = []
        for _ in 0..<(3 + pick(8)) {
            switch pick(9) {
            case 0: members.append(("s", .text(randomText())))
            case 1: members.append(("i", .number("\(pick(4_000_000) - 2_000_000)")))
            case 2: members.append(("d", .number(randomNumber())))
            case 3: members.append(("flag", pick(3) == 0 ? .null : .bool(pick(2) == 0)))
            case 4, 5:
                var inner: [(String, Node)] = []
                if pick(2) == 0 { inner.append(("näme", .text(randomText()))) }
                if pick(2) == 0 { inner.append(("x", randomNode(2))) }
                if pick(2) == 0 {
                    inner.append(
                        (
                            "b",
                            pick(5) == 0 ? randomNode(4) : .object([("d", .number(randomNumber()))])
                        ))
                }
                members.append(("a", pick(9) == 0 ? .number("1") : .object(inner)))
            case 6: members.append(("i", randomNode(3)))
            default: members.append(("other\(pick(5))", randomNode(1)))
            }
        }
        return members
    }

    // Writing, with space and escapes as chance has it.

    private mutating func space() -> String { pick(6) == 0 ? [" ", "\t", "  "][pick(3)] : "" }

    private mutating func write(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            let value = scalar.value
            if pick(6) == 0 || value < 0x20 {
                for unit in String(scalar).utf16 {
                    result += String(format: pick(2) == 0 ? "\\u%04x" : "\\u%04X", unit)
                }
            } else if scalar == "\"" || scalar == "\\" || scalar == "/" && pick(2) == 0 {
                result += "\\" + String(scalar)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private mutating func write(_ node: Node) -> String {
        switch node {
        case .null: return "null"
        case .bool(let flag): return flag ? "true" : "false"
        case .number(let text): return text
        case .text(let text): return write(text)
        case .array(let nodes):
            return "[" + nodes.map { space() + write($0) + space() }.joined(separator: ",")
                + space() + "]"
        case .object(let members):
            return "{"
                + members.map {
                    space() + write($0.0) + space() + ":" + space() + write($0.1) + space()
                }
                .joined(separator: ",") + space() + "}"
        }
    }

    // The model.

    private func find(_ path: ArraySlice<String>, _ node: Node) -> Node? {
        guard let name = path.first else { return node }
        guard case .object(let members) = node, let last = members.last(where: { $0.0 == name })
        else {
            return nil
        }
        return find(path.dropFirst(), last.1)
    }

    private enum Cell {
        case unknown
        case bits(UInt64)
        case text(String)
        case wrong
    }

    private func cell(_ field: Field, _ node: Node?) -> Cell {
        switch (field.type, node) {
        case (_, nil), (_, .null): return .unknown
        case (.string, .text(let text)): return .text(text)
        case (.bool, .bool(let flag)): return .bits(flag ? 1 : 0)
        case (.double, .number(let text)): return .bits(strtod(text, nil).bitPattern)
        case (.int, .number(let text)):
            let value = strtod(text, nil)
            guard value == value.rounded() else { return .wrong }
            return value == 0 || !field.valid!.contains(value)
                ? .unknown : .bits(UInt64(bitPattern: Int64(value)))
        default: return .wrong
        }
    }

    /// The record's bytes by the layout in EventRecord.swift, or the first field of a wrong type.
    private func record(_ members: [(String, Node)]) -> (bytes: [UInt8], wrong: Int?) {
        let fields = RandomDocumentTests.stream.fields
        var cells: [UInt64] = []
        var texts: [UInt8] = []
        var presence: UInt64 = 0
        for (index, field) in fields.enumerated() {
            var bits: UInt64 = 0
            switch cell(field, find(field.path[...], .object(members))) {
            case .wrong: return ([], index)
            case .unknown: break
            case .bits(let value):
                bits = value
                presence |= 1 << UInt64(index)
            case .text(let text):
                bits = UInt64(48 + 8 * fields.count + texts.count) | UInt64(text.utf8.count) << 32
                presence |= 1 << UInt64(index)
                texts += Array(text.utf8)
            }
            cells.append(bits)
        }
        while texts.count % 8 != 0 { texts.append(0) }
        let length = 48 + 8 * fields.count + texts.count
        var bytes: [UInt8] = []
        func put<Value: FixedWidthInteger>(_ value: Value) {
            withUnsafeBytes(of: value.littleEndian) { bytes += Array($0) }
        }
        put(UInt32(length))
        put(UInt32(7))
        put(EventKind.reading.rawValue)
        put(Status.exercise.rawValue)
        put(UInt16(3))
        put(UInt16(0))
        put(UInt16(fields.count))
        put(EventRecord.timeUnset)
        put(Int64(0))
        put(Int64(0))
        put(presence)
        for cell in cells { put(cell) }
        return (bytes + texts, nil)
    }

    @Test mutating func recordsAreThoseOfTheModel() throws {
        let taught = DecodeHarness([RandomDocumentTests.stream])
        let plain = DecodeHarness([RandomDocumentTests.stream], learns: false)
        var accepted = 0
        for _ in 0..<15_000 {
            let members = randomDocument()
            // Written twice, so that the second may fit the shape of the first.
            for _ in 0..<2 {
                let text = space() + write(.object(members)) + space()
                let expected = record(members)
                for harness in [taught, plain] {
                    let result = harness.decode(text)
                    if let wrong = expected.wrong {
                        #expect(result.reasons == [.type], "\(text)")
                        #expect(result.entries.first?.field == wrong, "\(text)")
                    } else {
                        #expect(result.records == [expected.bytes], "\(text)")
                    }
                    accepted += result.accepted
                }
            }
            // Foundation agrees that it is JSON.
            let foundation = try? JSONSerialization.jsonObject(
                with: Data(write(.object(members)).utf8))
            #expect(foundation is [String: Any])
        }
        #expect(accepted > 20_000)
    }
}
