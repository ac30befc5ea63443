import Client
import Glibc

/// A message that `publish` sends, and where it stands in the file.
struct OutgoingMessage {
    /// The frames, as they go out.
    var frames: [[UInt8]]
    /// The number of the line of each of its readings.
    var lines: [Int]
    /// Seconds since the beginning of a capture; nil where the file has no times.
    var seconds: Double?

    /// The line that byte `offset` of the payload stands in.
    func line(atOffset offset: Int) -> Int {
        guard lines.count > 1, let payload = frames.last else { return lines.first ?? 0 }
        let before = payload.prefix(offset).count { $0 == UInt8(ascii: "\n") }
        return lines[min(before, lines.count - 1)]
    }
}

/// Where `publish` reads what it sends.
protocol MessageSource: AnyObject {
    /// The next message; nil at the end, or when the run is to stop.
    func next() throws -> OutgoingMessage?
    /// How much of the file is read, 0 to 1; nil where that cannot be told.
    var fraction: Double? { get }
    /// Lines that were left out because they have no topic.
    var skipped: (count: Int, first: Int) { get }
}

/// Where `publish` sends to.
protocol MessageOutlet: AnyObject {
    /// Waits until somebody is there, or ends the command.
    func waitForPeer() throws
    /// Hands a message over; returns early when the run is to stop.
    func send(_ message: OutgoingMessage) throws
    /// Does what is to be done while nothing is due, at most so long.
    func idle(_ duration: Duration) throws
    /// Waits for the last, and says what became of all.
    func finish() throws -> PublishResult
}

/// What became of what was sent.
struct PublishResult {
    /// Why not all of it arrived; nil when it did.
    var failure: CommandFailure?
    /// What the daemon answered, where it does.
    var answers: AnswerCounts?
}

/// Answers of an acknowledged feed, in readings.
struct AnswerCounts: Equatable {
    /// Durable, and new.
    var taken = 0
    /// Durable before.
    var duplicates = 0
    /// Refused.
    var refused = 0

    /// Readings that are durable now.
    var acknowledged: Int { taken + duplicates }
}

extension LineReader.Failure {
    /// The ending it leads to.
    func failure(of file: String) -> CommandFailure {
        switch self {
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
