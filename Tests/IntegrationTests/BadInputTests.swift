import Foundation
import Testing

extension RealBinaryTests {
    /// What is wrong is counted by reason, kept aside, and of no effect on the next good event.
    @Suite struct BadInputTests {
        static let rules = """
            version: 1
            streams:
              level:
                time: t
                source: k
                fields: {k: string, v: double, n: int, extra: string}
            rules:
              - rule: high
                on: level
                by: [k]
                when: v > 1.0
                severity: severe

            """

        /// A bad message and the reasons under which its elements are counted.
        struct Bad: CustomTestStringConvertible {
            var name: String
            var frames: [[UInt8]]
            var reasons: [String]

            init(_ name: String, frames: [[UInt8]], _ reasons: String...) {
                (self.name, self.frames, self.reasons) = (name, frames, reasons)
            }

            init(_ name: String, _ payload: String, topic: String = "level", _ reasons: String...) {
                self.name = name
                frames = [Array(topic.utf8), Array(payload.utf8)]
                self.reasons = reasons
            }

            var testDescription: String { name }
        }

        private static func reading(_ key: String, at time: String, v: String = "2.0") -> String {
            #"{"t":"\#(time)","k":"\#(key)","v":\#(v)}"#
        }

        private static func bad(now: String) -> [Bad] {
            let level = Array("level".utf8)
            let good = Array(reading("bad", at: now).utf8)
            let later = Clock.rfc3339(Date().addingTimeInterval(3600))
            return [
                Bad("one frame", frames: [level], "frames"),
                Bad("three frames", frames: [level, good, good], "frames"),
                Bad("a hundred frames", frames: [[UInt8]](repeating: level, count: 100), "frames"),
                Bad("an empty frame", frames: [level, []], "empty"),
                Bad("two empty frames", frames: [[], []], "topic"),
                Bad("blanks", " \n ", "empty"),
                Bad("another topic", "{}", topic: "levels", "topic"),
                Bad("a topic that is no UTF-8", frames: [[0xFF, 0xFE], good], "topic"),
                Bad("broken", #"{"t":"\#(now)","k":"bad","v":2.0"#, "json"),
                Bad("NaN", reading("bad", at: now, v: "NaN"), "json"),
                Bad("a trailing comma", #"{"t":"\#(now)","k":"bad","v":2.0,}"#, "json"),
                Bad(
                    "no UTF-8", frames: [level, good.dropLast(3) + [0xC3, 0x28] + good.suffix(3)],
                    "json"),
                Bad("a scalar", "3.5", "not-an-object"),
                Bad("an array of scalars", "[1,2]", "not-an-object", "not-an-object"),
                Bad("nested", String(repeating: "[", count: 1000), "depth"),
                Bad("a text for a number", reading("bad", at: now, v: "\"2.0\""), "type"),
                Bad("a fraction for an int", #"{"t":"\#(now)","k":"bad","v":2.0,"n":1.5}"#, "type"),
                Bad(
                    "a long text",
                    #"{"t":"\#(now)","k":"bad","v":2.0,"extra":"\#(String(repeating: "x", count: 5000))"}"#,
                    "text"),
                Bad("no time", #"{"k":"bad","v":2.0}"#, "time"),
                Bad("a time that is none", reading("bad", at: "yesterday"), "time"),
                Bad("an ancient time", reading("bad", at: "1066-10-14T09:00:00Z"), "time"),
                Bad("a time after 2200", reading("bad", at: "2999-01-01T00:00:00Z"), "time"),
                Bad("an hour ahead", reading("bad", at: later), "future"),
                Bad("no key", #"{"t":"\#(now)","v":2.0}"#, "key"),
                Bad("a long key", reading(String(repeating: "k", count: 129), at: now), "key"),
                Bad(
                    "a truncated array", "[\(reading("bad", at: now)),\(reading("bad", at: now))",
                    "json"),
                Bad(
                    "an array with two bad elements",
                    "[3,{\"t\":\"\(now)\",\"k\":7}]", "not-an-object", "type"),
                Bad("lines of which one is bad", "{}\n{\n", "time", "json"),
                Bad(
                    "many readings", "[" + String(repeating: "{},", count: 10_000) + "{}]",
                    "readings"),
                Bad(
                    "a frame over the limit",
                    #"{"t":"\#(now)","k":"bad","v":2.0,"x":"\#(String(repeating: "x", count: 70_000))"}"#,
                    "frame-size"),
            ]
        }

        /// Each of them, and after each a good event that is decided.
        @Test func eachIsCountedAndTheNextGoodEventDecides() throws {
            let daemon = try TestDaemon(
                rules: Self.rules, clock: "wall", feedSettings: "limits: {frame: 65536}")
            try daemon.start()
            let watcher = try daemon.watch()
            let pusher = try TestPusher(daemon.feed)
            let bad = Self.bad(now: Clock.rfc3339(Date()))
            for (number, message) in bad.enumerated() {
                try pusher.send(frames: message.frames)
                try pusher.send(
                    "level", Self.reading("good\(number)", at: Clock.rfc3339(Date())))
                try watcher.waitForLines(number + 1, seconds: 5)
                let said = try JSONDocument(bytes: watcher.lines[number])
                #expect(said["key"]["k"].text == "good\(number)", "after \(message.name)")
            }
            let status = try daemon.status()
            var counts: [String: Int] = [:]
            for letter in status["dead_letters"].elements {
                counts[letter["reason"].text ?? "", default: 0] += letter["count"].number ?? 0
                #expect(letter["feed"].text == "gauges")
                #expect(letter["first"]["at"].text != nil && letter["last"]["at"].text != nil)
            }
            let expected = bad.flatMap(\.reasons).reduce(into: [:]) { $0[$1, default: 0] += 1 }
            #expect(counts == expected)
            let conservation = status["conservation"]
            #expect(conservation["holds"].flag == true)
            #expect(conservation["accepted"].number == bad.count)
            #expect(conservation["rejected"].number == bad.flatMap(\.reasons).count)
            try daemon.stop()
        }

        /// A frame of exactly the limit is taken; one byte more is not.
        @Test func theLimitOfAFrameIsExact() throws {
            let daemon = try TestDaemon(rules: Self.rules, feedSettings: "limits: {frame: 4096}")
            try daemon.start()
            let pusher = try TestPusher(daemon.feed)
            for (key, length) in [("over", 4097), ("at", 4096)] {
                let reading = Self.reading(key, at: "2026-01-01T00:00:00Z")
                let blanks = String(repeating: " ", count: length - reading.utf8.count)
                try pusher.send("level", reading + blanks)
            }
            let said = try daemon.escalations(1)
            #expect(said[0]["key"]["k"].text == "at")
            #expect(
                try daemon.status()["dead_letters"].elements.map { $0["reason"].text } == [
                    "frame-size"
                ])
            try daemon.stop()
        }

        /// A frame far over the limit ends its connection; the daemon and other senders go on.
        @Test func aHugeFrameHarmsNobodyElse() throws {
            let daemon = try TestDaemon(rules: Self.rules, feedSettings: "limits: {frame: 4096}")
            try daemon.start()
            let hostile = try TestPusher(daemon.feed)
            for _ in 0..<5 {
                try hostile.send("level", String(repeating: "[", count: 8 << 20))
            }
            let honest = try TestPusher(daemon.feed)
            try honest.send("level", Self.reading("a", at: "2026-01-01T00:00:00Z"))
            #expect(try daemon.escalations(1)[0]["key"]["k"].text == "a")
            try daemon.stop()
        }

        /// A key costs little, and a million of them are kept in bounds.
        @Test(.timeLimit(.minutes(2)))
        func aMillionKeysStayWithinHalfAGibibyte() throws {
            let daemon = try TestDaemon(rules: Self.rules)
            var lines = ""
            lines.reserveCapacity(90 << 20)
            for number in 0..<1_000_000 {
                lines += "{\"t\":\"2026-01-01T00:00:00Z\",\"k\":\"station-\(number)\",\"v\":0.5}\n"
            }
            // One key too many.
            lines += "{\"t\":\"2026-01-01T00:00:00Z\",\"k\":\"one-more\",\"v\":2.0}\n"
            let file = try daemon.folder.write("keys.jsonl", lines)
            try daemon.start()
            try daemon.publish(
                file, topic: "level", arguments: ["--batch", "1000"], seconds: 60)
            try daemon.waitUntilTaken(1_000_001, seconds: 60)
            let process = try #require(daemon.process)
            #expect(try peakMebibytes(process.pid) <= 512)
            let letters = try daemon.status()["dead_letters"].elements
            #expect(letters.map { $0["reason"].text } == ["max-keys"])
            #expect(letters.first?["last"]["payload"].text?.contains("one-more") == true)
            // A key that is known is still decided.
            try daemon.push(
                "level", Self.reading("station-7", at: "2026-01-01T00:00:01Z"))
            #expect(try daemon.escalations(1)[0]["key"]["k"].text == "station-7")
            try daemon.stop()
        }

        /// The greatest resident size a process had so far.
        private func peakMebibytes(_ pid: Int32) throws -> Int {
            let text = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
            let kibibytes = try #require(
                line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
            return kibibytes / 1024
        }
    }
}
