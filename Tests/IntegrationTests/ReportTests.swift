import Foundation
import Glibc
import Testing

extension RealBinaryTests {
    /// `tocsin report`: a person files a report with a running daemon.
    @Suite struct ReportTests {
        private static func report(
            _ arguments: [String], to daemon: TestDaemon, stream: String = "incident"
        ) throws -> Finished {
            try tocsin(
                ["report", "--state", daemon.state, "--stream", stream] + arguments,
                in: daemon.folder)
        }

        /// Filled in, sent, decided; sent again by its id it counts once.
        @Test func aReportIsTakenOnce() throws {
            let daemon = try AcknowledgedIntakeTests.daemon()
            try daemon.start()
            let time = "2026-01-02T03:04:05Z"
            let first = try Self.report(
                ["--set", "dead=3", "--set", "district=Lake \"T\"", "--time", time], to: daemon)
            #expect(first.code == 0, "\(first.errors)")
            #expect(first.text.hasPrefix("The daemon has the report on disk, as number 1,"))
            let id = try #require(
                first.text.components(separatedBy: "Its id is ").last?.dropLast(2))
            #expect(UUID(uuidString: String(id)) != nil, "\(id)")
            let said = try #require(try daemon.escalations(1).first)
            #expect(said["key"]["id"].text == String(id))

            let again = try Self.report(
                ["--set", "dead=3", "--set", "district=Lake \"T\"", "--id", String(id), "--json"],
                to: daemon)
            // Who reports is a part of what a report is known by: here it is the same person.
            #expect(again.text == "{\"duplicate\":true,\"ok\":true,\"seq\":1}\n", "\(again.errors)")
            let different = try Self.report(["--set", "dead=4", "--id", String(id)], to: daemon)
            #expect(different.code == 1)
            #expect(
                different.errors.contains(
                    "the daemon has another report under the id \(id), as number 1, and keeps it"))
            let other = try Self.report(
                ["--set", "dead=3", "--id", String(id), "--source", "m7"], to: daemon)
            #expect(other.code == 0 && other.text.contains("as number 2"))
            #expect(try daemon.status()["conservation"]["accepted"].number == 2)
        }

        @Test func theReportCanBeSeenBefore() throws {
            let daemon = try AcknowledgedIntakeTests.daemon()
            try daemon.start()
            let dry = try Self.report(
                [
                    "--set", "dead=3", "--time", "2026-01-02T06:04:05+03:00", "--id", "a",
                    "--source", "m1", "--dry-run",
                ], to: daemon)
            #expect(dry.code == 0, "\(dry.errors)")
            #expect(
                dry.text
                    == #"{"dead":3,"id":"a","monitor":"m1","time":"2026-01-02T03:04:05Z"}"# + "\n")
            #expect(try daemon.status()["conservation"]["in"].number == 0)
        }

        /// All that is wrong is told, before anything is sent.
        @Test func wrongValuesAreNotSent() throws {
            let daemon = try AcknowledgedIntakeTests.daemon()
            try daemon.start()
            let wrong = try Self.report(
                ["--set", "ded=3", "--set", "dead=100001", "--set", "id=x", "--id", "y"],
                to: daemon)
            #expect(wrong.code == 1)
            for expected in [
                "no field `ded`\n        did you mean `dead`?", "`dead` is 0 to 100000, not 100001",
                "`id` is set twice",
            ] {
                #expect(wrong.errors.contains(expected), "\(wrong.errors)")
            }
            let unknown = try Self.report(["--set", "dead=3"], to: daemon, stream: "incidnt")
            #expect(unknown.code == 1 && unknown.errors.contains("did you mean `incident`?"))
            #expect(try daemon.status()["conservation"]["in"].number == 0)
        }

        /// What only the daemon knows: here a limit of its feed.
        @Test func theDaemonRefuses() throws {
            let folder = try TestFolder()
            let daemon = try TestDaemon(
                rules: AcknowledgedIntakeTests.rules,
                otherFeeds: [
                    "name: field, bind: \"ipc://\(folder("field"))\", pattern: router, "
                        + "limits: {text: 64}"
                ])
            try daemon.start()
            let long = ["--set", "district=\(String(repeating: "k", count: 65))"]
            let refused = try Self.report(long, to: daemon)
            #expect(refused.code == 1, "\(refused.text)")
            #expect(
                refused.errors.contains(
                    "the daemon refuses the report: the text of `district` is longer"))
            #expect(refused.errors.contains("at most 64 bytes"))
            let json = try Self.report(long + ["--json"], to: daemon)
            #expect(json.code == 1)
            #expect(try JSONDocument(text: json.text)["error"]["code"].text == "text")
        }

        @Test func whereThereIsNoAnswer() throws {
            let daemon = try AcknowledgedIntakeTests.daemon()
            let field = try AcknowledgedIntakeTests.field(daemon)
            let none = try Self.report(["--set", "dead=3"], to: daemon)
            #expect(none.code == 78 && none.errors.contains("no daemon answers at"))
            let empty = try Self.report([], to: daemon)
            #expect(empty.code == 2 && empty.errors.contains("nothing is reported"))

            // The file of the socket is gone: the daemon is asked, and its feed cannot be reached.
            try daemon.start()
            try FileManager.default.removeItem(
                atPath: String(field.dropFirst("ipc://".count)))
            let lost = try Self.report(["--set", "dead=3", "--wait", "300ms"], to: daemon)
            #expect(lost.code == 3, "\(lost.errors)")
            #expect(lost.errors.contains("nothing was sent"))

            // A daemon that stands still costs no more than that.
            daemon.process?.signal(SIGSTOP)
            defer { daemon.process?.signal(SIGCONT) }
            let start = Clock.seconds
            let frozen = try Self.report(["--set", "dead=3", "--wait", "300ms"], to: daemon)
            #expect(frozen.code == 78 && frozen.errors.contains("no daemon answers at"))
            #expect(Clock.seconds - start < 2)
        }

        /// Who may not use the control socket is told so, and not that there is no daemon.
        @Test func theControlSocketIsNotForEverybody() throws {
            let daemon = try AcknowledgedIntakeTests.daemon()
            try daemon.start()
            #expect(chmod(daemon.folder("state/control"), 0) == 0)
            // Root may all the same, but for what it gives up.
            let bound = ["/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search"]
            let command =
                (geteuid() == 0 ? bound : [])
                + [try Place.binary(), "status", "--state", daemon.state]
            let told = try RunningCommand(
                Array(command.dropFirst()), in: daemon.folder, executable: command[0]
            ).wait(10)
            #expect(told.code == 3)
            #expect(told.errors.contains("you may not use it"), "\(told.errors)")
        }

        @Test func aFeedThatAnswersIsNeeded() throws {
            let silent = try TestDaemon(rules: AcknowledgedIntakeTests.rules)
            try silent.start()
            let none = try Self.report(["--set", "dead=3"], to: silent)
            #expect(none.code == 78)
            #expect(none.errors.contains("no feed of the daemon takes reports of `incident`"))

            let folder = try TestFolder()
            let two = try TestDaemon(
                rules: AcknowledgedIntakeTests.rules,
                otherFeeds: [
                    "name: one, bind: \"tcp://127.0.0.1:*\", pattern: router, framing: payload, "
                        + "stream: incident",
                    "name: two, bind: \"ipc://\(folder("two"))\", pattern: router, "
                        + "framing: \"topic payload\"",
                ])
            try two.start()
            let open = try Self.report(["--set", "dead=3"], to: two)
            #expect(open.code == 2, "\(open.errors)")
            #expect(open.errors.contains("name one with --feed: `one` and `two`"))
            for (index, name) in ["one", "two"].enumerated() {
                let taken = try Self.report(["--set", "dead=3", "--feed", name], to: two)
                #expect(taken.code == 0, "\(name): \(taken.errors)")
                #expect(taken.text.contains("as number \(index + 1)"))
            }
        }

        /// On a terminal each field is asked for; `script` of util-linux is the terminal.
        @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")))
        func aPersonIsAsked() throws {
            let daemon = try AcknowledgedIntakeTests.daemon()
            try daemon.start()
            let command =
                "\(try Place.binary()) report --state \(daemon.state) --stream incident"
            let finished = try RunningCommand(
                ["-qec", command, "/dev/null"], in: daemon.folder, executable: "/usr/bin/script",
                input: "two\n3\nTurkana\n2026-01-02T03:04:05Z\ny\n"
            ).wait(20)
            #expect(finished.code == 0, "\(finished.text)")
            for expected in [
                "dead (a whole number, 0 to 100000): ", "not \"two\"", "district (a text): ",
                "Send it? [y/N] ", "as number 1",
            ] {
                #expect(finished.text.contains(expected), "\(finished.text)")
            }
            #expect(try daemon.escalations(1).count == 1)
        }
    }
}
