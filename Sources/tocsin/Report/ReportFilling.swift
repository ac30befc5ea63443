import Client
import Events
import Foundation
import Glibc
import Rules

/// Fills a report in from the command line; all that is wrong with it is told at once.
struct ReportFilling {
    private let options: ReportCommand

    /// By the options of the command line.
    init(_ options: ReportCommand) { self.options = options }

    /// Sets what is given, and completes the rest.
    func fill(_ report: inout FieldReport) throws {
        var problems: [Field.Problem] = []
        for setting in options.settings {
            do throws(Field.Problem) {
                try set(setting.field, setting.text, in: &report)
            } catch {
                problems.append(error)
            }
        }
        for (option, text, index, noun) in [
            ("--id", options.id, report.stream.id, "id"),
            ("--source", options.source, report.stream.source, "source"),
        ] {
            guard let text else { continue }
            do throws(Field.Problem) {
                guard let index else {
                    throw Field.Problem(
                        "the stream `\(report.stream.name)` names no \(noun)",
                        hint: "leave \(option) out")
                }
                try set(report.stream.fields[index].name, text, in: &report)
            } catch {
                problems.append(error)
            }
        }
        if let time = options.time {
            if let problem = set(time, in: &report) { problems.append(problem) }
        }
        let failures = problems.map { CommandFailure(.wrong, $0.sentence, hint: $0.hint) }
        for failure in failures.dropLast() { Output.error("\(failure)\n") }
        if let last = failures.last { throw last }
        report.complete(now: Self.now, id: UUID().uuidString.lowercased(), source: Self.person)
    }

    private func set(
        _ name: String, _ text: String, in report: inout FieldReport
    ) throws(Field.Problem) {
        let fields = report.stream.fields
        guard let index = fields.firstIndex(where: { $0.name == name }) else {
            throw Field.Problem(
                "the stream `\(report.stream.name)` has no field `\(name)`",
                hint: Spelling.hint(for: name, among: fields.map(\.name)))
        }
        guard report.values[index] == nil else {
            throw Field.Problem("`\(name)` is set twice")
        }
        try report.set(index, text)
    }

    private func set(_ time: Timestamp, in report: inout FieldReport) -> Field.Problem? {
        guard case .member = report.stream.time else {
            return Field.Problem(
                "the time of `\(report.stream.name)` is that of its arrival",
                hint: "leave --time out")
        }
        if report.values.keys.contains(where: { report.isTime(report.stream.fields[$0]) }) {
            return Field.Problem("the time is set twice", hint: "leave --time out")
        }
        report.time = time
        return nil
    }

    /// Now, to the millisecond.
    private static var now: Timestamp {
        Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1000) * 1_000_000)
    }

    /// Who runs the command: `amina@nairobi-2`.
    private static var person: String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let host = String(
            decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return "\(NSUserName())@\(host)"
    }
}
