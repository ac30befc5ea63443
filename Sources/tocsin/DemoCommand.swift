import ArgumentParser
import Foundation
import Transport

/// `tocsin demo`: a story of 36 hours through the real daemon, without any configuration.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "See it work: a flood, smoke and attacks in twenty seconds.",
        discussion: """
            Starts the real daemon with rules of its own, feeds it made-up readings over real \
            sockets, and prints the escalations that come out. It needs no configuration, uses \
            ports of this machine only, and leaves no files behind. Ctrl-C stops it.

            EXAMPLE
              tocsin demo
              tocsin demo --seconds 60
              DEMO_SECONDS=60 make demo
              tocsin demo --show-rules > demo.yaml && tocsin check demo.yaml

            ENVIRONMENT
              DEMO_SECONDS   how long it takes, where --seconds is not given
              NO_COLOR       no colour, also on a terminal
            """)

    @Option(help: ArgumentHelp("How long it takes. (default: 20)", valueName: "n"))
    var seconds: Double?

    @Flag(help: "Print the rules instead, as a rule file.")
    var showRules = false

    /// The shortest and the longest show, in seconds.
    private static let range = 1.0...86_400

    mutating func validate() throws {
        if let seconds, !Self.range.contains(seconds) {
            throw ValidationError("--seconds is a number from 1 to 86400")
        }
    }

    mutating func run() throws {
        if showRules { return try Output.line(DemoRules.yaml) }
        let length = try seconds ?? Self.secondsOfEnvironment()
        do {
            // It has a folder to remove, also when its terminal closes.
            let stop = try StopSignals([SIGINT, SIGTERM, SIGHUP], isPatient: true)
            try DemoShow(seconds: length, stop: stop).play()
        } catch let error as TransportError {
            throw Arguments.failure(error)
        }
    }

    private static func secondsOfEnvironment() throws -> Double {
        guard let text = ProcessInfo.processInfo.environment["DEMO_SECONDS"], !text.isEmpty else {
            return 20
        }
        guard let seconds = Double(text), range.contains(seconds) else {
            throw ValidationError("DEMO_SECONDS is a number from 1 to 86400, and not \"\(text)\"")
        }
        return seconds
    }
}
