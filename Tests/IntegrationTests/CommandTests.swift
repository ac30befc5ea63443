import Foundation
import Testing

extension RealBinaryTests {
    /// Exit codes, and what each command prints.
    @Suite struct CommandTests {
        private static let broken = """
            version: 1
            streams:
              level:
                time: t
                fields: {k: string, v: double}
            rules:
              - rule: high
                on: levl
                when: v > 1.0
                severity: severe
              - rule: high
                on: level
                when: |
                  v > 1.0 &&
                    w < 2.0
                severity: sever
              - rule: later
                on: level
                when: v > 1.0
                severity: severe
                dedupe: 10s

            """

        /// All mistakes at once, each with its place, its line, a caret and a hint.
        @Test func checkTellsAllMistakes() throws {
            let folder = try TestFolder()
            try folder.write("rules/a.yaml", Self.broken)
            try folder.write("rules/b.yaml", "version: 1\nrules: nothing\n")
            let told = try tocsin(["check", "rules"], in: folder)
            #expect(told.code == 1)
            let text = told.text + told.errors
            for expected in [
                "a.yaml:8:9: error: ", "did you mean `level`?", "a.yaml:11:11: error: ",
                "a.yaml:15:9: error: ", "        w < 2.0\n", "        ^\n",
                "a.yaml:16:15: error: ", "did you mean `severe`?", "a.yaml:21:5: error: ",
                "b.yaml:2:8: error: ",
            ] { #expect(text.contains(expected), "\(expected) is not in:\n\(text)") }
            let json = try tocsin(["check", "rules", "--json"], in: folder)
            #expect(json.code == 1)
            let problems = try (json.text + json.errors).split(separator: "\n")
                .map { try JSONDocument(text: String($0)) }
            #expect(problems.count >= 6)
            #expect(problems[0].names == ["column", "file", "hint", "line", "message", "severity"])
        }

        @Test func checkIsContentWithGoodRules() throws {
            let folder = try TestFolder()
            let path = try folder.write("rules.yaml", StopTests.rules)
            let told = try tocsin(["check", path], in: folder)
            #expect(told.code == 0 && told.text.contains("1 rule on 1 stream"), "\(told.text)")
        }

        /// Of good rules each has a line that says what it costs; as JSON only where it is asked for.
        @Test func checkTellsWhatRulesCost() throws {
            let folder = try TestFolder()
            try folder.write(
                "rules.yaml",
                """
                version: 1
                streams:
                  s: {fields: {k: string, x: double}}
                rules:
                  - {rule: a, on: s, by: k, severity: minor, when: "avg(x, '1h') > 1.0"}
                  - {rule: b, on: s, by: k, severity: minor, when: "max(x, '1h') > 1.0"}

                """)
            let told = try tocsin(["check", "rules.yaml"], in: folder)
            #expect(told.code == 0 && told.lines.last == "2 rules on 1 stream: no errors.")
            let line = told.lines.first { $0.hasPrefix("a ") } ?? ""
            for expected in ["B per key", "+ 16 to 48 B per row kept", "avg(x, '1h') with b"] {
                #expect(line.contains(expected), "\(expected) is not in:\n\(told.text)")
            }
            #expect(try tocsin(["check", "rules.yaml", "--json"], in: folder).text.isEmpty)
            let json = try tocsin(["check", "rules.yaml", "--json", "--costs"], in: folder)
            let costs = try json.documents()
            #expect(costs.map { $0["rule"].text } == ["a", "b"])
            #expect(costs[0]["windows"].elements[0]["shared_with"].texts == ["b"])
            #expect(line.contains(" \(costs[0]["bytes_per_key"].number ?? 0) B per key"))
        }

        /// An environment that does not allow it is 78; a command line that means nothing is 2.
        @Test func exitCodes() throws {
            let folder = try TestFolder()
            try folder.write("rules.yaml", StopTests.rules)
            try folder.write("broken.yaml", Self.broken)
            try folder.write("in.jsonl", "")
            func code(_ arguments: String...) throws -> Int32 {
                try tocsin(arguments, in: folder).code
            }
            let input = ["--input", "in.jsonl"]
            #expect(try code("check", "nowhere") == 78)
            #expect(try code("check", ".", "--jsno") == 2)
            #expect(try code("run", "--config", "nowhere.yaml") == 78)
            #expect(try code("run", "--config", "broken.yaml") == 78)
            #expect(
                try tocsin(["backtest", "rules.yaml", "--topic", "level"] + input, in: folder).code
                    == 0)
            #expect(
                try tocsin(["backtest", "broken.yaml", "--topic", "level"] + input, in: folder).code
                    == 1)
            #expect(
                try tocsin(["backtest", "rules.yaml", "--topic", "other"] + input, in: folder).code
                    == 2)
            #expect(
                try tocsin(
                    ["backtest", "rules.yaml", "--topic", "level", "--values", "none"] + input,
                    in: folder
                ).code == 2)
            #expect(
                try code("backtest", "rules.yaml", "--topic", "level", "--input", "nowhere") == 78)
            #expect(try code("backtest", "rules.yaml", "--input", "in.jsonl") == 2)
            #expect(try code("incidents", "--state", "nowhere") == 78)
            #expect(try code("status", "--state", "nowhere") == 3)
            #expect(
                try code(
                    "watch", "--from", "ipc://\(folder("a"))", "--recovery", "ipc://\(folder("b"))",
                    "--count", "1", "--timeout", "0.2") == 3)
            #expect(
                try code(
                    "publish", "in.jsonl", "--to", "ipc://\(folder("c"))", "--topic", "t", "--bind",
                    "--pattern", "pub", "--wait", "200ms") == 3)
            #expect(
                try code("publish", "nowhere", "--to", "ipc://\(folder("c"))", "--topic", "t") == 78
            )
            #expect(try code("frobnicate") == 2)
            #expect(try code("--help") == 0)
            #expect(try code("--version") == 0)
        }

        /// `--stats` beside a log and alone, and the values a rule saw.
        @Test func backtestTellsWhatItIsAsked() throws {
            let folder = try TestFolder()
            let rules = StopTests.rules.replacing(
                "when: v > 1.0", with: "let: {half: v / 2.0}\n    when: half > 0.5")
            try folder.write("rules.yaml", rules)
            let readings = [(0, "0.5"), (60, "3.0"), (120, "null"), (180, "0.0")].map {
                let time = Clock.rfc3339(Date(timeIntervalSince1970: 1_700_000_000 + Double($0.0)))
                return #"{"t":"\#(time)","k":"a","v":\#($0.1)}"#
            }
            let input = readings.joined(separator: "\n") + "\n{}\n"
            func backtest(_ arguments: String...) throws -> Finished {
                try tocsin(
                    ["backtest", "rules.yaml", "--input", "-", "--topic", "level"] + arguments,
                    in: folder, input: input)
            }
            let log = try backtest("--json").documents()
            #expect(log.map { $0["from"].text } == ["inactive", "active"])
            #expect(log.map { $0["to"].text } == ["active", "inactive"])
            #expect(
                log[0].names == [
                    "cause", "from", "key", "rule", "severity", "time", "to", "values",
                ])
            let alone = try backtest("--stats")
            #expect(alone.output.isEmpty)
            let stats = try JSONDocument(text: alone.errors)
            #expect(
                stats.names == [
                    "cleared", "dead_letters", "events", "events_per_s", "moved", "raised",
                    "seconds",
                ])
            #expect(stats["events"].number == 4 && stats["dead_letters"].number == 1)
            #expect(stats["raised"].number == 1 && stats["cleared"].number == 1)
            let both = try backtest("--stats", "--json")
            #expect(both.lines.count == 2 && both.errors.contains("events_per_s"))
            let values = try backtest("--values", "high", "--json").documents()
            #expect(values.count == 4)
            #expect(
                values.map { $0["let"]["half"] } == [
                    .number(0.25), .number(1.5), .null, .number(0),
                ])
            #expect(
                values.map { $0["when"]["active"] } == [
                    .bool(false), .bool(true), .null, .bool(false),
                ])
        }
    }
}
