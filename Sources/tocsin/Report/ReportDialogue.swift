import Client
import Events
import Wire

/// Asks a person for a report, field by field.
struct ReportDialogue {
    /// The next line that was typed; nil at the end of the input.
    let read: () -> String?
    /// Shows a text as it is.
    let say: (String) -> Void

    /// On standard input and, so that standard output has only what was asked for, standard error.
    static var onTerminal: ReportDialogue {
        ReportDialogue(
            read: { readLine() }, say: { _ = Output.error($0) })
    }

    /// Asks for each field that is open, and again until the answer is one.
    func fill(_ report: inout FieldReport) throws {
        let stream = report.stream
        say("A report of `\(stream.name)`. An empty answer leaves a field out.\n")
        var isSaid = false
        for index in report.openFields {
            let field = stream.fields[index]
            while let text = try answer("\(field.name.printable) (\(field.kind.printable))") {
                do throws(Field.Problem) {
                    try report.set(index, text)
                    isSaid = true
                    break
                } catch {
                    complain(error.sentence, error.hint)
                }
            }
        }
        try askTime(&report)
        guard isSaid else {
            throw CommandFailure(.wrong, "no field was filled in; nothing was sent")
        }
    }

    private func askTime(_ report: inout FieldReport) throws {
        guard case .member = report.stream.time, let now = report.time else { return }
        while let text = try answer("time (like \(now); empty: this one)") {
            if let time = Timestamp(rfc3339: text) {
                report.time = time
                return
            }
            complain("\"\(text)\" is no time", nil)
        }
    }

    /// Shows the report and asks whether it may go.
    func confirms(_ document: [UInt8]) -> Bool {
        say("\n  \(String(decoding: document, as: UTF8.self).printable)\n\nSend it? [y/N] ")
        return ["y", "yes"].contains(read()?.lowercased())
    }

    /// What was typed; nil: nothing.
    private func answer(_ question: String) throws -> String? {
        say("  \(question): ")
        guard let text = read() else {
            throw CommandFailure(.wrong, "the input ended; nothing was sent")
        }
        return text.isEmpty ? nil : text
    }

    private func complain(_ sentence: String, _ hint: String?) {
        say("    ✗ \(sentence.printable)" + (hint.map { ": \($0.printable)" } ?? "") + "\n")
    }
}
