import Evaluation
import Events
import Foundation
import Rules
import Testing

@testable import Daemon

/// The rules that the project ships, and the guide that teaches to write them.
@Suite struct RulesFolderTests {
    /// `rules/` of the project.
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("rules").path
    private static let guide = folder + "/_guide"

    private static func names(_ folder: String) -> [String] {
        let all = try? FileManager.default.contentsOfDirectory(atPath: folder)
        return (all ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
    }

    private static func rules(_ folder: String) -> [String] {
        names(folder).filter { !RuleTestFolder.isTest($0) }.map { folder + "/" + $0 }
    }

    private static let files = rules(folder) + rules(guide)
    private static let tests =
        (names(folder).map { folder + "/" + $0 }
        + names(guide).map { guide + "/" + $0 }).filter(RuleTestFolder.isTest)

    /// The plan of rules that have no problem, not even one to look at.
    private func plan(_ path: String) throws -> Plan {
        switch try RuleFolder.compile(at: [path]) {
        case .compiled(let plan, let warnings):
            #expect(warnings.isEmpty, "\(warnings.map { $0.rendered(colour: false) })")
            return plan
        case .refused(let diagnostics):
            let text = diagnostics.map { $0.rendered(colour: false) }.joined(separator: "\n")
            throw StartFailure(text)
        }
    }

    @Test func theFolderIsOneRuleSet() throws {
        #expect(try plan(RulesFolderTests.folder).rules.count >= 18)
        #expect(RulesFolderTests.files.count >= 28)
    }

    @Test(arguments: files)
    func eachFileIsWholeByItself(path: String) throws {
        #expect(try !plan(path).rules.isEmpty)
    }

    /// Whose thresholds they are, where they hold and how sure that is; in the three languages.
    @Test(arguments: rules(folder))
    func shippedRulesNameTheirSource(path: String) throws {
        for rule in try plan(path).rules {
            let source = try #require(rule.description.source, "\(rule.description.name)")
            #expect(!source.title.isEmpty)
            #expect(source.url?.hasPrefix("http") == true, "\(rule.description.name)")
            #expect(source.region?.isEmpty == false && source.confidence?.isEmpty == false)
            #expect(rule.description.title != rule.description.name)
            #expect(rule.message.map(\.name).sorted() == ["en", "es", "fr"])
            let isLapsing = rule.description.noData.map { $0.action != .hold } ?? false
            for text in rule.message {
                for level in text.content.levels {
                    #expect(level.map(\.name) == ["headline", "description", "instruction"])
                }
                // Nobody is told to shelter by an all-clear, or by a silence.
                #expect(text.content.clear.prefix(2).map(\.name) == ["headline", "description"])
                #expect(text.content.noData.isEmpty != isLapsing, "\(rule.description.name)")
            }
        }
    }

    /// How sure a source is, in one of the words that the list of the README explains.
    @Test(arguments: rules(folder))
    func shippedRulesSayHowSureTheirSourceIs(path: String) throws {
        for rule in try plan(path).rules {
            let confidence = rule.description.source?.confidence ?? ""
            let words = ["verified", "secondary source"]
            #expect(words.contains { confidence.contains($0) }, "\(rule.description.name)")
        }
    }

    /// The comment above a rule tells what is the source's from what is ours.
    @Test(arguments: rules(folder))
    func shippedRulesTellWhatIsOurs(path: String) throws {
        var comment = ""
        var rules = 0
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            let text = line.drop { $0 == " " }
            if text.hasPrefix("- rule:") {
                rules += 1
                let words = comment.lowercased().split { !$0.isLetter }
                #expect(words.contains("source"), "\(path):\(text) names no source")
                #expect(words.contains("ours"), "\(path):\(text) does not say what is ours")
            }
            comment = text.hasPrefix("#") ? comment + text + "\n" : ""
        }
        #expect(rules == (try plan(path).rules.count))
    }

    /// Each row of a table says whose values it has, in its last column: an address, or that it is
    /// an example. No table lies there that no rule reads.
    @Test func tablesNameTheirSource() throws {
        let folder = RulesFolderTests.folder + "/tables"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(try plan(RulesFolderTests.folder).tables.count == names.count)
        for name in names {
            let lines = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
                .split(separator: "\n")
            #expect(lines.first?.hasSuffix(",source:string") == true, "\(name)")
            #expect(lines.count >= 2, "\(name)")
            for line in lines.dropFirst() {
                let source = line.split(separator: ",", omittingEmptySubsequences: false).last ?? ""
                let isExample = source == "example: no real place"
                #expect(isExample == line.hasPrefix("EXAMPLE"), "\(name): \(line)")
                #expect(isExample || source.hasPrefix("https://"), "\(name): \(line)")
            }
        }
    }

    /// The list of the README has a line for each rule: its file, its source and how sure it is.
    @Test func theListNamesEachRule() throws {
        let text = try String(
            contentsOfFile: RulesFolderTests.folder + "/README.md", encoding: .utf8)
        let lines = text.split(separator: "\n").filter { $0.contains(".yaml) | `") }
        for path in RulesFolderTests.rules(RulesFolderTests.folder) {
            let file = path.split(separator: "/").last ?? ""
            for rule in try plan(path).rules.map(\.description) {
                let start = "| [\(file)](\(file)) | `\(rule.name)` | \(rule.hazard) | "
                let line = try #require(lines.first { $0.hasPrefix(start) }, "\(rule.name)")
                #expect(line.contains("](\(rule.source?.url ?? "-")) | "), "\(rule.name)")
                let confidence = rule.source?.confidence ?? ""
                for word in ["verified", "secondary"] {
                    #expect(line.contains(word) == confidence.contains(word), "\(rule.name)")
                }
            }
        }
        #expect(lines.count == (try plan(RulesFolderTests.folder).rules.count))
    }

    @Test(arguments: tests)
    func testsPass(path: String) throws {
        _ = try results(path)
    }

    /// Every level of every shipped rule is raised and ended by some test.
    @Test func shippedLevelsAreCovered() throws {
        var coverage = RuleTestCoverage(plan: try plan(RulesFolderTests.folder))
        for path in RulesFolderTests.tests where !path.contains("/_guide/") {
            for outcome in try results(path) { coverage.note(outcome.all) }
        }
        for level in coverage.levels {
            #expect(level.entered > 0, "\(level.rule) \(level.level) is never raised")
            #expect(level.left > 0, "\(level.rule) \(level.level) is never ended")
        }
    }

    private func results(_ path: String) throws -> [RuleTestRun.Outcome] {
        let bytes = Array(FileManager.default.contents(atPath: path) ?? Data())
        let (file, report) = RuleTestFile.open(SourceFile(path: path, bytes: bytes))
        let opened = try #require(file)
        let paths = RuleTestFolder.rules(of: path, named: opened.rules)
        let plan = try plan(paths[0])
        let tests = RuleTestLoader(opened, plan: plan).load()
        #expect(report.sorted.isEmpty, "\(report.sorted)")
        #expect(!tests.isEmpty)
        return tests.map { test in
            let outcome = RuleTestRun(plan: plan).run(test)
            #expect(outcome.isPassed, "\(path): \(test.name): \(outcome)")
            return outcome
        }
    }

    /// What the guide shows is what its files say: whole files and parts, line by line.
    @Test func theGuideShowsItsFiles() throws {
        let text = try String(
            contentsOfFile: RulesFolderTests.folder + "/README.md", encoding: .utf8)
        let blocks = text.components(separatedBy: "\n```").dropFirst().enumerated()
            .filter { $0.offset % 2 == 0 }.map(\.element)
        var parts = 0
        for block in blocks where block.hasPrefix("yaml\n# part of ") {
            let lines = block.split(separator: "\n").dropFirst()
            let name = lines.first?.dropFirst("# part of ".count) ?? ""
            guard name.hasSuffix(".yaml") else { continue }
            let file = try String(
                contentsOfFile: RulesFolderTests.guide + "/" + name, encoding: .utf8
            ).split(separator: "\n").map(String.init)
            parts += 1
            var place = 0
            for line in lines.dropFirst() where line != "# …" {
                let found = file[place...].firstIndex(of: String(line))
                #expect(found != nil, "\(name) has no line `\(line)` there")
                place = found.map { $0 + 1 } ?? place
            }
        }
        #expect(parts >= 13)
        let first = try String(
            contentsOfFile: RulesFolderTests.guide + "/01-threshold.yaml", encoding: .utf8
        ).split(separator: "\n", omittingEmptySubsequences: false).drop { $0.hasPrefix("#") }
        #expect(text.contains(first.joined(separator: "\n")))
    }
}
