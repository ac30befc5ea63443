import Daemon
import Events
import Foundation
import Glibc
import Rules
import Wire

/// Shows results of rule tests, for people or as JSON lines.
struct RuleTestReport {
    private let json: Bool
    private let terminal: Terminal

    init(json: Bool) {
        self.json = json
        terminal = Terminal(hasColour: !json && Terminal(descriptor: STDOUT_FILENO).hasColour)
    }

    /// Prints what came of one file.
    func print(_ results: RuleTestResults) throws {
        if !json { try Output.line(terminal.styled(results.path, .bold)) }
        try DiagnosticPrinter(json: json).print(results.diagnostics)
        for (test, outcome, _) in results.tests {
            guard !json else {
                try Output.line(line(results.path, test, outcome))
                continue
            }
            let mark = terminal.styled(
                outcome.isPassed ? "ok  " : "FAIL", outcome.isPassed ? .good : .severe)
            try Output.line("  \(mark)  \(test.name.printable)")
            guard !outcome.isPassed else { continue }
            for text in details(test, outcome, path: results.path) { try Output.line(text) }
        }
    }

    /// Prints the sum of all files, and what the tests covered where that is asked for.
    func finish(_ runner: RuleTestRunner, coverage: Bool) throws {
        if coverage {
            for (paths, covered) in runner.coverage {
                try Output.line(
                    json
                        ? line(paths, covered)
                        : table(paths, covered).joined(separator: "\n"))
            }
        }
        guard !json else { return }
        let tests = runner.results.flatMap(\.tests)
        let failed = tests.count { !$0.outcome.isPassed }
        let broken = runner.results.count { !$0.isRunnable }
        var text =
            failed == 0
            ? "\(tests.count.counting("test")) passed."
            : "\(failed) of \(tests.count.counting("test")) failed."
        if broken > 0 { text += " The tests of \(broken.counting("file")) could not be run." }
        try Output.line(text)
    }

    // MARK: A failing test

    /// Lines that agree and are shown around one that does not.
    private static let context = 3

    private func details(
        _ test: RuleTest, _ outcome: RuleTestRun.Outcome, path: String
    ) -> [String] {
        var lines = outcome.complaints.map { "        \(path):\($0.line): \($0.text.printable)" }
        guard let timeline = outcome.timeline, !timeline.allSatisfy(\.isAgreed) else {
            return lines
        }
        lines.append("        \(path):\(test.line): - expected, + happened")
        var table = TextTable([
            ("", .left), ("after", .right), ("time", .left), ("rule", .left), ("key", .left),
            ("transition", .left), ("severity", .left), ("", .left),
        ])
        var skipped = 0
        for (index, entry) in timeline.enumerated() {
            let near = timeline[
                max(0, index - Self.context)..<min(timeline.count, index + Self.context + 1)]
            guard !near.allSatisfy(\.isAgreed) else {
                skipped += 1
                continue
            }
            if skipped > 0 { table.add(["", "…", "\(skipped) more as expected"]) }
            skipped = 0
            for row in rows(entry, test) {
                table.add(
                    row.cells,
                    styles: Dictionary(uniqueKeysWithValues: (0..<8).map { ($0, row.style) }))
            }
        }
        if skipped > 0 { table.add(["", "…", "\(skipped) more as expected"]) }
        return lines + table.lines(terminal, indent: 6)
    }

    private func rows(
        _ entry: TimelineEntry, _ test: RuleTest
    ) -> [(cells: [String], style: Style)] {
        switch entry {
        case .agreed(let actual):
            return [(cells(" ", Line(actual), test, ""), .plain)]
        case .surplus(let actual):
            return [(cells("+", Line(actual), test, "not expected"), .severe)]
        case .missing(let expected):
            return [(cells("-", Line(expected), test, "did not happen"), .moderate)]
        case .differs(let expected, let actual, let how):
            return [
                (cells("-", Line(expected), test, ""), .moderate),
                (cells("+", Line(actual), test, how.joined(separator: "; ")), .severe),
            ]
        }
    }

    private func cells(_ mark: String, _ line: Line, _ test: RuleTest, _ note: String) -> [String] {
        [
            mark, TimeSpan(nanoseconds: line.time.nanoseconds - test.start).description,
            line.time.description,
            line.rule ?? (test.rules?.count == 1 ? test.rules?.first : nil) ?? "", line.key,
            "\(line.from ?? "…") → \(line.to)", line.severity ?? "",
            line.cause.map { "(\($0)) \(note)" } ?? note,
        ]
    }

    /// A line of the log, as it is or as it is expected; what nobody says is nil.
    private struct Line {
        let time: Timestamp
        let rule: String?
        let key: String
        let from: String?
        let to: String
        let severity: String?
        /// Nil also for a reading, the usual one.
        let cause: String?

        init(_ line: Transition) {
            time = line.time
            rule = line.rule
            key = line.key.map(\.value.description).joined(separator: ",")
            (from, to) = (line.from, line.to)
            severity = line.severity?.name
            cause = line.cause == "row" ? nil : line.cause
        }

        init(_ line: RuleTest.ExpectedTransition) {
            time = Timestamp(nanoseconds: line.time)
            rule = line.rule
            key = line.key.description
            (from, to) = (line.from, line.to)
            severity = line.severity
            cause = line.cause
        }

        /// In one sentence.
        var text: String { "\(time) \(rule ?? "…")[\(key)] \(from ?? "…") → \(to)" }
    }

    // MARK: Coverage

    private func table(_ paths: [String], _ covered: RuleTestCoverage) -> [String] {
        let levels = covered.levels
        let raised = levels.count { $0.entered > 0 }
        let ended = levels.count { $0.left > 0 }
        var table = TextTable([
            ("rule", .left), ("level", .left), ("raised", .right), ("ended", .right), ("", .left),
        ])
        for level in levels {
            let note =
                level.entered == 0 ? "never raised" : level.left == 0 ? "never ended" : ""
            table.add(
                [level.rule, level.level, "\(level.entered)", "\(level.left)", note],
                styles: [4: .moderate])
        }
        let title =
            "Coverage of \(paths.joined(separator: " ")): of \(levels.count.counting("level")), "
            + "\(raised) raised, \(ended) ended"
        return [title] + table.lines(terminal)
    }

    // MARK: JSON

    private func line(
        _ path: String, _ test: RuleTest, _ outcome: RuleTestRun.Outcome
    ) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("file")
            writer.string(path)
            writer.key("line")
            writer.int(test.line)
            writer.key("test")
            writer.string(test.name)
            writer.key("passed")
            writer.bool(outcome.isPassed)
            writer.key("failures")
            writer.strings(RuleTestReport.failures(test, outcome))
        }
        return writer.text
    }

    private func line(_ paths: [String], _ covered: RuleTestCoverage) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("rules")
            writer.strings(paths)
            writer.key("levels")
            writer.array { writer in
                for level in covered.levels {
                    writer.object { writer in
                        writer.key("rule")
                        writer.string(level.rule)
                        writer.key("level")
                        writer.string(level.level)
                        writer.key("raised")
                        writer.int(level.entered)
                        writer.key("ended")
                        writer.int(level.left)
                    }
                }
            }
        }
        return writer.text
    }

    /// What is wrong with a test, a sentence each.
    static func failures(_ test: RuleTest, _ outcome: RuleTestRun.Outcome) -> [String] {
        var failures = outcome.complaints.map { "line \($0.line): \($0.text)" }
        for entry in outcome.timeline ?? [] {
            switch entry {
            case .agreed: continue
            case .surplus(let actual): failures.append("not expected: \(Line(actual).text)")
            case .missing(let expected):
                failures.append("line \(expected.line): did not happen: \(Line(expected).text)")
            case .differs(let expected, let actual, let how):
                failures.append(
                    "line \(expected.line): \(Line(actual).text): \(how.joined(separator: "; "))")
            }
        }
        return failures
    }
}
