import Yams

/// Reads the bytes of one file as one YAML document whose pieces know where they stand.
///
/// Beyond YAML's syntax it refuses what must not pass in silence: a key written twice (each, at its
/// second place), tags, merge keys, non-text keys, a second document, and files built to exhaust
/// memory: more than 4 MiB, nested more than 64 deep, or aliases that multiply. Plain aliases work;
/// problems in what they repeat are told at the anchor.
package struct YAMLDocument {
    /// The largest file that is read, in bytes.
    package static let maximumBytes = 4 << 20
    /// The deepest nesting that is read.
    static let maximumDepth = 64
    /// How many nodes aliases may add.
    static let aliasBudget = 100_000
    /// How many keys written twice are looked for; each costs another pass over the file.
    private static let maximumDuplicates = 32

    /// The document's root; nil when the file is no YAML or holds nothing.
    package let root: DocumentNode?
    /// Where everything that is found in the file is told.
    package let report: Report

    /// Reads `file`; what is wrong with it is in `report`.
    package init(_ file: SourceFile) {
        guard file.bytes.count <= YAMLDocument.maximumBytes else {
            report = Report(about: SourceText(path: file.path, utf8: []))
            report.error(
                "the file has \(file.bytes.count) bytes, more than 4 MiB", at: 0..<0,
                hint: "split it: all files of a folder make one rule set")
            root = nil
            return
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = file.bytes.starts(with: mark) ? Array(file.bytes.dropFirst(3)) : file.bytes
        let source = SourceText(path: file.path, utf8: bytes)
        report = Report(about: source)
        root = YAMLDocument.compose(source, report)
    }

    private static func compose(_ source: SourceText, _ report: Report) -> DocumentNode? {
        guard var text = validated(source, report) else { return nil }
        if let range = AliasScan(source.utf8).aliasKey() {
            report.error("an alias cannot be a key", at: range, hint: "write the key out")
            return nil
        }
        // Yams hands libyaml a pointer that does not outlive the call when the text is short enough
        // to live inside the String value (15 bytes); longer texts have storage of their own.
        if text.utf8.count < 32 { text += String(repeating: "\n", count: 32) }
        var blanked = 0
        while true {
            do {
                // `.basic`: Yams would match every key against seven regular expressions.
                guard let node = try Yams.compose(yaml: text, .basic) else {
                    report.error("the file is empty", at: 0..<0)
                    return nil
                }
                var builder = DocumentBuilder(source: source, report: report, blanked: blanked)
                return builder.root(node)
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                let first = source.offset(
                    line: context.mark.line, scalarColumn: context.mark.column)
                let scan = DuplicateScan(source: source, key: keys.first ?? "", first: first)
                guard blanked < maximumDuplicates, let next = scan.blankSecond(in: &text, blanked)
                else {
                    report.error(
                        "a key is written twice in one mapping: \(Spelling.list(keys))",
                        at: first..<first + 1)
                    return nil
                }
                blanked += 1
                report.error(
                    "the key `\(keys.first ?? "")` is written twice", at: next,
                    hint: "the first is in line \(source.lineNumber(at: first))")
            } catch {
                SyntaxProblem(error, source).tell(report)
                return nil
            }
        }
    }

    /// The text, unless it is not UTF-8 or holds control characters.
    private static func validated(_ source: SourceText, _ report: Report) -> String? {
        guard let text = String(validating: source.utf8, as: UTF8.self) else {
            let valid = validPrefix(source.utf8)
            report.error(
                "the file is not UTF-8", at: valid..<valid + 1,
                hint: "save it as UTF-8; the first wrong byte is number \(valid + 1)")
            return nil
        }
        let isControl = { (byte: UInt8) in byte < 0x20 && ![0x09, 0x0A, 0x0D].contains(byte) }
        if let offset = source.utf8.firstIndex(where: { isControl($0) || $0 == 0x7F }) {
            report.error(
                "control character \(source.utf8[offset]) in the file", at: offset..<offset + 1)
            return nil
        }
        return text
    }

    /// How many bytes at the beginning are UTF-8.
    private static func validPrefix(_ bytes: [UInt8]) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var length = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            length += UTF8.width(scalar)
        }
        return min(length, bytes.count)
    }
}
