import Foundation
import Testing
import Wire

extension RealBinaryTests {
    /// What libraries that are not ours write is read as they mean it.
    @Suite struct PayloadFormatTests {
        private struct Example {
            var format: PayloadFormat
            var payload: [UInt8]
            var documents: [Any]

            init(_ line: String) throws {
                let object = try #require(
                    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                let name = try #require(object["format"] as? String)
                format = try #require(PayloadFormat(rawValue: name))
                let digits = Array(try #require(object["payload"] as? String))
                payload = stride(from: 0, to: digits.count, by: 2).compactMap {
                    UInt8(String(digits[$0...($0 + 1)]), radix: 16)
                }
                documents = try #require(object["documents"] as? [Any])
            }
        }

        /// The same text for the same value.
        private static func canonical(_ value: Any) throws -> String {
            let options: JSONSerialization.WritingOptions = [.sortedKeys, .fragmentsAllowed]
            let data = try JSONSerialization.data(withJSONObject: value, options: options)
            return String(decoding: data, as: UTF8.self)
        }

        @Test func librariesAgree() throws {
            let folder = try TestFolder()
            let script = Place.root
                .appendingPathComponent("Tests/IntegrationTests/format_agreement.py").path
            let told = try RunningCommand(
                [script, "200"], in: folder, executable: try Place.python()
            ).wait(120)
            #expect(told.code == 0, "\(told.errors)")
            let examples = try told.lines.map(Example.init)
            var documents: [PayloadFormat: Int] = [:]
            for example in examples {
                var translator = Translator(format: example.format)
                _ = example.payload.withUnsafeBytes { translator.translate($0, now: 0) }
                #expect(translator.refusals == [])
                let written = String(decoding: translator.documents, as: UTF8.self)
                let found = try written.split(separator: "\n").map {
                    try Self.canonical(JSONSerialization.jsonObject(with: Data($0.utf8)))
                }
                #expect(try found == example.documents.map(Self.canonical))
                documents[example.format, default: 0] += found.count
            }
            for format in [PayloadFormat.msgpack, .geojson, .cloudevents] {
                #expect(documents[format, default: 0] > 500)
            }
        }
    }
}
