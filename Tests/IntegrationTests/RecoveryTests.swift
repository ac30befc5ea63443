import Foundation
import Testing

extension RealBinaryTests {
    /// The recovery protocol, asked by a client that has the README only.
    @Suite struct RecoveryTests {
        /// A daemon that said `count` escalations: gauges up and down, the last ones up.
        private func daemon(count: Int) throws -> TestDaemon {
            let daemon = try TestDaemon(rules: StopTests.rules)
            let readings = (0..<count).map { number in
                let time = Date(timeIntervalSince1970: 1_700_000_000 + Double(number))
                return #"{"t":"\#(Clock.rfc3339(time))","k":"k\#(number % 5)","#
                    + #""v":\#(number / 5 % 2 == 0 ? 2.0 : 0.0)}"#
            }
            let file = try daemon.folder.write("in.jsonl", readings.joined(separator: "\n"))
            try daemon.start()
            try daemon.publish(file, topic: "level")
            _ = try daemon.escalations(count)
            return daemon
        }

        private func header(_ answer: [[UInt8]], _ word: String) throws -> JSONDocument {
            #expect(answer.first == Array(word.utf8))
            return try JSONDocument(bytes: try #require(answer.dropFirst().first))
        }

        @Test func helloFetchAndSnapshot() throws {
            let daemon = try daemon(count: 1205)
            let asker = try TestAsker(daemon.recovery)
            let hello = try header(asker.ask(#"{"cmd":"hello"}"#), "hello")
            #expect(hello["version"].number == 1 && hello["publisher"].text == "test-1")
            let main = hello["channels"]["main"]
            #expect(main["floor"].number == 1 && main["head"].number == 1205)
            let epoch = try #require(main["epoch"].number)

            // All of it in pieces, the bytes as they lie in the journal.
            var bodies: [[UInt8]] = []
            var next = 1
            while next <= 1205 {
                let answer = try asker.ask(
                    #"{"cmd":"fetch","channel":"main","epoch":\#(epoch),"from":\#(next)}"#)
                let items = try header(answer, "items")
                #expect(items["head"].number == 1205)
                bodies += stride(from: 3, to: answer.count, by: 2).map { answer[$0] }
                #expect((answer.count - 2) / 2 <= 500)
                let after = try #require(items["next"].number)
                guard after > next else { throw Failure("`next` does not move.") }
                next = after
            }
            let stored = try StoredEscalation.all(state: daemon.state, in: daemon.folder)
            #expect(bodies == stored.map(\.body))

            // A prefix filters by topic, and the cursor passes over what it left out.
            let prefix = "actual/hazard/flood/severe/-/high/k3/"
            let some = try asker.ask(
                #"{"cmd":"fetch","channel":"main","epoch":\#(epoch),"from":1,"prefix":"\#(prefix)"}"#
            )
            #expect(try header(some, "items")["next"].number == 1206)
            #expect(some.count == 2 + 2 * 241)
            for index in stride(from: 2, to: some.count, by: 2) {
                #expect(String(decoding: some[index], as: UTF8.self) == prefix)
            }

            // The latest of each open incident: 1205 readings end with all five gauges up.
            let snapshot = try asker.ask(#"{"cmd":"snapshot","channel":"main"}"#)
            let open = try stride(from: 3, to: snapshot.count, by: 2).map {
                try JSONDocument(bytes: snapshot[$0])
            }
            #expect(Set(open.map { $0["seq"].number }) == [1201, 1202, 1203, 1204, 1205])
            #expect(open.allSatisfy { $0["kind"].text == "alert" })
            #expect(try header(snapshot, "items")["after"] == .null)
            // In pieces it is the same.
            var after = "null"
            var pieces: [Int?] = []
            repeat {
                let piece = try asker.ask(
                    #"{"cmd":"snapshot","channel":"main","after":\#(after),"max":2}"#)
                pieces += try stride(from: 3, to: piece.count, by: 2).map {
                    try JSONDocument(bytes: piece[$0])["seq"].number
                }
                after = try header(piece, "items")["after"].text.map { "\"\($0)\"" } ?? "null"
            } while after != "null" && pieces.count < 20
            #expect(pieces == open.map { $0["seq"].number })
            try daemon.stop()
        }

        @Test func whatCannotBeAnsweredIsSaid() throws {
            let daemon = try daemon(count: 5)
            let asker = try TestAsker(daemon.recovery)
            let hello = try header(asker.ask(#"{"cmd":"hello"}"#), "hello")
            let epoch = try #require(hello["channels"]["main"]["epoch"].number)
            let gone = try header(
                asker.ask(#"{"cmd":"fetch","channel":"main","epoch":\#(epoch - 1),"from":1}"#),
                "gone")
            #expect(gone["epoch"].number == epoch)
            #expect(gone["floor"].number == 1 && gone["head"].number == 5)
            // Beyond the head there is nothing, and nothing wrong.
            let beyond = try asker.ask(
                #"{"cmd":"fetch","channel":"main","epoch":\#(epoch),"from":6}"#)
            #expect(try header(beyond, "items")["next"].number == 6 && beyond.count == 2)
            for request in [
                "", "hello", "[]", "{}", #"{"cmd":7}"#, #"{"cmd":"drop"}"#, #"{"cmd":"fetch"}"#,
                #"{"cmd":"fetch","channel":"other","epoch":1,"from":1}"#,
                #"{"cmd":"fetch","channel":"main","epoch":-1,"from":1}"#,
                #"{"cmd":"snapshot","channel":"main","after":"xyz"}"#,
                #"{"cmd":"fetch","channel":"main","epoch":1,"from":1,"max":0}"#,
                #"{"cmd":"hello"}"# + String(repeating: " ", count: 1024),
            ] {
                let error = try header(asker.ask(request), "error")
                #expect(error.names == ["code", "message"], "\(request)")
            }
            #expect(try header(asker.ask(frames: [[1], [2], [3]]) ?? [], "error").names.count == 2)
            let wrong = try header(
                asker.ask(#"{"cmd":"fetch","channel":"main","epoch":1,"from":"1"}"#), "error")
            #expect(wrong["message"].text == #"the member "from" is not of its type"#)
            // What no client sends by mistake is cut off; the others are still answered.
            let large = try TestAsker(daemon.recovery)
            _ = try large.ask(frames: [[UInt8](repeating: 32, count: 100_000)])
            #expect(try header(asker.ask(#"{"cmd":"hello"}"#), "hello")["version"].number == 1)
            try daemon.stop()
        }

        /// One watcher sees all, one each gauge, across restarts of the daemon.
        @Test func watchersWithPrefixesMissNothing() throws {
            let daemon = try TestDaemon(rules: StopTests.rules)
            try daemon.start()
            let all = try daemon.watch()
            let one = try daemon.watch([
                "--since", "1", "--prefix", "actual/hazard/flood/severe/-/high/k1/",
            ])
            let two = try daemon.watch([
                "--since", "1", "--prefix", "actual/severity/severe/flood/-/high/k1/",
                "--prefix", "actual/area/-/flood/severe/high/k2/",
            ])
            var second = 0
            for round in 0..<4 {
                let pusher = try TestPusher(daemon.feed)
                for key in 0..<4 {
                    second += 1
                    let time = Clock.rfc3339(
                        Date(timeIntervalSince1970: 1_700_000_000 + Double(second)))
                    try pusher.send(
                        "level", #"{"t":"\#(time)","k":"k\#(key)","v":\#(round % 2 == 0 ? 2 : 0)}"#)
                }
                try daemon.waitUntilCommitted(4)
                if round % 2 == 0 { daemon.kill() } else { try daemon.stop() }
                try daemon.start()
            }
            try all.waitForLines(16, seconds: 10)
            try one.waitForLines(4, seconds: 10)
            try two.waitForLines(8, seconds: 10)
            func seqs(_ watcher: RunningCommand) throws -> [Int] {
                watcher.signal(SIGINT)
                return try watcher.wait(5).documents().compactMap { $0["seq"].number }
            }
            #expect(try seqs(all) == Array(1...16))
            #expect(try seqs(one) == [2, 6, 10, 14])
            #expect(try seqs(two) == [2, 3, 6, 7, 10, 11, 14, 15])
            try daemon.stop()
        }
    }
}
