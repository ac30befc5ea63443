import Foundation
import Testing

extension RealBinaryTests {
    /// `tocsin test` as its user runs it: what it prints, how it ends, what build servers read.
    @Suite struct RuleTestCommandTests {
        private static let rules = """
            version: 1
            streams: {level: {time: t, expect: 15m, fields: {k: string, v: double}}}
            tables: {gauges: {csv: gauges.csv, key: k}}
            rules:
              - rule: high
                on: level
                by: k
                when: v > gauges[k].limit
                severity: severe

            """
        private static let good = """
            version: 1
            tests:
              - test: It rises & "falls" <once>
                step: 15m
                input: [{stream: level, with: {k: a}, series: {v: 1 3 1}}]
                expect: [{at: 15m, to: active}, {at: 30m, to: inactive}]

            """

        private func folder(_ test: String) throws -> TestFolder {
            let folder = try TestFolder()
            try folder.write("rules/high.yaml", Self.rules)
            try folder.write("rules/gauges.csv", "k:string,limit:double\na,2.0\n")
            try folder.write("rules/high.test.yaml", test)
            return folder
        }

        @Test func aPassingTest() throws {
            let folder = try folder(Self.good)
            let run = try tocsin(["test", "rules", "--coverage"], in: folder)
            #expect(run.code == 0, "\(run.text)\(run.errors)")
            #expect(run.text.contains("1 test passed."))
            #expect(run.text.contains("of 1 level, 1 raised, 1 ended"))
            // A rule set passes over its tests, and over what is set aside.
            try folder.write("rules/_draft.yaml", "nonsense")
            #expect(try tocsin(["check", "rules"], in: folder).code == 0)
        }

        /// One time line, the difference marked; the same for programs, and as JUnit XML, which a
        /// real XML parser reads.
        @Test func aFailingTest() throws {
            let folder = try folder(Self.good.replacing("at: 30m, to", with: "at: 45m, to"))
            let run = try tocsin(["test", "rules", "--junit", "out.xml"], in: folder)
            #expect(run.code == 1)
            let lines = run.text.split(separator: "\n").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            #expect(lines.contains { $0.hasPrefix("+    30m") && $0.hasSuffix("not expected") })
            #expect(lines.contains { $0.hasPrefix("-    45m") && $0.hasSuffix("did not happen") })
            #expect(lines.last == "1 of 1 test failed.")
            let json = try tocsin(["test", "rules", "--json"], in: folder).documents()
            #expect(json[0]["passed"] == .bool(false) && json[0]["failures"].elements.count == 2)
            let script = try folder.write(
                "read.py",
                """
                import xml.etree.ElementTree as tree
                root = tree.parse("out.xml").getroot()
                case = root.find("testsuite/testcase")
                print(root.get("failures"), case.get("name"), case.find("failure").text, sep="|")
                """)
            let read = try RunningCommand([script], in: folder, executable: Place.python()).wait(10)
            #expect(read.text.hasPrefix("1|It rises & \"falls\" <once>|"), "\(read.errors)")
            #expect(read.text.contains("did not happen: 2026-01-01T00:45:00Z"))
        }

        @Test func errorsAreTold() throws {
            // In the tests, in the rules, in a table: with place, caret and hint.
            let folder = try folder(Self.good.replacing("stream: level", with: "stream: levle"))
            var run = try tocsin(["test", "rules"], in: folder)
            #expect(run.code == 1)
            #expect(run.text.contains("rules/high.test.yaml:5:22: error: no stream `levle`"))
            #expect(run.text.contains("hint: did you mean `level`?"))
            try folder.write("rules/high.test.yaml", Self.good)
            try folder.write("rules/gauges.csv", "k:string,limit:double\na,two\n")
            run = try tocsin(["test", "rules", "--junit", "out.xml"], in: folder)
            #expect(run.code == 1)
            #expect(run.text.contains("rules/gauges.csv:2:3: error: `two` is not a double"))
            #expect(run.text.contains("The tests of 1 file could not be run."))
            // One file that names rules which are not there does not keep the others from running.
            try folder.write("rules/gauges.csv", "k:string,limit:double\na,2.0\n")
            try folder.write("rules/a.test.yaml", "version: 1\nrules: nowhere.yaml\ntests: []\n")
            run = try tocsin(["test", "rules"], in: folder)
            #expect(run.code == 1 && run.text.contains("1 test passed. The tests of 1 file"))
            #expect(run.text.contains("rules/a.test.yaml:2:8: error: There is no rule file"))
            #expect(try tocsin(["test", "rules/high.yaml"], in: folder).code == 0)
            #expect(try tocsin(["test", "rules/gauges.csv"], in: folder).code == 78)
            try FileManager.default.removeItem(atPath: folder("rules/a.test.yaml"))
            #expect(try tocsin(["test", "rules", "--junit", "no/out.xml"], in: folder).code == 78)
            #expect(try tocsin(["test", "nowhere"], in: folder).code == 78)
            try FileManager.default.removeItem(atPath: folder("rules/high.test.yaml"))
            #expect(try tocsin(["test", "rules"], in: folder).code == 78)
            #expect(try tocsin(["test"], in: folder).code == 2)
        }

        /// A daemon takes a changed table with its rules, and says what that means.
        @Test func aTableIsReadAgain() throws {
            let daemon = try TestDaemon(rules: Self.rules)
            try daemon.folder.write("rules/gauges.csv", "k:string,limit:double\na,2.0\n")
            try daemon.start()
            try daemon.push("level", #"{"t":"2026-01-01T00:00:00Z","k":"a","v":3}"#)
            #expect(try daemon.escalations(1)[0]["values"]["gauges[k].limit"].number == 2)
            try daemon.folder.write("rules/gauges.csv", "k:string,limit:double\na,x\n")
            let version = try daemon.status()["rules"]["tables"].elements[0]["version"].text
            try daemon.reload()
            #expect(daemon.log.contains("the old rules go on"))
            try daemon.folder.write("rules/gauges.csv", "k:string,limit:double\na,5.0\n")
            try daemon.reload()
            try daemon.push("level", #"{"t":"2026-01-01T00:15:00Z","k":"a","v":3}"#)
            let said = try daemon.escalations(2)
            #expect(said[1]["kind"].text == "clear")
            #expect(said[1]["incident"] == said[0]["incident"])
            #expect(said[1]["rule"]["hash"] != said[0]["rule"]["hash"])
            let table = try #require(daemon.status()["rules"]["tables"].elements.first)
            #expect(table["rows"].number == 1 && table["version"].text != version)
            let checked = try tocsin(["check", "rules"], in: daemon.folder)
            #expect(
                checked.text.contains(
                    "table gauges: 1 row by k, version \(table["version"].text ?? "")"))
            try daemon.stop()
        }
    }
}
