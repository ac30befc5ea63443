/// Collects what is found in one file.
///
/// A class, so that the readers of all parts of the file write into the same list; it lives no
/// longer than one compilation, on one thread.
package final class Report {
    /// The file.
    package let source: SourceText
    /// What was found, in the order of finding; at most `limit`.
    package private(set) var diagnostics: [Diagnostic] = []
    /// How many more were found.
    private var dropped = 0

    /// Problems kept of one file: past these nobody reads on.
    package static let limit = 500

    /// An empty report about a file.
    package init(about source: SourceText) { self.source = source }

    /// Whether an error was found.
    package var hasErrors: Bool { errorCount > 0 }

    /// How many errors were found: unchanged means that what was read in between is good.
    package private(set) var errorCount = 0

    /// Notes an error at a range of the file.
    package func error(_ message: String, at range: Range<Int>, hint: String? = nil) {
        note(.error, message, at: range, hint: hint)
    }

    /// Notes a warning at a range of the file.
    package func warning(_ message: String, at range: Range<Int>, hint: String? = nil) {
        note(.warning, message, at: range, hint: hint)
    }

    /// Notes a problem that is already placed.
    func add(_ diagnostic: Diagnostic) {
        if diagnostic.severity == .error { errorCount += 1 }
        guard diagnostics.count < Report.limit else {
            dropped += 1
            return
        }
        diagnostics.append(diagnostic)
    }

    /// What was found, by place in the file, with a last line when some were not kept.
    package var sorted: [Diagnostic] {
        var result = diagnostics.enumerated().sorted { left, right in
            (left.element.line, left.element.column, left.offset)
                < (right.element.line, right.element.column, right.offset)
        }.map(\.element)
        if dropped > 0 {
            result.append(
                Diagnostic(
                    .error, path: source.path, line: 0, column: 0,
                    message: "\(dropped) more problems are not shown"))
        }
        return result
    }

    /// `path:line:column` of a range, for messages about two places.
    package func position(of range: Range<Int>) -> String {
        let place = source.place(of: range)
        return "\(source.path):\(place.line):\(place.column)"
    }

    /// Notes an error or a warning at a range of the file.
    func note(
        _ severity: Diagnostic.Severity, _ message: String, at range: Range<Int>, hint: String?
    ) {
        let place = source.place(of: range)
        add(
            Diagnostic(
                severity, path: source.path, line: place.line, column: place.column,
                message: message, hint: hint, sourceLine: place.text, caretLength: place.length))
    }
}
