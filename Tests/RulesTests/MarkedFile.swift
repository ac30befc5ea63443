@testable import Rules

/// A rule file whose expected problems are written under the lines they belong to:
///
///     when: levle > 4
///     #     ^~~~~ there is no field or let `levle`
///
/// The caret stands under the first character and the wave under the rest; `#<^` stands for a caret
/// in column 1. A text after ` | ` is the expected hint.
struct MarkedFile {
    struct Problem: Hashable, CustomStringConvertible {
        var line: Int
        var column: Int
        var length: Int
        var message: String
        var hint: String?

        var description: String {
            "\(line):\(column) (\(length)) \(message)" + (hint.map { " | \($0)" } ?? "")
        }
    }

    let text: String
    private(set) var expected: [Problem] = []

    init(_ text: String) {
        self.text = text
        var current = 0
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            guard line.first == "#", let caret = line.firstIndex(of: "^"),
                line[..<caret].dropFirst().allSatisfy({ $0 == " " || $0 == "<" })
            else {
                current = index + 1
                continue
            }
            let marks = line[caret...].prefix { $0 == "^" || $0 == "~" }
            let rest = line[marks.endIndex...].dropFirst()
            let parts = rest.split(separator: " | ", maxSplits: 1)
            let isFirst = line.hasPrefix("#<^")
            let column = isFirst ? 1 : line.distance(from: line.startIndex, to: caret) + 1
            expected.append(
                Problem(
                    line: current, column: column, length: marks.count,
                    message: String(parts.first ?? ""),
                    hint: parts.count > 1 ? String(parts[1]) : nil))
        }
    }

    /// What is said of it, with hints only where one is expected.
    func found(_ diagnostics: [Diagnostic]) -> [Problem] {
        diagnostics.map { diagnostic in
            var problem = Problem(
                line: diagnostic.line, column: diagnostic.column, length: diagnostic.caretLength,
                message: diagnostic.message, hint: nil)
            if !expected.contains(problem) { problem.hint = diagnostic.hint }
            return problem
        }
    }
}

/// A stand-in for SHA-256: 64-bit FNV-1a, which is enough to tell texts apart.
func digest(_ bytes: [UInt8]) -> [UInt8] {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return (0..<8).map { UInt8(truncatingIfNeeded: hash >> (56 - 8 * $0)) }
}

func compile(_ texts: String...) -> RuleSet.Outcome {
    let files = texts.enumerated().map { index, text in
        SourceFile(
            path: index == 0 ? "rules.yaml" : "rules\(index + 1).yaml", bytes: Array(text.utf8))
    }
    return RuleSet.compile(files, generation: 7, digest: digest)
}

func diagnostics(of text: String) -> [Diagnostic] {
    switch compile(text) {
    case .compiled(_, let warnings): warnings
    case .refused(let diagnostics): diagnostics
    }
}
