import ArgumentParser
import Client
import Foundation
import Glibc
import Transport

/// `tocsin publish`: sends readings from JSON lines to a daemon.
struct PublishCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Send readings, one JSON document a line, to a daemon.",
        discussion: """
            With `push` nothing is lost while both sides live: a slow daemon slows us, and we \
            wait until it has taken the last. With `pub` sending begins when a subscriber is there.

            EXAMPLE
              tocsin publish river.jsonl --to tcp://127.0.0.1:5561 --topic river.stage
              tocsin publish day.jsonl --to tcp://127.0.0.1:5556 --bind --pattern pub \\
                --topic-field meta.stream --speed 100
              producer | tocsin publish - --to ipc:///run/readings --topic syslog

            Ends with 3 when nobody came, or took nothing more, within --wait, and with 1 when \
            lines had no topic under --topic-field.
            """)

    @Argument(help: "A file of JSON lines, or - for standard input.")
    var file: String

    @Option(
        help: "Where to send: tcp://host:port or ipc:///path.", transform: Arguments.endpoint)
    var to: Endpoint

    @Flag(help: "Bind the endpoint instead of connecting to it.")
    var bind = false

    @Option(help: "How: pub (to every subscriber) or push (to one, losing nothing).")
    var pattern = Publisher.Pattern.push

    @Option(help: "The topic of every line.")
    var topic: String?

    @Option(
        help: ArgumentHelp(
            "The member of each line that holds its topic; a dot leads into an object.",
            valueName: "path"))
    var topicField: String?

    @Option(
        help: ArgumentHelp("Readings per second, or max. (default: max)", valueName: "n|max"),
        transform: Speed.init)
    var speed = Speed.max

    @Option(help: ArgumentHelp("Lines in one message, as NDJSON.", valueName: "n"))
    var batch = 1

    @Option(help: ArgumentHelp("End after this many readings.", valueName: "n"))
    var count: Int?

    @Option(
        help: ArgumentHelp(
            "How long to wait for a peer, or without progress. (default: 5s)",
            valueName: "time"),
        transform: Arguments.duration)
    var wait = Duration.seconds(5)

    @Flag(help: "Print a summary as JSON.")
    var json = false

    /// How fast to send.
    enum Speed: Sendable {
        case max
        case perSecond(Double)

        /// `max`, or a number of readings per second.
        init(_ text: String) throws {
            if text == "max" {
                self = .max
            } else if let number = Double(text), number > 0, number.isFinite {
                self = .perSecond(number)
            } else {
                throw ValidationError("\"\(text)\" is no speed; write readings per second, or max")
            }
        }
    }

    mutating func validate() throws {
        if (topic == nil) == (topicField == nil) {
            throw ValidationError("give --topic or --topic-field, one of them")
        }
        if topic == "" { throw ValidationError("--topic is at least one character") }
        if batch < 1 { throw ValidationError("--batch is at least 1") }
        if let count, count < 1 { throw ValidationError("--count is at least 1") }
        if !bind && !to.isConnectable {
            throw ValidationError("\(to) is a wildcard: bind it with --bind, or name a host")
        }
        if let topicField,
            topicField.split(separator: ".", omittingEmptySubsequences: false)
                .contains("")
        {
            throw ValidationError("--topic-field is member names joined by single dots")
        }
    }

    mutating func run() throws {
        let signals = try StopSignals()
        do {
            try PublishRun(self, signals).run()
        } catch let error as TransportError {
            throw Arguments.failure(error)
        } catch let error as LineReader.Failure {
            throw failure(error)
        }
    }

    private func failure(_ error: LineReader.Failure) -> CommandFailure {
        switch error {
        case .unreadable(let code):
            CommandFailure(
                .configuration, "cannot read \(file): \(String(cString: strerror(code)))")
        case .lineTooLong(let line):
            CommandFailure(
                .wrong,
                "line \(line) of \(file) is longer than \(LineReader.maximumLineBytes) bytes",
                hint: "readings stand one on each line")
        }
    }
}

extension Publisher.Pattern: ExpressibleByArgument {}
