import Foundation
import TestSupport
import Testing

extension RealBinaryTests {
    /// `kill -9` at random moments: what was committed is said, once and as it was committed.
    @Suite struct KillTests {
        private static let rules = """
            version: 1
            streams:
              level:
                time: t
                expect: 1h
                fields: {gauge: int, v: double}
            rules:
              - rule: high
                hazard: flood
                on: level
                by: [gauge]
                levels:
                  watch: {when: v > 1.0, severity: minor}
                  warning: {when: v > 2.0, severity: severe}
              - rule: slow
                hazard: flood
                on: level
                by: [gauge]
                when: v > 1.0
                for: 30s
                clear_for: 30s
                severity: moderate

            """

        /// Values that go up and down in steps, so that nearly every reading is an escalation.
        private static let course = [0.5, 1.5, 2.5, 1.5, 0.5, 2.5]

        @Test(.timeLimit(.minutes(3)))
        func fiftyKillsLoseNothingAndChangeNothing() throws {
            let seed =
                UInt64(ProcessInfo.processInfo.environment["TOCSIN_SEED"] ?? "")
                ?? UInt64.random(in: 1...1_000_000)
            print("KillTests: TOCSIN_SEED=\(seed)")
            var random = Seeded(seed)
            let daemon = try TestDaemon(rules: Self.rules)
            var knownAtKill: [StoredEscalation] = []
            try daemon.start()
            let watcher = try daemon.watch()
            let feeder = Feeder(endpoint: daemon.feed, course: Self.course)
            defer { feeder.stop() }
            for round in 0..<50 {
                // Most moments lie in the running line, some in its start.
                usleep(UInt32.random(in: 0...(round % 5 == 0 ? 150_000 : 600_000), using: &random))
                daemon.kill()
                let stored = try StoredEscalation.all(state: daemon.state, in: daemon.folder)
                #expect(
                    stored.starts(with: knownAtKill),
                    "round \(round), seed \(seed): the past changed")
                knownAtKill = stored
                try daemon.launch()
            }
            try waitUntil(10, for: "the last start") {
                daemon.process?.errors.contains("is up") == true
            }
            // Some more after the last kill, and then rest.
            usleep(500_000)
            feeder.stop()
            try waitUntil(10, for: "the line to come to rest") {
                try daemon.status()["conservation"]["in_flight"].number == 0
            }
            try check(daemon, watcher, knownAtKill, sent: feeder.sent, seed: seed)
        }

        private func check(
            _ daemon: TestDaemon, _ watcher: RunningCommand, _ known: [StoredEscalation],
            sent: Int, seed: UInt64
        ) throws {
            let head = try daemon.head()
            print("KillTests: \(sent) readings sent, \(head) escalations said")
            #expect(head >= 1000, "seed \(seed)")
            try watcher.waitForLines(head, seconds: 15)
            let again = try daemon.watch([
                "--since", "1", "--count", "\(head)", "--timeout", "20",
            ]).wait(25)
            #expect(again.code == 0, "\(again.errors)")
            #expect(try daemon.stop().code == 0)
            watcher.signal(SIGINT)
            let lived = try watcher.wait(5)

            let stored = try StoredEscalation.all(state: daemon.state, in: daemon.folder)
            #expect(stored.count == head)
            #expect(stored.starts(with: known), "seed \(seed): a committed escalation is gone")
            #expect(Set(stored.map(\.epoch)).count == 1)
            #expect(stored.map(\.seq) == Array(1...head))
            #expect(Set(stored.map(\.id)).count == head)
            let bodies = stored.map(\.body)
            #expect(again.output == Array(bodies.map { $0 + [10] }.joined()), "seed \(seed)")
            #expect(lived.output == Array(bodies.map { $0 + [10] }.joined()), "seed \(seed)")
            try checkChain(bodies)
            try checkLives(bodies, seed)
        }

        /// Each `prev` is the digest of the body before, and `seq` is dense.
        private func checkChain(_ bodies: [[UInt8]]) throws {
            var previous: String?
            for (index, body) in bodies.enumerated() {
                let document = try JSONDocument(bytes: body)
                #expect(document["seq"].number == index + 1)
                #expect(document["prev"].text == previous)
                previous = digest(body)
            }
        }

        /// An incident goes on over restarts: alert, updates from where the last one left, clear.
        private func checkLives(_ bodies: [[UInt8]], _ seed: UInt64) throws {
            var open: [String: (incident: String, level: String, said: String)] = [:]
            var onsets = Set<String>()
            for body in bodies {
                let document = try JSONDocument(bytes: body)
                let subject = try #require(document["subject"].text)
                let incident = try #require(document["incident"].text)
                let said = try #require(document["id"].text)
                let level = document["level"].text
                if let known = open[subject] {
                    #expect(known.incident == incident, "seed \(seed): the incident has another id")
                    #expect(document["previous_level"].text == known.level, "seed \(seed)")
                    #expect(document["references"].texts == [known.said], "seed \(seed)")
                } else {
                    #expect(document["kind"].text == "alert", "seed \(seed)")
                    #expect(onsets.insert(incident).inserted, "seed \(seed): two lives, one id")
                }
                open[subject] = level.map { (incident, $0, said) }
            }
        }
    }
}

/// Sends readings until stopped, whoever listens, on a thread of its own.
final class Feeder: @unchecked Sendable {
    private let lock = NSLock()
    private var isStopped = false
    private var count = 0
    private let ended = DispatchSemaphore(value: 0)

    /// Bursts of readings of twenty gauges, each gauge along `course`.
    init(endpoint: String, course: [Double]) {
        Thread.detachNewThread { [self] in
            defer { ended.signal() }
            guard let pusher = try? TestPusher(endpoint) else { return }
            var number = 0
            while !stopped {
                for _ in 0..<3 {
                    let (gauge, step) = (number % 20, number / 20)
                    // A minute between two readings of a gauge.
                    let time = Date(timeIntervalSince1970: 1_700_000_000 + Double(number) * 3)
                    let reading =
                        #"{"t":"\#(Clock.rfc3339(time))","gauge":\#(gauge),"#
                        + #""v":\#(course[(step + gauge) % course.count])}"#
                    guard (try? pusher.send("level", reading, milliseconds: 20)) == true else {
                        break
                    }
                    number += 1
                    lock.withLock { count = number }
                }
                usleep(20_000)
            }
        }
    }

    var sent: Int { lock.withLock { count } }
    private var stopped: Bool { lock.withLock { isStopped } }

    /// Stops; when it returns, nothing more is sent.
    func stop() {
        if lock.withLock({ isStopped }) { return }
        lock.withLock { isStopped = true }
        _ = ended.wait(timeout: .now() + 5)
    }
}
