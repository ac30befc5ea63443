import Foundation
import Testing

extension RealBinaryTests {
    /// What stands in the README runs as it stands there.
    @Suite struct ReadmeTests {
        /// The blocks of a language in the README, in a part of it.
        static func blocks(_ language: String, from start: String, to end: String) throws
            -> [String]
        {
            let text = try String(
                contentsOf: Place.root.appendingPathComponent("README.md"), encoding: .utf8)
            let part = try #require(text.range(of: "\n\(start)\n"))
            let rest = text[part.upperBound...]
            let whole = rest.range(of: "\n\(end)\n").map { rest[..<$0.lowerBound] } ?? rest
            return whole.components(separatedBy: "```\(language)\n").dropFirst().map {
                $0.components(separatedBy: "```")[0]
            }
        }

        /// Writes the tour's `rules.yaml` and `tocsin.yaml`.
        static func writeFiles(in folder: TestFolder) throws {
            let tour = try Self.blocks("sh", from: "## A tour", to: "## Rules")
            let files = tour.filter { block in
                block.contains("cat > ") && !block.contains("backtest")
                    && !block.contains("tocsin test")
            }
            .map { $0.components(separatedBy: "tocsin run")[0] }.joined(separator: "\n")
            .replacing("make build\n", with: "").replacing(
                "mkdir -p tour && cd tour\n", with: "")
            let writing = try folder.write("files.sh", files)
            let wrote = try RunningCommand([writing], in: folder, executable: "/bin/bash").wait(10)
            #expect(wrote.code == 0, "\(wrote.errors)")
        }

        /// Waits until nobody else has the ports of the README.
        private static func waitForPorts() throws {
            try waitUntil(60, for: "the ports 5561, 5571 and 5572 to be free") {
                [5561, 5571, 5572].allSatisfy(isFree(port:))
            }
        }

        @Test func theTourGoesAsItIsTold() throws {
            let folder = try TestFolder()
            try Self.waitForPorts()
            let steps = try Self.blocks("sh", from: "## A tour", to: "## Rules")
            #expect(steps.count >= 5)
            let binaries = (try Place.binary() as NSString).deletingLastPathComponent
            let script = steps.joined(separator: "\necho '~~'\n")
                .replacing("make build\n", with: "set -em\ntrap 'kill $(jobs -p)' EXIT\n")
                .replacing("$PWD/.build/release", with: binaries)
                // `wait` alone does not tell how the daemon ended.
                .replacing("kill %1\nwait\n", with: "kill %1\nwait %1\ntrap - EXIT\n")
            let path = try folder.write("tour.sh", script)
            let run = try RunningCommand([path], in: folder, executable: "/bin/bash").wait(60)
            #expect(run.code == 0, "\(run.errors)")
            let said = run.text.components(separatedBy: "~~\n")
            #expect(said[1].contains("no errors"), "\(said[1])")
            #expect(said[2].contains("1 test passed."), "\(said[2])")
            let log = said[3].split(separator: "\n")
            #expect(log.count { $0.contains("inactive → watch") } == 1, "\(said[3])")
            #expect(log.count { $0.contains("watch → warning") } == 1)
            #expect(log.count { $0.contains("warning → inactive") } == 1)
            for expected in [
                "River above flood stage at KE-001: 3.40 m", "ALL CLEAR",
                "holds: nothing is unaccounted for", "No incident is open.",
            ] {
                #expect(said[5].contains(expected), "\(expected) is not in:\n\(said[5])")
            }
            #expect(run.errors.contains("Stopped."))
        }

        @Test func aPersonReportsAsItIsTold() throws {
            let folder = try TestFolder()
            try Self.waitForPorts()
            try waitUntil(60, for: "the port 5562 to be free") { isFree(port: 5562) }
            let steps = try Self.blocks(
                "sh", from: "## A person reports", to: "## Feeds seen in the field")
            let binaries = (try Place.binary() as NSString).deletingLastPathComponent
            let script =
                "set -em\ntrap 'kill $(jobs -p)' EXIT\nexport PATH=\(binaries):$PATH\n"
                + steps.joined(separator: "\n")
                .replacing("kill %1\nwait\n", with: "kill %1\nwait %1\ntrap - EXIT\n")
            let path = try folder.write("field.sh", script)
            let run = try RunningCommand([path], in: folder, executable: "/bin/bash").wait(60)
            #expect(run.code == 0, "\(run.errors)")
            for expected in [
                "on disk, as number 1", "not sent", "some refused", "1 taken", "1 refused",
                "\"killed\":\"two\"", "^", "civilians-killed",
            ] {
                #expect(run.text.contains(expected), "\(expected) is not in:\n\(run.text)")
            }
            for expected in ["did you mean `district`?", "reports.jsonl:2: `killed` must be"] {
                #expect(run.errors.contains(expected), "\(run.errors)")
            }
        }

        /// A report from Python, by the lines of the README; a second one of the same id is the same.
        @Test func theReporterOfTheReadme() throws {
            let block = try #require(
                try Self.blocks("python", from: "## Feeding it", to: "## Running it")
                    .first { $0.hasPrefix("# reporter.py") })
            let daemon = try TestDaemon(
                rules: """
                    version: 1
                    streams:
                      incident:
                        {time: time, source: monitor, id: id,
                         fields: {id: string, monitor: string, district: string, killed: int}}
                    rules:
                      - {rule: killed, on: incident, by: district, when: killed > 0, severity: severe}

                    """,
                clock: "wall",
                otherFeeds: ["name: field, bind: \"tcp://127.0.0.1:5562\", pattern: router"])
            try waitUntil(60, for: "the port 5562 to be free") { isFree(port: 5562) }
            try daemon.start()
            try daemon.folder.write("reporter.py", block)
            for expected in ["{'ok': True, 'seq': 1}", "{'duplicate': True, 'ok': True, 'seq': 1}"]
            {
                let told = try RunningCommand(
                    ["reporter.py"], in: daemon.folder, executable: try Place.python()
                ).wait(10)
                #expect(told.text == expected + "\n", "\(told.errors)")
            }
            #expect(try daemon.escalations(1)[0]["key"]["district"].text == "Kaga-Bandoro")
            try daemon.stop()
        }

        /// The lines of the publisher and of the responder, in a Python with pyzmq.
        @Test func thePublisherAndTheResponderOfTheReadme() throws {
            let folder = try TestFolder()
            try Self.waitForPorts()
            let python = try Place.python()
            let blocks = try Self.blocks("python", from: "## Feeding it", to: "## Running it")
            let publisher = try #require(blocks.first { $0.hasPrefix("# publisher.py") })
            let responder = try #require(blocks.first { $0.hasPrefix("# responder.py") })
            // Behind the name: a publisher in five lines beside its import, a responder in ten.
            #expect(publisher.split(separator: "\n").count <= 7)
            #expect(responder.split(separator: "\n").count <= 11)
            try folder.write("publisher.py", publisher)
            try folder.write("responder.py", responder)
            try Self.writeFiles(in: folder)
            let daemon = try RunningCommand(["run", "--config", "tocsin.yaml"], in: folder)
            try waitUntil(10, for: "the daemon; it said \(daemon.errors)") {
                daemon.errors.contains("Tocsin is up.")
            }
            // An incident that was open before the responder came.
            try TestPusher("tcp://127.0.0.1:5561").send(
                "river.stage", #"{"time":"2026-01-02T00:00:00Z","station":"KE-002","level":3.5}"#)
            try waitUntil(5, for: "the incident") {
                try tocsin(["incidents", "--state", "state"], in: folder).text.contains("KE-002")
            }
            let listening = try RunningCommand(["responder.py"], in: folder, executable: python)
            try listening.waitForLines(1, seconds: 10)
            let sent = try RunningCommand(["publisher.py"], in: folder, executable: python).wait(10)
            #expect(sent.code == 0, "\(sent.errors)")
            try listening.waitForLines(3, seconds: 10)
            #expect(
                listening.lines.map { String(decoding: $0, as: UTF8.self) } == [
                    "alert minor {'station': 'KE-002'} watch",
                    "alert extreme {'station': 'KE-001'} emergency",
                    "clear extreme {'station': 'KE-001'} None",
                ])
            listening.end()
            daemon.signal(SIGTERM)
            #expect(try daemon.wait(5).code == 0)
        }
    }
}
