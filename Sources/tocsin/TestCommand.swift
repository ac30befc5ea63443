import ArgumentParser
import Daemon
import Evaluation
import Foundation
import Glibc
import Rules

/// `tocsin test`: the tests that stand beside the rules.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the tests of rules and show what differs, as one timeline.",
        discussion: """
            Tests stand in files that end in .test.yaml: readings in, the transition log out.
            flood.test.yaml tests flood.yaml beside it, or what its `rules:` names, or its folder.
            Runs on the event clock, through the decoder and engine of the daemon.

            EXAMPLE
              tocsin test rules/
              tocsin test rules/flood.test.yaml --coverage --junit results.xml

            EXIT STATUS
              0 all passed, 1 a test failed or a file has errors, 2 usage, 78 a file cannot be read.
            """)

    @Argument(help: "Test files, or folders of them.")
    var paths: [String]

    @Flag(help: "Print one JSON object a test.")
    var json = false

    @Flag(help: "Tell which levels of which rules the tests raised and ended.")
    var coverage = false

    @Option(help: "Also write the results to this file as JUnit XML.")
    var junit: String?

    func run() throws {
        var files: [SourceFile] = []
        for path in paths { files += try RuleTestFolder.files(at: path) }
        guard !files.isEmpty else {
            throw CommandFailure(
                .configuration, "there is no .test.yaml file in \(paths.joined(separator: " "))")
        }
        let report = RuleTestReport(json: json)
        var runner = RuleTestRunner()
        for file in files {
            let results = try runner.results(of: file)
            try report.print(results)
        }
        if let junit {
            let text = JUnitReport.text(runner.results)
            guard FileManager.default.createFile(atPath: junit, contents: Data(text.utf8)) else {
                throw CommandFailure(.configuration, "\(junit) cannot be written")
            }
        }
        try report.finish(runner, coverage: coverage)
        guard runner.results.allSatisfy(\.isPassed) else { throw ExitCode(1) }
    }
}

/// What came of one test file.
struct RuleTestResults {
    /// The file, as it was found.
    let path: String
    /// Errors of the test file or of the rules: with one, no test was run.
    var diagnostics: [Diagnostic] = []
    /// The tests in order.
    var tests: [(test: RuleTest, outcome: RuleTestRun.Outcome, seconds: Double)] = []

    /// Whether its tests could be run.
    var isRunnable: Bool { !diagnostics.contains { $0.severity == .error } }

    /// Whether all is as it should be.
    var isPassed: Bool { isRunnable && tests.allSatisfy(\.outcome.isPassed) }
}

/// Runs test files, each rule set compiled once.
struct RuleTestRunner {
    /// What came of the files so far.
    private(set) var results: [RuleTestResults] = []
    /// What the tests of each rule set covered, in the order of first use.
    private(set) var coverage: [(paths: [String], coverage: RuleTestCoverage)] = []
    private var compiled: [[String]: RuleSet.Outcome] = [:]

    /// Runs the tests of a file.
    mutating func results(of file: SourceFile) throws -> RuleTestResults {
        let result = try run(file)
        results.append(result)
        return result
    }

    private mutating func run(_ file: SourceFile) throws -> RuleTestResults {
        var result = RuleTestResults(path: file.path)
        let (opened, report) = RuleTestFile.open(file)
        guard let opened else {
            result.diagnostics = report.sorted
            return result
        }
        let paths = RuleTestFolder.rules(of: file.path, named: opened.rules)
        let outcome: RuleSet.Outcome
        do {
            outcome = try compiled[paths] ?? RuleFolder.compile(at: paths)
        } catch let error as StartFailure {
            opened.refuse("\(error)")
            result.diagnostics = report.sorted
            return result
        }
        compiled[paths] = outcome
        guard case .compiled(let plan, _) = outcome else {
            if case .refused(let diagnostics) = outcome { result.diagnostics = diagnostics }
            return result
        }
        let tests = RuleTestLoader(opened, plan: plan).load()
        result.diagnostics = report.sorted
        guard !report.hasErrors else { return result }
        let index = coverage.firstIndex { $0.paths == paths } ?? coverage.count
        if index == coverage.count { coverage.append((paths, RuleTestCoverage(plan: plan))) }
        let run = RuleTestRun(plan: plan)
        for test in tests {
            let start = Timeline.monotonic
            let outcome = run.run(test)
            let seconds = Double(Timeline.monotonic - start) / 1e9
            coverage[index].coverage.note(outcome.all)
            result.tests.append((test, outcome, seconds))
        }
        return result
    }
}
