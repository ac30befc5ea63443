import Client
import Foundation
import Glibc
import Transport
import Wire

/// One run of `publish`: reads messages, sends each at its time, says how it went.
///
///     LineMessages | CaptureMessages ─► pace ─► StraightOutlet | AcknowledgedOutlet
final class PublishRun {
    private let options: PublishCommand
    private let signals: StopSignals
    private let progress: ProgressLine?
    private let source: any MessageSource
    private let outlet: any MessageOutlet

    private let watch = Stopwatch()
    private var began = Duration.zero
    private var firstSecond: Double?
    private var readings = 0
    private var messages = 0

    /// A run with the options of the command line.
    init(_ options: PublishCommand, _ signals: StopSignals) throws {
        self.options = options
        self.signals = signals
        let progress = isatty(STDERR_FILENO) == 1 ? ProgressLine() : nil
        self.progress = progress
        let reader: LineReader
        do throws(LineReader.Failure) {
            reader = try LineReader(path: options.file, stop: signals.bell)
        } catch {
            throw error.failure(of: options.file)
        }
        source =
            options.frames
            ? CaptureMessages(options, reader) : LineMessages(options, reader)
        outlet =
            options.ack
            ? try AcknowledgedOutlet(options, signals) { progress?.clear() }
            : try StraightOutlet(options, signals)
    }

    /// Sends everything and says how it went.
    func run() throws {
        try outlet.waitForPeer()
        began = watch.elapsed
        var failure: CommandFailure?
        do {
            while !signals.isStopped, let message = try source.next() {
                try waitUntilDue(message)
                guard !signals.isStopped else { break }
                try outlet.send(message)
                guard !signals.isStopped else { break }
                readings += message.lines.count
                messages += 1
                progress?.update(at: watch.elapsed) { [readings, source] in
                    (readings, source.fraction)
                }
            }
        } catch {
            // What was sent before it is still told.
            failure = try ending(error)
        }
        progress?.clear()
        let result = try outlet.finish()
        try report(result.answers)
        if let failure = failure ?? result.failure { throw failure }
        if signals.isStopped {
            throw CommandFailure(.failed, "stopped by a signal after \(readings) readings")
        }
        guard source.skipped.count == 0 else {
            throw CommandFailure(
                .wrong,
                "\(source.skipped.count) lines have no text \"\(options.topicField ?? "")\" and "
                    + "were not sent, the first of them line \(source.skipped.first)")
        }
    }

    /// What ends the run after its report; other errors end it at once.
    private func ending(_ error: any Error) throws -> CommandFailure {
        switch error {
        case let failure as CommandFailure where options.ack || failure.code != .timedOut:
            return failure
        case let failure as LineReader.Failure: return failure.failure(of: options.file)
        case _:
            progress?.clear()
            throw error
        }
    }

    private func waitUntilDue(_ message: OutgoingMessage) throws {
        let seconds = message.seconds ?? 0
        let first = firstSecond ?? seconds
        firstSecond = first
        guard let due = options.speed.due(sent: readings, seconds: max(0, seconds - first))
        else { return }
        while !signals.isStopped {
            let left = began + due - watch.elapsed
            guard left > .zero else { return }
            progress?.update(at: watch.elapsed) { [readings] in (readings, nil) }
            try outlet.idle(min(left, .milliseconds(100)))
        }
    }

    private func report(_ answers: AnswerCounts?) throws {
        let seconds = max((watch.elapsed - began).inSeconds, 1e-9)
        let rate = Double(readings) / seconds
        guard options.json else {
            let what =
                options.frames
                ? "\(messages) messages of a capture"
                : "\(readings) readings in \(messages) messages"
            let answered = answers.map {
                ": \($0.taken) taken, \($0.duplicates) duplicates, \($0.refused) refused"
            }
            return try Output.line(
                "sent \(what), \(UInt64(rate.rounded()).grouped)/s" + (answered ?? ""))
        }
        var writer = JSONWriter()
        writer.object { writer in
            if let answers {
                writer.key("acknowledged")
                writer.int(answers.acknowledged)
                writer.key("duplicates")
                writer.int(answers.duplicates)
            }
            writer.key("messages")
            writer.int(messages)
            writer.key("readings")
            writer.int(readings)
            writer.key("readings_per_s")
            writer.double((rate * 10).rounded() / 10)
            if let answers {
                writer.key("refused")
                writer.int(answers.refused)
            }
            writer.key("seconds")
            writer.double((seconds * 1e6).rounded() / 1e6)
            writer.key("skipped")
            writer.int(source.skipped.count)
        }
        try Output.line(writer.text)
    }
}
