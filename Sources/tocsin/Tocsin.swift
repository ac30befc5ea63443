import ArgumentParser
import Glibc

/// The command `tocsin` and its subcommands.
struct Tocsin: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tocsin",
        abstract: "An early-warning daemon: readings in, rules decide, escalations out.",
        discussion: """
            EXAMPLE
              tocsin demo
              tocsin watch --since 1
              tocsin status

            Exit codes: 0 ok, 1 the checked thing is wrong, 2 usage, 3 timed out, 70 failed, \
            78 configuration or environment.
            """,
        version: version,
        subcommands: [
            RunCommand.self, DemoCommand.self, CheckCommand.self, TestCommand.self,
            BacktestCommand.self, FormatCommand.self, SchemaCommand.self, PublishCommand.self,
            ReportCommand.self, WatchCommand.self, IncidentsCommand.self, StatusCommand.self,
            DeadLettersCommand.self, ReloadCommand.self, ManualCommand.self,
        ])

    /// The version of the command and of the daemon.
    static let version = "0.1.0"
}

/// Runs the command and maps every ending to the exit codes of `ExitStatus`.
@main
enum Entry {
    static func main() {
        // A reader that goes away is an error of `write`, which ends the command quietly.
        signal(SIGPIPE, SIG_IGN)
        // So is a file that may not grow.
        signal(SIGXFSZ, SIG_IGN)
        do {
            var command = try Tocsin.parseAsRoot()
            try command.run()
        } catch {
            let ending = Ending(of: error)
            if !ending.text.isEmpty {
                let bytes = Array((ending.text + "\n").utf8)
                _ = writeAll(bytes, to: ending.isOutput ? STDOUT_FILENO : STDERR_FILENO)
            }
            exit(ending.code)
        }
    }
}
