import Foundation
import Testing

@testable import Rules

/// How problems look, and those whose place cannot be marked in the file itself.
@Suite struct DiagnosticTests {
    private func told(_ text: String) -> [String] {
        diagnostics(of: text).map { "\($0.line):\($0.column): \($0.message)" }
    }

    @Test func aProblemIsRenderedWithCaretAndHint() {
        let text = """
            version: 1
            streams: {s: {fields: {level: double}}}
            rules:
              - {rule: a, on: s, when: levle > 4.0, severity: minor}
            """
        let found = diagnostics(of: text)
        #expect(
            found.map { $0.rendered(colour: false) } == [
                """
                rules.yaml:4:28: error: there is no field or let `levle`
                  - {rule: a, on: s, when: levle > 4.0, severity: minor}
                                           ^~~~~
                hint: did you mean `level`?
                """
            ])
        #expect(
            found.map(\.json) == [
                #"{"column":28,"file":"rules.yaml","hint":"did you mean `level`?","line":4,"message":"there is no field or let `levle`","severity":"error"}"#
            ])
        #expect(found[0].rendered(colour: true).contains("\u{1B}[31m"))
    }

    @Test func aLongLineIsCutAroundTheCaret() {
        let line = String(repeating: "é", count: 300) + "\tX" + String(repeating: "b", count: 300)
        let diagnostic = Diagnostic(
            .warning, path: "f", line: 3, column: 302, message: "m", sourceLine: line,
            caretLength: 1)
        let lines = diagnostic.rendered(colour: false).split(separator: "\n").map(Array.init)
        #expect(String(lines[0]) == "f:3:302: warning: m")
        #expect(lines[1].count == 160)
        #expect(lines[1].first == "…" && lines[1].last == "…")
        #expect(lines[1][lines[2].count - 1] == "X")
    }

    @Test func anExpressionOverSeveralLinesIsMarkedInItsLine() {
        let text = """
            version: 1
            streams: {s: {fields: {level: double}}}
            rules:
              - rule: a
                on: s
                severity: minor
                when: |
                  level > 4.0 &&
                    levle < 9.0
                clear: level < 3.0 &&
                  lvl > 1.0
            """
        #expect(
            diagnostics(of: text).map { $0.rendered(colour: false) } == [
                """
                rules.yaml:9:9: error: there is no field or let `levle`
                        levle < 9.0
                        ^~~~~
                hint: did you mean `level`?
                """,
                """
                rules.yaml:11:7: error: there is no field or let `lvl`
                      lvl > 1.0
                      ^~~
                hint: there are `level`
                """,
            ])
    }

    @Test func columnsCountCharacters() {
        let text = "version: 1\nrules: [{rule: 'a', title: 'é👨‍👩‍👧', sevrity: minor}]\n"
        #expect(told(text).contains("2:34: a rule has no key `sevrity`"))
    }

    @Test(arguments: [
        (
            "version: 1\n\trules: []\n",
            "2:1: not valid YAML: found a tab character that violates indentation"
        ),
        ("version: 1\nrules: [\n", "3:1: not valid YAML: did not find expected node content"),
        ("version: 1\nrules: {a: b\n", "3:1: not valid YAML: did not find expected ',' or '}'"),
        ("version: 1\nwhen: 'a' == b\n", "2:11: not valid YAML: did not find expected key"),
        (
            "version: 1\nwhen: a: b\n",
            "2:8: not valid YAML: mapping values are not allowed in this context"
        ),
        ("version: 1\nwhen: *x\n", "2:7: not valid YAML: found undefined alias"),
        ("version: 1\ntitle: \"a\\d\"\n", "2:10: not valid YAML: found unknown escape character"),
        ("version: 1\n---\nversion: 1\n", "2:1: a second document begins here"),
        ("", "1:1: the file is empty"),
        ("# nothing\n", "1:1: the file is empty"),
        ("a\u{1}b: 1\n", "1:2: control character 1 in the file"),
        ("a\u{9F}b: 1\n", "1:2: not valid YAML: control characters are not allowed"),
        ("just text\n", "1:1: the file must be a mapping, not a single value"),
        ("version: 1\na: &a {b: c}\n*a : x\n", "3:1: an alias cannot be a key"),
    ])
    func syntaxErrorsHaveAPlace(_ text: String, _ expected: String) {
        #expect(told(text) == [expected])
    }

    @Test func bytesThatAreNoTextHaveAPlace() {
        let bytes = Array("version: 1\nrules: ".utf8) + [0xFF, 0x0A]
        let outcome = RuleSet.compile(
            [SourceFile(path: "a", bytes: bytes)], generation: 1, digest: digest)
        guard case .refused(let diagnostics) = outcome else { return }
        #expect(
            diagnostics.map { "\($0.line):\($0.column): \($0.message)" } == [
                "2:8: the file is not UTF-8"
            ])
    }

    @Test func filesBuiltToExhaustMemoryAreRefused() {
        #expect(
            told(String(repeating: "#", count: 5 << 20)).first?.contains("more than 4 MiB") == true)
        var bomb = "version: 1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<30 {
            let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(items)]\n"
        }
        #expect(told(bomb).contains("1:1: the file's aliases multiply beyond measure"))
        #expect(told(bomb + "? *a29\n: x\n") == ["32:3: an alias cannot be a key"])
        #expect(told(bomb + "{[*a29]: x}\n").count == 1)
        let deep = String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
        #expect(told("version: 1\nrules: " + deep).first?.hasPrefix("2:") == true)
        #expect(told("version: 1\nrules: " + String(repeating: "[", count: 100_000)).count == 1)
    }

    @Test func oneBrokenFileDoesNotHideTheOthersNorBlameThem() {
        let outcome = compile(
            "version: 1\nstreams:\n  s: {fields: [\n",
            """
            version: 1
            rules:
              - {rule: a, on: s, when: x > 1, severity: minr}
            """)
        guard case .refused(let found) = outcome else {
            Issue.record("compiled")
            return
        }
        #expect(found.map(\.path) == ["rules.yaml", "rules2.yaml"])
        #expect(found.last?.message == "`severity` cannot be `minr`")
    }

    @Test func duplicatesAcrossFilesNameTheFirstPlace() {
        let text = """
            version: 1
            streams: {s: {fields: {x: double}}}
            rules: [{rule: a, on: s, when: x > 1, severity: minor}]
            """
        guard case .refused(let found) = compile(text, text) else {
            Issue.record("compiled")
            return
        }
        #expect(
            found.map { "\($0.path):\($0.line):\($0.column) \($0.message); \($0.hint ?? "")" } == [
                "rules2.yaml:2:11 stream `s` is declared twice; the first is at rules.yaml:2:11",
                "rules2.yaml:3:16 rule `a` is declared twice; the first is at rules.yaml:3:16",
            ])
    }

    @Test func nothingIsNoRuleSet() {
        guard case .refused(let found) = RuleSet.compile([], generation: 1, digest: digest) else {
            Issue.record("compiled")
            return
        }
        #expect(found.map { $0.rendered(colour: false) }.first?.hasPrefix("rules: error:") == true)
    }
}
