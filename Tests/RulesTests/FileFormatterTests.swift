import Foundation
import Testing

@testable import Rules

/// What formatting does to a file, and what it leaves alone.
@Suite struct FileFormatterTests {
    static func format(_ text: String, _ vocabulary: Vocabulary = .ruleFile) throws -> String {
        let file = SourceFile(path: "f.yaml", bytes: Array(text.utf8))
        switch FileFormatter(vocabulary).format(file) {
        case .formatted(let bytes):
            let result = String(decoding: bytes, as: UTF8.self)
            let again = FileFormatter(vocabulary).format(SourceFile(path: "f.yaml", bytes: bytes))
            guard case .formatted(bytes) = again else {
                throw Refused(text: "not twice: \(result)")
            }
            return result
        case .refused(let diagnostics):
            throw Refused(
                text: diagnostics.map { $0.rendered(colour: false) }.joined(separator: "\n"))
        }
    }

    struct Refused: Error { var text: String }

    @Test func keysMoveWithTheirComments() throws {
        let text = """
            # The file.

            rules:
            # About a.
            - severity: minor   # how bad
              # When it is.

              # Really.
              when: "v > 1.0"


              levels:
                      # High comes second.
                      low: {severity: minor, when: v > 1.0}
                      high:
                        severity: severe     # very
                        when: 'v > 2.0'
                        # End of high.
                      # End of levels.
              # End of a.
              rule: a
              let: {b: v, a: v}
              on: s
              # The last of a.
            # No c.
            - rule: b
            streams: # all
                s:
                    fields: {v: double,k: {unit: m,  type: double }}

            version: 1
            # Done.
            """
        let wanted = """
            # The file.

            version: 1
            streams: # all
              s:
                fields: {v: double, k: {type: double, unit: m}}

            rules:
              # About a.
              # End of a.
              - rule: a
                on: s
                let: {b: v, a: v}

                levels:
                  # High comes second.
                  low: {when: v > 1.0, severity: minor}
                  high:
                    when: v > 2.0
                    severity: severe         # very
                    # End of high.
                  # End of levels.
                # When it is.

                # Really.
                when: v > 1.0
                severity: minor  # how bad
                # The last of a.
              # No c.
              - rule: b
                on: s
            # Done.

            """
        let whole = text.replacing("- rule: b", with: "- rule: b\n  on: s")
        #expect(try Self.format(whole) == wanted)
    }

    @Test(arguments: [
        (#""a > 1.0""#, "a > 1.0"), ("'a > 1.0'", "a > 1.0"), (#"'a == "x"'"#, #"a == "x""#),
        (#""a == 'x'""#, "a == 'x'"), ("'!a'", #""!a""#), ("'x ? a : b'", #""x ? a : b""#),
        (#""'x' == a""#, #""'x' == a""#), (#""\"x\" == a""#, #"'"x" == a'"#),
        (#""!a.matches('\\d')""#, #"'!a.matches(''\d'')'"#), ("'m[k]'", "m[k]"),
        ("'[a]'", #""[a]""#), ("'a #b'", #""a #b""#), ("'-a < 1'", "-a < 1"),
        (#""true""#, #""true""#), ("0.5", "0.5"), ("'0x1F'", "'0x1F'"), ("'on'", "'on'"),
        ("'a\u{E9}'", "a\u{E9}"), (#""a\tb""#, #""a\tb""#), ("a\n      > 1", "a\n      > 1"),
        ("'a:'", #""a:""#), ("'a:b'", "a:b"), ("' a'", #"" a""#), ("|\n      a  ", "|\n      a  "),
    ])
    func expressionsHaveTheQuotesTheyNeed(_ written: String, _ wanted: String) throws {
        func file(_ value: String) -> String {
            "version: 1\nrules:\n  - rule: a\n    on: s\n    where: \(value)\n"
        }
        #expect(try Self.format(file(written)) == file(wanted))
    }

    @Test(arguments: [
        ("{severity: minor, when: 'm[k]'}", #"{when: "m[k]", severity: minor}"#),
        ("{ when : \"a > 1.0\",severity: \"minor\", }", #"{when: a > 1.0, severity: "minor"}"#),
        ("{when: 'a ? b : c'}", #"{when: "a ? b : c"}"#),
        ("{when: 'f(a, b)'}", #"{when: "f(a, b)"}"#),
        (
            "{\n        severity: minor, # c\n        when: a}",
            "{\n        severity: minor, # c\n        when: a}"
        ),
        ("{\"when\":\"a\", for: {readings: 2}}", "{\"when\": a, for: {readings: 2}}"),
    ])
    func flowMappings(_ written: String, _ wanted: String) throws {
        func file(_ value: String) -> String {
            let whole =
                value.contains("severity")
                ? value : value.dropLast() + ", severity: minor}"
            return "version: 1\nrules:\n  - rule: a\n    on: s\n    levels:\n      l: \(whole)\n"
        }
        let order = wanted.replacing(
            ", for: {readings: 2}}", with: ", severity: minor, for: {readings: 2}}")
        #expect(try Self.format(file(written)) == file(order))
    }

    /// In its column where there is room, else two blanks behind; one that is aligned with nothing
    /// keeps its distance.
    @Test func trailingComments() throws {
        let text = """
            version: 1
            rules:
                - rule: a
                  on: s
                  where: "a > 1.0 && b"     # é
                  area: {code:   a}         # with
                  clear: '!a'   # c
                  when: "a" # d
                  severity: minor  # e
                  message: x       # f
                  lifetime: 1hour  # g

            """.replacing("1hour", with: "1h30m")
        let wanted = """
            version: 1
            rules:
              - rule: a
                on: s
                where: a > 1.0 && b         # é
                when: a # d
                clear: "!a"     # c
                severity: minor    # e
                lifetime: 1h30m    # g
                area: {code: a}             # with
                message: x         # f

            """
        #expect(try Self.format(text) == wanted)
    }

    /// What is inside scalars is theirs, whatever it looks like.
    @Test func scalarsOfSeveralLines() throws {
        let text = """
            rules:
                - rule: a
                  message:
                      en:
                          description: |+
                              # no comment  \u{20}
                                deeper

                              \u{20}\u{20}
                              end


                          headline: |2
                               two
                  title: "one
                      # two  \\
                      three"
                  on: s
                  severity: minor
                  when: >-   # folded
                        a >
                           1.0

                        # not a comment
            version: 1

            """
        let wanted = """
            version: 1
            rules:
              - rule: a
                title: "one
                    # two  \\
                    three"
                on: s
                when: >-     # folded
                  a >
                     1.0

                  # not a comment
                severity: minor
                message:
                  en:
                    headline: |2
                         two
                    description: |+
                      # no comment  \u{20}
                        deeper

                      \u{20}\u{20}
                      end



            """
        #expect(try Self.format(text) == wanted)
    }

    /// An anchor stays above its aliases; what has neither is in order.
    @Test func anchorsKeepTheirPlace() throws {
        let text = """
            streams:
              b: &b
                fields: &f {z: {unit: m, type: double}, y: int}
                time: t
              c: {time: t, fields: *f}
              d: {fields: {z: int}, time: t}
              a: *b
            version: 1

            """
        let wanted = text.replacing(
            "d: {fields: {z: int}, time: t}", with: "d: {time: t, fields: {z: int}}"
        ).replacing("{unit: m, type: double}", with: "{type: double, unit: m}")
        #expect(try Self.format(text) == wanted)
    }

    /// What is written in an unusual way is shifted as a whole, with what is in it.
    @Test func unusualFormsAreShifted() throws {
        let rules = "version: 1\nrules:\n"
        #expect(
            try Self.format(rules + "-   ? rule\n    : a\n    on: s\n-\n  on: s\n  rule: b\n")
                == rules + "  -   ? rule\n      : a\n      on: s\n  -\n    rule: b\n    on: s\n")
        #expect(
            try Self.format(rules + "- &x on: s\n  rule: a\n- {rule: b, on: *x}\n")
                == rules + "  - &x on: s\n    rule: a\n  - {rule: b, on: *x}\n")
        #expect(
            try Self.format(rules + "- on: s\n  rule: a\n  by: [a,  # one\n       b\n  ]\n")
                == rules + "  - rule: a\n    on: s\n    by: [a,  # one\n         b\n    ]\n")
    }

    @Test func anchorsOfKeysStayInFront() throws {
        let text = "version: 1\nstreams:\n   &a s:\n     time: t\n     fields: {k: string}\n"
        #expect(
            try Self.format(text)
                == "version: 1\nstreams:\n  &a s:\n    time: t\n    fields: {k: string}\n")
    }

    @Test func theEndsOfLines() throws {
        let text =
            "\u{FEFF}# yaml-language-server: $schema=x\r\n\r\nstreams:\r\n  s:   \r\n    time: t\t\r\n\r\n\r\n\r\nversion: 1\r\n..."
        #expect(
            try Self.format(text)
                == "# yaml-language-server: $schema=x\n\nversion: 1\n\nstreams:\n  s:\n    time: t\n...\n"
        )
        let modeline = "# yaml-language-server: $schema=x\nstreams: {}\nversion: 1"
        #expect(
            try Self.format(modeline)
                == "# yaml-language-server: $schema=x\nversion: 1\nstreams: {}\n")
        #expect(
            try Self.format("---\nstreams: {}\nversion: 1\n") == "---\nversion: 1\nstreams: {}\n")
        #expect(try Self.format("{streams: {}, version: 1}") == "{version: 1, streams: {}}\n")
    }

    @Test(arguments: [
        ("version: 1\nrules:\n  - rule: a\n    on: s\n    whn: x\n", "5", "whn"),
        ("version: 1\nversion: 1\n", "2", "twice"),
        ("version: 1\nrules: [\n", "3", "not valid YAML"),
        ("version: 1\nrules: {}\n", "2", "must be a list"), ("rules: []\n", "1", "needs `version`"),
        ("version: 1\nstreams: {s: {time: a\u{2028}b}}\n", "2", "line break"),
        // Its last line break would become part of the text.
        ("version: 1\nstreams:\n  s:\n    time: |\n      a", "4", "is not formatted"),
    ])
    func filesWithErrorsAreRefused(_ text: String, _ line: String, _ what: String) {
        switch FileFormatter(.ruleFile).format(SourceFile(path: "f", bytes: Array(text.utf8))) {
        case .formatted: Issue.record("It is formatted: \(text)")
        case .refused(let diagnostics):
            let isTold = diagnostics.contains {
                $0.message.contains(what) && "\($0.line)" == line
            }
            #expect(isTold, "\(diagnostics)")
        }
    }
}
