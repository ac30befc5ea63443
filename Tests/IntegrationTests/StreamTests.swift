import Foundation
import Testing

extension RealBinaryTests {
    /// Real readings through `publish`, the daemon and `watch`: the same as `backtest` decides.
    @Suite(.enabled(if: Place.wantsData, "needs ../shared/data")) struct StreamTests {
        private static func ladder(valid: Bool) -> String {
            """
            version: 1
            streams:
              river:
                time: ts
                source: station
                expect: 15m
                fields:
                  station: string
                  value: {type: double, unit: m\(valid ? ", valid: [-5, 40]" : "")}
            rules:
              - rule: adur
                hazard: flood
                on: river
                by: [station]
                levels:
                  watch: {when: value >= 1.0, clear: value < 0.8, severity: minor}
                  emergency: {when: value >= 3.35, severity: extreme}

            """
        }

        private static let shaking = """
            version: 1
            streams:
              shake:
                time: ts
                fields: {station: string, metric: string, value: double}
            rules:
              - rule: strong
                hazard: earthquake
                on: shake
                where: metric == 'pga'
                by: [station]
                when: value > 10.0
                severity: severe

            """

        private static let wave = """
            version: 1
            streams:
              dart:
                time: ts
                fields: {station: string, value: double}
            rules:
              - rule: wave
                hazard: tsunami
                on: dart
                by: [station]
                when: value > 0.05 || value < -0.05
                severity: extreme

            """

        /// What the daemon said about a stream, equal to what `backtest` says.
        private func replay(
            _ stream: String, rules: String, topic: String, arguments: [String] = []
        ) throws -> [JSONDocument] {
            let daemon = try TestDaemon(rules: rules)
            try daemon.start()
            let file = try Place.stream(stream)
            let expected = try Move.all(
                inBacktestOf: file, rules: daemon.folder("rules"), topic: topic,
                in: daemon.folder)
            try daemon.publish(file, topic: topic, arguments: arguments)
            let lines = String(
                decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self
            )
            .split(separator: "\n").count
            try daemon.waitUntilTaken(lines)
            let said = try daemon.escalations(expected.count)
            #expect(try daemon.head() == expected.count)
            #expect(said.map(Move.init(escalation:)) == expected)
            #expect(try daemon.stop().code == 0)
            return said
        }

        private func kinds(_ said: [JSONDocument]) -> [String: Int] {
            said.reduce(into: [:]) { $0[$1["kind"].text ?? "", default: 0] += 1 }
        }

        @Test(arguments: [[], ["--batch", "50"]])
        func theSpikeOfTheAdurChangesNothing(arguments: [String]) throws {
            let rules = Self.ladder(valid: true)
            let clean = try replay(
                "river_adur_clean_15min", rules: rules, topic: "river", arguments: arguments)
            let spike = try replay(
                "river_adur_spike_15min", rules: rules, topic: "river", arguments: arguments)
            #expect(kinds(clean) == ["alert": 3, "clear": 2])
            #expect(!clean.contains { $0["level"].text == "emergency" })
            #expect(clean.map(Move.init(escalation:)) == spike.map(Move.init(escalation:)))
        }

        @Test func withoutValidTheSpikeIsAnEmergency() throws {
            let said = try replay(
                "river_adur_spike_15min", rules: Self.ladder(valid: false), topic: "river")
            #expect(said.contains { $0["level"].text == "emergency" })
        }

        @Test func theStrongShakingOfKumamoto() throws {
            let said = try replay(
                "shakemap_20160416_m7_0_kumamoto", rules: Self.shaking, topic: "shake")
            #expect(kinds(said) == ["alert": 56])
            #expect(Set(said.compactMap { $0["key"]["station"].text }).count == 56)
        }

        /// Equal time stamps keep the order in which they came.
        @Test func theWaveOfChileKeepsItsOrder() throws {
            let said = try replay("tsunami_dart_chile2010", rules: Self.wave, topic: "dart")
            #expect(said.count > 10)
            let numbers = said.compactMap { $0["evidence"]["to"].number }
            #expect(numbers == numbers.sorted())
        }

        /// A publisher that nobody here wrote: pyzmq, by PUB to a `sub` feed and by PUSH to a `pull`
        /// feed.
        @Test(arguments: ["PUB", "PUSH"])
        func throughPyzmq(pattern: String) throws {
            let endpoint = "tcp://127.0.0.1:\(try freePort())"
            let daemon = try TestDaemon(
                rules: Self.ladder(valid: true),
                otherFeeds: [
                    #"name: live, connect: "\#(endpoint)", pattern: sub, topics: [river]"#
                ])
            try daemon.start()
            let file = try Place.stream("river_adur_spike_15min")
            let script = try daemon.folder.write("publish.py", Self.pyzmq)
            let to = pattern == "PUB" ? endpoint : daemon.feed
            let sent = try RunningCommand(
                [script, pattern, to, file], in: daemon.folder, executable: Place.python()
            ).wait(30)
            #expect(sent.code == 0, "\(sent.errors)")
            let expected = try Move.all(
                inBacktestOf: file, rules: daemon.folder("rules"), topic: "river",
                in: daemon.folder)
            let said = try daemon.escalations(expected.count)
            #expect(said.map(Move.init(escalation:)) == expected)
            #expect(try daemon.head() == expected.count)
            try daemon.stop()
        }

        private static let pyzmq = """
            import sys, zmq
            pattern, endpoint, path = sys.argv[1:]
            context = zmq.Context()
            if pattern == "PUB":
                # XPUB is PUB that tells when somebody subscribed.
                socket = context.socket(zmq.XPUB)
                socket.sndhwm = 0
                socket.bind(endpoint)
                assert socket.recv() == b"\\x01river"
            else:
                socket = context.socket(zmq.PUSH)
                socket.connect(endpoint)
            for line in open(path, "rb"):
                socket.send_multipart([b"river", line.strip()])
            socket.close(linger=10000)
            context.term()
            """
    }
}

/// A change of level, as `backtest --json` and an escalation tell it.
struct Move: Equatable {
    let time: String?
    let rule: String?
    let key: JSONDocument
    let from: String
    let to: String
    let severity: String?
    let values: JSONDocument

    init(escalation: JSONDocument) {
        time = escalation["event_time"].text
        rule = escalation["rule"]["name"].text
        key = escalation["key"]
        from = escalation["previous_level"].text ?? "inactive"
        to = escalation["level"].text ?? "inactive"
        severity = to == "inactive" ? nil : escalation["severity"].text
        values = escalation["values"]
    }

    /// A line of the transition log; nil when it opens, moves and closes no incident.
    init?(transition: JSONDocument) {
        let (from, to) = (transition["from"].text ?? "", transition["to"].text ?? "")
        guard to != "pending", !(from == "pending" && to == "inactive") else { return nil }
        time = transition["time"].text
        rule = transition["rule"].text
        key = transition["key"]
        self.from = from == "pending" ? "inactive" : from
        self.to = to
        severity = to == "inactive" ? nil : transition["severity"].text
        values = transition["values"]
    }

    /// What `tocsin backtest` decides on a file.
    static func all(
        inBacktestOf file: String, rules: String, topic: String, in folder: TestFolder
    ) throws -> [Move] {
        let run = try tocsin(
            ["backtest", rules, "--input", file, "--topic", topic, "--json"], in: folder)
        guard run.code == 0 else { throw Failure("`tocsin backtest` failed: \(run.errors)") }
        return try run.documents().compactMap(Move.init(transition:))
    }
}
