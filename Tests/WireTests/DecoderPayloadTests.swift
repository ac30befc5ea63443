import Events
import Testing
import Wire

/// What a payload is: documents, lines, arrays, limits.
@Suite struct DecoderPayloadTests {
    static let gauge = StreamSchema(
        name: "gauge",
        fields: [Field(name: "station", type: .string), Field(name: "level", type: .double)])

    private func decode(_ text: String, _ layout: PayloadLayout = .documents) -> Decoded {
        let learned = DecodeHarness([DecoderPayloadTests.gauge])
        _ = learned.decode(#"{"station":"A","level":1}"#)
        _ = learned.decode(#"{"level":1}"#)
        let result = learned.decode(text, layout: layout)
        let plain = DecodeHarness([DecoderPayloadTests.gauge], learns: false)
        #expect(result == plain.decode(text, layout: layout))
        return result
    }

    @Test func oneDocument() {
        let result = decode(#"{"station":"KE-001","level":5.21}"#)
        #expect(result.accepted == 1)
        #expect(result.text(0) == "KE-001")
        #expect(result.double(1) == 5.21)
        result.view { record in
            #expect(record.length == 48 + 16 + 8)
            #expect(record.generation == 7)
            #expect(record.kind == EventKind.reading.rawValue)
            #expect(record.status == Status.exercise.rawValue)
            #expect(record.feed == 3)
            #expect(record.stream == 0)
            #expect(record.fieldCount == 2)
            #expect(record.eventTime == EventRecord.timeUnset)
            #expect(record.arrival == 0)
            #expect(record.eventNo == 0)
        }
    }

    /// A dead letter names who sent it as far as that was read, and nobody else.
    @Test func deadLettersNameTheirSource() {
        let gauge = StreamSchema(
            name: "gauge",
            fields: [Field(name: "station", type: .string), Field(name: "level", type: .double)],
            source: 0)
        let harness = DecodeHarness(gauge)
        func sources(_ text: String) -> [String] {
            let bytes = Array(text.utf8)
            return harness.decode(text).entries.map { entry in
                String(decoding: bytes[entry.source], as: UTF8.self)
            }
        }
        #expect(sources(#"{"station":"KE-001","level":"high"}"#) == ["KE-001"])
        #expect(sources(#"{"station":"KE-002","level":}"#) == ["KE-002"])
        #expect(sources(#"{"level":}"#) == [""])
        // Nothing of the document before it, or of an earlier payload, is taken for its own.
        #expect(sources(#"{"station":"KE-003","level":1}"#) == [])
        #expect(sources("[1,") == [""])
        #expect(sources("nonsense") == [""])
        #expect(sources("{\"station\":\"A\",\"level\":1}\n[1,") == [""])
        #expect(
            sources(#"[{"station":"A","level":"x"},{"station":"B","level":1},{"level":"y"}]"#)
                == ["A", ""])
    }

    @Test(arguments: [
        "{\"level\":1}\n{\"level\":2}\n", "{\"level\":1}\r\n{\"level\":2}\r\n",
        "\n\n{\"level\":1}\n \n\t\r\n{\"level\":2}", "  {\"level\":1}  \n  {\"level\":2}  ",
    ])
    func documentsOnLines(text: String) {
        for layout in [PayloadLayout.documents, .lines] {
            let result = decode(text, layout)
            #expect(result.accepted == 2)
            #expect(result.entries.isEmpty)
            #expect(result.double(1, of: 1) == 2)
        }
    }

    @Test(arguments: ["", " ", "\n", "\r\n \t\n"])
    func noDocument(text: String) {
        let result = decode(text)
        #expect(result.reasons == [.empty])
        #expect(result.rejected == 1)
    }

    @Test func emptyArraysHaveNoElements() {
        for text in ["[]", " [ ] \n", "[]\n[]\n"] {
            let result = decode(text)
            #expect(result.accepted == 0)
            #expect(result.rejected == 0)
        }
    }

    @Test func arrayOfObjects() {
        let result = decode(#" [ {"level":1} , {"level":2},{"station":"B"}]"#)
        #expect(result.accepted == 3)
        #expect(result.text(0, of: 2) == "B")
    }

    @Test func badElementsOfAValidArray() {
        let text = #"[{"level":1},2,{"level":"x"},[{"level":3}],null,{"level":4}]"#
        let result = decode(text)
        #expect(result.accepted == 2)
        #expect(result.reasons == [.notAnObject, .type, .notAnObject, .notAnObject])
        #expect(result.entries.map(\.element) == [1, 2, 3, 4])
        #expect(result.entries.map(\.offset) == [13, 24, 29, 43])
        #expect(result.entries.map(\.field) == [-1, 1, -1, -1])
        #expect(result.double(1, of: 1) == 4)
    }

    @Test(arguments: [
        #"[{"level":1},{"level":2}"#, #"[{"level":1},{"level":2},"#, #"[{"level":1},{"level":2}]]"#,
        #"[{"level":1},{"level":tru}]"#, #"[{"level":1}{"level":2}]"#, #"[{"level":1},]"#,
        "[\n{\"level\":1},\n{\"level\":2}\n", "[\n{\"level\":1}\n{\"level\":2}\n]",
        "[{\"level\":tru},\n{\"level\":1},\n{\"level\":2}\n]", "[{\"level\":1},\n{\"level\":2}",
    ])
    func invalidArraysGiveNothing(text: String) {
        let result = decode(text)
        #expect(result.accepted == 0)
        #expect(result.reasons == [.json])
    }

    @Test func aDocumentMaySpanLines() {
        let object = decode("{\r\n  \"station\": \"A\",\n  \"level\": 3\n}\n")
        #expect(object.accepted == 1)
        #expect(object.double(1) == 3)
        #expect(decode("[\n  {\"level\": 1},\n\n  {\"level\": 2}\n]\n").accepted == 2)
        // In a file none does: each of these lines is a bad one.
        let lines = decode("{\n\"level\": 3\n}\n{\"level\":4}", .lines)
        #expect(lines.accepted == 1)
        #expect(lines.reasons == [.json, .json, .json])
    }

    @Test func aBadLineIsOneDeadLetter() {
        let result = decode(
            "{\"level\":1}\n{\"level\":2\n{\"level\":3}}\nxyz\n{\"level\":4}\n\"a\"\n")
        #expect(result.accepted == 2)
        #expect(result.reasons == [.json, .json, .json, .notAnObject])
        #expect(result.entries.map(\.element) == [1, 2, 3, 5])
        #expect(result.entries.map(\.offset) == [22, 34, 36, 52])
        #expect(result.double(1, of: 1) == 4)
    }

    @Test(arguments: [
        "{\"level\":1,\n{\"level\":2}\n{\"level\":3}", "{\"level\":\n{\"level\":2}\n{\"level\":3}",
        "{\"level\":1\n{\"level\":2}\n{\"level\":3}",
        "{\"station\":\"A\n{\"level\":2}\n{\"level\":3}",
        "{\"level\":1}x\n{\"level\":2}\n{\"level\":3}",
        "[1,]\n{\"level\":2}\n{\"level\":3}",
    ])
    func aFirstLineMayBeBadToo(text: String) {
        for layout in [PayloadLayout.documents, .lines] {
            let result = decode(text, layout)
            #expect(result.accepted == 2, "\(text)")
            #expect(result.reasons == [.json], "\(text)")
        }
    }

    @Test func aSpanningDocumentThatGoesWrongRefusesThePayload() {
        let result = decode("{\"items\":[\n{\"level\":1},\n{\"level\":2}\n")
        #expect(result.accepted == 0)
        #expect(result.reasons == [.json])
    }

    @Test func somethingBehindADocument() {
        for text in [
            #"{"level":1}{"level":2}"#, #"{"level":1} 2"#, #"{"level":1},"#, "{\"level\":1}\0",
        ] {
            let result = decode(text)
            #expect(result.accepted == 0)
            #expect(result.reasons == [.json])
            #expect(result.entries.first?.offset == (text.contains(" ") ? 12 : 11))
        }
    }

    @Test func byteOrderMarkIsRefused() {
        #expect(decode("\u{FEFF}{\"level\":1}").reasons == [.json])
    }

    @Test func duplicatesTheLastWins() {
        let result = decode(#"{"level":"x","station":"A","level":1,"station":"B","level":2}"#)
        #expect(result.accepted == 1)
        #expect(result.double(1) == 2)
        #expect(result.text(0) == "B")
        #expect(decode(#"{"level":2,"level":"x"}"#).reasons == [.type])
        let unknown = decode(#"{"level":2,"level":null}"#)
        #expect(unknown.accepted == 1)
        #expect(unknown.double(1) == nil)
        let plain = decode(#"{"station":"B","level":2}"#)
        #expect(plain.records == result.records)
    }

    @Test func namesAreComparedUnescaped() {
        let result = decode(#"{"\u006cevel":1,"st\u0061tion":"a\"\\\/\b\f\n\r\tb"}"#)
        #expect(result.double(1) == 1)
        #expect(result.text(0) == "a\"\\/\u{8}\u{c}\n\r\tb")
        #expect(decode(#"{"LEVEL":1,"leve":2,"levels":3,"":4}"#).double(1) == nil)
    }

    @Test func surrogates() {
        func text(_ escaped: String) -> String? {
            decode("{\"station\":\"\(escaped)\"}").text(0)
        }
        #expect(text(#"\uD83D\uDE00"#) == "😀")
        #expect(text(#"\ud83d\ude00x"#) == "😀x")
        #expect(text(#"\uD83D"#) == "\u{FFFD}")
        #expect(text(#"\uDE00\uD83D"#) == "\u{FFFD}\u{FFFD}")
        #expect(text(#"\uD83Dx"#) == "\u{FFFD}x")
        #expect(text(#"\uD83D\u0041"#) == "\u{FFFD}A")
        #expect(text(#"\uD83D\uD83D\uDE00"#) == "\u{FFFD}😀")
        #expect(text(#"\uD83D\n"#) == "\u{FFFD}\n")
        #expect(text(#"\u0000\u00e9\u20AC"#) == "\0é€")
    }

    @Test func depth() {
        func nested(_ depth: Int) -> String {
            "{\"x\":" + String(repeating: "[", count: depth - 1)
                + String(repeating: "]", count: depth - 1) + "}"
        }
        #expect(decode(nested(64)).accepted == 1)
        #expect(decode(nested(65)).reasons == [.depth])
        #expect(decode("{\"level\":1}\n" + nested(65) + "\n{\"level\":2}").accepted == 2)
        #expect(decode("[" + nested(63) + "]").accepted == 1)
        #expect(decode("[" + nested(64) + "]").reasons == [.depth])
        #expect(decode(String(repeating: "[", count: 100_000)).reasons == [.depth])
        #expect(decode(String(repeating: "{\"a\":", count: 100_000)).reasons == [.depth])
    }

    @Test func depthByShape() {
        let deep = DecodeHarness([DecoderPayloadTests.gauge], limits: DecodeLimits(depth: 4))
        for _ in 0..<3 {
            #expect(deep.decode(#"{"x":[[[1]]],"level":1}"#).accepted == 1)
            #expect(deep.decode(#"{"x":[[[[1]]]],"level":1}"#).reasons == [.depth])
            #expect(deep.decode(#"[{"x":[[1]],"level":1}]"#).accepted == 1)
            #expect(deep.decode(#"[{"x":[[[1]]],"level":1}]"#).reasons == [.depth])
        }
    }

    @Test func readingsPerFrame() {
        let limits = DecodeLimits(readings: 3)
        func run(_ text: String) -> Decoded {
            DecodeHarness([DecoderPayloadTests.gauge], limits: limits).decode(text)
        }
        let element = "{\"level\":1}"
        func array(_ count: Int) -> String {
            "[" + Array(repeating: element, count: count).joined(separator: ",") + "]"
        }
        #expect(run(array(3)).accepted == 3)
        let refused = run(array(4))
        #expect(refused.accepted == 0)
        #expect(refused.reasons == [.readings])
        let lines = run(Array(repeating: element, count: 9).joined(separator: "\n"))
        #expect(lines.accepted == 3)
        #expect(lines.reasons == [.readings])
        #expect(lines.entries.first?.offset == 36)
        #expect(
            run(Array(repeating: element, count: 3).joined(separator: "\n") + "\n\n").entries
                .isEmpty)
        let mixed = run(element + "\n" + array(3))
        #expect(mixed.accepted == 1)
        #expect(mixed.reasons == [.readings])
    }

    @Test func textLimit() {
        let harness = DecodeHarness(DecoderPayloadTests.gauge, limits: DecodeLimits(textBytes: 10))
        for _ in 0..<3 {
            let fits = harness.decode(#"{"station":"0123456789"}"#)
            #expect(fits.text(0) == "0123456789")
            let escaped = harness.decode(#"{"station":"\u0041\u0042345678\n0"}"#)
            #expect(escaped.text(0) == "AB345678\n0")
            let long = harness.decode(#"{"station":"0123456789a"}"#)
            #expect(long.reasons == [.text])
            #expect(long.entries.first?.field == 0)
            #expect(long.entries.first?.offset == 11)
            let other = harness.decode(#"{"other":"0123456789a","station":""}"#)
            #expect(other.text(0) == "")
        }
    }

    @Test func deadLettersBeyondTheCapacity() {
        var batch = DeadLetterBatch(capacity: 2)
        for element in 0..<5 {
            batch.record(DeadLetterEntry(reason: element < 3 ? .json : .type, element: element))
        }
        #expect(batch.total == 5)
        #expect(batch.entries.map(\.element) == [0, 4])
        #expect(batch.count(of: .json) == 3)
        #expect(batch.count(of: .type) == 2)
        batch.removeAll()
        #expect(batch.total == 0)
        #expect(batch.entries.isEmpty)
        #expect(batch.count(of: .json) == 0)
    }

    @Test func fullRingGoesOnWhereItStopped() {
        var generator = SeededGenerator(seed: 3)
        let documents = (0..<3000).map { index -> String in
            switch Int.random(in: 0..<12, using: &generator) {
            case 0: "{\"level\":\"x\"}"
            case 1: "7"
            default: "{\"station\":\"S\(index)\",\"level\":\(index)}"
            }
        }
        let lines = documents.joined(separator: "\n")
        let array = "[" + documents.joined(separator: ",") + "]"
        for text in [lines, array] {
            let wide = DecodeHarness([DecoderPayloadTests.gauge], ringBytes: 1 << 20)
            let narrow = DecodeHarness([DecoderPayloadTests.gauge], ringBytes: 1 << 9)
            let plain = DecodeHarness([DecoderPayloadTests.gauge], learns: false, ringBytes: 1 << 9)
            let whole = wide.decode(text)
            var parts = narrow.decode(text)
            var scanned = plain.decode(text)
            #expect(whole.pauses == 0)
            #expect(parts.pauses > 100)
            #expect(scanned.pauses > 100)
            parts.pauses = 0
            scanned.pauses = 0
            #expect(parts == whole)
            #expect(scanned == whole)
            #expect(whole.accepted + whole.rejected == 3000)
        }
    }
}
