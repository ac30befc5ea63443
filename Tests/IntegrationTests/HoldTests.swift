import Foundation
import Testing

extension RealBinaryTests {
    /// What a rule was in the middle of goes on after a `kill -9` as if nothing had been.
    @Suite struct HoldTests {
        /// Levels, holds and the end of an incident, with and without a value between readings.
        private static let rules = """
            version: 1
            streams:
              held:
                time: t
                expect: 10s
                fields: {k: string, v: double}
              lone:
                time: t
                fields: {k: string, v: double}
            rules:
              - rule: ladder
                on: held
                by: [k]
                levels:
                  watch: {when: v > 1.0, clear: v < 0.8, for: 30s, severity: minor}
                  warning: {when: v > 2.0, for: 45s, severity: severe}
                  emergency: {when: v > 3.0, for: {readings: 2}, severity: extreme}
                clear_for: 20s
              - rule: single
                on: lone
                by: [k]
                when: v > 1.0
                for: 30s
                clear_for: 15s
                severity: severe

            """

        /// Seconds, key, value; without a value the reading is UNKNOWN.
        private static let readings: [(Int, String, Double?)] = [
            (0, "a", 1.5), (0, "b", 2.5), (5, "a", nil), (8, "a", 1.5), (10, "b", 2.5),
            (20, "a", 1.5), (20, "b", 2.5), (30, "a", 1.6), (32, "b", 2.5), (40, "a", 1.5),
            (47, "b", 2.6), (50, "b", 3.5), (51, "b", nil), (55, "b", 3.5), (60, "a", 0.5),
            (65, "b", 2.5), (75, "a", 0.5), (80, "b", 1.5), (81, "a", 0.5), (95, "b", 1.5),
            (103, "b", 0.5), (105, "a", 1.5), (110, "b", nil), (114, "b", 0.5), (130, "a", 1.5),
            (135, "b", 0.5), (200, "a", 1.5), (231, "a", 1.5), (240, "b", 1.5),
        ]

        private static func lines(_ second: Int, _ key: String, _ value: Double?) -> [String] {
            let time = Clock.rfc3339(Date(timeIntervalSince1970: 1_700_000_000 + Double(second)))
            let value = value.map { "\($0)" } ?? "null"
            return ["held", "lone"].map {
                #"{"topic":"\#($0)","t":"\#(time)","k":"\#(key)","v":\#(value)}"#
            }
        }

        /// Killed after each reading, the daemon says what `backtest` says.
        @Test func aKillAfterEachReadingChangesNothing() throws {
            let daemon = try TestDaemon(rules: Self.rules)
            let all = Self.readings.flatMap { Self.lines($0.0, $0.1, $0.2) }
            let file = try daemon.folder.write("all.jsonl", all.joined(separator: "\n") + "\n")
            let run = try tocsin(
                [
                    "backtest", daemon.folder("rules"), "--input", file, "--topic-field", "topic",
                    "--json",
                ], in: daemon.folder)
            let expected = try run.documents().compactMap(Move.init(transition:))
            #expect(expected.count >= 12)
            for reading in Self.readings {
                try daemon.start()
                let pusher = try TestPusher(daemon.feed)
                for (stream, line) in zip(
                    ["held", "lone"], Self.lines(reading.0, reading.1, reading.2))
                {
                    try pusher.send(stream, line)
                }
                try daemon.waitUntilCommitted(2)
                daemon.kill()
            }
            try daemon.start()
            let said = try daemon.escalations(daemon.head())
            #expect(said.map(Move.init(escalation:)) == expected)
            #expect(try daemon.stop().code == 0)
        }

        private static let live = """
            version: 1
            streams:
              level:
                time: t
                expect: 15s
                fields: {k: string, v: double}
            rules:
              - rule: high
                on: level
                by: [k]
                when: v > 1.0
                for: 30s
                severity: severe

            """

        /// Under the wall clock: due after the restart, and due while the daemon was down.
        @Test func aHoldCompletesAtItsOwnTime() throws {
            let daemon = try TestDaemon(rules: Self.live, clock: "wall")
            try daemon.start()
            let pusher = try TestPusher(daemon.feed)
            let now = Date()
            func send(_ key: String, _ seconds: Double) throws {
                let time = Clock.rfc3339(now.addingTimeInterval(seconds))
                try pusher.send("level", #"{"t":"\#(time)","k":"\#(key)","v":2.0}"#)
            }
            for (key, left) in [("later", 4.0), ("meanwhile", 1.0)] {
                try send(key, left - 30)
                try send(key, 0)
            }
            try daemon.waitUntilCommitted(4)
            #expect(try daemon.head() == 0)
            daemon.kill()
            usleep(useconds_t(max(0, 2 - Date().timeIntervalSince(now)) * 1e6))
            let restart = Date()
            try daemon.start()
            let said = try daemon.escalations(2)
            #expect(said.map { $0["key"]["k"].text } == ["meanwhile", "later"])
            for (escalation, left) in zip(said, [1.0, 4.0]) {
                #expect(
                    try Self.date(escalation["event_time"])
                        == Self.date(.string(Clock.rfc3339(now.addingTimeInterval(left)))))
                #expect(
                    try Self.date(escalation["onset"])
                        == Self.date(.string(Clock.rfc3339(now.addingTimeInterval(left - 30)))))
            }
            // The first at once, the second when it is due, on the grid of ticks.
            let sent = try said.map { try Self.date($0["sent"]) }
            #expect(abs(sent[0].timeIntervalSince(restart)) < 2)
            #expect((0...2.5).contains(sent[1].timeIntervalSince(now.addingTimeInterval(4))))
            try daemon.stop()
        }

        private static func date(_ document: JSONDocument) throws -> Date {
            let text = try #require(document.text)
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
            return try style.parse(text)
        }

        private static let watched = """
            version: 1
            streams:
              level:
                time: t
                fields: {k: string, v: double}
            rules:
              - rule: silence
                on: level
                by: [k]
                when: v > 1.0
                severity: severe
                no_data: {after: 3s, do: alert}
              - rule: holds
                on: level
                by: [k]
                when: v > 1.0
                severity: minor
                no_data: {after: 3s, do: hold}

            """

        /// Keys that were heard before a kill are missed after it, counted from the start.
        @Test func keysAreKnownAcrossARestart() throws {
            let daemon = try TestDaemon(rules: Self.watched, clock: "wall")
            try daemon.start()
            func send(_ key: String, _ value: Double) throws {
                try daemon.push(
                    "level", #"{"t":"\#(Clock.rfc3339(Date()))","k":"\#(key)","v":\#(value)}"#)
            }
            try send("calm", 0.5)
            try send("high", 2)
            try daemon.waitUntilCommitted(2)
            #expect(try daemon.head() == 2)
            daemon.kill()
            // Longer than the silence: downtime counts toward none.
            sleep(4)
            let restart = Date()
            try daemon.start()
            let said = try daemon.escalations(5).dropFirst(2)
            for escalation in said {
                let seconds = try Self.date(escalation["sent"]).timeIntervalSince(restart)
                #expect((2.9...5.5).contains(seconds), "\(seconds) s after the start")
            }
            let told = Set(
                said.map {
                    "\($0["kind"].text ?? "") \($0["rule"]["name"].text ?? "") \($0["key"]["k"].text ?? "")"
                })
            #expect(
                told == [
                    "alert silence/no-data calm", "alert silence/no-data high", "update holds high",
                ])
            let update = try #require(said.first { $0["kind"].text == "update" })
            #expect(update["flags"].texts == ["no-data"])
            // Heard again: the silence is over, and the incident goes on under its id.
            try send("high", 2)
            let more = try daemon.escalations(7).dropFirst(5)
            let heard = try #require(more.first { $0["rule"]["name"].text == "holds" })
            #expect(heard["kind"].text == "update" && heard["flags"].texts.isEmpty)
            #expect(heard["incident"] == update["incident"])
            try daemon.stop()
        }

        /// An incident that was open goes on, and ends under the same id.
        @Test(arguments: ["event", "wall"])
        func anOpenIncidentEndsUnderItsId(clock: String) throws {
            let rules = Self.watched.replacing(/no_data.*/, with: "")
            let daemon = try TestDaemon(rules: rules, clock: clock)
            try daemon.start()
            func send(_ value: Double, _ after: Double) throws {
                let time = Clock.rfc3339(Date().addingTimeInterval(after))
                try daemon.push(
                    "level", #"{"t":"\#(time)","k":"a","v":\#(value)}"#)
            }
            try send(2, -1)
            let first = try daemon.escalations(2)
            daemon.kill()
            #expect(try daemon.incidents().count == 2, "the journal is read without a daemon")
            try daemon.start()
            #expect(try daemon.incidents().count == 2)
            try send(2, -0.5)
            try send(0.5, 0)
            let said = try daemon.escalations(4)
            #expect(said.map { $0["kind"].text } == ["alert", "alert", "clear", "clear"])
            for clear in said.dropFirst(2) {
                let alert = try #require(
                    first.first { $0["rule"]["name"] == clear["rule"]["name"] })
                #expect(clear["incident"] == alert["incident"])
                #expect(clear["references"].texts == [alert["id"].text])
            }
            #expect(try daemon.incidents().isEmpty)
            try daemon.stop()
        }
    }
}
