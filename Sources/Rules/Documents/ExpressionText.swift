import CEL

/// An expression as it stands in a file, able to place the problems found in it.
struct ExpressionText {
    /// The expression.
    let text: String
    /// Where it came from.
    let cursor: Cursor

    /// Reads a value as an expression.
    init?(_ cursor: Cursor) {
        guard let scalar = cursor.node.scalar, !cursor.node.isNull else {
            let _: Never? = cursor.mismatch(
                "an expression", hint: "text that begins with `{` or `[` must stand in quotes")
            return nil
        }
        text = scalar.value
        self.cursor = cursor
    }

    /// Tells problems at their exact place: in the file when the expression is written on one line,
    /// else at the scalar, showing the expression itself.
    func tell(_ problems: [Problem]) {
        for problem in problems { tell(problem, .error) }
    }

    /// Tells a warning at its exact place, on the same terms.
    func warn(_ problem: Problem) { tell(problem, .warning) }

    private func tell(_ problem: Problem, _ severity: Diagnostic.Severity) {
        let report = cursor.report
        guard let scalar = cursor.node.scalar else { return }
        let extent = ScalarExtent(
            report.source.utf8, start: cursor.node.range.lowerBound, text: scalar)
        if let range = extent.range(problem.range) {
            report.note(severity, problem.message, at: range, hint: problem.hint)
            return
        }
        let place = report.source.place(of: cursor.node.range)
        let inside = SourceText(path: "", utf8: Array(text.utf8)).place(of: problem.range)
        report.add(
            Diagnostic(
                severity, path: report.source.path, line: place.line, column: place.column,
                message: problem.message, hint: problem.hint, sourceLine: inside.text,
                caretColumn: inside.column, caretLength: inside.length))
    }
}
