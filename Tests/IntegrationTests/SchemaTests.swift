import Foundation
import Testing

extension RealBinaryTests {
    /// What `tocsin schema` prints refuses what Tocsin refuses, as far as form goes, and nothing
    /// else. A validator that is not ours decides.
    @Suite struct SchemaTests {
        private static func compare(
            _ kind: String, in folder: TestFolder, spoil: [String] = [], bad: [String] = [],
            good: [String] = []
        ) throws -> Finished {
            let script = Place.root
                .appendingPathComponent("Tests/IntegrationTests/schema_agreement.py").path
            let arguments =
                [script, try Place.binary(), kind, "--spoil"] + spoil + ["--bad"] + bad + ["--good"]
                + good
            return try RunningCommand(arguments, in: folder, executable: try Place.python())
                .wait(300)
        }

        /// Writes texts as files, and gives their paths.
        private static func files(
            _ texts: [String], _ prefix: String, in folder: TestFolder
        ) throws -> [String] {
            try texts.enumerated().map {
                try folder.write("\(prefix)\($0.offset).yaml", $0.element)
            }
        }

        @Test func rulesAgree() throws {
            let folder = try TestFolder()
            try ReadmeTests.writeFiles(in: folder)
            let corpus = try Self.files([SchemaCorpus.rules], "all", in: folder)
            let bad = try Self.files(SchemaCorpus.badRules, "bad", in: folder)
            let good =
                try ["rules.yaml"]
                + Self.files([StopTests.rules, BadInputTests.rules], "good", in: folder)
                + Self.ruleFolder { !$0.contains(".test.") }
            let told = try Self.compare("rules", in: folder, spoil: corpus, bad: bad, good: good)
            #expect(told.lines.count == 1, "\(told.text)\(told.errors)")
            #expect(told.lines.last?.hasPrefix("compared ") == true)
        }

        @Test func configurationsAgree() throws {
            let folder = try TestFolder()
            try ReadmeTests.writeFiles(in: folder)
            let readme = try #require(
                try ReadmeTests.blocks(
                    "yaml", from: "## Running it", to: "## The source, in reading order"
                )
                .first)
            // Rules that are nowhere: no daemon begins to run.
            let elsewhere = [readme, SchemaCorpus.configuration].map {
                $0.replacing(#/\brules: \S+/#, with: "rules: nowhere")
            }
            #expect(elsewhere.allSatisfy { $0.contains("rules: nowhere") })
            let spoil = try Self.files(elsewhere, "config", in: folder)
            let bad = try Self.files(SchemaCorpus.badConfigurations, "bad", in: folder)
            let told = try Self.compare(
                "config", in: folder, spoil: spoil, bad: bad, good: ["tocsin.yaml"])
            #expect(told.lines.count == 1, "\(told.text)\(told.errors)")
            #expect(told.lines.last?.hasPrefix("compared ") == true)
        }

        @Test func testFilesHaveASchema() throws {
            let folder = try TestFolder()
            let good =
                try Self.files(SchemaCorpus.tests, "good", in: folder)
                + Self.ruleFolder { $0.contains(".test.") }
            let bad = try Self.files(SchemaCorpus.badTests, "bad", in: folder)
            let spoil = good.filter { $0.contains("/10-") }
            let told = try Self.compare("test", in: folder, spoil: spoil, bad: bad, good: good)
            #expect(told.lines.count == 1, "\(told.text)\(told.errors)")
            #expect(told.lines.last?.hasPrefix("compared ") == true)
        }

        /// The rule library, where there is one.
        private static func ruleFolder(_ isWanted: (String) -> Bool) throws -> [String] {
            let folder = Place.root.appendingPathComponent("rules").path
            let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
            return names.filter { $0.hasSuffix(".yaml") && isWanted($0) }.sorted()
                .map { "\(folder)/\($0)" }
        }

        /// Every key has a description, also where a mapping lies deep.
        private static func unexplained(_ schema: JSONDocument, at place: String = "") -> [String] {
            guard case .object = schema else { return [] }
            let properties = schema["properties"]
            let own = properties.names.filter { properties[$0]["description"].text == nil }
                .map { "\(place)/\($0)" }
            let nested = properties.names.map { (properties[$0], "\(place)/\($0)") }
            let inner = ["items", "additionalProperties"].map { (schema[$0], place) }
            let alternatives = schema["anyOf"].elements.map { ($0, place) }
            return own
                + (nested + inner + alternatives).flatMap { unexplained($0.0, at: $0.1) }
        }

        @Test func schemasExplainEveryKeyAndAreTheSameEachTime() throws {
            let folder = try TestFolder()
            for kind in ["rules", "test", "config"] {
                let first = try tocsin(["schema", kind], in: folder)
                #expect(first.code == 0)
                let schema = try JSONDocument(text: first.text)
                #expect(schema["$schema"].text == "http://json-schema.org/draft-07/schema#")
                #expect(Self.unexplained(schema) == [])
                #expect(try tocsin(["schema", kind], in: folder).output == first.output)
            }
            let standard = try tocsin(["schema"], in: folder).output
            #expect(try tocsin(["schema", "rules"], in: folder).output == standard)
            #expect(try tocsin(["schema", "nonsense"], in: folder).code == 2)
        }
    }
}
