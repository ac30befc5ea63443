import ArgumentParser
import Client
import Glibc

/// `tocsin reload`: the running daemon reads its rules again, and says what that does.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Let the running daemon read its rules again, and show what that does.",
        discussion: """
            All or nothing: with an error anywhere the old rules go on. Shows which rules are new, \
            changed and removed, which windows go on or begin anew, and what becomes of the open \
            incidents and of the holds that run. With --dry-run nothing is changed.

            EXAMPLE
              tocsin reload --dry-run
              tocsin reload --state ./state --json

            EXIT STATUS
              0 ok, 1 the rules are refused, 2 usage, 3 the daemon does not get to it, \
            70 failed, 78 no daemon answers.
            """)

    @OptionGroup var daemon: ControlOptions

    @Flag(help: "Only say what would happen.")
    var dryRun = false

    @Flag(help: "The daemon's answer as JSON.")
    var json = false

    /// The line is given ten seconds to rest and a minute to take the rules.
    private static let patience = Duration.seconds(90)

    mutating func run() throws {
        guard try daemon.ask("hello") != nil else {
            throw try daemon.silence(.configuration)
        }
        let flags = dryRun ? ["dry_run"] : []
        guard let answer = try daemon.ask("reload", flags: flags, timeout: Self.patience) else {
            throw CommandFailure(
                .timedOut, "the daemon does not say what came of it",
                hint: "`tocsin status` tells which rules are running")
        }
        let value = try ControlOptions.parsed(answer, member: "reload")["reload"]
        if json {
            try Output.write(answer + [UInt8(ascii: "\n")])
        } else {
            let page = ReloadPage(value, terminal: Terminal(descriptor: STDOUT_FILENO))
            try Output.line(page.lines().joined(separator: "\n"))
        }
        switch value["outcome"].text {
        case "reloaded", "rehearsed": return
        case "refused", "unreadable": throw ExitCode(ExitStatus.wrong.rawValue)
        case _: throw ExitCode(ExitStatus.failed.rawValue)
        }
    }
}
