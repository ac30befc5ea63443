import Client
import Events
import Glibc
import Transport

/// Sends to a feed that answers, and looks at every answer.
final class AcknowledgedOutlet: MessageOutlet {
    /// Refusals that are told one by one.
    private static let refusalLimit = 20

    private let options: PublishCommand
    private let signals: StopSignals
    private let watch = Stopwatch()
    private var sender: ReportSender
    /// The messages under way, by ticket.
    private var waiting: [Int: OutgoingMessage] = [:]
    private var sent = 0
    /// When an answer came last, or nothing was under way.
    private var lastAnswer = Duration.zero
    private var counts = AnswerCounts()
    private var refusals = 0
    /// Takes the progress line away before something is printed.
    private let willPrint: () -> Void

    /// Connects, by the options of the command line.
    init(
        _ options: PublishCommand, _ signals: StopSignals, willPrint: @escaping () -> Void
    ) throws {
        self.options = options
        self.signals = signals
        self.willPrint = willPrint
        sender = try ReportSender(context: try ZeroMQContext(), endpoint: options.to)
    }

    func waitForPeer() throws {
        while !sender.isConnected {
            if signals.isStopped {
                throw CommandFailure(.failed, "stopped by a signal before anything was sent")
            }
            guard watch.elapsed < options.wait else {
                throw CommandFailure(
                    .timedOut,
                    "nobody takes reports at \(options.to) within \(options.wait.inSeconds) s; "
                        + "sent 0 readings",
                    hint: "is the daemon running, and is this the endpoint of a `router` feed?")
            }
            _ = try sender.advance(timeoutMilliseconds: 50, stop: signals.bell)
        }
    }

    func send(_ message: OutgoingMessage) throws {
        while !sender.hasRoom {
            if signals.isStopped { return }
            try advance(50)
        }
        if sender.unanswered == 0 { lastAnswer = watch.elapsed }
        sent += 1
        waiting[sent] = message
        sender.add(message.frames, ticket: sent)
        try advance(0)
    }

    func idle(_ duration: Duration) throws {
        let end = watch.elapsed + duration
        while sender.unanswered > 0, watch.elapsed < end, !signals.isStopped {
            try advance(Int((end - watch.elapsed).inSeconds * 1000))
        }
        pause(end - watch.elapsed)
    }

    func finish() throws -> PublishResult {
        defer {
            if refusals > Self.refusalLimit {
                Output.error("… and \(refusals - Self.refusalLimit) more refusals\n")
            }
        }
        // Whoever stops us is not kept waiting, and learns what is in doubt.
        while sender.unanswered > 0, !signals.isStopped {
            do { try advance(50) } catch let failure as CommandFailure {
                return PublishResult(failure: failure, answers: counts)
            }
        }
        var result = PublishResult(answers: counts)
        let doubtful = waiting.values.reduce(0) { $0 + $1.lines.count }
        if doubtful > 0 {
            result.failure = CommandFailure(
                .failed, "stopped by a signal with \(doubtful.counting("reading")) unanswered",
                hint: Self.again)
        } else if counts.refused > 0 {
            result.failure = CommandFailure(
                .wrong,
                "the daemon refused \(counts.refused.counting("reading")), and took nothing of "
                    + "\(refusals == 1 ? "that message" : "these \(refusals) messages")")
        }
        return result
    }

    private static let again =
        "send the rest again: what was taken is known by its id, where the stream names one"

    private func advance(_ milliseconds: Int) throws {
        let answers = try sender.advance(timeoutMilliseconds: milliseconds, stop: signals.bell)
        for answered in answers {
            lastAnswer = watch.elapsed
            guard let message = waiting.removeValue(forKey: answered.ticket) else { continue }
            take(answered, of: message)
        }
        guard sender.unanswered > 0, watch.elapsed - lastAnswer >= options.wait else { return }
        let doubtful = waiting.values.reduce(0) { $0 + $1.lines.count }
        throw CommandFailure(
            .timedOut,
            "\(options.to) answered nothing for \(options.wait.inSeconds) s: "
                + "\(counts.acknowledged.counting("reading")) acknowledged, "
                + "\(doubtful) sent and unanswered",
            hint: Self.again)
    }

    private func take(_ answered: ReportSender.Answered, of message: OutgoingMessage) {
        switch answered.answer {
        case .taken(_, isDuplicate: false): counts.taken += message.lines.count
        case .taken(_, isDuplicate: true): counts.duplicates += message.lines.count
        case .differs(let seq):
            refused(
                message, at: 0, "another report has this id, as number \(seq), and stays",
                "give this one an id of its own")
        case .refused(let refusal):
            refused(message, at: refusal.offset, refusal.message, refusal.hint)
        case .unreadable:
            let text = String(decoding: answered.bytes.prefix(100), as: UTF8.self)
            refused(message, at: 0, "the answer is none: \(text)", nil)
        }
    }

    private func refused(
        _ message: OutgoingMessage, at offset: Int, _ sentence: String, _ hint: String?
    ) {
        counts.refused += message.lines.count
        refusals += 1
        guard refusals <= Self.refusalLimit else { return }
        willPrint()
        let place = "\(options.file):\(message.line(atOffset: offset))"
        Output.error(
            "\(place): \(sentence.printable)\n"
                + (hint.map { "        \($0.printable)\n" } ?? ""))
    }
}

/// Sleeps for a duration, if it is not over already.
func pause(_ duration: Duration) {
    if duration > .zero { usleep(UInt32(min(duration.inSeconds, 1) * 1e6)) }
}
