import Events
import Foundation
import Testing
import Wire

@Suite struct TimestampRFC3339Tests {
    private struct Group: Decodable {
        var tests: [Case]
    }

    private struct Case: Decodable {
        var description: String
        var text: String?
        var valid: Bool

        enum CodingKeys: CodingKey { case description, data, valid }

        init(from decoder: any Swift.Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            description = try container.decode(String.self, forKey: .description)
            text = try? container.decode(String.self, forKey: .data)
            valid = try container.decode(Bool.self, forKey: .valid)
        }
    }

    @Test func stringCasesOfTheSchemaSuite() throws {
        guard let folder = try SharedData.folder("json/json-schema-formats") else { return }
        let data = try Data(contentsOf: folder.appendingPathComponent("date-time.json"))
        let cases = try JSONDecoder().decode([Group].self, from: data).flatMap(\.tests)
        var count = 0
        for test in cases {
            guard let text = test.text else { continue }
            count += 1
            #expect((Timestamp(rfc3339: text) != nil) == test.valid, "\(test.description)")
            // The same through a decoder, by scanner and by shape.
            let stream = StreamSchema(
                name: "t", fields: [], time: .member(path: ["t"], format: .rfc3339))
            let harness = DecodeHarness([stream])
            let document = try String(
                decoding: JSONEncoder().encode(["t": text]), as: UTF8.self)
            for _ in 0..<2 {
                let result = harness.decode(document)
                #expect(result.accepted == (test.valid ? 1 : 0), "\(test.description)")
                #expect(result.reasons == (test.valid ? [] : [.time]), "\(test.description)")
                _ = harness.decode(#"{"t":"2026-01-01T00:00:00Z"}"#)
            }
        }
        #expect(count >= 25)
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.000000001Z", 1),
            ("1970-01-01T00:00:00.0000000019999Z", 1),
            ("1969-12-31T23:59:59.999999999Z", -1),
            ("1970-01-01T01:00:00+01:00", 0),
            ("1969-12-31T22:30:00-01:30", 0),
            ("1970-01-01t00:00:01z", 1_000_000_000),
            ("1998-12-31T23:59:60Z", 915_148_800_000_000_000),
            ("1998-12-31T15:59:60.5-08:00", 915_148_800_500_000_000),
            ("2000-02-29T12:00:00Z", 951_825_600_000_000_000),
        ] as [(String, Int64)])
    func instants(text: String, nanoseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.nanoseconds == nanoseconds)
    }

    @Test func yearsThatAreNotRepresented() {
        func read(_ text: String) -> TimeReading {
            var text = text
            return text.withUTF8 { Timestamp.read(rfc3339: UnsafeRawBufferPointer($0)) }
        }
        #expect(read("1900-01-01T00:00:00Z") == .time(.earliest))
        #expect(read("1899-12-31T23:59:59.999999999Z") == .outside)
        #expect(read("2200-01-01T00:00:00Z") == .outside)
        #expect(read("2200-01-01T00:30:00+01:00") != .outside)
        #expect(read("9999-12-31T23:59:59Z") == .outside)
        #expect(read("0000-01-01T00:00:00Z") == .outside)
        #expect(read("1900-02-29T00:00:00Z") == .unreadable)
        #expect(read("2026-00-10T00:00:00Z") == .unreadable)
        #expect(read("2026-13-10T00:00:00Z") == .unreadable)
        #expect(read("2026-01-00T00:00:00Z") == .unreadable)
        #expect(read("2026-01-01T00:00:00.Z") == .unreadable)
        #expect(read("2026-01-01 00:00:00Z") == .unreadable)
        #expect(read("2026-01-01T00:00:00") == .unreadable)
        #expect(read("") == .unreadable)
    }

    /// Random instants against Foundation's calendar, through the day cache of a learned shape.
    @Test func randomInstantsByShape() throws {
        var generator = SeededGenerator(seed: 5)
        let stream = StreamSchema(
            name: "t", fields: [Field(name: "t", type: .timestamp)],
            time: .member(path: ["t"], format: .rfc3339))
        let harness = DecodeHarness([stream])
        var moment: Int64 = 1_767_225_600_000_000_000
        for _ in 0..<20_000 {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: moment += Int64.random(in: 0..<2_000_000_000, using: &generator)
            case 1: moment += Int64.random(in: 0..<400_000_000_000, using: &generator)
            case 2: moment -= Int64.random(in: 0..<90_000_000_000_000, using: &generator)
            default:
                moment = Int64.random(
                    in: Timestamp.earliest.nanoseconds..<Timestamp.end.nanoseconds,
                    using: &generator)
            }
            let step: Int64 = [1, 1000, 1_000_000, 1_000_000_000].randomElement(using: &generator)!
            let time = Timestamp(nanoseconds: moment / step * step)
            guard time >= .earliest, time < .end else { continue }
            // The description has the shortest fraction, so all lengths come.
            let result = harness.decode("{\"t\":\"\(time)\"}")
            #expect(result.accepted == 1, "\(time)")
            guard result.accepted == 1 else { continue }
            #expect(result.time() == time)
            #expect(result.integer(0) == time.nanoseconds)
        }
        #expect(harness.decoder.documentsByShape > 10_000)
    }
}
