import ArgumentParser
import Client
import Events
import Transport

/// Sends a report and says what became of it.
struct ReportDelivery {
    private let options: ReportCommand
    private let report: FieldReport
    private let patience: Duration

    /// Of this report, by the options of the command line; the answer may take as long as
    /// `patience`.
    init(_ options: ReportCommand, _ report: FieldReport, patience: Duration) {
        self.options = options
        self.report = report
        self.patience = patience
    }

    /// Sends the document, waits for the answer, ends the command with it.
    func send(_ document: [UInt8], to feed: AcknowledgingFeed) throws {
        if options.json, options.id == nil, let id = report.id {
            Output.notice("the report's id is \(id.printable)")
        }
        let frames = feed.frames(topic: report.stream.topic, payload: document)
        let answered: ReportSender.Answered
        do {
            answered = try ask(frames, feed.endpoint)
        } catch let error as TransportError {
            throw Arguments.failure(error)
        }
        if options.json {
            try Output.write(answered.bytes + [UInt8(ascii: "\n")])
        }
        switch answered.answer {
        case .taken(let seq, let isDuplicate):
            guard !options.json else { return }
            let id = report.id.map { " Its id is \($0.printable)." } ?? ""
            try Output.line(
                isDuplicate
                    ? "The daemon had the report already, as number \(seq): it counts once.\(id)"
                    : "The daemon has the report on disk, as number \(seq), and decides it.\(id)")
        case .differs(let seq):
            guard !options.json else { throw ExitCode(ExitStatus.wrong.rawValue) }
            let id = report.id.map { " \($0.printable)" } ?? ""
            throw CommandFailure(
                .wrong,
                "the daemon has another report under the id\(id), as number \(seq), and keeps it",
                hint: "give this one an id of its own")
        case .refused(let refusal):
            guard !options.json else { throw ExitCode(ExitStatus.wrong.rawValue) }
            throw CommandFailure(
                .wrong, "the daemon refuses the report: \(refusal.message.printable)",
                hint: refusal.hint?.printable)
        case .unreadable:
            throw CommandFailure(
                .failed, "the answer of \(feed.endpoint) is none to a report",
                hint: "is this the endpoint of a `router` feed?")
        }
    }

    private func ask(
        _ frames: [[UInt8]], _ endpoint: Endpoint
    ) throws -> ReportSender.Answered {
        var sender = try ReportSender(context: try ZeroMQContext(), endpoint: endpoint, window: 1)
        sender.add(frames, ticket: 1)
        let watch = Stopwatch()
        var wasConnected = false
        while watch.elapsed < patience {
            let left = patience - watch.elapsed
            let answers = try sender.advance(
                timeoutMilliseconds: max(1, Int(left.inSeconds * 1000)))
            if let answer = answers.first { return answer }
            wasConnected = wasConnected || sender.isConnected
        }
        throw silence(endpoint, wasSent: wasConnected)
    }

    private func silence(_ endpoint: Endpoint, wasSent: Bool) -> CommandFailure {
        let seconds = "\(options.wait.inSeconds) s"
        guard wasSent else {
            return CommandFailure(
                .timedOut, "nobody takes reports at \(endpoint) within \(seconds); nothing was sent"
            )
        }
        return CommandFailure(
            .timedOut,
            "no answer from \(endpoint) within \(seconds): whether the report was taken is not known",
            hint: report.id.map { "send it again with --id \($0.printable): it is taken once" }
                ?? "the stream names no id; look at `tocsin status` before it is sent again")
    }
}
