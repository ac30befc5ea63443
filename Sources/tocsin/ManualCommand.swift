import ArgumentParser

/// `tocsin manual`: the manual page, made of the same words as `--help`; for those who install.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual",
        abstract: "Print the manual page, for man(1).",
        discussion: """
            EXAMPLE
              tocsin manual | man -l -
            """,
        shouldDisplay: false)

    func run() throws {
        try Output.line(ManualPage(try CommandHelp.read()).text)
    }
}
