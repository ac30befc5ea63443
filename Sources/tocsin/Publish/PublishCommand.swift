import ArgumentParser
import Client
import Transport

/// `tocsin publish`: sends readings from JSON lines, or a capture as it was, to a daemon.
struct PublishCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Send readings, one JSON document a line, or a capture, to a daemon.",
        discussion: """
            With `push` nothing is lost while both sides live: a slow daemon slows us, and we \
            wait until it has taken the last. With `pub` sending begins when a subscriber is there. \
            With --ack it goes to a `router` feed, whose daemon answers each message when it is on \
            disk; refusals are told with the file's line and what to mend.

            A capture (--frames) has a message a line, \
            {"t": 0.516, "frames": [{"utf8": "river.stage"}, {"hex": "7b7d"}]}, a frame in one of \
            utf8, base64 and hex, t in seconds since it began. Its frames go out as they are.

            When the connection is lost under --ack, what is unanswered is sent again, the same \
            bytes. The daemon knows it by its `id`; a stream that names no `id` may then have it \
            twice.

            EXAMPLE
              tocsin publish river.jsonl --to tcp://127.0.0.1:5561 --topic river.stage
              tocsin publish day.jsonl --to tcp://127.0.0.1:5556 --bind --pattern pub \\
                --topic-field meta.stream --speed 100
              producer | tocsin publish - --to ipc:///run/readings --topic syslog
              tocsin publish --frames capture.jsonl --to tcp://127.0.0.1:5561 --speed 10x
              tocsin publish reports.jsonl --ack --to ipc:///run/tocsin/field --topic incident

            EXIT STATUS
              0 all was sent (--ack: and taken), 1 the daemon refused some, lines had no topic, or \
            a line of a capture is malformed (nothing behind it is sent), 2 usage, 3 nobody came, \
            or took or answered nothing more, within --wait, 70 failed, 78 the file cannot be read \
            or the endpoint not used.
            """)

    @Argument(help: "A file of JSON lines, or - for standard input.")
    var file: String

    @Flag(help: "The file is a capture: send its frames as they were.")
    var frames = false

    @Option(
        help: "Where to send: tcp://host:port or ipc:///path.", transform: Arguments.endpoint)
    var to: Endpoint

    @Flag(help: "Bind the endpoint instead of connecting to it.")
    var bind = false

    @Option(help: "How: pub (to every subscriber) or push (to one, losing nothing).")
    var pattern = Publisher.Pattern.push

    @Flag(help: "Send to a `router` feed and look at every answer.")
    var ack = false

    @Option(help: "The topic of every line.")
    var topic: String?

    @Option(
        help: ArgumentHelp(
            "The member of each line that holds its topic; a dot leads into an object.",
            valueName: "path"))
    var topicField: String?

    @Option(
        help: ArgumentHelp(
            "Readings (of a capture: messages) per second, or max; of a capture also recorded, as "
                + "fast as it came, or a multiple of that, as 10x. (default: max)",
            valueName: "n|max|recorded|nx"),
        transform: PublishSpeed.init)
    var speed = PublishSpeed.max

    @Option(help: ArgumentHelp("Lines in one message, as NDJSON.", valueName: "n"))
    var batch = 1

    @Option(
        help: ArgumentHelp("End after this many readings, or messages.", valueName: "n"))
    var count: Int?

    @Option(
        help: ArgumentHelp(
            "How long to wait for a peer, or without progress. (default: 5s)",
            valueName: "time"),
        transform: Arguments.duration)
    var wait = Duration.seconds(5)

    @Flag(help: "Print a summary as JSON.")
    var json = false

    mutating func validate() throws {
        if frames {
            guard topic == nil, topicField == nil else {
                throw ValidationError("a capture has its topics in its frames: leave --topic out")
            }
            if batch != 1 { throw ValidationError("a capture has its messages: leave --batch out") }
        } else {
            try validateLines()
        }
        if let count, count < 1 { throw ValidationError("--count is at least 1") }
        if ack {
            if bind { throw ValidationError("--ack connects to the feed: leave --bind out") }
            if pattern == .pub { throw ValidationError("a pub has no answers: leave --ack out") }
        }
        if !bind && !to.isConnectable {
            throw ValidationError("\(to) is a wildcard: bind it with --bind, or name a host")
        }
    }

    private func validateLines() throws {
        if (topic == nil) == (topicField == nil) {
            throw ValidationError("give --topic or --topic-field, one of them")
        }
        if topic == "" { throw ValidationError("--topic is at least one character") }
        if batch < 1 { throw ValidationError("--batch is at least 1") }
        if case .recorded = speed {
            throw ValidationError("lines have no recorded pace; --speed is a number in a second")
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
        }
    }
}

extension Publisher.Pattern: ExpressibleByArgument {}
