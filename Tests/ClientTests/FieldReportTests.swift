import Client
import Events
import Testing

@testable import tocsin

@Suite("Field reports")
struct FieldReportTests {
    private static let now = Timestamp(nanoseconds: 1_767_323_045_250_000_000)

    private static let incident = StreamSchema(
        name: "incident",
        fields: [
            Field(name: "monitor", type: .string), Field(name: "id", type: .string),
            Field(name: "dead", type: .int, path: ["toll", "dead"], valid: 0...100_000),
            Field(name: "level", type: .double, unit: "m", valid: -1...20, missing: [.double(-1)]),
            Field(name: "seen", type: .timestamp, timeFormat: .epoch(unit: 1_000_000)),
            Field(name: "sure", type: .bool),
            Field(name: "place", type: .string, path: ["msg"], key: "place"),
            Field(name: "road", type: .string, path: ["msg"], key: "road"),
            Field(name: "toll", type: .string),
        ],
        time: .member(path: ["time"], format: .rfc3339), source: 0, id: 1)

    private func report(
        _ settings: [(String, String)], of stream: StreamSchema = incident
    ) throws -> FieldReport {
        var report = FieldReport(stream)
        for (name, text) in settings {
            let index = try #require(stream.fields.firstIndex { $0.name == name })
            try report.set(index, text)
        }
        report.complete(now: Self.now, id: "new", source: "me@here")
        return report
    }

    private func document(
        _ settings: [(String, String)], of stream: StreamSchema = incident, member: String? = nil
    ) throws -> String {
        String(
            decoding: try report(settings, of: stream).document(streamMember: member),
            as: UTF8.self)
    }

    @Test("values stand where the declaration says, and what is not said is filled in")
    func documents() throws {
        #expect(
            try document([("dead", "3"), ("level", "5.0"), ("sure", "yes")])
                == #"{"id":"new","level":5,"monitor":"me@here","sure":true,"#
                + #""time":"2026-01-02T03:04:05.25Z","toll":{"dead":3}}"#)
        #expect(
            try document([("id", "a\"b"), ("monitor", "m"), ("seen", "1970-01-01T00:00:01.5Z")])
                == #"{"id":"a\"b","monitor":"m","seen":1500,"time":"2026-01-02T03:04:05.25Z"}"#)
        #expect(
            try document([("place", "Lodwar"), ("road", "A1, \"north\"")])
                .contains(#""msg":"place=Lodwar road=\"A1, \\\"north\\\"\"""#))
        #expect(try document([("dead", "1")], member: "kind").contains(#""kind":"incident""#))
    }

    @Test("times in the stream's own writing")
    func times() throws {
        func written(_ format: TimeFormat) throws -> String {
            let stream = StreamSchema(
                name: "s", fields: [Field(name: "x", type: .int)],
                time: .member(path: ["meta", "at"], format: format))
            return try document([("x", "1")], of: stream)
        }
        #expect(try written(.rfc3339) == #"{"meta":{"at":"2026-01-02T03:04:05.25Z"},"x":1}"#)
        #expect(
            try written(.epoch(unit: 1_000_000_000)) == #"{"meta":{"at":1767323045.25},"x":1}"#)
        #expect(try written(.epoch(unit: 1_000_000)) == #"{"meta":{"at":1767323045250},"x":1}"#)
    }

    @Test(
        "what a field does not take",
        arguments: [
            ("dead", "two", "`dead` is a whole number, 0 to 100000, not \"two\"", nil),
            ("dead", "2.5", "`dead` is a whole number, 0 to 100000, not \"2.5\"", "round it"),
            ("dead", "100001", "`dead` is 0 to 100000, not 100001", nil),
            ("level", "20.5", "`level` is -1 to 20 m, not 20.5", nil),
            (
                "level", "5 m", "`level` is a number in m, -1 to 20, not \"5 m\"",
                "write the number alone"
            ),
            (
                "level", "5,2", "`level` is a number in m, -1 to 20, not \"5,2\"",
                "write the point as in 1.5"
            ),
            (
                "level", "nan", "`level` is a number in m, -1 to 20, not \"nan\"",
                "write the number alone"
            ),
            (
                "level", "-1", "`level` = -1 stands for no value",
                "leave it out to say nothing of it"
            ),
            ("sure", "maybe", "`sure` is true or false, not \"maybe\"", nil),
            (
                "seen", "today", "`seen` is a time like 2026-01-02T03:04:05Z, not \"today\"",
                nil
            ),
        ] as [(String, String, String, String?)])
    func problems(field: String, text: String, sentence: String, hint: String?) throws {
        let field = try #require(Self.incident.fields.first { $0.name == field })
        #expect(throws: Field.Problem(sentence, hint: hint)) { try field.value(text) }
    }

    @Test("two fields cannot stand in one place")
    func places() throws {
        #expect(throws: Field.Problem.self) {
            try document([("dead", "1"), ("toll", "many")])
        }
    }

    @Test("a dialogue asks again until an answer is one")
    func dialogue() throws {
        var typed = ["two", "3", "", "", "", "", "", "", "2026-01-02T00:00:00Z", "y"]
        var said = ""
        let dialogue = ReportDialogue(
            read: { typed.isEmpty ? nil : typed.removeFirst() }, say: { said += $0 })
        var report = try report([])
        try dialogue.fill(&report)
        let document = try report.document()
        #expect(
            String(decoding: document, as: UTF8.self)
                == #"{"id":"new","monitor":"me@here","time":"2026-01-02T00:00:00Z","#
                + #""toll":{"dead":3}}"#)
        #expect(dialogue.confirms(document))
        for expected in [
            "  dead (a whole number, 0 to 100000): ", "    ✗ `dead` is a whole number",
            "  level (a number in m, -1 to 20): ", "Send it? [y/N] ",
        ] {
            #expect(said.contains(expected), "\(expected) is not in \(said)")
        }
        #expect(!said.contains("monitor (") && !said.contains("  id ("))
        #expect(!dialogue.confirms(document), "the input has ended")
        #expect(throws: CommandFailure.self) { try dialogue.fill(&report) }
    }

    @Test("the declarations of a daemon")
    func declarations() throws {
        let json = """
            {"feeds":[{"name":"field","endpoint":"tcp://0.0.0.0:5562","framing":"topic+payload",
             "format":"json","compression":"none","stream":null,"stream_member":null},
             {"name":"packed","endpoint":"ipc:///p","framing":"payload","format":"json",
             "compression":"zlib","stream":"s","stream_member":null}],
             "streams":[{"name":"s","topic":"s.t","time":{"path":["a","b"],"key":null,
             "unit_ns":1000000},"source":"x","id":null,"fields":[{"name":"x","type":"double",
             "unit":"m","path":["x"],"key":null,"valid":[null,5],"missing":[-1],"unit_ns":null}]}]}
            """
        let answer = try #require(JSONValue(Array(json.utf8)))
        let told = try #require(DaemonDeclarations(answer))
        #expect(
            told.streams == [
                StreamSchema(
                    name: "s", topic: "s.t",
                    fields: [
                        Field(
                            name: "x", type: .double, unit: "m", valid: -.infinity...5,
                            missing: [.double(-1)])
                    ], time: .member(path: ["a", "b"], format: .epoch(unit: 1_000_000)),
                    source: 0)
            ])
        #expect(told.feeds.map(\.endpoint.description) == ["tcp://127.0.0.1:5562", "ipc:///p"])
        #expect(
            told.feeds[0].frames(topic: "s.t", payload: [1]) == [Array("s.t".utf8), [1]])
        let stream = told.streams[0]
        #expect(try ReportTarget.feed(nil, for: stream, among: told.feeds).name == "field")
        let twice = [told.feeds[0], told.feeds[0]]
        let failures: [(name: String?, feeds: [AcknowledgingFeed], code: Int32)] = [
            (nil, [], 78), (nil, twice, 2), ("feild", told.feeds, 78), ("packed", told.feeds, 78),
        ]
        for (name, feeds, code) in failures {
            do throws(CommandFailure) {
                _ = try ReportTarget.feed(name, for: stream, among: feeds)
                Issue.record("\(name ?? "-") was found")
            } catch {
                #expect(error.code.rawValue == code)
            }
        }
    }
}
