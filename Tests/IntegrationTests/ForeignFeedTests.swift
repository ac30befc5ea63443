import Foundation
import Testing

extension RealBinaryTests {
    /// Every framing, packing and format at once, written by libraries that are not ours.
    @Suite struct ForeignFeedTests {
        static let rules = """
            version: 1
            streams:
              packed: {fields: {station: string, level: double}}
              river.blank: {fields: {station: string, level: double}}
              river.colon: {fields: {station: string, level: double}}
              messages: {fields: {station: string, level: double}}
              org.example.stage: {time: time, fields: {station: string, level: double}}
              features:
                time: {path: time, unit: ms}
                fields: {id: string, mag: double, lat: double}
              records: {time: {path: t, unit: s}, fields: {n: string, u: string, v: double}}
            rules:
              - {rule: packed, on: packed, by: [station], when: level > 3.0, severity: minor}
              - {rule: blank, on: river.blank, by: [station], when: level > 3.0, severity: minor}
              - {rule: colon, on: river.colon, by: [station], when: level > 3.0, severity: minor}
              - {rule: msgpack, on: messages, by: [station], when: level > 3.0, severity: minor}
              - {rule: event, on: org.example.stage, by: [station], when: level > 3.0, severity: minor}
              - {rule: quake, on: features, by: [id], when: mag > 5.0 && lat < 0.0, severity: severe}
              - {rule: record, on: records, where: u == 'm', by: [n], when: v > 3.0, severity: minor}

            """

        /// The feeds in the order in which `formats.py` wants their endpoints, and what each says of
        /// itself.
        private static let feeds = [
            ("packed", "pattern: pull, compression: zlib"),
            ("blank", "framing: topic payload, topics: [river.]"),
            ("colon", "framing: \"topic:payload\", topics: [river.]"),
            ("msgpack", "pattern: pull, format: msgpack"),
            (
                "events",
                "pattern: pull, framing: payload, format: cloudevents, stream: {field: type}"
            ),
            ("features", "pattern: pull, format: geojson"),
            ("records", "pattern: pull, framing: payload, format: senml, stream: records"),
        ]

        @Test func eachRaisesItsOwnRule() throws {
            var endpoints: [String] = []
            let feeds = try Self.feeds.map { name, settings in
                let endpoint = "tcp://127.0.0.1:\(try freePort())"
                endpoints.append(endpoint)
                let side = settings.contains("pull") ? "bind" : "connect"
                return "name: \(name), \(side): \"\(endpoint)\", \(settings)"
            }
            let daemon = try TestDaemon(rules: Self.rules, clock: "wall", otherFeeds: feeds)
            try daemon.start()
            let script = Place.root
                .appendingPathComponent("Tests/IntegrationTests/formats.py").path
            let sent = try RunningCommand(
                [script] + endpoints, in: daemon.folder, executable: try Place.python()
            ).wait(30)
            #expect(sent.code == 0, "\(sent.errors)")
            let said = try daemon.escalations(7)
            #expect(
                said.compactMap { $0["rule"]["name"].text }.sorted() == [
                    "blank", "colon", "event", "msgpack", "packed", "quake", "record",
                ])
            let keys = said.compactMap { $0["key"]["id"].text ?? $0["key"]["n"].text }
            #expect(keys.sorted() == ["urn:dev:mac:0024befffe804ff1/stage", "us1"])

            // A bomb, and what was never packed.
            try daemon.waitUntilTaken(12)
            let status = try daemon.status()
            let letters = status["dead_letters"].elements
            #expect(letters.map { $0["reason"].text } == ["compression"])
            #expect(letters.map { $0["feed"].text } == ["packed"])
            #expect(letters.map { $0["count"].number } == [2])
            #expect(status["conservation"]["accepted"].number == 10)
            #expect(status["conservation"]["rejected"].number == 2)
            #expect(status["conservation"]["holds"].flag == true)
            #expect(try daemon.stop().code == 0)
        }
    }
}
