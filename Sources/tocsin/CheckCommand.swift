import ArgumentParser
import Daemon
import Evaluation
import Events
import Expressions
import Foundation
import Glibc
import Rules

/// `tocsin check`: every problem of a rule set, or of a configuration and its rules, at once.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check rule files, and say everything that is wrong with them at once.",
        discussion: """
            Each problem is told as FILE:LINE:COLUMN with the source line, a caret under the
            offending part, and a hint. All PATHs together are one rule set. Of good rules it \
            tells what each costs in memory and what it shares with others. With --config it \
            checks a configuration and the rules it names: whether `tocsin run` would start.

            EXAMPLE
              tocsin check rules/
              tocsin check rules/ --json --costs
              tocsin check --config /etc/tocsin/tocsin.yaml

            EXIT STATUS
              0 the files are good, 1 there are errors or warnings, 78 a file cannot be read.
            """)

    @Argument(help: "Rule files, or folders of them.")
    var paths: [String] = []

    @Option(help: ArgumentHelp("A configuration to check, with its rules.", valueName: "file"))
    var config: String?

    @Flag(help: "Only errors count for the exit status; warnings are told all the same.")
    var allowWarnings = false

    @Flag(help: "Print one JSON object a problem.")
    var json = false

    @Flag(help: "With --json, print one more object for each rule of a good set: what it costs.")
    var costs = false

    func validate() throws {
        guard paths.isEmpty == (config != nil) else {
            throw ValidationError("give rule files, or a configuration with --config")
        }
    }

    func run() throws {
        guard let config else { return try check(paths) { plan in try tell(costsOf: plan) } }
        let file = try ConfigurationFile.read(config)
        switch Configuration.load(file) {
        case .loaded(let configuration, let warnings):
            try DiagnosticPrinter(json: json).print(warnings)
            let paths = configuration.rules.map { [$0] } ?? []
            try check(paths, at: configuration.places.rules, further: warnings.count) { plan in
                let complaints = configuration.complaints(about: plan)
                for complaint in complaints { Output.error("error: \(complaint)\n") }
                if !complaints.isEmpty { throw ExitCode(1) }
            }
        case .refused(let diagnostics):
            try refuse(diagnostics)
        }
    }

    /// Checks one rule set; `detail` tells more of one that is good. Beside the warnings of the
    /// rules `further` ones were told.
    private func check(
        _ paths: [String], at place: String? = nil, further: Int = 0,
        _ detail: (Plan) throws -> Void
    ) throws {
        switch try RuleFolder.compile(at: paths, place: place) {
        case .compiled(let plan, let warnings):
            try DiagnosticPrinter(json: json).print(warnings)
            try detail(plan)
            let count = warnings.count + further
            if !json {
                let streams = Set(plan.rules.map(\.stream)).count
                let found = count == 0 ? "no errors" : count.counting("warning")
                try Output.line(
                    "\(plan.rules.count.counting("rule")) on \(streams.counting("stream")): \(found)."
                )
            }
            // What is odd is worth a look before it runs, and does not keep it from running.
            if count > 0, !allowWarnings { throw ExitCode(1) }
        case .refused(let diagnostics):
            try refuse(diagnostics)
        }
    }

    private func tell(costsOf plan: Plan) throws {
        guard !json else {
            guard costs else { return }
            for line in CostTable(costs: plan.costs).json() { try Output.line(line) }
            return
        }
        let terminal = Terminal(descriptor: STDOUT_FILENO)
        for line in CostTable(costs: plan.costs).lines(terminal) { try Output.line(line) }
        for table in plan.tables {
            let rows = table.rowCount.counting("row")
            try Output.line(
                "table \(table.name): \(rows) by \(table.key), version \(table.version)")
        }
    }

    private func refuse(_ diagnostics: [Diagnostic]) throws -> Never {
        try DiagnosticPrinter(json: json).print(diagnostics)
        if !json {
            let errors = diagnostics.count { $0.severity == .error }
            Output.error("\(errors.counting("error")).\n")
        }
        throw ExitCode(1)
    }
}

/// The file with the configuration.
enum ConfigurationFile {
    /// Reads it; where it cannot be read the command ends with 78.
    static func read(_ path: String) throws -> SourceFile {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(.configuration, "The configuration \(path) cannot be read.")
        }
        return SourceFile(path: path, bytes: Array(data))
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
