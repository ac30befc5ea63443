import Daemon
import Engine
import Evaluation
import Events
import Foundation
import Rules
import Testing

/// Runs rules over lines as `backtest` does, and tells the transitions.
struct Rehearsal {
    let plan: Plan

    init(_ rules: String) throws {
        let file = SourceFile(path: "rules.yaml", bytes: Array(rules.utf8))
        switch RuleSet.compile([file], generation: 1, digest: Digest.sha256) {
        case .compiled(let plan, _): self.plan = plan
        case .refused(let diagnostics):
            let text = diagnostics.map { $0.rendered(colour: false) }.joined(separator: "\n")
            throw StartFailure(text)
        }
    }

    /// The transitions and counts of a file.
    func run(file: String, topic: String) throws -> (log: [Transition], Backtest.Summary) {
        var log: [Transition] = []
        var backtest = try Backtest(
            plan: plan, input: Backtest.Input(path: file, topic: .fixed(topic)), logs: true,
            traced: nil)
        let summary = try backtest.run { tellings in
            for case .transition(let transition) in tellings.transitions { log.append(transition) }
        }
        return (log, summary)
    }

    /// What a rule saw at each judgement of a file.
    func judgements(file: String, topic: String, rule: String) throws -> [Judgement] {
        var judgements: [Judgement] = []
        var backtest = try Backtest(
            plan: plan, input: Backtest.Input(path: file, topic: .fixed(topic)), logs: false,
            traced: rule)
        _ = try backtest.run { tellings in judgements += tellings.judgements }
        return judgements
    }

    /// The transitions of lines.
    func run(_ lines: [String], topic: String = "s") throws -> [Transition] {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("rehearsal-\(UUID().uuidString).jsonl").path
        try (lines.joined(separator: "\n") + "\n").write(
            toFile: path, atomically: false, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try run(file: path, topic: topic).log
    }
}

/// The folder of real data beside the project; nil where it is not there.
enum SharedData {
    static let folder: String? = {
        var folder = URL(fileURLWithPath: #filePath)
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let manifest = folder.appendingPathComponent("Package.swift").path
            guard FileManager.default.fileExists(atPath: manifest) else { continue }
            let data = folder.deletingLastPathComponent().appendingPathComponent("shared/data").path
            return FileManager.default.fileExists(atPath: data) ? data : nil
        }
        return nil
    }()

    /// Whether tests over real data run: they do where it is, and must where it is required.
    static var isWanted: Bool {
        folder != nil || ProcessInfo.processInfo.environment["TOCSIN_REQUIRE_DATA"] == "1"
    }

    /// A file of it; a failure where it is required and not there.
    static func path(_ name: String) throws -> String {
        let folder = try #require(folder, "the data folder is required and not there")
        return folder + "/" + name
    }
}

extension Transition {
    /// `from→to` at a time, for comparisons that read well.
    var brief: String { "\(time) \(from)→\(to)" }
}
