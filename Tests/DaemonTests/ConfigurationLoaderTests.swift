import Events
import Rules
import Testing
import Transport

@testable import Daemon

/// What `tocsin.yaml` becomes, and what is said of a bad one.
@Suite struct ConfigurationLoaderTests {
    private func load(_ text: String) -> ConfigurationLoader.Outcome {
        ConfigurationLoader.load(
            SourceFile(path: "etc/tocsin.yaml", bytes: Array(text.utf8)),
            in: .init(hostName: "nbo", workingDirectory: "/home/op"))
    }

    private func told(_ text: String) -> [String] {
        switch load(text) {
        case .loaded: []
        case .refused(let diagnostics):
            diagnostics.map { "\($0.line):\($0.column): \($0.message)" }
        }
    }

    private func loaded(_ text: String) throws -> Configuration {
        guard case .loaded(let configuration, let warnings) = load(text) else {
            Issue.record("\(told(text))")
            throw CancellationError()
        }
        #expect(warnings == [])
        return configuration
    }

    @Test func everyKeyButTheEndpointsHasADefault() throws {
        let configuration = try loaded(
            """
            feeds: [{name: gauges, connect: "tcp://127.0.0.1:5556"}]
            """)
        #expect(configuration.publisher == "nbo")
        #expect(configuration.rules == "/home/op/etc/rules")
        #expect(configuration.state == "/var/lib/tocsin")
        #expect(configuration.clock == .wall)
        #expect(configuration.escalations.description == "tcp://127.0.0.1:5571")
        #expect(configuration.recovery.description == "tcp://127.0.0.1:5572")
        #expect(configuration.control.description == "ipc:///var/lib/tocsin/control")
        let feed = try #require(configuration.feeds.first)
        #expect(feed.endpoint == .connect(try Endpoint("tcp://127.0.0.1:5556")))
        #expect(feed.name == "gauges" && feed.pattern == .sub)
        #expect(feed.topics == [] && feed.status == .actual)
        #expect(feed.limits == Configuration.FeedLimits())
    }

    @Test func everythingCanBeSaid() throws {
        let configuration = try loaded(
            """
            publisher: nbo-1
            rules: ../rules/
            state: ./state
            clock: event
            feeds:
              - name: gauges
                connect: tcp://gauges.example:5556
                pattern: sub
                topics: [river., rain.]
                insecure: true
                status: exercise
                framing: topic+payload
                format: json
                limits: {frame: 1MiB, depth: 8, text: 1024, readings: 100}
              - {name: push, bind: "tcp://127.0.0.1:*", pattern: pull}
            escalations: {bind: "tcp://*:5571", insecure: true}
            recovery: {bind: "ipc:///run/tocsin/recovery"}
            control: ipc:///run/tocsin/control
            """)
        #expect(configuration.rules == "/home/op/etc/../rules")
        #expect(configuration.state == "/home/op/etc/state")
        #expect(configuration.clock == .event)
        let feed = configuration.feeds[0]
        #expect(feed.topics == ["river.", "rain."] && feed.status == .exercise)
        let limits = Configuration.FeedLimits(
            frameBytes: 1 << 20, depth: 8, textBytes: 1024, readings: 100)
        #expect(feed.limits == limits)
        #expect(configuration.feeds[1].pattern == .pull && configuration.feeds[1].topics == [])
        #expect(configuration.escalations.description == "tcp://*:5571")
    }

    @Test func allProblemsAreToldAtOnce() {
        let text = """
            publsher: x
            publisher: two words
            clock: walk
            state: ''
            feeds:
              - {name: a, connect: "tcp://gauges.example:5556"}
              - {name: a, bind: "tcp://127.0.0.1:1", connect: "tcp://127.0.0.1:2"}
              - {pattern: router, bind: "tcp://127.0.0.1:5571", topics: []}
              - {name: b, connect: "tcp://*:5556", insecure: true, framing: payload, format: xml}
              - {name: c, connect: "gauges:5556", pattern: pull, topics: [x], status: system}
              - {name: d, connect: "tcp://127.0.0.1:9", limits: {frame: 1TiB, text: 1MiB, depth: 0}}
              - {name: e, stream: logs}
            escalations: {bind: "tcp://0.0.0.0:5571"}
            recovery: {bind: "tcp://127.0.0.1:5571", connect: x}
            control: tcp://example.org:1
            """
        #expect(
            told(text) == [
                "1:1: a configuration has no key `publsher`",
                "2:12: `two words` is not a name",
                "3:8: `clock` cannot be `walk`",
                "4:8: `state` is empty",
                "6:24: `tcp://gauges.example:5556` would carry plain text between machines",
                "7:12: feed `a` is declared twice",
                "7:51: a feed has `bind` or `connect`, not both",
                "8:5: a feed needs `name`",
                "8:61: `topics` are for `pattern: sub`: who sends chooses what to send",
                "9:5: a feed needs `stream`",
                "9:24: nobody can connect to `tcp://*:5556`",
                "9:82: `format` cannot be `xml`",
                "10:24: \"gauges:5556\" does not say how to connect",
                "10:62: `topics` are for `pattern: sub`: who sends chooses what to send",
                "10:75: `status` cannot be `system`",
                "11:61: `frame` must be a number of bytes up to 268435456, not `1TiB`",
                "11:73: `text` must lie between 1 and 4096 bytes",
                "11:86: `depth` must lie between 1 and 512",
                "12:5: a feed needs `connect` or `bind`",
                "13:21: `tcp://0.0.0.0:5571` would carry plain text between machines",
                "14:18: `tcp://127.0.0.1:5571` is already bound",
                "14:42: a listener has no key `connect`",
                "15:10: `control` is for this host only",
            ])
    }

    @Test func aStateFolderTooLongForASocketAsksForControl() {
        let state = "/" + String(repeating: "x", count: 110)
        #expect(
            told("state: \(state)\nfeeds: []\n") == [
                "1:8: the control socket cannot lie in the state folder: the ipc path has 119 bytes"
            ])
    }
}
