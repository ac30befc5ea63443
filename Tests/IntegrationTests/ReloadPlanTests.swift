import Foundation
import Testing

extension RealBinaryTests {
    /// `tocsin reload`: what it says it would do, what it does, and how it refuses.
    @Suite struct ReloadPlanTests {
        private static let head = """
            version: 1
            streams:
              level:
                time: t
                fields: {k: string, v: double}
            rules:

            """

        private static func rule(_ name: String, _ when: String, more: String = "") -> String {
            """
              - rule: \(name)
                on: level
                by: [k]
                when: \(when)
                severity: severe
                \(more)

            """
        }

        private static let before =
            head + rule("stays", "v > 1.0") + rule("goes", "v > 1.0")
            + rule("sums", "\"sum(v, '1h') > 100.0\"", more: "for: 1h")
            + rule("waits", "v > 1.0", more: "for: 1h")
        private static let after =
            head + rule("stays", "v > 100.0") + rule("sums", "\"sum(v, '1h') > 50.0\"")
            + rule("peaks", "\"max(v, '10m') > 9.0\"") + rule("waits", "v > 1.0", more: "for: 2h")

        /// A running daemon with four open incidents.
        private func daemon() throws -> TestDaemon {
            let daemon = try TestDaemon(rules: Self.before)
            try daemon.start()
            for (second, key) in ["a", "b"].enumerated() {
                try send(daemon, second, 2, key: key)
            }
            _ = try daemon.escalations(4)
            return daemon
        }

        private func send(
            _ daemon: TestDaemon, _ second: Int, _ value: Double, key: String
        ) throws {
            let time = Clock.rfc3339(Date(timeIntervalSince1970: 1_700_000_000 + Double(second)))
            try daemon.push("level", #"{"t":"\#(time)","k":"\#(key)","v":\#(value)}"#)
        }

        private func reload(_ daemon: TestDaemon, _ arguments: String...) throws -> Finished {
            try tocsin(["reload", "--state", daemon.state] + arguments, in: daemon.folder)
        }

        private func expectThePlan(_ plan: JSONDocument, _ outcome: String) {
            #expect(plan["outcome"].text == outcome)
            #expect(plan["rules"]["new"].texts == ["peaks"])
            #expect(plan["rules"]["changed"].texts == ["stays", "sums", "waits"])
            #expect(plan["rules"]["removed"].texts == ["goes"])
            #expect(plan["rules"]["unchanged"].texts == [])
            let windows = plan["windows"].elements.map { window in
                [window["outcome"], window["text"]].compactMap(\.text) + window["rules"].texts
            }
            #expect(
                windows == [["kept", "sum(v, '1h')", "sums"], ["new", "max(v, '10m')", "peaks"]])
            #expect(plan["windows"].elements.map { $0["keys"].number } == [2, 0])
            #expect(plan["windows"].elements[1]["known_from"].text == "2023-11-14T22:23:21Z")
            #expect(plan["incidents"]["kept"]["count"].number == 2)
            #expect(plan["incidents"]["landing"]["count"].number == 0)
            let cancelled = plan["incidents"]["cancelled"]
            #expect(cancelled["count"].number == 2)
            #expect(cancelled["list"].elements.map { $0["rule"].text } == ["goes", "goes"])
            #expect(cancelled["list"].elements.map { $0["key"]["k"].text } == ["a", "b"])
            #expect(plan["holds"]["kept"].number == 2 && plan["holds"]["dropped"].number == 0)
        }

        /// A dry run changes nothing, and the real one does what it said.
        @Test func whatIsSaidIsWhatIsDone() throws {
            let daemon = try daemon()
            let untouched = try daemon.status()
            let open = try daemon.incidents()
            try daemon.write(rules: Self.after)
            let log = daemon.log
            let told = try reload(daemon, "--dry-run", "--json")
            #expect(told.code == 0, "\(told.errors)")
            let rehearsed = try JSONDocument(bytes: told.output)["reload"]
            expectThePlan(rehearsed, "rehearsed")
            let page = try reload(daemon, "--dry-run")
            for expected in [
                "nothing was changed", "1 new, 3 changed, 1 removed", "sum(v, '1h')",
                "UNKNOWN until 2023-11-14T22:23:21Z", "2 kept, 2 cancelled", "k b",
            ] { #expect(page.text.contains(expected), "\(expected) is not in:\n\(page.text)") }
            #expect(daemon.log == log, "a dry run logs nothing")
            #expect(try daemon.incidents() == open)
            let still = try daemon.status()
            for member in ["rules", "engine", "journal", "conservation", "streams", "incidents"] {
                #expect(still[member] == untouched[member], "\(member)")
            }

            let done = try reload(daemon, "--json")
            #expect(done.code == 0, "\(done.errors)")
            let plan = try JSONDocument(bytes: done.output)["reload"]
            expectThePlan(plan, "reloaded")
            for member in ["event_no", "generation", "rules", "windows", "incidents", "holds"] {
                #expect(plan[member] == rehearsed[member], "\(member)")
            }
            let said = try daemon.escalations(6).suffix(2)
            #expect(said.map { $0["kind"].text } == ["cancel", "cancel"])
            let cancelled = plan["incidents"]["cancelled"]["list"].elements
            #expect(said.map { $0["incident"] } == cancelled.map { $0["incident"] })
            #expect(try daemon.incidents().map { $0["rule"].text } == ["stays", "stays"])
            let after = try daemon.status()["rules"]
            #expect(after["generation"] == plan["generation"])
            #expect(after["list"].elements.map { $0["name"].text }.contains("peaks"))
            for sentence in [
                "Rules: 1 new (peaks), 3 changed (stays, sums, waits), 1 removed (goes).",
                "Windows: 1 kept, 1 new, UNKNOWN for one length of it (max(v, '10m') of peaks).",
                "Incidents: 2 kept, 2 cancelled (goes a, goes b).", "Running holds: 2 kept.",
                "The rules were reloaded.",
            ] { #expect(daemon.log.contains(sentence), "\(sentence) is not in:\n\(daemon.log)") }
            // `stays` ends at its new threshold; the hold of `waits` goes on under its new length.
            try send(daemon, 7200, 2, key: "a")
            let raised = try daemon.escalations(8)[7]
            #expect(raised["rule"]["name"].text == "waits")
            #expect(raised["onset"].text == "2023-11-14T22:13:20Z")
            try daemon.stop()
        }

        /// SIGHUP tells the log the same.
        @Test func theSignalTellsTheLog() throws {
            let daemon = try daemon()
            try daemon.write(rules: Self.after)
            try daemon.reload()
            #expect(daemon.log.contains("Incidents: 2 kept, 2 cancelled (goes a, goes b)."))
            #expect(daemon.log.contains("Running holds: 2 kept."))
            try daemon.stop()
        }

        /// Where a level is gone, the plan says where its incident lands.
        @Test func landing() throws {
            func ladder(_ levels: String) -> String {
                Self.head.replacing("time: t", with: "time: t\n    expect: 1h")
                    + "  - {rule: r, on: level, by: k, levels: {\(levels)}}\n"
            }
            let low = "watch: {when: v > 1.0, severity: minor}"
            let daemon = try TestDaemon(
                rules: ladder("\(low), top: {when: v > 1.5, severity: severe}"))
            try daemon.start()
            try send(daemon, 0, 2, key: "a")
            _ = try daemon.escalations(1)
            try daemon.write(rules: ladder(low))
            for arguments in [["--dry-run", "--json"], ["--json"]] {
                let told = try tocsin(
                    ["reload", "--state", daemon.state] + arguments, in: daemon.folder)
                let group = try JSONDocument(bytes: told.output)["reload"]["incidents"]["landing"]
                #expect(group["count"].number == 1)
                #expect(group["list"].elements.map { $0["level"].text } == ["top"])
                #expect(group["list"].elements.map { $0["next_level"].text } == ["watch"])
            }
            #expect(try daemon.escalations(2)[1]["level"].text == "watch")
            try daemon.stop()
        }

        /// Errors are told as `tocsin check` tells them; the old rules go on.
        @Test func errors() throws {
            let daemon = try daemon()
            try daemon.write(rules: Self.head + Self.rule("stays", "levle > 1.0"))
            for arguments in [["--dry-run"], []] {
                let told = try tocsin(
                    ["reload", "--state", daemon.state] + arguments, in: daemon.folder)
                #expect(told.code == 1)
                for expected in [
                    "rules.yaml:10:11: error: there is no field or let `levle`",
                    "\n    when: levle > 1.0\n          ^~~~~\n", "1 error; the old rules go on.",
                ] { #expect(told.text.contains(expected), "\(expected) is not in:\n\(told.text)") }
            }
            let json = try reload(daemon, "--json")
            #expect(json.code == 1)
            let answer = try JSONDocument(bytes: json.output)["reload"]
            #expect(answer["outcome"].text == "refused")
            #expect(answer["problems"].elements.map { $0["line"].number } == [10])
            #expect(try daemon.incidents().count == 4)
            #expect(try daemon.status()["rules"]["generation"].number == 1)
            // Rules that are not there at all are no rules either.
            try FileManager.default.removeItem(atPath: daemon.folder("rules/rules.yaml"))
            let gone = try reload(daemon)
            #expect(gone.code == 1 && gone.text.contains("The old rules go on."), "\(gone.text)")
            try daemon.write(rules: Self.after)
            #expect(try reload(daemon).code == 0)
            try daemon.stop()
        }

        /// Without a daemon there is nothing to reload; a command line that means nothing is 2.
        @Test func noDaemon() throws {
            let daemon = try TestDaemon(rules: Self.before)
            let told = try reload(daemon)
            #expect(told.code == 78 && told.errors.contains("no daemon answers"), "\(told.errors)")
            try daemon.start()
            daemon.kill()
            #expect(try reload(daemon).code == 78)
            #expect(try reload(daemon, "--dry").code == 2)
        }

        /// Asking for the plan in a flood loses nothing, and status answers all the while.
        @Test func rehearsalsInAFloodLoseNothing() throws {
            let daemon = try TestDaemon(rules: Self.before)
            let readings = (0..<20_000).map { number in
                let time = Date(timeIntervalSince1970: 1_700_000_000 + Double(number))
                return #"{"t":"\#(Clock.rfc3339(time))","k":"k\#(number % 500)","v":0}"#
            }
            let file = try daemon.folder.write("flood.jsonl", readings.joined(separator: "\n"))
            try daemon.start()
            try daemon.write(rules: Self.after)
            let publisher = try RunningCommand(
                ["publish", file, "--to", daemon.feed, "--topic", "level", "--speed", "20000"],
                in: daemon.folder)
            for _ in 0..<5 {
                #expect(try reload(daemon, "--dry-run").code == 0)
                _ = try daemon.status()
            }
            #expect(try publisher.wait(20).code == 0)
            try daemon.waitUntilCommitted(20_000)
            let conservation = try daemon.status()["conservation"]
            #expect(conservation["accepted"].number == 20_000)
            #expect(try daemon.status()["rules"]["generation"].number == 1)
            try daemon.stop()
        }
    }
}
