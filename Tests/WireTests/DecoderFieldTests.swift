import Events
import Testing
import Wire

/// What a declared field makes of a value.
@Suite struct DecoderFieldTests {
    /// The cell of field 0 after `{"x":VALUE}`, by scanner and by every shape worth learning.
    private func decode(_ value: String, _ field: Field) -> Decoded {
        let stream = StreamSchema(name: "s", fields: [field])
        let text = "{\"x\":\(value)}"
        let result = DecodeHarness([stream], learns: false).decode(text)
        for taught in ["1", "\"a\"", "null", "true", "1.5", "\"1\"", "\"2026-01-01T00:00:00Z\""] {
            let harness = DecodeHarness([stream])
            _ = harness.decode("{\"x\":\(taught)}")
            #expect(harness.decode(text) == result, "\(value) after \(taught)")
            #expect(harness.decode(text) == result, "\(value) again")
        }
        return result
    }

    private let type: [DeadLetterReason] = [.type]

    @Test func doubles() {
        let field = Field(name: "x", type: .double)
        for (text, value) in [
            ("0", 0.0), ("-0", -0.0), ("-0.0", -0.0), ("1e3", 1000), ("1E+2", 100),
            ("1.5e-3", 0.0015),
            ("123456789012345678901234567890", 1.2345678901234568e29), ("0.1", 0.1),
            ("22.902500000000003", 22.902500000000003), ("4.9e-324", 5e-324), ("2e-324", 0),
            ("2.5e-324", 5e-324), ("1.7976931348623157e308", .greatestFiniteMagnitude),
            ("9007199254740993", 9_007_199_254_740_992), ("12345678.12345678", 12345678.12345678),
            ("99999999.99999999", 99999999.99999999), ("1e-400", 0), ("0e999999999999999", 0),
            ("0.000000000000000000000000000000000000001e39", 1),
        ] {
            let result = decode(text, field)
            #expect(result.double(0)?.bitPattern == value.bitPattern, "\(text)")
        }
        for text in ["1e400", "-1e400", "1e99999999999999999999999", "null"] {
            let result = decode(text, field)
            #expect(result.accepted == 1)
            #expect(result.double(0) == nil)
            #expect(result.view { $0.cell(0) } == 0)
        }
        for text in ["\"1\"", "true", "{}", "[1]", "\"\""] {
            #expect(decode(text, field).reasons == type, "\(text)")
            #expect(decode(text, field).entries.first?.field == 0)
            #expect(decode(text, field).entries.first?.offset == 5)
        }
        for text in [
            "NaN", "Infinity", "-Infinity", "01", "-01", "1.", ".5", "+1", "1e", "0x1", "--1",
            "1_0",
        ] {
            #expect(decode(text, field).reasons == [.json], "\(text)")
        }
    }

    @Test func validRangeAndMissing() {
        let field = Field(
            name: "x", type: .double, valid: -5...40,
            missing: [.int(-4), .double(12.5), .string("NA")])
        for (text, value) in [
            ("-5", -5.0), ("40", 40), ("40.00", 40), ("-5.000001", nil), ("40.1", nil), ("-4", nil),
            ("-4.0", nil), ("-0.4e1", nil), ("12.50", nil), ("12.51", 12.51), ("\"NA\"", nil),
            ("\"N\\u0041\"", nil), ("1e400", nil),
        ] as [(String, Double?)] {
            let result = decode(text, field)
            #expect(result.accepted == 1, "\(text)")
            #expect(result.double(0) == value, "\(text)")
        }
        #expect(decode("\"na\"", field).reasons == type)
    }

    @Test func integers() {
        let field = Field(name: "x", type: .int, valid: -10...1e19, missing: [.int(9), .double(8)])
        for (text, value) in [
            ("0", 0), ("-0", 0), ("1.0", 1), ("1e3", 1000), ("1.50e1", 15), ("-3", -3),
            ("10e-1", 1),
            ("9223372036854775807", .max), ("0.0e5", 0), ("7", 7), ("9", nil), ("9.0", nil),
            ("8", nil),
            ("-11", nil), ("-10", -10), ("100000000000000000000e-2", 1_000_000_000_000_000_000),
            ("1.00000000000000000000000", 1), ("0e-99999", 0),
        ] as [(String, Int64?)] {
            let result = decode(text, field)
            #expect(result.accepted == 1, "\(text)")
            #expect(result.integer(0) == value, "\(text)")
        }
        for text in [
            "1.5", "1e-1", "9223372036854775808", "1e19", "\"1\"", "true", "1e-400",
            "1.00000000000000000000001",
        ] {
            #expect(decode(text, field).reasons == type, "\(text)")
        }
        let wide = Field(name: "x", type: .int)
        #expect(decode("-9223372036854775808", wide).integer(0) == .min)
        #expect(decode("-9223372036854775809", wide).reasons == type)
    }

    @Test func booleans() {
        let field = Field(name: "x", type: .bool)
        #expect(decode("true", field).integer(0) == 1)
        #expect(decode("false", field).integer(0) == 0)
        #expect(decode("null", field).integer(0) == nil)
        for text in ["1", "0", "\"true\"", "[]"] { #expect(decode(text, field).reasons == type) }
        let missing = Field(name: "x", type: .bool, missing: [.bool(false)])
        #expect(decode("false", missing).integer(0) == nil)
        #expect(decode("true", missing).integer(0) == 1)
    }

    @Test func texts() {
        let field = Field(name: "x", type: .string, missing: [.string("-"), .int(0)])
        #expect(decode("\"\"", field).text(0) == "")
        #expect(decode("\"a b\"", field).text(0) == "a b")
        #expect(decode("\"Größe — 水位 😀\"", field).text(0) == "Größe — 水位 😀")
        #expect(decode("\"-\"", field).text(0) == nil)
        #expect(decode("0", field).text(0) == nil)
        for text in ["1", "true", "{}", "[]"] { #expect(decode(text, field).reasons == type) }
        let long = String(repeating: "x", count: 4096)
        #expect(decode("\"\(long)\"", field).text(0) == long)
    }

    @Test func numbersInsideTexts() {
        let double = Field(name: "x", type: .double, missing: [.int(-9999)], fromText: true)
        #expect(decode("\"1.5\"", double).double(0) == 1.5)
        #expect(decode("\" 1.5  \"", double).double(0) == 1.5)
        #expect(decode("\"1\\u002e5\"", double).double(0) == 1.5)
        #expect(decode("2.5", double).double(0) == 2.5)
        #expect(decode("\"-9999\"", double).double(0) == nil)
        for text in ["\"\"", "\"1.5x\"", "\"1 5\"", "\"01\"", "\"NaN\"", "\"true\"", "\"1.\""] {
            #expect(decode(text, double).reasons == type, "\(text)")
        }
        let int = Field(name: "x", type: .int, fromText: true)
        #expect(decode("\"12\"", int).integer(0) == 12)
        #expect(decode("\"1.5\"", int).reasons == type)
        let bool = Field(name: "x", type: .bool, fromText: true)
        #expect(decode("\"true\"", bool).integer(0) == 1)
        #expect(decode("\" false \"", bool).integer(0) == 0)
        #expect(decode("\"True\"", bool).reasons == type)
        #expect(decode("\"1\"", bool).reasons == type)
    }

    @Test func timestamps() {
        let text = Field(name: "x", type: .timestamp)
        #expect(decode("\"1970-01-01T00:00:01Z\"", text).integer(0) == 1_000_000_000)
        #expect(decode("\"1970-01-01T00:00:0\\u0031Z\"", text).integer(0) == 1_000_000_000)
        #expect(decode("\"9999-12-31T00:00:00Z\"", text).integer(0) == nil)
        #expect(decode("\"9999-12-31T00:00:00Z\"", text).accepted == 1)
        for value in ["\"1970-01-01\"", "1", "true", "\"\""] {
            #expect(decode(value, text).reasons == type)
        }
        let seconds = Field(name: "x", type: .timestamp, timeFormat: .epoch(unit: 1_000_000_000))
        #expect(decode("1", seconds).integer(0) == 1_000_000_000)
        #expect(decode("-1.5", seconds).integer(0) == -1_500_000_000)
        #expect(decode("1767225600.123456789", seconds).integer(0) == 1_767_225_600_123_456_789)
        #expect(decode("1767225600.1234567899999", seconds).integer(0) == 1_767_225_600_123_456_789)
        #expect(decode("1.7672256e9", seconds).integer(0) == 1_767_225_600_000_000_000)
        #expect(decode("1e300", seconds).integer(0) == nil)
        #expect(decode("1e300", seconds).accepted == 1)
        #expect(decode("1e-300", seconds).integer(0) == 0)
        #expect(decode("\"1\"", seconds).reasons == type)
        let milliseconds = Field(
            name: "x", type: .timestamp, missing: [.int(-1)], fromText: true,
            timeFormat: .epoch(unit: 1_000_000))
        #expect(decode("1767225600123", milliseconds).integer(0) == 1_767_225_600_123_000_000)
        #expect(decode("\" 1767225600123 \"", milliseconds).integer(0) == 1_767_225_600_123_000_000)
        #expect(decode("-1", milliseconds).integer(0) == nil)
    }

    @Test func eventTime() {
        func stream(_ format: TimeFormat, _ fields: [Field] = []) -> StreamSchema {
            StreamSchema(
                name: "s", fields: fields, time: .member(path: ["at", "t"], format: format))
        }
        for learns in [false, true] {
            let text = DecodeHarness([stream(.rfc3339)], learns: learns)
            #expect(
                text.decode(#"{"at":{"t":"1970-01-01T00:00:01Z"}}"#).time().nanoseconds
                    == 1_000_000_000)
            for value in [
                #"{}"#, #"{"at":1}"#, #"{"at":{}}"#, #"{"at":{"t":null}}"#, #"{"at":{"t":1}}"#,
                #"{"at":{"t":"1970-01-01"}}"#, #"{"at":{"t":"1899-01-01T00:00:00Z"}}"#,
                #"{"at":{"t":"2200-01-01T00:00:00Z"}}"#,
                #"{"at":{"t":"1970-01-01T00:00:01Z"},"at":{"u":1}}"#,
            ] {
                #expect(text.decode(value).reasons == [.time], "\(value)")
                #expect(text.decode(value).entries.first?.field == -1)
            }
            let epoch = DecodeHarness([stream(.epoch(unit: 1_000))], learns: learns)
            #expect(
                epoch.decode(#"{"at":{"t":1767225600000000.5}}"#).time().nanoseconds
                    == 1_767_225_600_000_000_500)
            #expect(epoch.decode(#"{"at":{"t":"1"}}"#).reasons == [.time])
            #expect(epoch.decode(#"{"at":{"t":1e40}}"#).reasons == [.time])
            let both = DecodeHarness(
                [
                    stream(
                        .rfc3339,
                        [
                            Field(name: "t", type: .timestamp, path: ["at", "t"]),
                            Field(name: "s", type: .string, path: ["at", "t"]),
                        ])
                ], learns: learns)
            for _ in 0..<3 {
                let result = both.decode(#"{"at":{"t":"1970-01-01T00:00:01Z"}}"#)
                #expect(result.integer(0) == 1_000_000_000)
                #expect(result.text(1) == "1970-01-01T00:00:01Z")
                #expect(result.time().nanoseconds == 1_000_000_000)
            }
        }
    }

    @Test func paths() {
        let stream = StreamSchema(
            name: "s",
            fields: [
                Field(name: "a", type: .double, path: ["tags", "adm.1"]),
                Field(name: "b", type: .string, path: ["tags", "sub", "b"]),
                Field(name: "c", type: .double, path: ["tags", "adm.1"], valid: 0...1),
                Field(name: "tags", type: .int),
            ])
        for learns in [false, true] {
            let harness = DecodeHarness([stream], learns: learns)
            for _ in 0..<3 {
                let result = harness.decode(#"{"x":{"tags":1},"tags":{"adm.1":5,"sub":{"b":"B"}}}"#)
                #expect(result.reasons == [.type])
                let number = harness.decode(#"{"tags":5,"sub":{"b":"B"}}"#)
                #expect(number.integer(3) == 5)
                #expect(number.text(1) == nil)
            }
        }
        let nested = StreamSchema(name: "s", fields: Array(stream.fields.dropLast()))
        for learns in [false, true] {
            let harness = DecodeHarness([nested], learns: learns)
            for _ in 0..<3 {
                let result = harness.decode(
                    #"{"adm.1":9,"tags":{"adm.1":5,"sub":{"b":"B"},"adm":{"1":3}}}"#)
                #expect(result.double(0) == 5)
                #expect(result.text(1) == "B")
                #expect(result.double(2) == nil)
                for stump in ["1", "null", "[{\"adm.1\":1}]", "\"x\"", "{}"] {
                    let result = harness.decode("{\"tags\":\(stump)}")
                    #expect(result.accepted == 1)
                    #expect(result.double(0) == nil)
                }
                let last = harness.decode(
                    #"{"tags":{"adm.1":1,"sub":{"b":"B"}},"tags":{"adm.1":0.5}}"#)
                #expect(last.double(0) == 0.5)
                #expect(last.double(2) == 0.5)
                #expect(last.text(1) == nil)
                let gone = harness.decode(#"{"tags":{"adm.1":1},"tags":7}"#)
                #expect(gone.double(0) == nil)
            }
        }
    }

    @Test func sixtyFourFields() {
        let fields = (0..<64).map {
            Field(name: "field number \($0)", type: $0 % 2 == 0 ? .string : .int)
        }
        let stream = StreamSchema(
            name: "wide", fields: fields, time: .member(path: ["time"], format: .epoch(unit: 1)))
        let harness = DecodeHarness([stream], ringBytes: 1 << 20)
        for round in 0..<4 {
            let members = fields.enumerated().map { index, field in
                let text = String(repeating: "t", count: (index * 7 + round) % 40)
                return "\"\(field.name)\":\(index % 2 == 0 ? "\"\(text)\"" : "\(index * round)")"
            }
            let result = harness.decode(
                "{" + members.joined(separator: ",")
                    + ",\"time\":\(1_767_225_600_000_000_000 + round)}")
            #expect(result.accepted == 1)
            for index in 0..<64 where index % 2 == 0 {
                #expect(result.text(index)?.count == (index * 7 + round) % 40)
                #expect(result.integer(index + 1) == Int64((index + 1) * round))
            }
        }
    }

    @Test func topicMember() {
        let streams = [
            StreamSchema(name: "river", fields: [Field(name: "x", type: .int)]),
            StreamSchema(
                name: "rain",
                fields: [Field(name: "y", type: .int), Field(name: "t", type: .string)]),
        ]
        for learns in [false, true] {
            let harness = DecodeHarness(streams, topicMember: "t", learns: learns)
            let lines = (0..<50).map { index in
                index % 3 == 0
                    ? "{\"t\":\"river.\(index)\",\"x\":\(index)}"
                    : "{\"y\":\(index),\"t\":\"rain\"}"
            }
            let result = harness.decode(
                lines.joined(separator: "\n"), layout: .lines, choice: .topicMember)
            #expect(result.accepted == 50)
            for index in 0..<50 {
                #expect(result.integer(0, of: index) == Int64(index))
                #expect(result.view(index) { $0.stream } == (index % 3 == 0 ? 0 : 1))
            }
            #expect(result.text(1, of: 1) == "rain")
            let bad = harness.decode(
                "{\"x\":1}\n{\"t\":5}\n{\"t\":\"wind\"}\n7\n{\"t\":\"r\\u0061in\",\"y\":3}\n{\"t\":\"river\",\"x\":\"a\"}\n"
                    + "[{\"t\":\"rain\"},{\"t\":\"wind\"},{\"t\":\"wind\",\"t\":\"river\",\"x\":1}]",
                choice: .topicMember)
            #expect(bad.reasons == [.topic, .topic, .topic, .notAnObject, .type, .topic])
            #expect(bad.entries.map(\.stream) == [-1, -1, -1, -1, 0, -1])
            #expect(bad.accepted == 3)
            // The same decoder with a given stream ignores the topic.
            let fixed = harness.decode("{\"t\":\"rain\",\"x\":4}", choice: .stream(0))
            #expect(fixed.integer(0) == 4)
        }
    }
}
