import Foundation
import Testing

extension RealBinaryTests {
    /// A good feed goes on while others do their worst.
    @Suite struct HostileFeedTests {
        private static let rules = """
            version: 1
            streams:
              good: {time: t, source: k, expect: 10s, fields: {k: string, v: double}}
              wild: {source: k, fields: {k: string, v: double}}
              timed: {time: t, source: k, fields: {k: string, v: double}}
            rules:
              - {rule: high, on: good, by: k, when: v > 0.5, severity: minor}
              - {rule: wild, on: wild, by: k, when: v > 1.5, severity: minor}
              - {rule: timed, on: timed, by: k, when: v > 1.5, severity: minor}

            """

        /// Kilobytes of address space: what an endless multipart message costs at most before its
        /// sender is cut off.
        private static let addressSpace = 2_000_000

        @Test(.timeLimit(.minutes(3)))
        func aGoodFeedGoesOn() throws {
            let wild = try freePort()
            let report = try freePort()
            let daemon = try TestDaemon(
                rules: Self.rules, clock: "wall", usesTCP: true,
                otherFeeds: [
                    "name: wild, bind: \"tcp://127.0.0.1:\(wild)\", pattern: pull",
                    "name: field, bind: \"tcp://127.0.0.1:\(report)\", pattern: router",
                ])
            try daemon.start(addressSpace: Self.addressSpace)
            let good = try #require(daemon.feed.split(separator: ":").last)
            let script = Place.root.appendingPathComponent("Tests/IntegrationTests/hostile.py")
            let attack = try RunningCommand(
                [script.path, "\(good)", "\(wild)", "\(report)", "12"], in: daemon.folder,
                executable: try Place.python()
            ).wait(90)
            #expect(attack.code == 0, "\(attack.errors)")
            print("HostileFeedTests: sent \(attack.text)")
            let sent = try JSONDocument(bytes: attack.output)

            try waitUntil(30, for: "the line to come to rest; \(daemon.log)") {
                let status = try daemon.status()
                return status["conservation"]["in_flight"].number == 0
                    && status["feeds"].elements.first?["elements"].number == sent["good"].number
            }
            let status = try daemon.status()
            #expect(status["conservation"]["holds"].flag == true)
            let feed = try #require(status["feeds"].elements.first)
            #expect(feed["accepted"].number == sent["good"].number)
            // Each of the ten stations went up and down with every other reading.
            let sources = status["streams"].elements.first { $0["name"].text == "good" }
            let events = sources?["silent"].elements.compactMap { $0["events"].number } ?? []
            #expect(events.reduce(0, +) == sent["good"].number)
            let letters = status["dead_letters"].elements
            for reason in ["json", "topic", "frames", "frame-size", "future", "time"] {
                #expect(letters.contains { $0["reason"].text == reason }, "\(reason)")
            }
            #expect(letters.count < 2000)
            #expect(sent["topics"].number ?? 0 > 10_000)
            #expect(sent["endless_bytes"].number ?? 0 > 0)
            try checkDelays(daemon, sent: sent["good"].number ?? 0)
            let peak = try daemon.peakKilobytes()
            print("HostileFeedTests: at most \(peak / 1000) MB resident")
            #expect(peak < Self.addressSpace)
            #expect(daemon.process?.isRunning == true)
            #expect(try daemon.stop().code == 0)
        }

        /// Nearly every good reading is an alert or a clear; from its time to its decision no flood
        /// of another feed lies in between.
        private func checkDelays(_ daemon: TestDaemon, sent: Int) throws {
            let format = ISO8601DateFormatter()
            format.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
            var delays: [Double] = []
            for stored in try StoredEscalation.all(state: daemon.state, in: daemon.folder) {
                let body = try JSONDocument(bytes: stored.body)
                guard let time = body["event_time"].text.flatMap(format.date),
                    let said = body["sent"].text.flatMap(format.date)
                else { continue }
                delays.append(said.timeIntervalSince(time))
            }
            delays.sort()
            #expect(delays.count > sent / 2)
            guard delays.count > 1 else { return }
            let middle = delays[delays.count / 2]
            let most = delays[delays.count * 99 / 100]
            print("HostileFeedTests: decided within \(Int(most * 1000)) ms")
            #expect(middle < 0.5)
            #expect(most < 5)
        }
    }
}
