import CEL
import Testing

@Suite struct LexerTests {
    static func kinds(_ source: String) throws -> [Token.Kind] {
        try Lexer.tokens(of: Array(source.utf8)).map(\.kind)
    }

    static let literals: [(String, Token.Kind)] = [
        ("0", .int(0)), ("42", .int(42)), ("0xFF", .int(255)), ("0Xff", .int(255)),
        ("9223372036854775808", .int(1 << 63)), ("7u", .uint(7)), ("0xAu", .uint(10)),
        ("7U", .uint(7)), ("18446744073709551615u", .uint(.max)), ("1.5", .double(1.5)),
        (".5", .double(0.5)), ("1e3", .double(1000)), ("1.5E-3", .double(0.0015)),
        ("1e+2", .double(100)), ("'a'", .string("a")), ("\"a\"", .string("a")),
        ("''", .string("")), ("''''''", .string("")), ("'''a'b''c'''", .string("a'b''c")),
        ("\"\"\"x\ny\"\"\"", .string("x\ny")), ("r'\\n'", .string("\\n")),
        ("R\"\\\"", .string("\\")),
        ("b'a\\xFF\\377'", .bytes([97, 255, 255])), ("br'\\x'", .bytes([92, 120])),
        ("rb'a'", .bytes([97])), ("'\\a\\b\\f\\n\\r\\t\\v'", .string("\u{7}\u{8}\u{C}\n\r\t\u{B}")),
        ("'\\\\\\?\\\"\\'\\`'", .string("\\?\"'`")), ("'\\x41\\X42\\103'", .string("ABC")),
        ("'\\u00e9\\U0001F62C'", .string("é😬")), ("'é'", .string("é")),
        ("b'é'", .bytes([195, 169])),
        ("true", .identifier("true")), ("a_1", .identifier("a_1")), ("`a-b.c`", .quoted("a-b.c")),
    ]

    @Test(arguments: literals)
    func literal(_ source: String, _ kind: Token.Kind) throws {
        #expect(try Self.kinds(source) == [kind, .end])
    }

    @Test func symbolsBlanksAndComments() throws {
        for symbol in Token.Symbol.allCases {
            #expect(try Self.kinds(" \(symbol.rawValue) // x\n\t") == [.symbol(symbol), .end])
        }
        #expect(try Self.kinds("// only") == [.end])
        #expect(
            try Self.kinds("1.a") == [.int(1), .symbol(.dot), .identifier("a"), .end])
        #expect(
            try Self.kinds("a<=b") == [
                .identifier("a"), .symbol(.lessOrEqual), .identifier("b"), .end,
            ])
    }

    @Test func tokensCarryTheirPlaces() throws {
        let tokens = try Lexer.tokens(of: Array("ab >= 'é'".utf8))
        #expect(tokens.map(\.range) == [0..<2, 3..<5, 6..<10, 10..<10])
    }

    static let brokenCases: [(String, Range<Int>, String)] = [
        ("a = 1", 2..<3, "write `==`"), ("a & b", 2..<3, "write `&&`"), ("a ≥ b", 2..<5, "<="),
        ("'abc", 0..<4, "ends with the quote"), ("'a\nb'", 0..<2, "same line"),
        ("'\\q'", 1..<3, "backslash"), ("'\\ud800'", 1..<7, "backslash"), ("b'\\u0041'", 2..<4, ""),
        ("'\\400'", 1..<3, ""), ("10m", 0..<3, "duration('10m')"), ("1e999", 0..<5, ""),
        ("99999999999999999999", 0..<20, ".0"), ("`a", 0..<2, "backtick"), ("#", 0..<1, ""),
        ("“a”", 0..<3, "straight"), ("'''a''", 0..<6, "quote"), ("'\\", 1..<2, ""),
    ]

    @Test(arguments: brokenCases)
    func broken(_ source: String, _ range: Range<Int>, _ hint: String) {
        do {
            let kinds = try Self.kinds(source)
            Issue.record("read as \(kinds)")
        } catch let problem as Problem {
            #expect(problem.range == range, "\(problem)")
            #expect(hint.isEmpty || problem.hint?.contains(hint) == true, "\(problem)")
        } catch {
            Issue.record("\(error)")
        }
    }
}
