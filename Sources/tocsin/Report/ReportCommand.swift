import ArgumentParser
import Client
import Events
import Foundation
import Glibc
import Transport
import Wire

/// `tocsin report`: a person files a report and is told what became of it.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "File a field report with the running daemon, and hear that it is on disk.",
        discussion: """
            The daemon is asked what the stream's fields are, each value is checked against that \
            before anything is sent, and the report goes to the feed that answers (pattern: \
            router). Without --set, on a terminal, each field is asked for.

            The time is now, unless --time says another. Where the stream names an id, the report \
            gets a new one, which is printed: with --id it can be sent again, and the daemon takes \
            it once.

            EXAMPLE
              tocsin report --stream incident --set dead=3 --set district=Turkana
              tocsin report --stream incident
              tocsin report --stream river.stage --set level=5.2 --source KE-001 --dry-run

            EXIT STATUS
              0 the daemon has it, now or from before, 1 a value is wrong or the daemon refuses \
            it, 2 usage, 3 no answer, 70 failed, 78 no daemon, or none of its feeds answers.
            """)

    @OptionGroup var daemon: ControlOptions

    @Option(help: "What is reported: a stream of the daemon's rules.")
    var stream: String

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("A field and its value; repeat it.", valueName: "field=value"),
        transform: Setting.init)
    var settings: [Setting] = []

    @Option(
        help: ArgumentHelp(
            "When it happened, as 2026-01-02T03:04:05Z. (default: now)", valueName: "time"),
        transform: ReportCommand.time)
    var time: Timestamp?

    @Option(help: "The id of a report that is sent again.")
    var id: String?

    @Option(help: "Who reports. (default: your name at this host, where it is a text)")
    var source: String?

    @Option(help: ArgumentHelp("The feed to send to, where several answer.", valueName: "name"))
    var feed: String?

    @Option(
        help: ArgumentHelp("How long to wait for the daemon in all.", valueName: "time"),
        transform: Arguments.duration)
    var wait = Duration.seconds(10)

    @Flag(help: "Only print the report as JSON.")
    var dryRun = false

    @Flag(help: "The daemon's answer as JSON.")
    var json = false

    /// A value of a field as it is typed.
    struct Setting: Sendable {
        let field: String
        let text: String

        /// `field=value`.
        init(_ argument: String) throws {
            guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else {
                throw ValidationError("\"\(argument)\" sets nothing; write field=value")
            }
            field = String(argument[..<equals])
            text = String(argument[argument.index(after: equals)...])
        }
    }

    private static func time(_ text: String) throws -> Timestamp {
        guard let time = Timestamp(rfc3339: text) else {
            throw ValidationError("\"\(text)\" is no time; write it as 2026-01-02T03:04:05Z")
        }
        return time
    }

    mutating func run() throws {
        let isAsked = settings.isEmpty
        guard !isAsked || isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure(
                .usage, "nothing is reported",
                hint: "give --set field=value, or run it on a terminal to be asked")
        }
        let watch = Stopwatch()
        let declarations = try declarations()
        // A person's time is not the daemon's.
        let patience = wait - watch.elapsed
        var report = FieldReport(try ReportTarget.stream(stream, among: declarations.streams))
        let target: AcknowledgingFeed?
        do throws(CommandFailure) {
            target = try ReportTarget.feed(feed, for: report.stream, among: declarations.feeds)
        } catch {
            guard dryRun else { throw error }
            target = nil
        }
        try ReportFilling(self).fill(&report)
        let dialogue = isAsked ? ReportDialogue.onTerminal : nil
        try dialogue?.fill(&report)
        let document: [UInt8]
        do throws(Field.Problem) {
            document = try report.document(streamMember: target?.streamMember)
        } catch {
            throw CommandFailure(.wrong, error.sentence, hint: error.hint)
        }
        guard !dryRun, let target else {
            return try Output.line(String(decoding: document, as: UTF8.self))
        }
        if let dialogue, !dialogue.confirms(document) {
            throw CommandFailure(.wrong, "nothing was sent")
        }
        try ReportDelivery(self, report, patience: patience).send(document, to: target)
    }

    private func declarations() throws -> DaemonDeclarations {
        let patience = min(wait, .seconds(3))
        guard let answer = try daemon.ask("streams", timeout: patience) else {
            throw try daemon.silence(.configuration)
        }
        let value = try ControlOptions.parsed(answer, member: "streams")
        guard let declarations = DaemonDeclarations(value) else {
            throw CommandFailure(
                .failed, "the daemon tells of streams or feeds that this command does not know",
                hint: "`tocsin status` tells its version; this is \(Tocsin.version)")
        }
        return declarations
    }
}
