import Foundation
import GRDB
import Glibc
import TestSupport
import Testing

extension RealBinaryTests {
    /// Reports whose senders are answered: durable before the answer, decided once, also over kills.
    @Suite struct AcknowledgedIntakeTests {
        static let rules = """
            version: 1
            streams:
              incident:
                time: time
                source: monitor
                id: id
                fields:
                  monitor: string
                  id: string
                  dead: {type: int, valid: [0, 100000]}
                  district: string
            rules:
              - rule: killing
                title: Killing reported
                hazard: conflict
                on: incident
                by: [id]
                when: dead >= 1
                severity: severe

            """

        /// A daemon with an acknowledged feed at `field`.
        static func daemon() throws -> TestDaemon {
            let folder = FileManager.default.temporaryDirectory
                .appendingPathComponent("tocsin-field-\(UUID().uuidString.prefix(8))").path
            return try TestDaemon(
                rules: rules,
                otherFeeds: ["name: field, bind: \"ipc://\(folder)\", pattern: router"])
        }

        /// Where the feed `field` is.
        static func field(_ daemon: TestDaemon) throws -> String {
            let line = try #require(
                try daemon.configuration.split(separator: "\n").first {
                    $0.contains("name: field")
                })
            return try #require(line.split(separator: "\"").dropFirst().first.map(String.init))
        }

        static func report(_ id: String, dead: Int = 2) -> String {
            """
            {"time":"2026-01-02T03:04:05Z","monitor":"m1","id":"\(id)","dead":\(dead),"district":"X"}
            """
        }

        /// One exchange, as REQ speaks it (`delimiter`) or as DEALER may; nil without an answer.
        static func exchange(
            _ asker: TestAsker, _ payload: String, topic: String = "incident",
            delimiter: Bool = true
        ) throws -> String? {
            let envelope: [[UInt8]] = delimiter ? [[]] : []
            let answer = try asker.ask(
                frames: envelope + [Array(topic.utf8), Array(payload.utf8)])
            guard let answer else { return nil }
            #expect(answer.dropLast() == envelope[...], "the delimiter comes back")
            return String(decoding: answer.last ?? [], as: UTF8.self)
        }

        static func ask(
            _ asker: TestAsker, _ payload: String, topic: String = "incident"
        ) throws -> JSONDocument? {
            try exchange(asker, payload, topic: topic).map(JSONDocument.init(text:))
        }

        /// As a REQ with ZMQ_REQ_CORRELATE, a DEALER that counts its questions, or a proxy.
        @Test func whatStandsBeforeAnEmptyFrameComesBack() throws {
            let daemon = try Self.daemon()
            try daemon.start()
            let asker = try TestAsker(try Self.field(daemon))
            let report = [Array("incident".utf8), Array(Self.report("a").utf8)]
            for envelope: [[UInt8]] in [[], [[]], [[0, 0, 0, 7], []], [[1], [2], []]] {
                let answer = try #require(try asker.ask(frames: envelope + report))
                #expect(answer.dropLast() == envelope[...])
                #expect(String(decoding: answer.last ?? [], as: UTF8.self).contains("\"seq\":1"))
            }
            // An id alone before them is no envelope.
            let refused = try #require(try asker.ask(frames: [[7]] + report))
            #expect(String(decoding: refused[0], as: UTF8.self).contains("before an empty frame"))
        }

        /// Who asks ahead and reads gets every answer, in the order of the questions.
        @Test func manyQuestionsAtOnceAreAllAnswered() throws {
            let daemon = try Self.daemon()
            try daemon.start()
            let asker = try TestAsker(try Self.field(daemon))
            let topic = Array("incident".utf8)
            let (window, count) = (512, 5_000)
            var read = 0
            for number in 0..<count {
                try asker.send(frames: [topic, Array(Self.report("w\(number)", dead: 0).utf8)])
                guard number >= window else { continue }
                read += 1
                #expect(try asker.receive()?.last == Array(#"{"ok":true,"seq":\#(read)}"#.utf8))
            }
            while read < count {
                read += 1
                let answer = try #require(try asker.receive()?.last)
                #expect(answer == Array(#"{"ok":true,"seq":\#(read)}"#.utf8))
            }
            let feed = try daemon.status()["feeds"].elements.last
            #expect(feed?["unanswered"].number == 0)
        }

        @Test func answersTellWhatToMend() throws {
            let daemon = try Self.daemon()
            try daemon.start()
            let asker = try TestAsker(try Self.field(daemon))
            let first = try Self.exchange(asker, Self.report("a"))
            #expect(first == #"{"ok":true,"seq":1}"#)
            let again = try Self.exchange(asker, Self.report("a"), delimiter: false)
            #expect(again == #"{"duplicate":true,"ok":true,"seq":1}"#)
            // Said at another time it is the same; with other words it is another one.
            let later = Self.report("a").replacing("03:04:05Z", with: "03:04:06Z")
            #expect(try Self.exchange(asker, later) == again)
            let other = try Self.exchange(asker, Self.report("a", dead: 3))
            #expect(other == #"{"differs":true,"duplicate":true,"ok":true,"seq":1}"#)

            let wrong = try #require(
                try Self.ask(asker, Self.report("b").replacing(":2,", with: ":\"two\",")))
            #expect(wrong["ok"].flag == false)
            #expect(wrong["error"]["code"].text == "type")
            #expect(wrong["error"]["field"].text == "dead")
            #expect(
                wrong["error"]["message"].text == "`dead` must be a whole number, not \"two\"")
            let keyless = try #require(
                try Self.ask(asker, Self.report("b").replacing("\"id\":\"b\",", with: "")))
            #expect(keyless["error"]["code"].text == "key")
            #expect(keyless["error"]["field"].text == "id")
            let topicless = try #require(try Self.ask(asker, "{}", topic: "rumour"))
            #expect(topicless["error"]["code"].text == "topic")

            // All of a message or nothing of it.
            let both = "[\(Self.report("c")),{\"time\":\"never\"}]"
            let half = try #require(try Self.ask(asker, both))
            #expect(half["error"]["code"].text == "time")
            let mended = try Self.exchange(asker, "[\(Self.report("c")),\(Self.report("d"))]")
            #expect(mended == #"{"ok":true,"seq":3}"#)

            try daemon.waitUntilTaken(11)
            let law = try daemon.status()["conservation"]
            #expect(law["accepted"].number == 3)
            #expect(law["duplicate"].number == 3)
            #expect(law["rejected"].number == 5)
            #expect(law["holds"].flag == true)
            #expect(try daemon.escalations(3).count == 3)
        }

        /// Killed at random moments while monitors report: whatever was answered is decided, once,
        /// and the same report gets the same answer.
        @Test(.timeLimit(.minutes(2)))
        func whatWasAnsweredIsDecidedOnceOverKills() throws {
            let seed = UInt64.random(in: 1...1_000_000)
            var random = Seeded(seed)
            let daemon = try Self.daemon()
            let field = try Self.field(daemon)
            var answers: [String: Int] = [:]
            var number = 0
            for _ in 0..<15 {
                try daemon.start()
                // A report that was in doubt is asked for again, as a careful sender does.
                let asker = try TestAsker(field)
                let end = Date().addingTimeInterval(
                    Double.random(in: 0.02...0.3, using: &random))
                let process = try #require(daemon.process).pid
                let killer = Thread {
                    Thread.sleep(until: end)
                    Glibc.kill(process, SIGKILL)
                }
                killer.start()
                while let answer = try Self.ask(asker, Self.report("r\(number)")) {
                    let seq = try #require(answer["seq"].number, "seed \(seed)")
                    if let known = answers["r\(number)"] { #expect(known == seq) }
                    answers["r\(number)"] = seq
                    number += 1
                }
                daemon.kill()
            }
            try daemon.start()
            let asker = try TestAsker(field)
            for (id, seq) in answers.shuffled(using: &random).prefix(200) {
                let answer = try #require(try Self.ask(asker, Self.report(id)))
                #expect(answer["duplicate"].flag == true, "seed \(seed)")
                #expect(answer["seq"].number == seq, "seed \(seed)")
            }
            try waitUntil(10, for: "the line to come to rest") {
                try daemon.status()["conservation"]["in_flight"].number == 0
            }
            #expect(try daemon.status()["conservation"]["holds"].flag == true)
            #expect(try daemon.stop().code == 0)
            let said = try StoredEscalation.all(state: daemon.state, in: daemon.folder)
                .map { try JSONDocument(bytes: $0.body) }
            let alerts = said.filter { $0["kind"].text == "alert" }
                .compactMap { $0["key"]["id"].text }
            #expect(Set(alerts).count == alerts.count, "seed \(seed): decided twice")
            #expect(
                Set(answers.keys).isSubset(of: Set(alerts)),
                "seed \(seed): \(Set(answers.keys).subtracting(alerts)) answered, not decided")
            print("AcknowledgedIntakeTests: \(answers.count) reports answered, seed \(seed)")
            #expect(answers.count > 100)
        }

        /// Reports that decide nothing are decided all the same, and the next start knows.
        @Test func whatDecidesNothingIsNotDecidedAgain() throws {
            let daemon = try Self.daemon()
            let manager = try FakeServiceManager(daemon.folder("notify"))
            // A canary takes along how far all is decided: here every half second.
            daemon.environment = manager.environment(watchdogSeconds: 1.5)
            try daemon.start()
            let asker = try TestAsker(try Self.field(daemon))
            for number in 0..<5 {
                _ = try #require(try Self.ask(asker, Self.report("r\(number)", dead: 0)))
            }
            try waitUntil(5, for: "the journal to know") {
                try daemon.status()["recording"]["decided"].number == 5
            }
            daemon.kill()
            try daemon.start()
            #expect(try daemon.status()["recording"]["resumed"].number == 0)
            #expect(try daemon.stop().code == 0)
        }

        /// Reports that were answered and whose stream is gone at the next start wait for it, and
        /// for a type that takes them; nothing that comes later passes them over for good.
        @Test func strandedReportsAreDecidedInTheEnd() throws {
            let daemon = try Self.daemon()
            try daemon.start()
            let field = try Self.field(daemon)
            let asker = try TestAsker(field)
            var answers: [Int] = []
            for number in 0..<5 {
                let answer = try #require(
                    try Self.ask(asker, Self.report("r\(number)", dead: 0)))
                answers.append(try #require(answer["seq"].number))
            }
            daemon.kill()

            // The stream has another name, and there a report is decided.
            try daemon.write(rules: Self.rules.replacing("incident", with: "event"))
            try daemon.start()
            #expect(try daemon.status()["recording"]["stranded"].number == 5)
            let told = "kept undecided: no rule file declares the stream `incident`"
            #expect(daemon.log.split(separator: "\n").count { $0.contains(told) } == 1)
            let later = try TestAsker(field)
            let answer = try Self.ask(later, Self.report("later"), topic: "event")
            #expect(answer?["seq"].number == 6)
            #expect(try daemon.escalations(1).count == 1)
            let page = try tocsin(["status", "--state", daemon.state], in: daemon.folder)
            #expect(page.text.contains("✗ 5 acknowledged reports undecided"), "\(page.text)")
            daemon.kill()

            // It is there again, and has no field `dead` any more.
            try daemon.write(
                rules: Self.rules.replacing("dead: {type: int, valid: [0, 100000]}", with: "")
                    .replacing("dead >= 1", with: "district == \"X\""))
            try daemon.start()
            #expect(try daemon.status()["recording"]["stranded"].number == 5)
            daemon.kill()

            // It is there again, and `dead` is a text.
            let either =
                Self.rules.replacing("dead: {type: int, valid: [0, 100000]}", with: "dead: string")
                .replacing("when: dead >= 1", with: "when: dead != \"x\"")
            try daemon.write(rules: either)
            try daemon.start()
            #expect(try daemon.status()["recording"]["stranded"].number == 5)

            // At last all fits, by a reload.
            try daemon.write(rules: Self.rules.replacing("dead >= 1", with: "dead >= 0"))
            try daemon.reload()
            try waitUntil(5, for: "five incidents") {
                try Set(daemon.incidents().compactMap { $0["key"]["id"].text })
                    .isSuperset(of: ["r0", "r1", "r2", "r3", "r4"])
            }
            let status = try daemon.status()
            #expect(status["recording"]["stranded"].number == 0)
            #expect(status["recording"]["resumed"].number == 5)
            #expect(status["conservation"]["holds"].flag == true)
            let again = try TestAsker(field)
            for number in 0..<5 {
                let answer = try #require(try Self.ask(again, Self.report("r\(number)", dead: 0)))
                #expect(answer["duplicate"].flag == true)
                #expect(answer["seq"].number == answers[number])
            }
            daemon.kill()
            try daemon.start()
            #expect(try daemon.status()["recording"]["resumed"].number == 0)
            #expect(try daemon.stop().code == 0)
        }

        /// Whoever cannot read what it owes an answer for does not take anything new before it.
        @Test func aRecordingThatCannotBeReadIsNoStart() throws {
            let daemon = try Self.daemon()
            try daemon.start()
            let asker = try TestAsker(try Self.field(daemon))
            _ = try #require(try Self.ask(asker, Self.report("a", dead: 0)))
            daemon.kill()
            let queue = try DatabaseQueue(path: "\(daemon.state)/recording-1.db")
            try queue.write { try $0.execute(sql: "ALTER TABLE schema RENAME TO other") }
            try queue.close()
            try daemon.launch()
            let end = try #require(try daemon.process?.wait(10))
            #expect(end.code == 78)
            #expect(end.errors.contains("The acknowledged reports cannot be read"))
        }
    }
}
