import Client
import Foundation
import Glibc
import Transport
import Wire

/// One run of `publish`: reads lines, gathers them into messages, sends these at their time.
final class PublishRun {
    /// The most bytes of a message: the limit that a daemon sets for a frame.
    private static let maximumPayload = 4 << 20

    private let options: PublishCommand
    private let signals: StopSignals
    private let fieldPath: [String]
    private let progress: ProgressLine?

    private let watch = Stopwatch()
    private var began = Duration.zero
    private var readings = 0
    private var messages = 0
    private var skipped = 0
    private var firstSkipped = 0

    private var topic: [UInt8] = []
    private var payload: [UInt8] = []
    private var gathered = 0

    /// A run with the options of the command line.
    init(_ options: PublishCommand, _ signals: StopSignals) {
        self.options = options
        self.signals = signals
        fieldPath = options.topicField?.split(separator: ".").map(String.init) ?? []
        progress = isatty(STDERR_FILENO) == 1 ? ProgressLine() : nil
    }

    /// Sends everything and says how it went.
    func run() throws {
        var lines = try LineReader(path: options.file, stop: signals.bell)
        var publisher = try Publisher(
            context: try ZeroMQContext(), endpoint: options.to, binds: options.bind,
            pattern: options.pattern, linger: options.wait)
        try waitForPeer(&publisher)
        began = watch.elapsed
        while readings + gathered < options.count ?? .max, !signals.isStopped,
            let line = try lines.next()
        {
            try take(line, number: lines.lineNumber, &publisher)
            progress?.update(at: watch.elapsed) { [readings] in
                (readings, lines.fileSize.map { Double(lines.bytesRead) / Double(max($0, 1)) })
            }
        }
        if !signals.isStopped { try flush(&publisher) }
        progress?.clear()
        let isDelivered = publisher.finish()
        try report()
        if signals.isStopped {
            throw CommandFailure(.failed, "stopped by a signal after \(readings) readings")
        }
        guard isDelivered else {
            throw CommandFailure(
                .timedOut, "\(options.to) did not take the last of \(readings) readings in time",
                hint: "--wait gives it longer")
        }
        guard skipped == 0 else {
            throw CommandFailure(
                .wrong,
                "\(skipped) lines have no text \"\(options.topicField ?? "")\" and were "
                    + "not sent, the first of them line \(firstSkipped)")
        }
    }

    private func waitForPeer(_ publisher: inout Publisher) throws {
        let outcome = try publisher.waitForPeer(
            topic: options.topic.map { Array($0.utf8) }, timeout: options.wait, stop: signals.bell)
        let place = try options.bind ? publisher.boundEndpoint() : options.to
        switch outcome {
        case .present: return
        case .stopped: throw CommandFailure(.failed, "stopped by a signal before anything was sent")
        case .absent:
            let who = options.pattern == .pub ? "no subscriber came to" : "nobody takes readings at"
            throw CommandFailure(
                .timedOut, "\(who) \(place) within \(options.wait.inSeconds) s; sent 0 readings",
                hint: options.bind ? nil : "is the daemon running, and does it bind this endpoint?")
        case .wantsOthers:
            throw CommandFailure(
                .timedOut,
                "whoever subscribed at \(place) does not want the topic "
                    + "\"\(options.topic ?? "")\"; sent 0 readings")
        }
    }

    private func take(
        _ line: ArraySlice<UInt8>, number: Int, _ publisher: inout Publisher
    ) throws {
        var next: [UInt8]
        if let fixed = options.topic {
            next = topic.isEmpty ? Array(fixed.utf8) : topic
        } else if let text = JSONMembers.text(at: fieldPath, in: Array(line)) {
            next = Array(text.utf8)
        } else {
            skipped += 1
            if skipped == 1 { firstSkipped = number }
            return
        }
        if gathered > 0, next != topic || payload.count + line.count >= Self.maximumPayload {
            try flush(&publisher)
        }
        topic = next
        if gathered > 0 { payload.append(UInt8(ascii: "\n")) }
        payload += line
        gathered += 1
        if gathered == options.batch { try flush(&publisher) }
    }

    /// Sends what was gathered when it is due, however long the peer needs while it moves.
    private func flush(_ publisher: inout Publisher) throws {
        guard gathered > 0 else { return }
        waitUntilDue()
        let start = watch.elapsed
        while try publisher.send(topic: topic, payload: payload, timeoutMilliseconds: 100) != .sent
        {
            if signals.isStopped { return }
            guard watch.elapsed - start < options.wait else { throw noProgress() }
        }
        readings += gathered
        messages += 1
        gathered = 0
        payload.removeAll(keepingCapacity: true)
    }

    private func waitUntilDue() {
        guard case .perSecond(let rate) = options.speed else { return }
        let due = began + .seconds(Double(readings) / rate)
        while !signals.isStopped {
            let left = due - watch.elapsed
            guard left > .zero else { return }
            progress?.update(at: watch.elapsed) { [readings] in (readings, nil) }
            usleep(UInt32(min(left.inSeconds, 0.1) * 1e6))
        }
    }

    private func noProgress() -> CommandFailure {
        progress?.clear()
        return CommandFailure(
            .timedOut,
            "\(options.to) took nothing for \(options.wait.inSeconds) s; sent \(readings) readings in "
                + "\(messages) messages, of which the last \(Publisher.pushQueue) may not have arrived"
        )
    }

    private func report() throws {
        let seconds = max((watch.elapsed - began).inSeconds, 1e-9)
        let rate = Double(readings) / seconds
        guard options.json else {
            return try Output.line(
                "sent \(readings) readings in \(messages) messages, "
                    + "\(UInt64(rate.rounded()).grouped)/s")
        }
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("messages")
            writer.int(messages)
            writer.key("readings")
            writer.int(readings)
            writer.key("readings_per_s")
            writer.double((rate * 10).rounded() / 10)
            writer.key("seconds")
            writer.double((seconds * 1e6).rounded() / 1e6)
            writer.key("skipped")
            writer.int(skipped)
        }
        try Output.line(writer.text)
    }
}
