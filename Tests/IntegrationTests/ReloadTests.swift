import Foundation
import Testing

extension RealBinaryTests {
    /// Other rules under a running daemon, and under one that was down.
    @Suite struct ReloadTests {
        private static func rules(
            when: String = "v > 1.0", more: String = "", by: String = "[k]", name: String = "high"
        ) -> String {
            """
            version: 1
            streams:
              level:
                time: t
                expect: 1h
                fields: {k: string, v: double, place: string}
            rules:
              - rule: \(name)
                title: High water
                hazard: flood
                on: level
                by: \(by)
                when: \(when)
                severity: severe
                \(more)

            """
        }

        /// A running daemon with an open incident.
        private func daemon(_ rules: String = rules()) throws -> TestDaemon {
            let daemon = try TestDaemon(rules: rules)
            try daemon.start()
            try send(daemon, 0, 2)
            let said = try daemon.escalations(1)
            #expect(said[0]["kind"].text == "alert")
            return daemon
        }

        private func send(
            _ daemon: TestDaemon, _ second: Int, _ value: Double, key: String = "a",
            topic: String = "level"
        ) throws {
            let time = Clock.rfc3339(Date(timeIntervalSince1970: 1_700_000_000 + Double(second)))
            try daemon.push(
                topic, #"{"t":"\#(time)","k":"\#(key)","v":\#(value),"place":"here"}"#)
        }

        @Test func errorsLeaveTheOldRulesRunning() throws {
            let daemon = try daemon()
            try daemon.write(rules: Self.rules(when: "v > 'one'") + "surprise: 1\n")
            try daemon.reload()
            #expect(daemon.log.contains("The rules have errors; the old rules go on."))
            let status = try daemon.status()["rules"]
            #expect(status["generation"].number == 1)
            let errors = status["errors"].texts.joined(separator: "\n")
            #expect(errors.contains("rules.yaml:13:") && errors.contains("surprise"))
            try send(daemon, 1, 2, key: "b")
            #expect(try daemon.escalations(2)[1]["key"]["k"].text == "b")
            // Mended, they are taken, and the complaint is over.
            try daemon.write(rules: Self.rules(when: "v > 10.0"))
            try daemon.reload()
            let after = try daemon.status()["rules"]
            #expect(after["errors"].elements.isEmpty && after["generation"].number != 1)
            try FileManager.default.removeItem(atPath: daemon.folder("rules/rules.yaml"))
            try daemon.reload()
            #expect(try daemon.status()["rules"]["errors"].elements.count == 1)
            #expect(try daemon.head() == 2)
            try daemon.stop()
        }

        @Test func aChangedThresholdKeepsIncidents() throws {
            let daemon = try daemon()
            try daemon.write(rules: Self.rules(when: "v > 3.0"))
            try daemon.reload()
            #expect(try daemon.incidents().count == 1)
            #expect(try daemon.head() == 1)
            try send(daemon, 1, 4)
            try send(daemon, 2, 2)
            let said = try daemon.escalations(2)
            #expect(said[1]["kind"].text == "clear")
            #expect(said[1]["incident"] == said[0]["incident"])
            #expect(said[1]["rule"]["hash"] != said[0]["rule"]["hash"])
            try daemon.stop()
        }

        /// A running hold keeps its `since` under a changed `for`, and so over a restart.
        @Test(arguments: [true, false])
        func aChangedHoldGoesOn(running: Bool) throws {
            let daemon = try TestDaemon(rules: Self.rules(more: "for: 1h"))
            try daemon.start()
            try send(daemon, 0, 2)
            try daemon.waitUntilCommitted(1)
            try daemon.write(rules: Self.rules(when: "v > 1.5", more: "for: 20m"))
            if running {
                try daemon.reload()
            } else {
                daemon.kill()
                try daemon.start()
            }
            try send(daemon, 1500, 2)
            let said = try daemon.escalations(1)
            #expect(said[0]["onset"].text == "2023-11-14T22:13:20Z")
            #expect(said[0]["event_time"].text == "2023-11-14T22:33:20Z")
            try daemon.stop()
        }

        /// A rule that is gone, or speaks of other keys, withdraws what it said; also when that is
        /// found at a start.
        @Test(arguments: [
            (true, rules(name: "other")), (false, rules(name: "other")),
            (true, rules(by: "[k, place]")), (false, rules(by: "[k, place]")),
        ])
        func whatNoRuleSpeaksForIsCancelled(running: Bool, after: String) throws {
            let daemon = try daemon()
            try daemon.write(rules: after)
            if running {
                try daemon.reload()
            } else {
                try daemon.stop()
                try daemon.start()
            }
            let said = try daemon.escalations(2)
            #expect(said[1]["kind"].text == "cancel")
            #expect(said[1]["flags"].texts == ["rule-withdrawn"])
            #expect(said[1]["incident"] == said[0]["incident"])
            #expect(said[1]["level"] == .null && said[1]["previous_level"].text == "active")
            #expect(said[1]["epoch"] == said[0]["epoch"])
            #expect(said[1]["key"]["k"].text == "a")
            #expect(said[1]["hazard"].text == "flood" && said[1]["title"].text == "High water")
            #expect(try daemon.incidents().isEmpty)
            // Once only: another restart says nothing more.
            daemon.kill()
            try daemon.start()
            #expect(try daemon.head() == 2)
            try send(daemon, 60, 2)
            #expect(try daemon.escalations(3)[2]["kind"].text == "alert")
            try daemon.stop()
        }

        @Test(arguments: [true, false])
        func aLevelThatIsGoneLands(running: Bool) throws {
            func ladder(_ levels: String) -> String {
                Self.rules().replacing("    when: v > 1.0\n    severity: severe\n", with: levels)
            }
            let watch = "          watch: {when: v > 1.0, severity: minor}\n"
            let top = "          emergency: {when: v > 1.5, severity: extreme}\n"
            let daemon = try TestDaemon(rules: ladder("    levels:\n" + watch + top))
            try daemon.start()
            try send(daemon, 0, 2)
            #expect(try daemon.escalations(1)[0]["level"].text == "emergency")
            try daemon.write(rules: ladder("    levels:\n" + watch))
            if running {
                try daemon.reload()
            } else {
                daemon.kill()
                try daemon.start()
            }
            let said = try daemon.escalations(2)
            #expect(said[1]["kind"].text == "update" && said[1]["level"].text == "watch")
            #expect(said[1]["previous_level"].text == "emergency")
            #expect(said[1]["incident"] == said[0]["incident"])
            try daemon.stop()
        }

        /// A stream that the rules learn of is heard from then on.
        @Test func aNewStreamIsHeard() throws {
            let daemon = try daemon()
            try send(daemon, 1, 2, key: "early", topic: "other")
            try daemon.waitUntilTaken(2)
            let more = """
                  - rule: second
                    on: other
                    by: [k]
                    when: v > 1.0
                    severity: minor

                """
            let streams = Self.rules().replacing(
                "streams:\n",
                with: "streams:\n  other:\n    time: t\n    fields: {v: double, k: string}\n")
            try daemon.write(rules: streams + more)
            try daemon.reload()
            try send(daemon, 2, 2, key: "late", topic: "other")
            try send(daemon, 3, 0)
            let said = try daemon.escalations(3)
            #expect(said[1]["key"]["k"].text == "late" && said[1]["rule"]["name"].text == "second")
            #expect(said[2]["kind"].text == "clear")
            let letters = try daemon.status()["dead_letters"].elements
            #expect(letters.map { $0["reason"].text } == ["topic"])
            try daemon.stop()
        }

        /// Reloads in a flood lose and add nothing.
        @Test func reloadsInAFloodLoseNothing() throws {
            let daemon = try TestDaemon(rules: Self.rules())
            let readings = (0..<20_000).map { number in
                let time = Date(timeIntervalSince1970: 1_700_000_000 + Double(number))
                return
                    #"{"t":"\#(Clock.rfc3339(time))","k":"k\#(number % 500)","v":\#(number / 500 % 2 * 5)}"#
            }
            let file = try daemon.folder.write("flood.jsonl", readings.joined(separator: "\n"))
            try daemon.start()
            let publisher = try RunningCommand(
                ["publish", file, "--to", daemon.feed, "--topic", "level", "--speed", "20000"],
                in: daemon.folder)
            for round in 0..<5 {
                try daemon.write(rules: Self.rules(when: "v > \(round).5"))
                try daemon.reload()
            }
            #expect(try publisher.wait(20).code == 0)
            try daemon.waitUntilCommitted(20_000)
            let conservation = try daemon.status()["conservation"]
            #expect(conservation["accepted"].number == 20_000)
            #expect(try daemon.head() == 20_000 / 500 * 500 - 500)
            try daemon.stop()
        }
    }
}
