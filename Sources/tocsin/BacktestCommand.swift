import ArgumentParser
import Daemon
import Engine
import Evaluation
import Events
import Expressions
import Foundation
import Glibc
import Rules
import Wire

/// `tocsin backtest`: what the rules would have decided on recorded data.
struct BacktestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Run rules over a recorded file and print what they would have decided.",
        discussion: """
            The same engine as the daemon's, without sockets, under the event clock. Prints one line
            for each transition: time, rule, key, from, to, severity and values. The states are
            inactive, pending (a hold runs) and the rule's levels (active without levels).

            EXAMPLE
              tocsin backtest rules/flood.yaml --input last-year.jsonl --topic river.stage

            EXIT STATUS
              0 done, 1 the rules have errors, 2 usage, 78 a file cannot be read.
            """)

    @Argument(help: "Rule file, or a folder of them.")
    var rules: String

    @Option(help: "JSON lines to run; - is standard input.")
    var input: String

    @Option(help: "Topic of every line.")
    var topic: String?

    @Option(help: "Member of each line that names its topic.")
    var topicField: String?

    @Flag(help: "Print one JSON object a transition.")
    var json = false

    @Flag(help: "Print one JSON line of counts on standard error; without --json no log beside it.")
    var stats = false

    @Option(help: "Print every let and the condition of this rule at each judgement instead.")
    var values: String?

    func validate() throws {
        guard (topic == nil) != (topicField == nil) else {
            throw ValidationError("Give either --topic or --topic-field.")
        }
    }

    func run() throws {
        let plan = try RuleFolder.plan(at: rules, json: json, failure: 1)
        let source: Backtest.Input.Topic =
            if let topic { .fixed(topic) } else { .member(topicField ?? "") }
        // With --stats and no --json, no log is printed beside the counts.
        let logs = values == nil && (json || !stats)
        var run: Backtest
        do {
            run = try Backtest(
                plan: plan, input: Backtest.Input(path: input, topic: source), logs: logs,
                traced: values)
        } catch { throw CommandFailure(.usage, error.description) }
        let printer = TransitionPrinter(json: json)
        var output = OutputBuffer()
        let summary = try run.run { tellings in
            for case .transition(let transition) in tellings.transitions where logs {
                try output.write(printer.line(transition))
            }
            for judgement in tellings.judgements {
                try output.write(printer.line(judgement, plan, rule: values ?? ""))
            }
        }
        try output.flush()
        report(summary, plan)
    }

    private func report(_ summary: Backtest.Summary, _ plan: Plan) {
        if stats {
            var writer = JSONWriter()
            writer.object { writer in
                writer.key("events")
                writer.int(summary.events)
                writer.key("seconds")
                writer.double((summary.seconds * 1e6).rounded() / 1e6)
                writer.key("events_per_s")
                writer.double((Double(summary.events) / max(summary.seconds, 1e-9)).rounded())
                writer.key("raised")
                writer.int(summary.counts.raised)
                writer.key("moved")
                writer.int(summary.counts.moved)
                writer.key("cleared")
                writer.int(summary.counts.cleared)
                writer.key("dead_letters")
                writer.int(summary.deadLetters)
            }
            Output.error(writer.text + "\n")
            return
        }
        if summary.outOfOrder > 0 {
            Output.error(
                "\(summary.outOfOrder) rows were older than their key's newest and judged nothing.\n"
            )
        }
        guard summary.deadLetters > 0 else { return }
        var text = "\(summary.deadLetters) dead letters:"
        for entry in summary.reasons.sorted(by: { $0.count > $1.count }) {
            text += "\n  \(entry.count) × \(entry.reason.sentence)"
            if entry.offset >= 0 { text += " (first at byte \(entry.offset) of the file)" }
        }
        Output.error(text + "\n")
    }
}

/// Renders transitions and judgements, for people or as JSON lines.
struct TransitionPrinter {
    let json: Bool
    private let colour: Bool

    init(json: Bool) {
        self.json = json
        colour = !json && Terminal(descriptor: STDOUT_FILENO).hasColour
    }

    func line(_ transition: Transition) -> String {
        guard json else { return text(transition) }
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("time")
            writer.string(transition.time.description)
            writer.key("rule")
            writer.string(transition.rule)
            writer.key("key")
            writer.members(transition.key)
            writer.key("from")
            writer.string(transition.from)
            writer.key("to")
            writer.string(transition.to)
            writer.key("severity")
            writer.string(orNull: transition.severity?.name)
            writer.key("values")
            writer.members(transition.values)
            writer.key("cause")
            writer.string(transition.cause)
        }
        return writer.text
    }

    private func text(_ transition: Transition) -> String {
        let key = transition.key.map(\.value.description).joined(separator: ",")
        let values = transition.values.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        let arrow = "\(transition.from) → \(transition.to)"
        let severity = transition.severity?.name ?? "-"
        let cells = [
            pad(transition.time.description, 25), pad(transition.rule, 20),
            pad(key.isEmpty ? "-" : key, 16), pad(arrow, 24), pad(severity, 9), values,
        ]
        let line = cells.joined(separator: " ")
        return transition.cause == "row" ? line : "\(line)  (\(transition.cause))"
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    func line(_ judgement: Judgement, _ plan: Plan, rule: String) -> String {
        let key = plan.key(of: judgement, rule: rule)
        guard json else {
            let lets = judgement.lets.map { "\($0.name)=\($0.value)" }
            let when = judgement.when.map { "\($0.name):\($0.truth)" }
            let key = key.map(\.value.description).joined(separator: ",")
            return [pad(judgement.time.description, 25), pad(key, 16)].joined(separator: " ") + " "
                + (lets + when).joined(separator: " ")
        }
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("time")
            writer.string(judgement.time.description)
            writer.key("rule")
            writer.string(rule)
            writer.key("key")
            writer.members(key)
            writer.key("let")
            writer.members(judgement.lets)
            writer.key("when")
            writer.object { writer in
                for (name, truth) in judgement.when {
                    writer.key(name)
                    truth == .unknown ? writer.null() : writer.bool(truth == .yes)
                }
            }
        }
        return writer.text
    }
}

extension JSONWriter {
    /// An object of named values in the order given.
    mutating func members(_ pairs: [(name: String, value: Scalar)]) {
        object { writer in
            for pair in pairs {
                writer.key(pair.name)
                writer.scalar(pair.value)
            }
        }
    }
}

/// Standard output in blocks: a log of a million lines is not a million system calls.
struct OutputBuffer {
    private var bytes: [UInt8] = []

    /// Adds a line; throws when nobody reads any more.
    mutating func write(_ line: String) throws {
        bytes += line.utf8
        bytes.append(10)
        if bytes.count > 65_536 { try flush() }
    }

    /// Writes what is left.
    mutating func flush() throws {
        defer { bytes.removeAll(keepingCapacity: true) }
        try Output.write(bytes)
    }
}
