import ArgumentParser
import Client
import Events
import Glibc
import Rules
import Wire

/// `tocsin dead-letters`: what the running daemon could not use, where it is wrong, what to mend.
struct DeadLettersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "Show what the running daemon refused, where it is wrong and what to mend.",
        discussion: """
            What was refused is counted by feed, stream, source and reason; the first and the last \
            of each are shown, with a mark under the place that is wrong.

            EXAMPLE
              tocsin dead-letters
              tocsin dead-letters --feed gauges --reason type
              tocsin dead-letters --json

            EXIT STATUS
              0 ok, also when there are some, 2 usage, 3 no daemon answers, 70 failed.
            """)

    @OptionGroup var daemon: ControlOptions

    @Option(help: ArgumentHelp("Only what came over this feed.", valueName: "name"))
    var feed: String?

    @Option(help: ArgumentHelp("Only what was for this stream.", valueName: "name"))
    var stream: String?

    @Option(help: ArgumentHelp("Only what this source sent.", valueName: "name"))
    var source: String?

    @Option(help: ArgumentHelp("Only what was refused for this reason.", valueName: "word"))
    var reason: String?

    @Flag(help: "An array of JSON.")
    var json = false

    mutating func validate() throws {
        let reasons = DeadLetterReason.allCases.map(\.name)
        guard let reason, !reasons.contains(reason) else { return }
        let hint = Spelling.closest(to: reason, among: reasons).map { "did you mean `\($0)`?" }
        throw ValidationError(
            "nothing is refused for \"\(reason)\"; "
                + (hint ?? "there is \(Spelling.list(reasons))"))
    }

    mutating func run() throws {
        guard let answer = try daemon.ask("dead_letters") else {
            throw try daemon.silence(.timedOut)
        }
        let all = try ControlOptions.parsed(answer, member: "dead_letters")["dead_letters"].elements
        let chosen = all.filter { letter in
            [("feed", feed), ("stream", stream), ("source", source), ("reason", reason)]
                .allSatisfy { $1 == nil || letter[$0].text == $1 }
        }
        guard !json else {
            var writer = JSONWriter()
            writer.array { writer in for letter in chosen { letter.write(to: &writer) } }
            return try Output.line(writer.text)
        }
        let page = DeadLettersPage(
            terminal: Terminal(descriptor: STDOUT_FILENO),
            width: Terminal.width(descriptor: STDOUT_FILENO))
        try Output.line(page.lines(chosen, of: all.count).joined(separator: "\n"))
    }
}
