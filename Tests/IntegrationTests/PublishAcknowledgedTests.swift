import Foundation
import Glibc
import Testing

extension RealBinaryTests {
    /// `tocsin publish --ack`: every answer of the daemon is looked at.
    @Suite struct PublishAcknowledgedTests {
        private static func publish(
            _ file: String, to field: String, _ more: [String] = [], in folder: TestFolder
        ) throws -> RunningCommand {
            try RunningCommand(
                ["publish", file, "--ack", "--to", field, "--topic", "incident", "--json"] + more,
                in: folder)
        }

        private static func lines(_ range: Range<Int>) -> String {
            range.map { AcknowledgedIntakeTests.report("r\($0)") + "\n" }.joined()
        }

        private static func counts(_ finished: Finished) throws -> [Int?] {
            let told = try JSONDocument(text: finished.text)
            return ["acknowledged", "duplicates", "refused"].map { told[$0].number }
        }

        @Test func refusalsStandAtTheirLines() throws {
            let daemon = try AcknowledgedIntakeTests.daemon()
            let field = try AcknowledgedIntakeTests.field(daemon)
            try daemon.start()
            let wrong = AcknowledgedIntakeTests.report("w").replacing(":2,", with: ":\"two\",")
            // Good lines among wrong ones: 1 to 3, then 25 wrong ones, one that came before, 30.
            let text =
                Self.lines(0..<3) + String(repeating: wrong + "\n", count: 25)
                + Self.lines(1..<2) + Self.lines(9..<10)
            try daemon.folder.write("mixed.jsonl", text)
            let finished = try Self.publish("mixed.jsonl", to: field, in: daemon.folder).wait(20)
            #expect(finished.code == 1, "\(finished.errors)")
            #expect(try Self.counts(finished) == [5, 1, 25])
            let said = finished.errors
            #expect(
                said.contains(
                    "mixed.jsonl:4: `dead` must be a whole number, not \"two\"\n"
                        + "        send it without quotes, or declare the field with `from: text`"))
            #expect(said.contains("mixed.jsonl:23: ") && !said.contains("mixed.jsonl:24: "))
            #expect(said.contains("… and 5 more refusals"))
            #expect(said.contains("the daemon refused 25 readings"))
            try daemon.waitUntilTaken(30)
            let law = try daemon.status()["conservation"]
            #expect(law["accepted"].number == 4 && law["rejected"].number == 25)

            // In a message of several the line is the one that is wrong, and all of it is refused.
            try daemon.folder.write("batch.jsonl", Self.lines(20..<23) + wrong + "\n")
            let batch = try Self.publish(
                "batch.jsonl", to: field, ["--batch", "4"], in: daemon.folder
            ).wait(20)
            #expect(batch.code == 1 && batch.errors.contains("batch.jsonl:4: "))
            #expect(try Self.counts(batch) == [0, 0, 4])
        }

        /// What is unanswered when the daemon is killed is asked again of the next one.
        @Test func aKilledDaemonLosesNothing() throws {
            let daemon = try AcknowledgedIntakeTests.daemon()
            let field = try AcknowledgedIntakeTests.field(daemon)
            try daemon.start()
            try daemon.folder.write("many.jsonl", Self.lines(0..<600))
            let publisher = try Self.publish(
                "many.jsonl", to: field, ["--speed", "400", "--wait", "20s"], in: daemon.folder)
            Thread.sleep(forTimeInterval: 0.5)
            daemon.kill()
            Thread.sleep(forTimeInterval: 0.3)
            try daemon.start()
            let finished = try publisher.wait(40)
            #expect(finished.code == 0, "\(finished.errors)")
            let counts = try Self.counts(finished)
            #expect(counts[0] == 600 && counts[2] == 0, "\(finished.text)")
            let again = try Self.publish("many.jsonl", to: field, in: daemon.folder).wait(20)
            #expect(again.code == 0)
            #expect(try Self.counts(again) == [600, 600, 0])
        }

        /// A daemon that is there and answers nothing: what is in doubt is told.
        @Test func aDaemonThatStopsAnswering() throws {
            let daemon = try AcknowledgedIntakeTests.daemon()
            let field = try AcknowledgedIntakeTests.field(daemon)
            try daemon.start()
            try daemon.folder.write("many.jsonl", Self.lines(0..<1000))
            let publisher = try Self.publish(
                "many.jsonl", to: field, ["--speed", "400", "--wait", "1s"], in: daemon.folder)
            Thread.sleep(forTimeInterval: 0.6)
            daemon.process?.signal(SIGSTOP)
            defer { daemon.process?.signal(SIGCONT) }
            let finished = try publisher.wait(20)
            #expect(finished.code == 3)
            let acknowledged = try #require(try Self.counts(finished)[0])
            #expect(acknowledged > 0 && acknowledged < 1000)
            for expected in [
                "answered nothing for 1.0 s: \(acknowledged) readings acknowledged, 64 sent",
                "send the rest again: what was taken is known by its id",
            ] {
                #expect(finished.errors.contains(expected), "\(finished.errors)")
            }
        }

        @Test func nobodyIsThere() throws {
            let folder = try TestFolder()
            try folder.write("one.jsonl", Self.lines(0..<1))
            let finished = try Self.publish(
                "one.jsonl", to: "ipc://\(folder("none"))", ["--wait", "300ms"], in: folder
            ).wait(10)
            #expect(finished.code == 3)
            #expect(finished.errors.contains("nobody takes reports at"), "\(finished.errors)")
        }

        /// A feed that answers takes nothing from a PUSH, and the command tells of what it takes.
        @Test func withoutAskingForAnswersNothingIsTaken() throws {
            let daemon = try AcknowledgedIntakeTests.daemon()
            try daemon.start()
            let file = try daemon.folder.write("one.jsonl", Self.lines(0..<1))
            let finished = try tocsin(
                [
                    "publish", file, "--to", try AcknowledgedIntakeTests.field(daemon), "--topic",
                    "incident", "--wait", "300ms",
                ], in: daemon.folder)
            #expect(finished.code == 3)
            #expect(finished.errors.contains("A `router` feed takes `--ack`"))
        }
    }
}
