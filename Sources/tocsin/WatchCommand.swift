import ArgumentParser
import Client
import Crypto
import Events
import Foundation
import Glibc
import Transport

/// `tocsin watch`: follows the escalations of a warner.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Follow escalations: each once, in order, none missed.",
        discussion: """
            Joins live, asks for what it missed, checks the chain of bodies, and says when the \
            warner is silent. With --json each body is one line, byte for byte as it was \
            journaled; what happens beside goes to standard error.

            EXAMPLE
              tocsin watch
              tocsin watch --since 1 --count 10 --timeout 30s --json
              tocsin watch --prefix actual/area/KE030/ --prefix actual/severity/extreme/

            Ends with 0 after --count escalations or Ctrl-C, with 3 when --timeout passes before \
            --count is reached, and with 1 when the log turned out to be damaged.
            """)

    @Option(
        help: ArgumentHelp(
            "Where escalations are published. (default: tcp://127.0.0.1:5571)",
            valueName: "endpoint"),
        transform: Arguments.endpoint)
    var from: Endpoint?

    @Option(
        help: ArgumentHelp(
            "Where what was missed is asked for. (default: tcp://127.0.0.1:5572)",
            valueName: "endpoint"),
        transform: Arguments.endpoint)
    var recovery: Endpoint?

    @Option(
        name: .customLong("prefix"),
        help: ArgumentHelp(
            "Only what has a topic that begins so; can be repeated.", valueName: "topic"),
        transform: Arguments.prefix)
    var prefixes: [String] = []

    @Option(help: ArgumentHelp("Begin with this seq; 1 is everything kept.", valueName: "seq"))
    var since: UInt64?

    @Option(help: ArgumentHelp("End after this many escalations.", valueName: "n"))
    var count: Int?

    @Option(
        help: ArgumentHelp("End after this time.", valueName: "seconds"),
        transform: Arguments.duration)
    var timeout: Duration?

    @Flag(help: "One body a line, exactly its bytes.")
    var json = false

    mutating func validate() throws {
        if let count, count < 1 { throw ValidationError("--count is at least 1") }
        if since == 0 { throw ValidationError("--since is at least 1: seq begins there") }
    }

    mutating func run() throws {
        do {
            try follow()
        } catch let error as TransportError {
            throw Arguments.failure(error)
        }
    }

    private func follow() throws {
        let signals = try StopSignals()
        let context = try ZeroMQContext()
        var settings = FollowerSettings()
        settings.prefixes = prefixes
        settings.since = since
        let recovery = try recovery ?? Endpoint("tcp://127.0.0.1:5572")
        var follower = try Follower(
            context: context, from: try from ?? Endpoint("tcp://127.0.0.1:5571"),
            recovery: recovery, settings: settings, stop: signals.bell,
            digest: { Array(SHA256.hash(data: $0)) })
        var session = WatchSession(
            limit: count, json: json, recovery: recovery,
            text: EscalationText(
                terminal: Terminal(descriptor: STDOUT_FILENO),
                languages: EscalationText.languages(of: ProcessInfo.processInfo.environment)))
        let watch = Stopwatch()
        while !session.isComplete && !signals.isStopped {
            let left = timeout.map { $0 - watch.elapsed }
            if let left, left <= .zero { break }
            let wait = left.map { Int(($0.inSeconds * 1000).rounded(.up)) } ?? 1000
            try session.take(follower.nextEvents(timeoutMilliseconds: wait))
        }
        try session.finish(isStopped: signals.isStopped)
    }
}

/// What one run of `watch` has shown, and when it is done.
struct WatchSession {
    private let limit: Int?
    private let json: Bool
    private let recovery: Endpoint
    private let text: EscalationText
    private var shown = 0
    private var fetched = 0
    private var corruptions = 0
    private var isSilent = true

    /// A session that is complete after `limit` escalations.
    init(limit: Int?, json: Bool, recovery: Endpoint, text: EscalationText) {
        self.limit = limit
        self.json = json
        self.recovery = recovery
        self.text = text
    }

    /// Whether as many were shown as were asked for.
    var isComplete: Bool { limit.map { shown >= $0 } ?? false }

    /// Prints what the events say, up to the limit.
    mutating func take(_ events: [FollowerEvent]) throws {
        var output: [UInt8] = []
        for event in events where !isComplete {
            if event.isCorruption { corruptions += 1 }
            switch event {
            case .silent, .stalled: isSilent = true
            case .joined, .back: isSilent = false
            case _: break
            }
            guard case .escalation(let escalation, let origin) = event else {
                if let sentence = FollowerNotice.sentence(event, recovery: recovery) {
                    // Keep the order on a terminal that shows both.
                    try flush(&output)
                    Output.notice(sentence)
                }
                continue
            }
            shown += 1
            if origin != .live { fetched += 1 }
            output += json ? escalation.body : Array(text.lines(escalation.body).utf8)
            output.append(UInt8(ascii: "\n"))
        }
        try flush(&output)
    }

    /// Says how it went; throws when that is not what was asked for.
    func finish(isStopped: Bool) throws {
        if isStopped || limit == nil {
            Output.notice("\(shown.counting("escalation")) shown, \(fetched) of them fetched")
        }
        if corruptions > 0 {
            throw CommandFailure(
                .wrong, "the log is damaged: \(corruptions) faults, see above",
                hint: "run `tocsin watch --since 1` to see whether the journal itself is")
        }
        if let limit, shown < limit, !isStopped {
            throw CommandFailure(
                .timedOut, "\(shown.counting("escalation")) of \(limit) came in time")
        }
        if isSilent && !isStopped && !isComplete {
            throw CommandFailure(.timedOut, "the warner was silent at the end")
        }
    }

    private func flush(_ output: inout [UInt8]) throws {
        guard !output.isEmpty else { return }
        defer { output = [] }
        try Output.write(output)
    }
}
