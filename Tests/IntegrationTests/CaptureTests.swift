import Foundation
import Testing

extension RealBinaryTests {
    /// `tocsin publish --frames`: a capture goes out frame by frame, as it was.
    @Suite struct CaptureTests {
        private static let rules = """
            version: 1
            streams:
              river.stage:
                time: time
                source: station
                fields: {station: string, level: double}
            rules:
              - {rule: high, on: river.stage, by: station, when: level > 5.0, severity: minor}

            """

        private static let reading = #"{"time":"2026-01-02T03:04:05Z","station":"A","level":6.5}"#

        /// A topic in hexadecimal digits, payloads as text and base64, and a frame too many.
        private static let capture: String = {
            let text = reading.replacing("\"", with: "\\\"")
            let base64 = Data(reading.replacing("6.5", with: "2.5").utf8).base64EncodedString()
            return """
                {"t": 5.0, "frames": [{"hex": "72697665722e7374616765"}, {"utf8": "\(text)"}]}
                {"t": 5.4, "frames": [{"utf8": "river.stage"}, {"base64": "\(base64)"}], "seen": 1}
                {"t": 5.4, "frames": [{"utf8": "river.stage"}, {"utf8": "{}"}, {"utf8": "more"}]}

                """
        }()

        private static func replay(
            _ file: String, to feed: String, _ more: [String] = [], in folder: TestFolder
        ) throws -> Finished {
            try tocsin(["publish", "--frames", file, "--to", feed, "--json"] + more, in: folder)
        }

        @Test func framesGoOutAsTheyWere() throws {
            let daemon = try TestDaemon(rules: Self.rules)
            try daemon.start()
            try daemon.folder.write("capture.jsonl", Self.capture)
            let began = Date()
            let recorded = try Self.replay(
                "capture.jsonl", to: daemon.feed, ["--speed", "recorded"], in: daemon.folder)
            #expect(recorded.code == 0, "\(recorded.errors)")
            #expect(Date().timeIntervalSince(began) >= 0.4, "the pace of the capture")
            #expect(try JSONDocument(text: recorded.text)["messages"].number == 3)
            try daemon.waitUntilTaken(3)
            let status = try daemon.status()
            #expect(status["conservation"]["accepted"].number == 2)
            #expect(status["dead_letters"].elements.map { $0["reason"].text } == ["frames"])
            let said = try daemon.escalations(2)
            #expect(said.map { $0["kind"].text } == ["alert", "clear"])

            let faster = try Self.replay(
                "capture.jsonl", to: daemon.feed, ["--speed", "1000x", "--count", "2"],
                in: daemon.folder)
            #expect(faster.code == 0 && faster.text.contains("\"messages\":2"))
        }

        @Test func aMalformedLineEndsIt() throws {
            let daemon = try TestDaemon(rules: Self.rules)
            try daemon.start()
            let first = try #require(Self.capture.split(separator: "\n").first)
            try daemon.folder.write(
                "broken.jsonl",
                "\(first)\n\n{\"t\": 1, \"frames\": [{\"hex\": \"0g\"}]}\n\(first)\n")
            let finished = try Self.replay("broken.jsonl", to: daemon.feed, in: daemon.folder)
            #expect(finished.code == 1)
            #expect(finished.errors.contains("broken.jsonl:3: frame 1 is not hexadecimal"))
            #expect(try JSONDocument(text: finished.text)["messages"].number == 1)
            try daemon.waitUntilTaken(1)
            #expect(try daemon.status()["conservation"]["in"].number == 1)
        }

        @Test func aCaptureGoesToSubscribers() throws {
            let folder = try TestFolder()
            try folder.write("capture.jsonl", Self.capture)
            let subscriber = try TestSubscriber("ipc://\(folder("feed"))", prefix: "river")
            let finished = try Self.replay(
                "capture.jsonl", to: "ipc://\(folder("feed"))", ["--bind", "--pattern", "pub"],
                in: folder)
            #expect(finished.code == 0, "\(finished.errors)")
            let first = try #require(try subscriber.next(milliseconds: 2000))
            #expect(first.topic == "river.stage")
            #expect(String(decoding: first.body, as: UTF8.self) == Self.reading)
        }

        /// What was captured of programs in use, through the feed that is configured for them.
        @Test(.enabled(if: Place.wantsData))
        func aCaptureOfRsyslog() throws {
            let daemon = try TestDaemon(
                rules: """
                    version: 1
                    streams:
                      logs:
                        time: timereported
                        source: host
                        fields: {host: string, stage: {type: double, path: {path: msg, key: stage}}}
                    rules:
                      - {rule: high, on: logs, by: host, when: stage > 100.0, severity: minor}

                    """, feedSettings: "framing: payload, stream: logs")
            try daemon.start()
            let capture = Place.data.appendingPathComponent("zmq-feeds/rsyslog_push.jsonl").path
            let count = try String(contentsOfFile: capture, encoding: .utf8)
                .split(separator: "\n").count
            let finished = try Self.replay(capture, to: daemon.feed, in: daemon.folder)
            #expect(finished.code == 0, "\(finished.errors)")
            try daemon.waitUntilTaken(count)
            #expect(try daemon.status()["conservation"]["rejected"].number == 0)
        }
    }
}
