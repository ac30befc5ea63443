import Foundation
import Testing

extension RealBinaryTests {
    /// A PUB loses what nobody hears. Where it counts its messages, the daemon says what is missing.
    @Suite struct SequenceTests {
        static let rules = """
            version: 1
            streams:
              river.stage:
                source: station
                fields: {station: string, level: double}
              counted.gap:
                fields: {source: string, epoch: int, from: int, to: int, missing: int}
            rules:
              - {rule: high, on: river.stage, by: [station], when: level > 3.0, severity: severe}
              - rule: gap
                on: counted.gap
                by: [source, epoch, from]
                when: missing > 0
                labels: {to: string(to)}
                severity: minor

            """

        private static func script(_ name: String) -> String {
            Place.root.appendingPathComponent("Tests/IntegrationTests/\(name)").path
        }

        /// The publisher that counts and the rule on what it lost, as they stand in the README.
        @Test func theReadmesPublisherTellsWhatItLost() throws {
            let (start, end) = ("## Feeding it", "## Feeds seen in the field")
            let publisher = try #require(
                try ReadmeTests.blocks("python", from: start, to: end).first {
                    $0.hasPrefix("# counted.py\n")
                })
            let blocks = try ReadmeTests.blocks("yaml", from: start, to: end)
            let feed = try #require(
                blocks.joined().split(separator: "\n").first { $0.contains("name: upstream") })
            let rules = try #require(blocks.first { $0.hasPrefix("version: 1\n") })
            let endpoint = "tcp://127.0.0.1:\(try freePort())"
            let written = "tcp://127.0.0.1:5556"
            #expect(publisher.contains(written) && feed.contains(written))
            let daemon = try TestDaemon(
                rules: rules, clock: "wall",
                otherFeeds: [
                    String(feed.dropFirst("  - {".count).dropLast())
                        .replacing(written, with: endpoint)
                ])
            try daemon.start()
            try daemon.folder.write("counted.py", publisher.replacing(written, with: endpoint))
            let sent = try RunningCommand(
                ["counted.py"], in: daemon.folder, executable: try Place.python()
            ).wait(20)
            #expect(sent.code == 0, "\(sent.errors)")
            let said = try daemon.escalations(1)[0]
            #expect(said["rule"]["name"].text == "readings-lost")
            #expect(said["key"]["source"].text == "upstream")
            #expect(said["values"]["missing"].number == 2)
            #expect(try daemon.status()["dead_letters"].elements == [])
            #expect(try daemon.stop().code == 0)
        }

        /// A feed that a PUB counts for, whatever stations it speaks of.
        @Test func whatAPublisherLostIsSaid() throws {
            let endpoint = "tcp://127.0.0.1:\(try freePort())"
            let daemon = try TestDaemon(
                rules: Self.rules, clock: "wall",
                otherFeeds: ["name: counted, connect: \"\(endpoint)\", sequence: feed"])
            let joined = daemon.folder("joined")
            let publisher = try RunningCommand(
                [Self.script("counted.py"), endpoint, joined], in: daemon.folder,
                executable: try Place.python())
            // It has published for a while before anybody hears it.
            usleep(500_000)
            try daemon.start()
            try waitUntil(20, for: "a first message; the publisher said \(publisher.errors)") {
                try daemon.status()["conservation"]["accepted"].number ?? 0 > 0
            }
            _ = FileManager.default.createFile(atPath: joined, contents: nil)
            let told = try publisher.wait(20)
            #expect(told.code == 0, "\(told.errors)")
            let story = try JSONDocument(text: told.text)
            let gap = story["gap"].elements.compactMap(\.number)
            try #require(gap.count == 2)

            // KE-001, the gap, KE-001 is low again, KE-002 and KE-003, KE-004, the restart's gap.
            let said = try daemon.escalations(7)
            let names = said.map { "\($0["rule"]["name"].text ?? "") \($0["kind"].text ?? "")" }
            #expect(
                names == [
                    "high alert", "gap alert", "high clear", "high alert", "high alert",
                    "high alert", "gap alert",
                ])
            let gaps = said.filter { $0["rule"]["name"].text == "gap" }
            #expect(gaps.map { $0["key"]["source"].text } == ["counted", "counted"])
            #expect(gaps.map { $0["key"]["epoch"].number } == [1000, 1001])
            #expect(gaps.map { $0["key"]["from"].number } == [gap[0], 1])
            #expect(gaps.map { $0["labels"]["to"].text } == ["\(gap[1])", "2"])
            #expect(gaps.map { $0["values"]["missing"].number } == [3, 2])
            let stations = said.compactMap { $0["key"]["station"].text }
            #expect(stations == ["KE-001", "KE-001", "KE-002", "KE-003", "KE-004"])

            try daemon.waitUntilCommitted(1)
            let status = try daemon.status()
            #expect(status["conservation"]["holds"].flag == true)
            #expect(status["conservation"]["duplicate"].number == 2)
            #expect(status["conservation"]["rejected"].number == 2)
            let letters = status["dead_letters"].elements.compactMap { $0["reason"].text }
            #expect(Set(letters) == ["json", "topic"])
            // The copies decided nothing.
            let counts = status["feeds"].elements.last?["sequence"] ?? .null
            #expect(counts["duplicates"].number == 2)
            #expect(counts["conflicting"].number == 1)
            #expect(try daemon.head() == 7)
            #expect(try daemon.stop().code == 0)
        }
    }
}
