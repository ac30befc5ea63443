import Client
import Testing

@Suite("Members are found in the bytes")
struct JSONMembersTests {
    @Test(arguments: [
        (#"{"topic":"a"}"#, "topic", "a"),
        (#" { "x" : [1,{"topic":"no"}] , "topic" : "a b" } "#, "topic", "a b"),
        (#"{"a":{"b":{"c":"deep"}}}"#, "a.b.c", "deep"),
        (#"{"a":"}{\"","topic":"q\"\u00e9"}"#, "topic", "q\"é"),
        (#"{"topic":"first","topic":"last"}"#, "topic", "last"),
        (#"{"t\u006fpic":"escaped name"}"#, "topic", "escaped name"),
        (#"{"topic":""}"#, "topic", ""),
        (#"{"n":-1.5e3,"b":true,"z":null,"topic":"t"}"#, "topic", "t"),
    ])
    func found(line: String, path: String, text: String) {
        let path = path.split(separator: ".").map(String.init)
        #expect(JSONMembers.text(at: path, in: Array(line.utf8)) == text)
    }

    @Test(arguments: [
        "", "{", "{}", "[]", "1", #""topic""#, #"{"topic":1}"#, #"{"topic":null}"#, #"{"topic":"#,
        #"{"topic":"a"#, #"{"topic":"a\"#, #"{"topic" "a"}"#, #"{"other":"a"}"#, #"{"a":[[["#,
        #"{"topic":{"a":"b"}}"#, "{\"topic\":\"\u{0}\\uZZZZ\"}",
    ])
    func absent(line: String) {
        #expect(JSONMembers.text(at: ["topic"], in: Array(line.utf8)) == nil)
    }

    @Test("no text whatever leads outside of it")
    func total() {
        var seed: UInt64 = 42
        let alphabet = Array(#"{}[]",:\ at1"#.utf8) + [0, 0xff]
        for _ in 0..<20_000 {
            let bytes = (0..<20).map { _ in
                seed = seed &* 6_364_136_223_846_793_005 &+ 1
                return alphabet[Int(seed >> 33) % alphabet.count]
            }
            _ = JSONMembers.text(at: ["a", "t"], in: [UInt8](#"{"a":"#.utf8) + bytes)
        }
    }

    @Test("a body that is none is refused")
    func noBody() {
        for text in ["", "{}", #"{"channel":"main","epoch":1,"seq":-1,"id":"a"}"#, "[1]"] {
            #expect(ReceivedEscalation(body: Array(text.utf8)) == nil)
        }
    }
}
