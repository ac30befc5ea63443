import ArgumentParser
import Client
import Glibc

/// `tocsin status`: what the running daemon sees and does.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what the running daemon sees, decides and has lost.",
        discussion: """
            Counters of every stage, the law that none is lost (in = accepted + rejected + shed \
            + duplicate), dead letters by reason, sources and their silence, rules, open \
            incidents, the journal.

            EXAMPLE
              tocsin status
              tocsin status --control ipc:///run/tocsin/control --json

            Ends with 3 when no daemon answers, and with 1 when the counters break the law.
            """)

    @OptionGroup var daemon: ControlOptions

    @Flag(help: "The daemon's answer as JSON.")
    var json = false

    mutating func run() throws {
        guard let answer = try daemon.ask("status") else {
            throw try daemon.silence(.timedOut)
        }
        let value = try ControlOptions.parsed(answer, member: "conservation")
        if json {
            try Output.write(answer + [UInt8(ascii: "\n")])
        } else {
            let page = StatusPage(value, terminal: Terminal(descriptor: STDOUT_FILENO))
            try Output.line(page.lines().joined(separator: "\n"))
        }
        if value["conservation"]["holds"].flag == false {
            throw ExitCode(ExitStatus.wrong.rawValue)
        }
    }
}
