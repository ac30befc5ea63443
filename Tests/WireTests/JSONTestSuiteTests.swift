import Events
import Foundation
import Testing
import Wire

/// Every file of the suite, through the scanner and inside documents that fit a learned shape.
@Suite struct JSONTestSuiteTests {
    struct File: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var testDescription: String { name }
    }

    static func files() throws -> [File] {
        guard let folder = try SharedData.folder("json/JSONTestSuite/test_parsing") else {
            return []
        }
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            File(name: $0, bytes: Array(try Data(contentsOf: folder.appendingPathComponent($0))))
        }
    }

    @Test func everyFileAlone() throws {
        let open = StreamSchema(name: "any", fields: [])
        for learns in [false, true] {
            for file in try JSONTestSuiteTests.files() {
                let harness = DecodeHarness([open], learns: learns)
                if learns { _ = harness.decode("{}\n{\"a\":1}\n{\"a\":\"x\"}") }
                for padding in [nil, Array(repeating: UInt8(ascii: "}"), count: 64)] {
                    judge(file, harness.decode(file.bytes, padding: padding))
                }
            }
        }
    }

    private func judge(_ file: File, _ result: Decoded) {
        switch file.name.first {
        case "y":
            #expect(result.reasons.allSatisfy { $0 == .notAnObject }, "\(file.name)")
            let text = String(decoding: file.bytes.filter { $0 > 0x20 }, as: UTF8.self)
            #expect((result.accepted + result.rejected == 0) == (text == "[]"), "\(file.name)")
        case "n":
            #expect(result.accepted == 0, "\(file.name)")
            #expect(result.records.isEmpty, "\(file.name)")
            #expect(!result.entries.isEmpty, "\(file.name)")
            let blank =
                file.name == "n_single_space.json" || file.name == "n_structure_no_data.json"
            let first = result.reasons.first
            #expect(first == (blank ? .empty : .json) || first == .depth, "\(file.name)")
        default:
            #expect(result.accepted + result.rejected >= 1, "\(file.name)")
        }
    }

    @Test func everyFileAsAMember() throws {
        let stream = StreamSchema(name: "one", fields: [Field(name: "v", type: .int)])
        // Valid or not, these bytes make another document of what stands around them.
        let beginnings = ["\"abc\"", "12.5", "[1,2]", "{\"b\":[]}", "true"]
        for beginning in beginnings {
            let taught = DecodeHarness([stream])
            let plain = DecodeHarness([stream], learns: false)
            for file in try JSONTestSuiteTests.files() {
                _ = taught.decode("{\"x\":\(beginning),\"v\":1}")
                let bytes = Array("{\"x\":".utf8) + file.bytes + Array(",\"v\":1}".utf8)
                let result = taught.decode(bytes)
                #expect(result == plain.decode(bytes), "\(file.name)")
                if file.name.hasPrefix("y_") { #expect(result.accepted == 1, "\(file.name)") }
                if file.name.hasPrefix("n_") { #expect(result.accepted == 0, "\(file.name)") }
            }
        }
    }

    /// As the value of a declared field of each type.
    @Test func everyFileAsAField() throws {
        for type in FieldType.allCases {
            let stream = StreamSchema(name: "one", fields: [Field(name: "x", type: type)])
            let taught = DecodeHarness([stream])
            let plain = DecodeHarness([stream], learns: false)
            for file in try JSONTestSuiteTests.files() {
                for sample in ["\"abc\"", "12", "\"2026-01-01T00:00:00Z\"", "true"] {
                    _ = taught.decode("{\"x\":\(sample),\"v\":1}")
                }
                let bytes = Array("{\"x\":".utf8) + file.bytes + Array(",\"v\":1}".utf8)
                #expect(taught.decode(bytes) == plain.decode(bytes), "\(file.name) \(type)")
            }
        }
    }
}
