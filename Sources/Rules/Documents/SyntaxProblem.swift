import Yams

/// Turns what Yams throws into a diagnostic with a place and, for the usual slips, a hint.
struct SyntaxProblem {
    private let error: any Error
    private let source: SourceText

    init(_ error: any Error, _ source: SourceText) {
        self.error = error
        self.source = source
    }

    func tell(_ report: Report) {
        guard let error = error as? YamlError else {
            report.error("the file cannot be read as YAML: \(error)", at: 0..<0)
            return
        }
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let offset = source.offset(line: mark.line, scalarColumn: mark.column)
            tell(problem, context, at: offset, report)
        case .reader(let problem, _, _, _):
            // Its offset counts something else than bytes in some versions; look for ourselves.
            let offset = unprintable() ?? 0
            report.error("not valid YAML: \(problem)", at: offset..<offset + 1)
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded,
            .duplicatedKeysInMapping:
            report.error("the file cannot be read as YAML: \(error)", at: 0..<0)
        }
    }

    private func tell(
        _ problem: String, _ context: YamlError.Context?, at offset: Int, _ report: Report
    ) {
        if problem.hasPrefix("but found another document") {
            report.error(
                "a second document begins here", at: offset..<offset + 3,
                hint: "one file holds one document; remove the `---`")
            return
        }
        let message = "not valid YAML: \(problem)"
        let range = offset..<offset + 1
        if let hint = hint(problem, at: offset) {
            report.error(message, at: range, hint: hint)
        } else if let context, context.mark.line > 0 {
            let begin = "\(context.text) that begins in line \(context.mark.line)"
            report.error(message, at: range, hint: begin)
        } else {
            report.error(message, at: range)
        }
    }

    private func hint(_ problem: String, at offset: Int) -> String? {
        let line = source.lineNumber(at: offset)
        let before = source.text(source.start(line: line)..<offset)
        let lastBefore = before.last { $0 != " " }
        if problem.hasPrefix("mapping values are not allowed") {
            return "text that contains `: ` must stand in quotes"
        }
        if problem.hasPrefix("did not find expected '-'") {
            return "each item of a list begins with `- `, all at one indentation"
        }
        if problem.hasPrefix("did not find expected ',' or '}'"), before.contains("${") {
            return "text with `${…}` inside `{…}` must stand in quotes"
        }
        if problem.hasPrefix("Maximum nesting level") {
            return "a file is nested at most \(YAMLDocument.maximumDepth) deep"
        }
        if problem.hasPrefix("did not find expected ',' or '}'"), before.contains("?") {
            return "an expression with `? :` must stand in quotes"
        }
        if problem.hasPrefix("did not find expected"), lastBefore == "'" || lastBefore == "\"" {
            return "an expression that begins with a quote must stand in quotes as a whole"
        }
        if problem.hasPrefix("found character that cannot start any token") {
            return before.allSatisfy { $0 == " " || $0 == "\t" }
                ? "indent with blanks, not with tabs"
                : "text that begins with this character must stand in quotes"
        }
        if problem.hasPrefix("found unknown escape character") {
            return "in double quotes a backslash begins an escape; in single quotes it does not"
        }
        if problem.hasPrefix("found undefined alias") {
            return "text that begins with `*` must stand in quotes"
        }
        return nil
    }

    /// The first character that YAML does not allow and UTF-8 does.
    private func unprintable() -> Int? {
        var offset = 0
        for scalar in String(decoding: source.utf8, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x80...0x84, 0x86...0x9F, 0xFEFF, 0xFFFE, 0xFFFF: return offset
            case _: offset += UTF8.width(scalar)
            }
        }
        return nil
    }
}
