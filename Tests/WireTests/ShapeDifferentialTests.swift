import Events
import Testing
import Wire

/// A learned shape against the scanner: the same records, the same dead letters, on lines in which
/// something was changed.
@Suite struct ShapeDifferentialTests {
    /// A stream and lines that it may get, all valid.
    struct Feed: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var streams: [StreamSchema]
        var lines: [String]
        var topicMember: String?
        var limits = DecodeLimits(depth: 6, textBytes: 40)
    }

    static let rich = StreamSchema(
        name: "rich",
        fields: [
            Field(name: "n", type: .int, valid: -100...1000, missing: [.int(-9)]),
            Field(
                name: "v", type: .double, path: ["m", "v"], valid: -50...50, missing: [.int(-9999)]),
            Field(name: "ok", type: .bool),
            Field(name: "id", type: .string, missing: [.string("-")]),
            Field(name: "until", type: .timestamp),
            Field(name: "seen", type: .timestamp, path: ["t"]),
            Field(name: "d", type: .double, fromText: true),
            Field(name: "unix", type: .timestamp, timeFormat: .epoch(unit: 1_000_000_000)),
            Field(name: "name", type: .string, path: ["m", "name"]),
        ],
        time: .member(path: ["t"], format: .rfc3339))

    static let feeds = [
        Feed(
            testDescription: "workload", streams: [workload],
            lines: [
                #"{"source":"st0606","type":"soil_moisture","time":"2026-01-01T00:00:00.000Z","value":50.01,"lat":-0.6425,"lon":22.9025}"#,
                #"{"source":"st0335","type":"pressure","time":"2026-01-01T00:00:00.005Z","value":45.59,"lat":25.1015,"lon":-94.4891}"#,
                #"{"source":"st0955","type":"pressure","time":"2026-01-01T23:59:59.01Z","value":0,"lat":0.0,"lon":-54}"#,
                #"{"source":"st0955","type":"","time":"2026-01-02T00:01:00+02:00","value":null,"lat":12345678.123456789,"lon":-5.4e1}"#,
            ]),
        Feed(
            testDescription: "undeclared", streams: [workload],
            lines: [
                #"{"a":12,"source":"s","b":"text","time":"2026-01-01T00:00:00Z","c":[1,{"d":"e"},[]],"value":1.5,"f":{"g":null,"h":-0.5e3},"i":true,"j":null,"k":-12.75}"#,
                #"{"a":1234567890123,"source":"ü","b":"\u00e9\n","time":"2026-01-01T00:00:01Z","c":[],"value":-1.5,"f":{},"i":false,"j":null,"k":0}"#,
            ]),
        Feed(
            testDescription: "spaced", streams: [workload],
            lines: [
                #"{ "source" : "s", "time": "2026-01-01T00:00:00.25Z",  "value": 17.25 , "lat" : 1, "lon": 2 }"#,
                #"{ "source" : "somewhat longer text", "time": "2026-01-01T00:10:00.5Z",  "value": -7 , "lat" : 1e2, "lon": 2 } "#,
            ]),
        Feed(
            testDescription: "rich", streams: [rich],
            lines: [
                #"{"n":12,"m":{"v":1.5,"x":"y","name":"Ä"},"ok":true,"id":"abc","until":"2026-06-01T12:00:00Z","t":"2026-01-01T00:00:00Z","d":"1.25","unix":1767225600.5}"#,
                #"{"n":-9,"m":{"v":-9999,"x":"","name":"plain"},"ok":false,"id":"-","until":"2199-06-01T12:00:00Z","t":"2026-01-01T00:00:07.1Z","d":2.5,"unix":1767225600}"#,
                #"{"n":1e2,"m":{"v":60.0,"x":"\\","name":""},"ok":null,"id":"","until":null,"t":"2026-01-01T00:00:00Z","d":null,"unix":null}"#,
                #"{"n":12,"m":null,"ok":true,"id":"abc","t":"2026-01-01T00:00:00Z"}"#,
            ]),
        Feed(
            testDescription: "epoch",
            streams: [
                StreamSchema(
                    name: "epoch",
                    fields: [
                        Field(name: "big", type: .int),
                        Field(name: "ok", type: .bool, missing: [.bool(false)]),
                        Field(
                            name: "at", type: .timestamp, path: ["p", "t"],
                            timeFormat: .epoch(unit: 1_000_000)),
                        Field(
                            name: "far", type: .timestamp, timeFormat: .epoch(unit: 1_000_000_000)),
                        Field(name: "mag", type: .double, valid: -1...10),
                    ],
                    time: .member(path: ["p", "t"], format: .epoch(unit: 1_000_000)))
            ],
            lines: [
                #"{"p":{"mag":1.2,"t":1767225600123,"x":"y"},"big":1234567890123,"ok":true,"far":1767225600,"mag":2.5}"#,
                #"{"p":{"mag":1.2,"t":1767225600123,"x":"y"},"big":-12,"ok":false,"far":99999999999999,"mag":20.5}"#,
                #"{"p":{"mag":null,"t":-2208988800000,"x":""},"big":1e3,"ok":true,"far":null,"mag":-1.0000000000000000001}"#,
                #"{"p":{"mag":0.25,"t":1767225600123.25,"x":""},"big":12345678,"ok":null,"far":-0,"mag":null}"#,
            ]),
        Feed(
            testDescription: "pairs",
            streams: [
                StreamSchema(
                    name: "pairs",
                    fields: [
                        Field(name: "stage", type: .double, path: ["m", "msg"], key: "stage"),
                        Field(name: "site", type: .string, path: ["m", "msg"], key: "site"),
                        Field(name: "host", type: .string),
                        Field(name: "n", type: .int, path: ["host"], key: "n", missing: [.int(7)]),
                    ],
                    time: .member(
                        path: ["m", "msg"], format: .epoch(unit: 1_000_000_000), key: "ts"))
            ],
            lines: [
                #"{"host":"vm","m":{"msg":"stage=3.3 ts=1767225600 site=016","x":1}}"#,
                #"{"host":"n=7 vm","m":{"msg":"ts=1767225600.5, site=\"a \\\" b\"","x":1}}"#,
                #"{"host":"n=8","m":{"msg":"stage=\"3\" ts=1767225601","x":[]}}"#,
                #"{"host":null,"m":{"msg":"ts=1767225601 site=ü\u00fc\n","x":1}}"#,
            ]),
        Feed(
            testDescription: "topics",
            streams: [
                StreamSchema(name: "river", fields: [Field(name: "x", type: .int)]),
                StreamSchema(
                    name: "rain",
                    fields: [Field(name: "y", type: .double), Field(name: "t", type: .string)]),
            ],
            lines: [
                #"{"t":"river.a","x":12}"#, #"{"t":"rain","y":1.5}"#,
                #"{"t":"rain/hourly","y":2.25}"#,
                #"{"x":5,"t":"river"}"#,
            ], topicMember: "t"),
    ]

    /// Bytes that matter in JSON, and some that do not.
    static let bytes =
        Array("\"\\{}[]:,.-+eE0195untfZTx \t\n\r/\u{0}\u{1f}\u{7f}".utf8) + [
            0x80, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xFF,
        ]

    private func mutate(_ line: inout [UInt8], _ generator: inout SeededGenerator) {
        let place = Int.random(in: 0..<line.count, using: &generator)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: line.remove(at: place)
        case 1:
            line.insert(ShapeDifferentialTests.bytes.randomElement(using: &generator)!, at: place)
        case 2: line[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 3: line[place] = UInt8.random(in: 0...255, using: &generator)
        case 4: line.removeSubrange(place..<min(line.count, place + 3))
        case 5: line.removeSubrange(place...)
        default: line[place] = ShapeDifferentialTests.bytes.randomElement(using: &generator)!
        }
        if line.isEmpty { line = [0x7B] }
    }

    @Test(arguments: feeds)
    func mutatedLines(feed: Feed) {
        var generator = SeededGenerator(seed: 21)
        let taught = DecodeHarness(feed.streams, limits: feed.limits, topicMember: feed.topicMember)
        let plain = DecodeHarness(
            feed.streams, limits: feed.limits, topicMember: feed.topicMember, learns: false)
        let choice = feed.topicMember == nil ? StreamChoice.stream(0) : .topicMember
        // Garbage behind the end that would go on with the document.
        let behinds = [
            nil, Array(repeating: UInt8(ascii: "}"), count: 64),
            Array(repeating: UInt8(ascii: "1"), count: 64),
            Array("\"}\n".utf8) + Array(repeating: 0, count: 64),
        ]
        var accepted = 0
        for round in 0..<50_000 {
            var line = Array(feed.lines.randomElement(using: &generator)!.utf8)
            if round % 5 != 0 { mutate(&line, &generator) }
            if round % 7 == 0 { mutate(&line, &generator) }
            let layout = round % 2 == 0 ? PayloadLayout.lines : .documents
            let behind = behinds[round % 4]
            let result = taught.decode(line, padding: behind, layout: layout, choice: choice)
            let expected = plain.decode(line, padding: behind, layout: layout, choice: choice)
            if result != expected {
                Issue.record("\(String(decoding: line, as: UTF8.self)): \(result) not \(expected)")
                return
            }
            accepted += result.accepted
            // Validity itself, judged by another parser, where the line is one document.
            if !line.contains(0x0A) {
                let isJSON =
                    !result.reasons.contains(.json) && !result.reasons.contains(.depth)
                    && !result.reasons.contains(.empty)
                if isJSON != NaiveJSON.isValid(line, depthLimit: feed.limits.depth) {
                    Issue.record("validity of \(String(decoding: line, as: UTF8.self))")
                    return
                }
            }
        }
        #expect(accepted > 10_000)
        #expect(taught.decoder.documentsByShape > 8_000)
    }

    /// Many lines in one large payload, as a file has them, read without padding.
    @Test(arguments: feeds)
    func mutatedFiles(feed: Feed) {
        var generator = SeededGenerator(seed: 22)
        let taught = DecodeHarness(feed.streams, limits: feed.limits, topicMember: feed.topicMember)
        let plain = DecodeHarness(
            feed.streams, limits: feed.limits, topicMember: feed.topicMember, learns: false)
        let choice = feed.topicMember == nil ? StreamChoice.stream(0) : .topicMember
        var accepted = 0
        for round in 0..<30 {
            var lines: [[UInt8]] = []
            for _ in 0..<700 {
                var line = Array(feed.lines.randomElement(using: &generator)!.utf8)
                if Int.random(in: 0..<4, using: &generator) == 0 { mutate(&line, &generator) }
                lines.append(line)
            }
            let isArray = round % 3 == 0
            let separator: [UInt8] = isArray ? [0x2C] : round % 2 == 0 ? [0x0A] : [0x0D, 0x0A]
            var payload = Array(lines.joined(separator: separator))
            if isArray {
                lines.removeAll { !NaiveJSON.isValid($0, depthLimit: 5) }
                payload = [0x5B] + Array(lines.joined(separator: separator)) + [0x5D]
            }
            let layout = round % 2 == 0 ? PayloadLayout.lines : .documents
            let padding: [UInt8]? = round % 5 == 0 ? Array(repeating: 0x7D, count: 64) : nil
            let result = taught.decode(payload, padding: padding, layout: layout, choice: choice)
            let expected = plain.decode(payload, padding: padding, layout: layout, choice: choice)
            #expect(result == expected)
            accepted += result.accepted
        }
        #expect(accepted > 5_000)
    }

    /// Shapes that come and go: everything still decodes, and learning stays bounded.
    @Test func changingShapes() {
        let taught = DecodeHarness([workload])
        let plain = DecodeHarness([workload], learns: false)
        var generator = SeededGenerator(seed: 23)
        for _ in 0..<300 {
            let lines = (0..<50).map { index -> String in
                var members = [
                    "\"source\":\"s\(index)\"", "\"type\":\"t\"", "\"value\":\(index)",
                    "\"lat\":1.5",
                    "\"lon\":2.5", "\"time\":\"2026-01-01T00:00:00Z\"", "\"extra\":[\(index)]",
                ]
                members.shuffle(using: &generator)
                return "{" + members.joined(separator: ",") + "}"
            }
            let payload = lines.joined(separator: "\n")
            let result = taught.decode(payload)
            #expect(result.accepted == 50)
            #expect(result == plain.decode(payload))
        }
    }

    /// Documents of a few alternating shapes are nearly all decoded by one.
    @Test func alternatingShapes() {
        let taught = DecodeHarness([workload])
        let lines = (0..<4000).map { index in
            let extra = ["", ",\"a\":1", ",\"b\":\"x\"", ",\"c\":{}"][index % 4]
            return "{\"source\":\"s\",\"time\":\"2026-01-01T00:00:00Z\",\"value\":\(index)\(extra)}"
        }
        let result = taught.decode(lines.joined(separator: "\n"))
        #expect(result.accepted == 4000)
        #expect(taught.decoder.documentsByShape > 3900)
        #expect(taught.decoder.documentsByScanner < 100)
    }

    @Test func prettyPrintedDocumentsFitToo() {
        let taught = DecodeHarness([workload])
        let plain = DecodeHarness([workload], learns: false)
        for index in 0..<20 {
            let text =
                "{\n  \"source\": \"s\",\n  \"time\": \"2026-01-01T00:00:00Z\",\n  \"value\": \(index)\n}\n"
            #expect(taught.decode(text) == plain.decode(text))
            #expect(taught.decode(text, layout: .lines) == plain.decode(text, layout: .lines))
            #expect(taught.decode("7\n" + text) == plain.decode("7\n" + text))
        }
        #expect(taught.decoder.documentsByShape == 19)
    }
}
