import CEL
import Foundation
import Testing

@Suite struct ParserTests {
    static func text(_ source: String) throws -> String {
        try Parser.parse(Array(source.utf8)).description
    }

    static let canonical: [(String, String)] = [
        ("a+b*c", "a + b * c"), ("(a+b)*c", "(a + b) * c"), ("a-(b-c)", "a - (b - c)"),
        ("(a-b)-c", "a - b - c"), ("a&&b||c", "a && b || c"), ("a&&(b||c)", "a && (b || c)"),
        ("a?b:c?d:e", "a ? b : c ? d : e"), ("(a?b:c)?d:e", "(a ? b : c) ? d : e"),
        ("!a", "!a"), ("!(a&&b)", "!(a && b)"), ("--a", "--a"), ("- 5", "-5"), ("-(5)", "-(5)"),
        ("-(0)", "-(0)"),
        ("-(-5)", "--5"), ("(-5).x()", "(-5).x()"), ("a . b . c", "a.b.c"), ("a.?b", "a.?b"),
        ("a[0]", "a[0]"), ("a[?'k']", "a[?'k']"), ("f( a,b )", "f(a, b)"), (".f(a)", ".f(a)"),
        ("a.f(b).g", "a.f(b).g"), ("[1,2,]", "[1, 2]"), ("[?a]", "[?a]"), ("[]", "[]"),
        ("{'a':1,?b:2}", "{'a': 1, ?b: 2}"), ("{}", "{}"), ("a.B{c:1,?d:2}", "a.B{c: 1, ?d: 2}"),
        (".a.b", ".a.b"), ("a in[1]", "a in [1]"), ("x.`a-b`", "x.`a-b`"), ("x.if", "x.if"),
        ("\"it's\"", "'it\\'s'"), ("r'\\d'", "'\\\\d'"), ("b'\\xff'", "b'\\xff'"), ("7u", "7u"),
        ("1e3", "1000.0"), ("null", "null"), ("-9223372036854775808", "-9223372036854775808"),
        ("a<b==c", "a < b == c"), ("a<(b==c)", "a < (b == c)"), ("'\\u0001\\n'", "'\\x01\\n'"),
        ("[1].all(x,x>0)", "[1].all(x, x > 0)"), ("(a)", "a"), ("true?1:2", "true ? 1 : 2"),
    ]

    @Test(arguments: canonical)
    func roundTrip(_ source: String, _ text: String) throws {
        #expect(try Self.text(source) == text)
        #expect(try Self.text(text) == text)
    }

    static let refusedCases: [(String, Range<Int>, String)] = [
        ("", 0..<0, "ends where a value"), ("a +", 3..<3, "ends where a value"),
        ("a b", 2..<3, "an operator"), ("a and b", 2..<5, "an operator"), ("(a", 2..<2, "`)`"),
        ("a ? b", 5..<5, "`:`"), ("f(a,", 4..<4, "a value"), ("[1 2]", 3..<4, "`]`"),
        ("for > 1", 0..<3, "reserved word"), ("a.in", 2..<4, "a name"),
        ("9223372036854775808", 0..<19, "64"),
        ("{a}", 2..<3, "`:`"), (")", 0..<1, "a value"), ("a ? b ? c : d : e", 6..<7, "`:`"),
    ]

    @Test(arguments: refusedCases)
    func refused(_ source: String, _ range: Range<Int>, _ message: String) {
        do {
            let text = try Self.text(source)
            Issue.record("read as \(text)")
        } catch let problem as Problem {
            #expect(problem.range == range, "\(problem)")
            #expect(problem.message.contains(message), "\(problem)")
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test func depthAndLengthAreLimited() throws {
        let most = Parser.depthLimit
        for (open, close) in [("(", ")"), ("[", "]"), ("f(", ")"), ("{1:", "}")] {
            let deep =
                String(repeating: open, count: 5000) + "1" + String(repeating: close, count: 5000)
            #expect(throws: Problem.self) { try Self.text(deep) }
        }
        let fits =
            String(repeating: "(", count: most - 1) + "1" + String(repeating: ")", count: most - 1)
        #expect(try Self.text(fits) == "1")
        #expect(throws: Problem.self) { try Self.text(String(repeating: "!", count: 5000) + "a") }
        #expect(throws: Problem.self) { try Self.text("a" + String(repeating: "+a", count: 5000)) }
        #expect(throws: Problem.self) { try Self.text("a" + String(repeating: ".a", count: 5000)) }
        #expect(throws: Problem.self) {
            try Self.text(String(repeating: "a?a:", count: 3000) + "a")
        }
        #expect(throws: Problem.self) {
            try Self.text(String(repeating: " ", count: Parser.sourceLimit) + "a")
        }
        #expect(try Self.text("a" + String(repeating: "+a", count: most - 1)).utf8.count > most)
    }

    /// The suite beside the project, if it is there.
    static func conformance() throws -> [String] {
        var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while folder.path != "/",
            !FileManager.default.fileExists(
                atPath: folder.appendingPathComponent("Package.swift").path)
        {
            folder = folder.deletingLastPathComponent()
        }
        let file = folder.deletingLastPathComponent()
            .appendingPathComponent("shared/data/cel/conformance.jsonl")
        guard FileManager.default.fileExists(atPath: file.path) else {
            if ProcessInfo.processInfo.environment["TOCSIN_REQUIRE_DATA"] == "1" {
                Issue.record("\(file.path) is absent")
            }
            return []
        }
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// No case of the suite is a syntax error, so every expression must parse.
    @Test func conformanceSuiteParses() throws {
        for line in try Self.conformance() {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            let source = try #require(object?["expr"] as? String)
            let name = object?["id"] as? String ?? ""
            do {
                let text = try Self.text(source)
                let again = try Self.text(text)
                #expect(again == text, "\(name)")
            } catch {
                Issue.record("\(name): \(source): \(error)")
            }
        }
    }
}
