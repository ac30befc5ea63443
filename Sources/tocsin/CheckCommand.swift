import ArgumentParser
import Daemon
import Evaluation
import Expressions
import Glibc
import Rules

/// `tocsin check`: every problem of a rule set at once.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check rule files, and say everything that is wrong with them at once.",
        discussion: """
            Each problem is told as FILE:LINE:COLUMN with the source line, a caret under the
            offending part, and a hint. All PATHs together are one rule set. Of good rules it \
            tells what each costs in memory and what it shares with others.

            EXAMPLE
              tocsin check rules/
              tocsin check rules/ --json --costs

            EXIT STATUS
              0 the rules are good, 1 there are errors or warnings, 78 a file cannot be read.
            """)

    @Argument(help: "Rule files, or folders of them.")
    var paths: [String]

    @Flag(help: "Print one JSON object a problem.")
    var json = false

    @Flag(help: "With --json, print one more object for each rule of a good set: what it costs.")
    var costs = false

    func run() throws {
        switch try RuleFolder.compile(at: paths) {
        case .compiled(let plan, let warnings):
            try DiagnosticPrinter(json: json).print(warnings)
            if json, costs {
                for line in CostTable(costs: plan.costs).json() { try Output.line(line) }
            } else if !json {
                let terminal = Terminal(descriptor: STDOUT_FILENO)
                for line in CostTable(costs: plan.costs).lines(terminal) { try Output.line(line) }
                for table in plan.tables {
                    let rows = table.rowCount.counting("row")
                    try Output.line(
                        "table \(table.name): \(rows) by \(table.key), version \(table.version)")
                }
                let streams = Set(plan.rules.map(\.stream)).count
                let found = warnings.isEmpty ? "no errors" : warnings.count.counting("warning")
                try Output.line(
                    "\(plan.rules.count.counting("rule")) on \(streams.counting("stream")): \(found)."
                )
            }
            // What is odd is worth a look before it runs, and does not keep it from running.
            if !warnings.isEmpty { throw ExitCode(1) }
        case .refused(let diagnostics):
            try DiagnosticPrinter(json: json).print(diagnostics)
            if !json {
                let errors = diagnostics.count { $0.severity == .error }
                Output.error("\(errors.counting("error")).\n")
            }
            throw ExitCode(1)
        }
    }
}

/// Prints problems of rule and configuration files.
struct DiagnosticPrinter {
    /// One JSON object a line instead of text with a caret.
    var json = false
    /// Where to: problems are a command's output (`check`), or beside it.
    var toError = false

    func print(_ diagnostics: [Diagnostic]) throws {
        let descriptor = toError ? STDERR_FILENO : STDOUT_FILENO
        let colour = Terminal(descriptor: descriptor).hasColour
        for diagnostic in diagnostics {
            let text = json ? diagnostic.json : diagnostic.rendered(colour: colour)
            if toError { Output.error(text + "\n") } else { try Output.line(text) }
        }
    }
}
