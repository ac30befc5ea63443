import Foundation
import Testing

extension RealBinaryTests {
    /// The log in the system's journal: each line with fields to search by.
    @Suite struct JournaldTests {
        /// Starts a daemon whose standard error is what JOURNAL_STREAM names, or says it is.
        private func start(
            _ daemon: TestDaemon, stream: String = "$(stat -L -c %d:%i /dev/stderr)"
        ) throws -> RunningCommand {
            let script =
                "JOURNAL_STREAM=\(stream) exec \(try Place.binary()) run --config tocsin.yaml "
                + "--journal-socket \(daemon.folder("journald"))"
            return try RunningCommand(["-c", script], in: daemon.folder, executable: "/bin/bash")
        }

        /// Every entry until one has a message that holds a text.
        private func entries(
            of receiver: LocalReceiver, until text: String
        ) throws -> [JournalDatagram] {
            var entries: [JournalDatagram] = []
            while let bytes = receiver.next(seconds: 5) {
                let entry = try JournalDatagram(bytes)
                entries.append(entry)
                if entry["MESSAGE"]?.contains(text) == true { return entries }
            }
            throw Failure("No \(text) among \(entries.map { $0["MESSAGE"] ?? "-" })")
        }

        @Test func aLineForEachThatBeginsRisesAndEnds() throws {
            let rules = """
                version: 1
                streams:
                  level: {time: t, fields: {k: string, v: double}}
                rules:
                  - rule: river-stage
                    on: level
                    by: [k]
                    levels:
                      watch: {when: v > 1.0, clear: v < 0.5, severity: minor}
                      warning: {when: v > 2.0, clear: v < 1.5, severity: severe}
                    message: {en: {headline: "Water at ${k}: ${fixed(v, 1)}"}}

                """
            let daemon = try TestDaemon(rules: rules)
            let receiver = try LocalReceiver(daemon.folder("journald"))
            let process = try start(daemon)
            _ = try entries(of: receiver, until: "Tocsin is up.")
            for (minute, value) in [1.5, 1.6, 2.5, 1.2, 0.1].enumerated() {
                try daemon.push(
                    "level", #"{"t":"2026-01-01T00:0\#(minute):00Z","k":"a b","v":\#(value)}"#)
            }
            let told = try entries(of: receiver, until: "Cleared")
            #expect(
                told.map { $0["MESSAGE"] } == [
                    "Raised to watch (minor), river-stage a b: Water at a b: 1.5",
                    "Rose to warning (severe), river-stage a b: Water at a b: 2.5",
                    "Cleared from watch, river-stage a b: All clear: river-stage (a b)",
                ])
            #expect(told.map { $0["PRIORITY"] } == ["5", "4", "5"])
            #expect(told.map { $0["TOCSIN_LEVEL"] } == ["watch", "warning", "watch"])
            #expect(told.map { $0["TOCSIN_SEVERITY"] } == ["minor", "severe", "minor"])
            #expect(told.map { $0["TOCSIN_SEQ"] } == ["1", "2", "4"])
            for entry in told {
                #expect(entry["SYSLOG_IDENTIFIER"] == "tocsin")
                #expect(entry["TOCSIN_RULE"] == "river-stage")
                #expect(entry["TOCSIN_KEY"] == "a b")
                #expect(entry["TOCSIN_INCIDENT"]?.count == 32)
            }
            // Programs look for these numbers: they never change.
            #expect(
                told.map { $0["MESSAGE_ID"] } == [
                    "937380187a3d4820b8e19aefc1ce505b", "bd4de07cb78b49089e661460fd26038c",
                    "496f0b78a26542ef8ec795106f353d07",
                ])
            process.signal(SIGTERM)
            let ended = try process.wait(5)
            #expect(ended.code == 0 && ended.errors.isEmpty, "\(ended.errors)")
        }

        /// What has more than one line, such as a rule's mistake with its caret, arrives whole.
        @Test func aRefusedReload() throws {
            let daemon = try TestDaemon(rules: StopTests.rules)
            let receiver = try LocalReceiver(daemon.folder("journald"))
            let process = try start(daemon)
            _ = try entries(of: receiver, until: "Tocsin is up.")
            try daemon.write(rules: StopTests.rules.replacing("v > 1.0", with: "w > 1.0"))
            process.signal(SIGHUP)
            let told = try entries(of: receiver, until: "the old rules go on")
            let mistake = try #require(told.first?["MESSAGE"])
            #expect(mistake.contains("rules.yaml:") && mistake.contains("\n"), "\(mistake)")
            #expect(mistake.contains("^"), "\(mistake)")
            #expect(told.last?["MESSAGE_ID"] == "cfda1a9bd051438ea0b98c2a12009696")
            #expect(told.last?["PRIORITY"] == "3")
            process.signal(SIGTERM)
            #expect(try process.wait(5).code == 0)
        }

        /// A storm is told in part, and how much of it was not.
        @Test func aStormIsCounted() throws {
            let daemon = try TestDaemon(rules: StopTests.rules)
            let receiver = try LocalReceiver(daemon.folder("journald"))
            let process = try start(daemon)
            _ = try entries(of: receiver, until: "Tocsin is up.")
            let readings = (0..<2000).map { #"{"t":"2026-01-01T00:00:00Z","k":"\#($0)","v":2.0}"# }
            try daemon.push("level", "[\(readings.joined(separator: ","))]")
            let told = try entries(of: receiver, until: "More incidents")
            let lines = told.count { $0["MESSAGE"]?.hasPrefix("Raised") == true }
            #expect((50...200).contains(lines), "\(lines)")
            let suppressed = try #require(told.last?["TOCSIN_SUPPRESSED"].flatMap(Int.init))
            #expect(suppressed + lines <= 2000 && suppressed > 1000)
            process.signal(SIGTERM)
            #expect(try process.wait(5).code == 0)
        }

        /// Where standard error leads elsewhere its reader expects text, and no line per incident.
        @Test func redirectedItIsText() throws {
            let daemon = try TestDaemon(rules: StopTests.rules)
            let receiver = try LocalReceiver(daemon.folder("journald"))
            let process = try start(daemon, stream: "1:1")
            try waitUntil(10, for: "the daemon; it said \(process.errors)") {
                process.errors.contains("Tocsin is up.")
            }
            try daemon.push("level", #"{"t":"2026-01-01T00:00:00Z","k":"a","v":2.0}"#)
            #expect(try daemon.escalations(1).count == 1)
            process.signal(SIGTERM)
            let ended = try process.wait(5)
            #expect(receiver.next(seconds: 0) == nil)
            #expect(ended.errors.contains("Stopped.") && !ended.errors.contains("Raised"))
            #expect(!ended.errors.contains("message_id"))
        }
    }
}
