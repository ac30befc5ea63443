import Events
import Testing
import Wire

/// Fields that stand as `key=value` inside a text.
@Suite struct PairFieldTests {
    /// As a system logger forwards it, on the wire.
    private static let logged =
        #"{"host":"vm","msg":"stage=3.3 flow=120 site=01646500 \"quoted\" \u00fcn\u00ef"}"#

    private func field(_ name: String, _ type: FieldType, missing: [Scalar] = []) -> Field {
        Field(name: name, type: type, path: ["msg"], key: name, missing: missing)
    }

    /// The line decoded by the scanner, and then by a shape that was learned from it.
    private func decode(_ line: String, _ fields: [Field], time: TimeSource = .arrival) -> Decoded {
        let schema = StreamSchema(name: "s", fields: fields, time: time)
        let scanned = DecodeHarness([schema], learns: false).decode(line)
        let learned = DecodeHarness([schema])
        for _ in 0..<3 { #expect(learned.decode(line) == scanned, "\(line)") }
        if scanned.accepted == 1 { #expect(learned.decoder.documentsByShape > 0, "\(line)") }
        return scanned
    }

    /// A line whose message is a text, which JSON writes with escapes where it must, or everywhere.
    private func line(_ text: String, escaped: Bool = false) -> String {
        let written = text.unicodeScalars.map { scalar -> String in
            let hex = String(scalar.value, radix: 16)
            let code = "\\u" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
            if escaped || scalar.value < 0x20 { return code }
            return scalar == "\"" || scalar == "\\" ? "\\\(scalar)" : String(scalar)
        }
        return #"{"msg":"\#(written.joined())"}"#
    }

    @Test func aLogLineIsRead() {
        let decoded = decode(
            Self.logged,
            [
                field("stage", .double), field("flow", .int), field("site", .string),
                Field(name: "host", type: .string), field("depth", .double),
                Field(name: "msg", type: .string),
            ])
        #expect(decoded.double(0) == 3.3 && decoded.integer(1) == 120)
        #expect(decoded.text(2) == "01646500" && decoded.text(3) == "vm")
        #expect(decoded.double(4) == nil)
        #expect(decoded.text(5) == #"stage=3.3 flow=120 site=01646500 "quoted" ünï"#)
    }

    @Test(arguments: [
        ("stage=3.3", "3.3"), ("a stage=x, b", "x"), ("stage=x;y", "x"), ("stage=x\ty", "x"),
        ("stage=", ""), ("stage= 3", ""), ("stage==3", "=3"), ("stage=a stage=b", "a"),
        ("(stage=3)", "3)"), ("x:stage=3", "3"), ("q?stage=3&b", "3&b"),
        (#"stage="a b,c;d""#, "a b,c;d"), (#"stage="a\"b\\c\n\u00e9\d" x"#, "a\"b\\c\né" + "d"),
        (#"stage="""#, ""), (#"stage="a b"#, #""a"#), (#"note="x stage=1" stage=2"#, "2"),
        (#"note="\" stage=1" stage=2"#, "2"), (#"note="x stage=1"#, "1"),
        (#"note="a"stage=2"#, "2"),
        ("stage=größer", "größer"), (#"stage="\u{1F600} ü""#, "😀 ü"),
        (#"stage="\ud83d\ude00\ud83d""#, "😀\u{FFFD}"),
    ])
    func valuesEndWhereTheyShould(text: String, value: String) {
        let text = text.replacing(#"\u{1F600}"#, with: "😀")
        for escaped in [false, true] where !escaped || !text.contains("😀") {
            let decoded = decode(line(text, escaped: escaped), [field("stage", .string)])
            #expect(decoded.text(0) == value, "\(text)")
        }
    }

    @Test(arguments: [
        "", "stage", "stage:3", "stage =3", "upstage=3", "up-stage=3", "up.stage=3", "up_stage=3",
        "ßstage=3", "Stage=3", "stage2=3", #"note="stage=3""#, "stag=3", "=3",
    ])
    func keysThatAreNotThereAreUnknown(text: String) {
        let decoded = decode(line(text), [field("stage", .double)])
        #expect(decoded.accepted == 1 && decoded.double(0) == nil)
    }

    @Test func numbersAndFlagsAreThoseOfTexts() {
        let fields = [
            Field(
                name: "v", type: .double, path: ["msg"], key: "v", valid: 0...10,
                missing: [.double(-9)]),
            field("n", .int, missing: [.int(0)]), field("ok", .bool, missing: [.bool(false)]),
            field("s", .string, missing: [.string("-")]), field("at", .timestamp),
        ]
        let all = decode(
            line(#"v="1.5" n=12 ok=true s="a" at=2026-01-01T00:00:01Z"#), fields)
        #expect(all.double(0) == 1.5 && all.integer(1) == 12 && all.integer(2) == 1)
        #expect(all.text(3) == "a" && all.integer(4) == 1_767_225_601_000_000_000)
        for text in ["v=11 n=0 ok=false s=-", "v=-9", ""] {
            let none = decode(line(text), fields)
            #expect(none.accepted == 1)
            #expect((0..<5).allSatisfy { none.integer($0) == nil }, "\(text)")
        }
        #expect(decode(#"{"msg":null}"#, fields).accepted == 1)
        #expect(decode(#"{}"#, fields).accepted == 1)
    }

    /// A dead letter, at the value in the payload.
    @Test(arguments: [
        (#"{"msg":"a v=x"}"#, "type", "x"), (#"{"msg":"v="}"#, "type", #""}"#),
        (#"{"msg":"\u0061 \"v=1\" v=+1"}"#, "type", #"1\""#),
        (#"{"msg":"\"q\" v=+1"}"#, "type", "+1"),
        (#"{"msg":"é\u00e9😀 v=1e"}"#, "type", "1e"), (#"{"msg":"v=\"1 2\""}"#, "type", "1 2"),
        (#"{"msg":"v=\"\\u00\""}"#, "type", #"\\u00"#), (#"{"msg":"v=\"\\é\""}"#, "type", #"\\é"#),
        (#"{"msg":7}"#, "type", "7"), (#"{"msg":{"v":1}}"#, "type", #"{"v"#),
        (#"{"msg":"0123456789012345678901234567890"}"#, "text", #""0123"#),
        (#"{"msg":"\u00610123456789012345678901234567890"}"#, "text", #""\u0061"#),
    ])
    func whatCannotBeReadIsADeadLetter(line: String, reason: String, place: String) throws {
        let schema = StreamSchema(name: "s", fields: [field("ok", .bool), field("v", .double)])
        for learns in [false, true] {
            let harness = DecodeHarness(
                [schema], limits: DecodeLimits(textBytes: 30), learns: learns)
            _ = harness.decode(#"{"msg":"v=1"}"#)
            let entry = try #require(harness.decode(line).entries.first)
            #expect(entry.reason.name == reason)
            #expect(entry.offset == offset(of: place, in: line))
        }
    }

    @Test func theTimeMayStandInAText() {
        let seconds = TimeSource.member(
            path: ["msg"], format: .epoch(unit: 1_000_000_000), key: "ts")
        let text = TimeSource.member(path: ["msg"], format: .rfc3339, key: "ts")
        let fields = [field("v", .double), Field(name: "msg", type: .string)]
        #expect(
            decode(line("ts=1767225601 v=2"), fields, time: seconds).time().nanoseconds
                == 1_767_225_601_000_000_000)
        let quoted = decode(line(#"ts="2026-01-01T00:00:01Z" v=2"#), fields, time: text)
        #expect(quoted.time().nanoseconds == 1_767_225_601_000_000_000 && quoted.double(0) == 2)
        for bad in ["v=2", "ts=", "ts=soon", "ts=-1e30"] {
            #expect(decode(line(bad), fields, time: seconds).reasons == [.time], "\(bad)")
        }
        #expect(decode(#"{"msg":5}"#, fields, time: seconds).reasons == [.time])
        // A timestamp that is the whole member, and a pair inside of another one.
        let whole = StreamSchema(
            name: "s",
            fields: [
                Field(name: "t", type: .timestamp),
                Field(name: "u", type: .timestamp, path: ["t"], key: "u"),
            ], time: .member(path: ["t"], format: .rfc3339))
        let harness = DecodeHarness([whole])
        for _ in 0..<3 {
            let decoded = harness.decode(#"{"t":"2026-01-01T00:00:01Z"}"#)
            #expect(decoded.integer(0) != nil && decoded.integer(1) == nil)
        }
    }

    /// A text that a topic names too, and one that stands in two fields with escapes of both kinds.
    @Test func textsMayBeShared() {
        let schema = StreamSchema(
            name: "river", fields: [Field(name: "x", type: .string, path: ["t"], key: "x")])
        let harness = DecodeHarness([schema], topicMember: "t")
        for _ in 0..<3 {
            let decoded = harness.decode(#"{"t":"river.x=1"}"#, choice: .topicMember)
            #expect(decoded.accepted == 1 && decoded.text(0) == nil)
        }
        let pairs = decode(
            line(#"a="x\"y" b="z\\" a=2"#),
            [
                field("a", .string), field("b", .string),
                Field(name: "again", type: .string, path: ["msg"], key: "a"),
                Field(name: "msg", type: .string),
            ])
        #expect(pairs.text(0) == #"x"y"# && pairs.text(1) == #"z\"# && pairs.text(2) == #"x"y"#)
        #expect(pairs.text(3) == #"a="x\"y" b="z\\" a=2"#)
    }
}
