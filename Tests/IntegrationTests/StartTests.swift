import Foundation
import Testing

extension RealBinaryTests {
    /// What keeps a daemon from starting is said in a sentence, and ends it with 78.
    @Suite struct StartTests {
        /// How a daemon ends that cannot start.
        private func refusal(of daemon: TestDaemon) throws -> Finished {
            try daemon.launch()
            return try #require(daemon.process).wait(10)
        }

        @Test func anEndpointInUse() throws {
            let first = try TestDaemon(rules: StopTests.rules, usesTCP: true)
            try first.start()
            let second = try TestDaemon(rules: StopTests.rules)
            try second.folder.write(
                "tocsin.yaml",
                try second.configuration.replacing(second.escalations, with: first.escalations))
            let finished = try refusal(of: second)
            #expect(finished.code == 78)
            #expect(finished.errors.contains(first.escalations), "\(finished.errors)")
            #expect(finished.errors.contains("in use"), "\(finished.errors)")
            // The first is not disturbed.
            try first.push(
                "level", #"{"t":"2026-01-01T00:00:00Z","k":"a","v":2.0}"#)
            #expect(try first.escalations(1).count == 1)
            try first.stop()
        }

        /// What is wrong around a configuration is told with the line that asks for it.
        @Test func mistakesNameTheirLine() throws {
            let taken = try TestDaemon(rules: StopTests.rules, usesTCP: true)
            try taken.start()
            let daemon = try TestDaemon(
                rules: StopTests.rules,
                otherFeeds: [
                    "name: logs, bind: \"ipc://LOGS\", pattern: pull, framing: payload, stream: level"
                ])
            let text = try daemon.configuration
                .replacing("LOGS", with: daemon.folder("logs"))
            for (from, to, place, sentence) in [
                ("rules: rules/", "rules: nowhere", "tocsin.yaml:2:8:", "no rule file or folder"),
                ("state: state", "state: /proc/tocsin", "tocsin.yaml:3:8:", "cannot be used"),
                (daemon.feed, taken.feed, "tocsin.yaml:6:26:", "in use"),
                (daemon.feed, "ipc:///proc/no/feed", "tocsin.yaml:6:26:", "does not exist"),
                ("stream: level", "stream: levle", "tocsin.yaml:7:", "did you mean `level`?"),
                (daemon.recovery, taken.recovery, "tocsin.yaml:9:18:", "in use"),
                ("clock: event", "clocks: event", "tocsin.yaml:4:1", "did you mean `clock`?"),
                (daemon.escalations, "udp://1.2.3.4:5", "tocsin.yaml:8:21", "udp"),
            ] {
                try daemon.folder.write("tocsin.yaml", text.replacing(from, with: to))
                let finished = try refusal(of: daemon)
                #expect(finished.code == 78, "\(to)")
                #expect(finished.errors.contains(place), "\(to): \(finished.errors)")
                #expect(finished.errors.contains(sentence), "\(to): \(finished.errors)")
            }
            try daemon.folder.write(
                "tocsin.yaml", text.replacing("stream: level", with: "stream: levle"))
            let checked = try tocsin(["check", "--config", "tocsin.yaml"], in: daemon.folder)
            #expect(checked.code == 1)
            #expect(checked.errors.contains("which no rule file declares"), "\(checked.errors)")
            try taken.stop()
        }

        @Test func aStateFolderThatIsTaken() throws {
            let first = try TestDaemon(rules: StopTests.rules)
            try first.start()
            let second = try TestDaemon(rules: StopTests.rules)
            try second.folder.write(
                "tocsin.yaml",
                try second.configuration.replacing("state: state", with: "state: \(first.state)"))
            let finished = try refusal(of: second)
            #expect(finished.code == 78)
            let pid = try #require(first.process?.pid)
            #expect(finished.errors.contains("\(pid)"), "\(finished.errors)")
            try first.stop()
        }

        @Test func aStateFolderThatCannotBeWritten() throws {
            let daemon = try TestDaemon(rules: StopTests.rules)
            // Not even root makes a folder here.
            try daemon.folder.write(
                "tocsin.yaml",
                try daemon.configuration.replacing("state: state", with: "state: /proc/tocsin"))
            let finished = try refusal(of: daemon)
            #expect(finished.code == 78)
            #expect(finished.errors.contains("/proc/tocsin"), "\(finished.errors)")
        }

        /// A journal that is none is kept aside, and a new one begun in a new epoch: warning goes on.
        @Test func aJournalThatIsNone() throws {
            let daemon = try TestDaemon(rules: StopTests.rules)
            let garbage = String(repeating: "no database ", count: 999)
            try daemon.folder.write("state/journal.db", garbage)
            try daemon.start()
            #expect(daemon.log.contains("set aside"), "\(daemon.log)")
            try daemon.push(
                "level", #"{"t":"2026-01-01T00:00:00Z","k":"a","v":2.0}"#)
            #expect(try daemon.escalations(1)[0]["seq"].number == 1)
            try daemon.stop()
            let kept = try FileManager.default.contentsOfDirectory(atPath: daemon.state)
                .filter { $0.hasPrefix("journal.db.damaged-") }
            let path = "\(daemon.state)/\(try #require(kept.first))"
            #expect(try String(contentsOfFile: path, encoding: .utf8) == garbage)
        }

        /// Plain TCP for all the world is asked for by name, or not had.
        @Test func anEndpointForAllTheWorld() throws {
            let daemon = try TestDaemon(rules: StopTests.rules)
            let open = "\"tcp://0.0.0.0:\(try freePort())\""
            let configuration = try daemon.configuration.replacing(
                "\"\(daemon.escalations)\"", with: open)
            try daemon.folder.write("tocsin.yaml", configuration)
            let finished = try refusal(of: daemon)
            #expect(finished.code == 78)
            #expect(finished.errors.contains("insecure: true"), "\(finished.errors)")
            try daemon.folder.write(
                "tocsin.yaml", configuration.replacing(open, with: "\(open), insecure: true"))
            try daemon.start()
            #expect(try daemon.stop().code == 0)
        }

        /// All mistakes of a configuration at once, and those of the rules.
        @Test func mistakesAreToldTogether() throws {
            let daemon = try TestDaemon(rules: StopTests.rules)
            try daemon.folder.write(
                "tocsin.yaml",
                try daemon.configuration + "record: yes\nclok: wall\n")
            var finished = try refusal(of: daemon)
            #expect(finished.code == 78)
            #expect(finished.errors.contains("record") && finished.errors.contains("clok"))
            #expect(finished.errors.contains("did you mean `clock`?"), "\(finished.errors)")
            let other = try TestDaemon(rules: StopTests.rules.replacing("v > 1.0", with: "w > 1.0"))
            finished = try refusal(of: other)
            #expect(finished.code == 78)
            #expect(finished.errors.contains("rules.yaml:"), "\(finished.errors)")
        }
    }
}
