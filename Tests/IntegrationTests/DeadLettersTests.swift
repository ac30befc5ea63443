import Foundation
import Testing

extension RealBinaryTests {
    /// `tocsin dead-letters`, and what the status says of feeds.
    @Suite struct DeadLettersTests {
        private static func letters(_ more: [String], of daemon: TestDaemon) throws -> Finished {
            try tocsin(["dead-letters", "--state", daemon.state] + more, in: daemon.folder)
        }

        @Test func theCaretStandsUnderWhatIsWrong() throws {
            let daemon = try AcknowledgedIntakeTests.daemon()
            try daemon.start()
            let none = try Self.letters([], of: daemon)
            #expect(none.code == 0)
            #expect(none.text == "Nothing was refused since the daemon started.\n")

            let wrong = AcknowledgedIntakeTests.report("ü€").replacing(":2,", with: ":\"two\",")
            // Bytes that are no UTF-8 stand before the place: characters are counted as shown.
            let torn = Array(#"{"district":""#.utf8) + [0xff, 0xe2, 0x82] + Array("\"}".utf8)
            let pusher = try TestPusher(daemon.feed)
            for text in [wrong, wrong.replacing("m1", with: "m2"), wrong, "{\"a\":1\n\"b\":2}"] {
                try pusher.send("incident", text)
            }
            try pusher.send(frames: [Array("incident".utf8), torn])
            try daemon.waitUntilTaken(6)

            let page = try Self.letters(["--source", "m1"], of: daemon)
            #expect(page.code == 0)
            let lines = page.lines
            #expect(lines.first == "2 × type  feed gauges, stream incident, source m1")
            let place = try #require(lines.firstIndex { $0.contains("\"two\"") })
            let column = try #require(lines[place].range(of: "\"two\"")?.lowerBound)
            let caret = try #require(lines[place + 1].firstIndex(of: "^"))
            #expect(
                lines[place].distance(from: lines[place].startIndex, to: column)
                    == lines[place + 1].distance(from: lines[place + 1].startIndex, to: caret))
            #expect(page.text.contains("field dead") && page.text.contains("without quotes"))
            #expect(!page.text.contains("m2"))

            let json = try JSONDocument(
                text: Self.letters(["--reason", "json", "--json"], of: daemon).text)
            #expect(json.elements.map { $0["count"].number } == [3], "two in lines and one torn")
            let first = json.elements[0]["first"]
            #expect(first["payload"].text == "{\"a\":1\n\"b\":2}")
            let shown = try Self.letters(["--reason", "json"], of: daemon).text
            #expect(shown.contains(#"    {"a":1␊"b":2}"#), "\(shown)")
            #expect(try Self.letters(["--feed", "field"], of: daemon).text.contains("matches"))
            #expect(try Self.letters(["--reason", "jsno"], of: daemon).code == 2)
        }

        @Test func withoutADaemon() throws {
            let folder = try TestFolder()
            #expect(try tocsin(["dead-letters", "--state", "nowhere"], in: folder).code == 3)
        }

        /// The page of the status only counts, and says where more is told.
        @Test func theStatusTellsOfFeeds() throws {
            let daemon = try AcknowledgedIntakeTests.daemon()
            try daemon.start()
            let pusher = try TestPusher(daemon.feed)
            func sequence(_ number: UInt8) -> [UInt8] {
                [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, number]
            }
            for number: UInt8 in [1, 2, 2, 5] {
                try pusher.send(frames: [
                    Array("incident".utf8),
                    Array(AcknowledgedIntakeTests.report("s\(number)").utf8), sequence(number),
                ])
            }
            try pusher.send("incident", "{")
            try daemon.waitUntilTaken(5)
            let feed = try #require(try daemon.status()["feeds"].elements.first)
            let told = feed["sequence"]
            #expect(
                ["messages", "gaps", "missing", "duplicates"].map { told[$0].number }
                    == [4, 1, 2, 1])
            #expect(told["too_old"].number == 0 && told["uncounted"].number == 1)
            #expect(feed["unanswered"].number == 0 && feed["backlog_bytes"].number == 0)
            #expect(feed["sheddings"].elements.isEmpty)
            let page = try tocsin(["status", "--state", daemon.state], in: daemon.folder).text
            for expected in [
                "  gauges: 4 messages with a sequence, 2 missing in 1 gap, 1 came twice, 1 more came without one",
                "duplicates", "`tocsin dead-letters` shows what is wrong",
            ] {
                #expect(page.contains(expected), "\(page)")
            }
            #expect(!page.contains("unanswered") && !page.contains("backlog"))
        }
    }
}
