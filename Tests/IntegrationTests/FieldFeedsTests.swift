import Foundation
import Testing

extension RealBinaryTests {
    /// The configuration that the README gives for programs of the field, on what they really send.
    @Suite struct FieldFeedsTests {
        /// The feeds of the README, each as it stands there, and the rules.
        static func readme() throws -> (feeds: [String], rules: String) {
            let blocks = try ReadmeTests.blocks(
                "yaml", from: "## Feeds seen in the field",
                to: "## Hearing from it: the protocol, version 1")
            let feeds = try #require(blocks.first { $0.hasPrefix("# part of tocsin.yaml\nfeeds:") })
            let rules = try #require(blocks.first { $0.hasPrefix("version: 1\n") })
            let items = feeds.split(separator: "\n").filter { $0.hasPrefix("  - {") }
            return (items.map { String($0.dropFirst(5).dropLast()) }, rules)
        }

        /// The feeds with ports that are free now, and where each is by its name.
        static func onFreePorts(
            _ feeds: [String]
        ) throws -> (feeds: [String], endpoints: [String: String]) {
            var endpoints: [String: String] = [:]
            let moved = try feeds.map { feed in
                let name = try #require(feed.firstMatch(of: /name: ([a-z-]+)/)).1
                let endpoint = "tcp://127.0.0.1:\(try freePort())"
                endpoints[String(name)] = endpoint
                return feed.replacing(/tcp:\/\/127\.0\.0\.1:[0-9]+/, with: endpoint)
            }
            return (moved, endpoints)
        }

        @Test(.enabled(if: Place.wantsData, "needs ../shared/data"))
        func whatProgramsSentIsReadWithoutADeadLetter() throws {
            let (written, rules) = try Self.readme()
            let (feeds, endpoints) = try Self.onFreePorts(written)
            // The captures are as old as they are.
            let daemon = try TestDaemon(rules: rules, clock: "event", otherFeeds: feeds)
            try daemon.start()
            let published = [
                ("machine", "glances", "G"), ("river-pub", "rsyslog_pub", "sensors."),
                ("processes", "circus_stats", "stat."),
            ]
            var counts: [String: Int] = [:]
            for (feed, capture, prefix) in published {
                let publisher = try TestPublisher(try #require(endpoints[feed]))
                #expect(try publisher.waitForSubscriber(seconds: 10) == prefix)
                let messages = try Capture.messages(capture)
                for message in messages { try publisher.send(frames: message) }
                counts[feed] = messages.count
                try daemon.waitUntilTaken(counts.values.reduce(0, +))
            }
            let pusher = try TestPusher(try #require(endpoints["river-push"]))
            let messages = try Capture.messages("rsyslog_push")
            for message in messages { try pusher.send(frames: message) }
            counts["river-push"] = messages.count
            let all = counts.values.reduce(0, +)
            try daemon.waitUntilTaken(all)

            let status = try daemon.status()
            for feed in status["feeds"].elements where feed["name"].text != "gauges" {
                let name = try #require(feed["name"].text)
                #expect(feed["accepted"].number == counts[name], "\(name)")
                #expect(feed["rejected"].number == 0, "\(name)")
                #expect(feed["sequence"]["messages"].number ?? 0 == 0, "none of them counts")
            }
            #expect(status["dead_letters"].elements == [])
            #expect(status["conservation"]["accepted"].number == all)
            #expect(status["conservation"]["holds"].flag == true)

            let raised = try StoredEscalation.all(state: daemon.state, in: daemon.folder)
                .map { try JSONDocument(bytes: $0.body) }.filter { $0["kind"].text == "alert" }
            let river = try #require(raised.first { $0["rule"]["name"].text == "high-river" })
            #expect(river["key"]["site"].text == "01646500")
            #expect(river["event_time"].text == "2026-11-24T04:03:31.383948Z")
            #expect(raised.contains { $0["rule"]["name"].text == "busy-machine" })
            #expect(raised.contains { $0["rule"]["name"].text == "busy-process" })
            #expect(try daemon.stop().code == 0)
        }
    }
}
