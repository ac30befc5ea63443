import Client
import Transport

/// Sends to whoever takes: `push` and `pub`, without answers.
final class StraightOutlet: MessageOutlet {
    private let options: PublishCommand
    private let signals: StopSignals
    private let watch = Stopwatch()
    private var publisher: Publisher?
    private var readings = 0
    private var messages = 0

    /// Binds or connects, by the options of the command line.
    init(_ options: PublishCommand, _ signals: StopSignals) throws {
        self.options = options
        self.signals = signals
        publisher = try Publisher(
            context: try ZeroMQContext(), endpoint: options.to, binds: options.bind,
            pattern: options.pattern, linger: options.wait)
    }

    func waitForPeer() throws {
        let topic = options.topic.map { Array($0.utf8) }
        let outcome = try publisher?.waitForPeer(
            topic: topic, timeout: options.wait, stop: signals.bell)
        let place = try (options.bind ? publisher?.boundEndpoint() : nil) ?? options.to
        switch outcome {
        case .present, nil: return
        case .stopped: throw CommandFailure(.failed, "stopped by a signal before anything was sent")
        case .absent:
            let who = options.pattern == .pub ? "no subscriber came to" : "nobody takes readings at"
            throw CommandFailure(
                .timedOut, "\(who) \(place) within \(options.wait.inSeconds) s; sent 0 readings",
                hint: options.bind
                    ? nil
                    : "is the daemon running, and does it bind this endpoint? A `router` feed takes `--ack`"
            )
        case .wantsOthers:
            throw CommandFailure(
                .timedOut,
                "whoever subscribed at \(place) does not want the topic "
                    + "\"\(options.topic ?? "")\"; sent 0 readings")
        }
    }

    func send(_ message: OutgoingMessage) throws {
        let start = watch.elapsed
        while try publisher?.send(frames: message.frames, timeoutMilliseconds: 100) == .wouldBlock {
            if signals.isStopped { return }
            guard watch.elapsed - start < options.wait else { throw noProgress() }
        }
        readings += message.lines.count
        messages += 1
    }

    func idle(_ duration: Duration) { pause(duration) }

    func finish() -> PublishResult {
        let isDelivered = publisher.take()?.finish() ?? true
        guard !isDelivered else { return PublishResult() }
        return PublishResult(
            failure: CommandFailure(
                .timedOut, "\(options.to) did not take the last of \(readings) readings in time",
                hint: "--wait gives it longer"))
    }

    private func noProgress() -> CommandFailure {
        CommandFailure(
            .timedOut,
            "\(options.to) took nothing for \(options.wait.inSeconds) s; sent \(readings) readings in "
                + "\(messages) messages, of which the last \(Publisher.pushQueue) may not have arrived"
        )
    }
}
