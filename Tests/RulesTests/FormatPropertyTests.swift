import Foundation
import TestSupport
import Testing

@testable import Rules

/// Formatting holds what it promises for the files of this repository and for what they can become.
@Suite struct FormatPropertyTests {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every rule file and every file of tests, by its path.
    static let files: [String] = {
        let rules = root.appendingPathComponent("rules").path
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: rules)) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted()
    }()

    private static func text(_ name: String) throws -> String {
        let url = root.appendingPathComponent("rules/\(name)")
        return try String(contentsOf: url, encoding: .utf8)
    }

    private static func vocabulary(_ name: String) -> Vocabulary {
        name.hasSuffix(".test.yaml") ? RuleTestVocabulary.file : .ruleFile
    }

    @Test func thereAreFiles() { #expect(Self.files.count >= 30) }

    @Test(arguments: files)
    func theRepositoryIsFormatted(_ name: String) throws {
        let text = try Self.text(name)
        #expect(try FileFormatterTests.format(text, Self.vocabulary(name)) == text)
    }

    /// Whatever the order of keys, the quotes, the blanks: one form comes out.
    @Test(arguments: files)
    func mangledFilesBecomeWhatTheyWere(_ name: String) throws {
        let text = try Self.text(name)
        var changed = 0
        for seed in 0..<5 as Range<UInt64> {
            let mangled = MangledFile.text(text, seed: seed)
            if mangled != text { changed += 1 }
            let result = try FileFormatterTests.format(mangled, Self.vocabulary(name))
            guard result == text else {
                Issue.record("seed \(seed):\n\(mangled)\nbecame\n\(result)")
                return
            }
        }
        #expect(changed >= 3)
    }

    /// Whatever the bytes, the outcome is a file that says the same, or a refusal. That the form is
    /// unusual is seldom the reason.
    @Test(arguments: 0..<8 as Range<UInt64>)
    func brokenFilesAreAnswered(_ seed: UInt64) throws {
        var generator = Seeded(seed)
        let signs = [
            "{", "}", "[", "]", ":", ",", "&a", "*a", "|", ">", "'", "\"", "#", " # c", "- ",
            "? ", " ", "  ", "\n", "\n\n", "\t", "é", "\\", "\n# c\n", "\n      # d\n", "---\n",
        ]
        var good = 0
        var unsafe = 0
        for _ in 0..<100 {
            let name = Self.files[generator.int(0...Self.files.count - 1)]
            var text = Array(try Self.text(name))
            for _ in 0...generator.int(0...2) {
                let place = generator.int(0...text.count - 1)
                switch generator.int(0...2) {
                case 0:
                    text.insert(contentsOf: signs[generator.int(0...signs.count - 1)], at: place)
                case 1: text.removeSubrange(place..<min(text.count, place + generator.int(1...4)))
                default: text[place] = Character(signs[generator.int(0...5)])
                }
            }
            let bytes = Array(String(text).utf8)
            let formatter = FileFormatter(Self.vocabulary(name))
            switch formatter.format(SourceFile(path: name, bytes: bytes)) {
            case .formatted(let once):
                good += 1
                let twice = formatter.format(SourceFile(path: name, bytes: once))
                guard case .formatted(once) = twice else {
                    Issue.record("not twice: \(String(text))")
                    continue
                }
            case .refused(let diagnostics):
                if diagnostics.contains(where: { $0.message.contains("is not formatted") }) {
                    unsafe += 1
                }
            }
        }
        #expect(good >= 15 && unsafe <= 3, "\(good) good, \(unsafe) unsafe")
    }
}
