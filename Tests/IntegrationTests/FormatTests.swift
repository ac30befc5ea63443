import Foundation
import Glibc
import Testing

extension RealBinaryTests {
    /// `tocsin fmt` on real files.
    @Suite struct FormatTests {
        private static let loose = "version: 1\nstreams:\n    s: {fields: {v: double}, time: t}\n"
        private static let good = "version: 1\nstreams:\n  s: {time: t, fields: {v: double}}\n"

        private func text(_ path: String) throws -> String {
            try String(contentsOfFile: path, encoding: .utf8)
        }

        /// Names what it changes; a file keeps its mode and its links, and nothing is left beside it.
        @Test func filesAreReplaced() throws {
            let folder = try TestFolder()
            let rules = try folder.write("rules/a.yaml", Self.loose)
            try folder.write("rules/b.yaml", Self.good)
            try folder.write("rules/_aside.yaml", Self.loose)
            let test = try folder.write(
                "rules/a.test.yaml",
                "version: 1\ntests:\n- input:\n  - {with: {}, stream: s, rows: []}\n  test: T\n")
            try folder.write("élsewhere.yaml", Self.loose)
            let link = folder("rules/c.yaml")
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: "../élsewhere.yaml")
            #expect(chmod(rules, 0o640) == 0)
            let checked = try tocsin(["fmt", "--check", "rules"], in: folder)
            #expect(checked.code == 1)
            #expect(checked.lines.first == "rules/a.test.yaml:3: would change")
            #expect(checked.lines.contains("rules/a.yaml:3: would change"))
            #expect(checked.lines.contains("  +   s: {time: t, fields: {v: double}}"))
            #expect(try text(rules) == Self.loose)
            let told = try tocsin(["fmt", "rules"], in: folder)
            #expect(told.code == 0, "\(told.errors)")
            #expect(told.lines == ["rules/a.test.yaml", "rules/a.yaml", "rules/c.yaml"])
            #expect(try text(rules) == Self.good)
            #expect(try text(folder("rules/_aside.yaml")) == Self.loose)
            #expect(try text(folder("élsewhere.yaml")) == Self.good)
            #expect(
                try text(test)
                    == "version: 1\ntests:\n  - test: T\n    input:\n      - {stream: s, with: {}, rows: []}\n"
            )
            let attributes = try FileManager.default.attributesOfItem(atPath: rules)
            #expect(attributes[.posixPermissions] as? Int == 0o640)
            let kind = try FileManager.default.attributesOfItem(atPath: link)[.type]
            #expect(kind as? FileAttributeType == .typeSymbolicLink)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder("rules"))
            #expect(
                left.sorted() == ["_aside.yaml", "a.test.yaml", "a.yaml", "b.yaml", "c.yaml"])
            let again = try tocsin(["fmt", "--check", "rules"], in: folder)
            #expect(again.code == 0 && again.text.isEmpty)
        }

        /// A file with errors stays as it is, and the others are formatted.
        @Test func filesWithErrorsAreLeftAlone() throws {
            let folder = try TestFolder()
            let broken = try folder.write("a.yaml", "rules:\n- rul: a\nversion: 1\n")
            let loose = try folder.write("b.yaml", Self.loose)
            let told = try tocsin(["fmt", "a.yaml", "b.yaml"], in: folder)
            #expect(told.code == 1 && told.lines == ["b.yaml"])
            #expect(told.errors.contains("a.yaml:2:3: error: a rule has no key `rul`"))
            #expect(try text(broken) == "rules:\n- rul: a\nversion: 1\n")
            #expect(try text(loose) == Self.good)
            #expect(try tocsin(["fmt", "nowhere"], in: folder).code == 78)
            #expect(try tocsin(["fmt", "-", "b.yaml"], in: folder).code == 2)
            #expect(try tocsin(["fmt"], in: folder).code == 2)
        }

        /// Standard input is what its keys say: rules, tests, or a configuration.
        @Test func standardInputIsFormatted() throws {
            let folder = try TestFolder()
            let told = try tocsin(["fmt", "-"], in: folder, input: Self.loose)
            #expect(told.code == 0 && told.text == Self.good)
            let settings = try tocsin(
                ["fmt", "-"], in: folder,
                input: "feeds:\n- {bind: 'tcp://127.0.0.1:1', name: f}\npublisher: p # us\n")
            #expect(
                settings.text
                    == "publisher: p # us\nfeeds:\n  - {name: f, bind: 'tcp://127.0.0.1:1'}\n")
            let broken = try tocsin(["fmt", "-"], in: folder, input: "version: [\n")
            #expect(broken.code == 1 && broken.text.isEmpty && broken.errors.contains("-:2:1"))
            #expect(try tocsin(["fmt", "--check", "-"], in: folder, input: Self.good).code == 0)
            #expect(try tocsin(["fmt", "--check", "-"], in: folder, input: Self.loose).code == 1)
        }
    }
}
