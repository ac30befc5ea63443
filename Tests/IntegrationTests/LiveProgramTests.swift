import Foundation
import Testing

extension RealBinaryTests {
    /// Programs that publish over ZeroMQ, as they are installed, with what the README says of them.
    @Suite struct LiveProgramTests {
        /// A block of the README that begins with the name of its file, on a port that is free.
        private static func readme(
            _ file: String, _ language: String, moving ports: [(String, String)]
        ) throws -> String {
            let blocks = try ReadmeTests.blocks(
                language, from: "## Feeds seen in the field",
                to: "## Hearing from it: the protocol, version 1")
            let block = try #require(blocks.first { $0.hasPrefix("# \(file)\n") })
            return ports.reduce(block) { text, port in
                #expect(text.contains(port.0))
                return text.replacing(port.0, with: port.1)
            }
        }

        /// The feed of the README with a name, where a test says.
        private static func feed(_ name: String, at endpoint: String) throws -> String {
            let feed = try #require(
                try FieldFeedsTests.readme().feeds.first { $0.contains("name: \(name),") })
            return feed.replacing(/tcp:\/\/127\.0\.0\.1:[0-9]+/, with: endpoint)
        }

        @Test func glancesWarnsOfItsMachine() throws {
            let port = String(try freePort())
            let daemon = try TestDaemon(
                rules: """
                    version: 1
                    streams:
                      cpu: {fields: {total: {type: double, unit: "%"}}}
                      load: {fields: {min1: double}}
                      mem: {fields: {percent: {type: double, unit: "%"}}}
                      uptime: {fields: {seconds: int}}
                    rules:
                      - {rule: in-use, on: mem, when: percent > 0.1, severity: minor}
                      - {rule: impossible, on: mem, when: percent > 100.5, severity: extreme}
                      - {rule: up, on: uptime, when: seconds > 0, severity: minor}

                    """, clock: "wall",
                otherFeeds: [try Self.feed("machine", at: "tcp://127.0.0.1:\(port)")])
            try daemon.start()
            try daemon.folder.write(
                "glances.conf", Self.readme("glances.conf", "ini", moving: [("5678", port)]))
            let glances = try RunningCommand(
                [
                    "-C", "glances.conf", "--export", "zeromq", "-q", "--disable-plugin", "all",
                    "--enable-plugin", "cpu,load,mem,uptime", "-t", "1",
                    "--disable-check-update",
                ], in: daemon.folder, executable: try Place.glances(),
                // Its log and its cache stay in the folder.
                environment: ["HOME": daemon.folder.path, "TMPDIR": daemon.folder.path])
            let said = try daemon.escalations(2, seconds: 30)
            #expect(Set(said.compactMap { $0["rule"]["name"].text }) == ["in-use", "up"])
            for escalation in said {
                let values = escalation["values"]
                #expect((values["percent"].double ?? values["seconds"].double ?? 0) > 0)
            }
            // Asked to end, it would first wait for its messages to be read.
            glances.end()
            let status = try daemon.status()
            #expect(status["dead_letters"].elements == [])
            #expect(status["conservation"]["holds"].flag == true)
            #expect(try daemon.incidents().count == 2)
            #expect(try daemon.stop().code == 0)
        }

        @Test(
            .enabled(
                if: Rsyslog.found != nil,
                "needs rsyslog with omczmq: Debian's rsyslog and rsyslog-czmq, or `make test`"),
            arguments: ["river-pub", "river-push"])
        func rsyslogBringsTheLinesOfAGauge(by feed: String) throws {
            let rsyslog = try #require(Rsyslog.found)
            // Sockets in a folder of its own: no other program can have taken them.
            let folder = try TestFolder()
            let (pub, push) = ("ipc://\(folder("pub"))", "ipc://\(folder("push"))")
            let daemon = try TestDaemon(
                rules: try FieldFeedsTests.readme().rules, clock: "wall",
                otherFeeds: [try Self.feed(feed, at: feed == "river-pub" ? pub : push)])
            try daemon.start()
            try daemon.folder.write(
                "rsyslog.conf",
                """
                module(load="imuxsock" SysSock.Use="off")
                input(type="imuxsock" Socket="\(folder("log"))")
                syslog.* action(type="omfile" file="\(folder("rsyslog.said"))")

                """
                    + Self.readme(
                        "rsyslog.conf", "conf",
                        moving: [
                            ("tcp://127.0.0.1:5601", pub), ("tcp://127.0.0.1:5602", push),
                        ]))
            let program = try rsyslog.start(in: daemon.folder)
            let line = #"stage=3.6 flow=120 site=01646500 "quoted" üñï"#
            try waitUntil(30, for: "rsyslog's socket") {
                FileManager.default.fileExists(atPath: folder("log"))
            }
            var logged = 0
            func evidence() -> String {
                let said = try? String(contentsOfFile: folder("rsyslog.said"), encoding: .utf8)
                let feeds = try? daemon.status()["feeds"]
                return "\(program.errors) \(said ?? "nothing"); the feeds are \(feeds as Any)"
            }
            try waitUntil(30, for: "an incident; \(logged) logged; rsyslog said \(evidence())") {
                let logger = try RunningCommand(
                    [
                        "--socket", folder("log"), "--tag", "sensor", "--priority", "user.warning",
                        line,
                    ], in: daemon.folder, executable: "/usr/bin/logger")
                #expect(try logger.wait(5).code == 0)
                logged += 1
                usleep(200_000)
                return try !daemon.incidents().isEmpty
            }
            let said = try daemon.escalations(1)[0]
            #expect(said["rule"]["name"].text == "high-river")
            #expect(said["key"]["site"].text == "01646500")
            #expect(said["values"]["stage"].double == 3.6)
            program.end()
            let status = try daemon.status()
            #expect(status["dead_letters"].elements == [])
            let taken = try #require(status["conservation"]["accepted"].number)
            #expect(taken >= 1 && taken <= logged)
            #expect(try daemon.stop().code == 0)
        }
    }
}
