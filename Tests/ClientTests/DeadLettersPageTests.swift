import Client
import Testing

@testable import tocsin

@Suite("Dead letters on a page")
struct DeadLettersPageTests {
    private func excerpt(
        _ payload: String, _ column: Int?, inside: Bool = false, width: Int? = nil
    ) -> PayloadExcerpt {
        PayloadExcerpt(payload, startsInside: inside, column: column, width: width)
    }

    @Test("the caret counts characters, and stays under its own")
    func carets() {
        let umlauts = excerpt(#"{"ü€😀": x}"#, 8)
        #expect(umlauts.text == #"{"ü€😀": x}"# && umlauts.caret == "        ^")
        #expect(excerpt("abc", nil).caret == nil)
        #expect(excerpt("abc", 9).caret == "   ^", "behind the last")
        let inside = excerpt("bc", 1, inside: true)
        #expect(inside.text == "…bc" && inside.caret == "  ^")
    }

    @Test("control characters are seen, and steer nothing")
    func controls() {
        let text = excerpt("a\n\u{1b}[2J\t\u{7f}\r\n\u{202e}b", 3).text
        #expect(text == "a␊␛[2J␉␡␍\u{fffd}b")
    }

    @Test("what is wider than the terminal is cut around the place")
    func widths() {
        let long = String(repeating: "a", count: 50) + "X" + String(repeating: "b", count: 49)
        for (payload, column) in [(long, 50), (long, 0), (long, 99)] {
            let cut = excerpt(payload, column, width: 30)
            #expect(cut.text.count == 30)
            let place = (cut.caret?.count ?? 0) - 1
            let characters = Array(cut.text)
            #expect(characters[place] == Array(payload)[column], "\(column): \(cut)")
        }
        #expect(excerpt(long, 50, width: 30).text.hasPrefix("…aaa"))
        #expect(excerpt(long, 50, width: 30).text.hasSuffix("bb…"))
        #expect(excerpt(long, 0, width: 30).text.hasPrefix("aaa"))
    }

    @Test("the page")
    func page() throws {
        let json = """
            [{"count":1200,"feed":"gauges","stream":"river.stage","source":"A","reason":"type",
             "sentence":"a field is wrong","first":{"payload":"{\\"level\\":\\"x\\"}","start":0,
             "offset":9,"column":9,"field":"level","hint":"no quotes","at":"2026-01-01T00:09:00Z"},
             "last":{"payload":"\\"l\\":[1]","start":40,"offset":44,"column":4,"field":"level",
             "message":"`level` must be a number","hint":"no quotes","at":"2026-01-02T00:09:00Z"}},
             {"count":1,"feed":"gauges","stream":"-","source":"-","reason":"topic","sentence":"no",
             "last":{"payload":"{}","start":0,"offset":0,"column":0,"field":null,"message":"no","hint":"declare it",
             "at":"2026-01-02T00:09:00Z"}}]
            """
        let letters = try #require(JSONValue(Array(json.utf8))).elements
        let page = DeadLettersPage(terminal: Terminal(hasColour: false), width: 80)
        #expect(
            page.lines(letters, of: 2) == [
                "1,200 × type  feed gauges, stream river.stage, source A", "  a field is wrong",
                "  first  2026-01-01 00:09:00Z  field level", #"    {"level":"x"}"#,
                "             ^", "    no quotes", "  last   2026-01-02 00:09:00Z  field level",
                #"    …"l":[1]"#, "         ^", "    `level` must be a number", "",
                "1 × topic  feed gauges", "  no",
                "  only   2026-01-02 00:09:00Z", "    {}", "    declare it",
            ])
        #expect(page.lines([], of: 0) == ["Nothing was refused since the daemon started."])
        #expect(page.lines([], of: 3).first?.contains("3 other kinds") == true)
    }
}
