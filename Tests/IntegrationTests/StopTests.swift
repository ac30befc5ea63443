import Foundation
import Testing

extension RealBinaryTests {
    /// How the daemon stops, and what it costs while nothing happens.
    @Suite struct StopTests {
        static let rules = """
            version: 1
            streams:
              level:
                time: t
                fields: {k: string, v: double}
            rules:
              - rule: high
                hazard: flood
                on: level
                by: [k]
                when: v > 1.0
                severity: severe
                no_data: {after: 1h, do: hold}

            """

        @Test(arguments: [SIGTERM, SIGINT])
        func stopsWithinTwoSeconds(signal: Int32) throws {
            let daemon = try TestDaemon(rules: Self.rules)
            try daemon.start()
            let process = try #require(daemon.process)
            let start = Clock.seconds
            process.signal(signal)
            let finished = try process.wait(5)
            #expect(finished.code == 0)
            #expect(Clock.seconds - start < 2)
            #expect(finished.errors.contains("Stopped."))
        }

        /// In a flood, what was taken is decided, committed and published before the end.
        @Test func drainsAFloodWithinTwoSeconds() throws {
            let daemon = try TestDaemon(rules: Self.rules)
            let readings = (0..<40_000).map { number in
                let time = Date(timeIntervalSince1970: 1_700_000_000 + Double(number))
                return #"{"t":"\#(Clock.rfc3339(time))","k":"k\#(number % 50)","v":\#(number % 7)}"#
            }
            let file = try daemon.folder.write("flood.jsonl", readings.joined(separator: "\n"))
            try daemon.start()
            let watcher = try daemon.watch()
            let publisher = try RunningCommand(
                ["publish", file, "--to", daemon.feed, "--topic", "level", "--wait", "1s"],
                in: daemon.folder)
            try watcher.waitForLines(200, seconds: 10)
            let start = Clock.seconds
            let finished = try daemon.stop()
            #expect(finished.code == 0)
            #expect(Clock.seconds - start < 2)
            publisher.end()
            let stored = try StoredEscalation.all(state: daemon.state, in: daemon.folder)
            try watcher.waitForLines(stored.count, seconds: 5)
            #expect(watcher.lines == stored.map(\.body))
        }

        @Test func anIdleDaemonUsesLessThanAHundredthOfACore() throws {
            let daemon = try TestDaemon(rules: Self.rules, clock: "wall")
            try daemon.start()
            let now = Clock.rfc3339(Date())
            try daemon.push("level", #"{"t":"\#(now)","k":"a","v":2.0}"#)
            let watcher = try daemon.watch()
            try watcher.waitForLines(1, seconds: 5)
            let process = try #require(daemon.process)
            let before = try processorSeconds(process.pid)
            sleep(5)
            let used = try processorSeconds(process.pid) - before
            #expect(used < 0.05, "\(used) s of 5 s")
            try daemon.stop()
        }

        /// User and system time of a process so far.
        private func processorSeconds(_ pid: Int32) throws -> Double {
            let text = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
            // The name, in parentheses, may hold anything.
            let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
            let ticks = try [11, 12].map { try #require(Double(fields[$0])) }
            return (ticks[0] + ticks[1]) / Double(sysconf(Int32(_SC_CLK_TCK)))
        }

        /// A beat a second, and `head` tells of the newest escalation.
        @Test func theHeartBeats() throws {
            let daemon = try TestDaemon(rules: Self.rules)
            let subscriber = try TestSubscriber(daemon.escalations, prefix: "~heartbeat/main/")
            try daemon.start()
            var times: [Double] = []
            var beats: [JSONDocument] = []
            for round in 0..<5 {
                let (topic, body) = try #require(try subscriber.next(milliseconds: 3000))
                #expect(topic == "~heartbeat/main/")
                times.append(Clock.seconds)
                beats.append(try JSONDocument(bytes: body))
                if round == 1 {
                    try daemon.push(
                        "level", #"{"t":"2026-01-01T00:00:00Z","k":"a","v":2.0}"#)
                }
            }
            for (earlier, later) in zip(times.dropFirst(), times.dropFirst(2)) {
                #expect((0.7...1.3).contains(later - earlier))
            }
            #expect(beats.first?["head"].number == 0)
            #expect(beats.last?["head"].number == 1)
            for beat in beats {
                #expect(
                    beat.names == [
                        "age", "blind", "channel", "epoch", "floor", "head", "publisher", "sent",
                        "time_quality",
                    ])
                #expect(beat["publisher"].text == "test-1")
                #expect((beat["epoch"].number ?? 0) > 1_700_000_000)
            }
            try daemon.stop()
        }
    }
}
