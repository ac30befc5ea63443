/// The manual page in the macros of man(7): one page for the command and all its subcommands.
///
/// Their discussions have headings in capitals (`EXAMPLE`) above indented lines; what is indented
/// is kept as it stands.
struct ManualPage {
    /// The page.
    let text: String

    /// A page of a command.
    init(_ command: CommandHelp) {
        var page = Page()
        page.macro("TH \(command.commandName.uppercased()) 1 \"\" \"Tocsin \(Tocsin.version)\"")
        page.macro("SH NAME")
        page.line("\(command.commandName) \\- \(Page.escaped(command.abstract ?? ""))")
        page.macro("SH SYNOPSIS")
        page.line("\\fB\(command.commandName)\\fR \\fIsubcommand\\fR [\\fIoptions\\fR]")
        page.macro("SH DESCRIPTION")
        page.discussion(command.discussion)
        page.arguments(command.shownArguments)
        page.macro("SH SUBCOMMANDS")
        for subcommand in command.shownSubcommands {
            page.subcommand(subcommand, of: command.commandName)
        }
        page.macro("SH FILES")
        for (path, meaning) in ManualPage.files { page.tagged(path, meaning) }
        page.macro("SH SEE ALSO")
        page.line("\\fBsystemctl\\fR(1), \\fBjournalctl\\fR(1)")
        text = page.lines.joined(separator: "\n")
    }

    private static let files = [
        ("/etc/tocsin/tocsin.yaml", "The configuration of the system's daemon."),
        ("/usr/share/tocsin/rules", "The rules that come with Tocsin."),
        ("/var/lib/tocsin", "The journal."),
    ]
}

/// Lines of a page under way.
private struct Page {
    var lines: [String] = []

    /// Text that is no markup: a hyphen that can be typed, no control line by accident.
    static func escaped(_ text: String) -> String {
        let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
    }

    mutating func macro(_ text: String) { lines.append("." + text) }

    /// Begins a paragraph, where none has begun.
    mutating func paragraph() {
        guard let last = lines.last, !last.hasPrefix(".PP"), !last.hasPrefix(".SH") else { return }
        macro("PP")
    }

    mutating func line(_ text: String) { lines.append(text) }

    mutating func tagged(_ title: String, _ meaning: String) {
        macro("TP")
        line("\\fB\(Page.escaped(title))\\fR")
        line(Page.escaped(meaning))
    }

    mutating func arguments(_ arguments: [CommandHelp.Argument]) {
        for argument in arguments {
            var meaning = argument.abstract ?? ""
            if let standard = argument.defaultValue { meaning += " (default: \(standard))" }
            tagged(argument.title, meaning)
        }
    }

    mutating func subcommand(_ command: CommandHelp, of parent: String) {
        // What every command has stands with the command itself.
        let own = command.shownArguments.filter { argument in
            argument.names?.last.map { $0.name != "help" && $0.name != "version" } ?? true
        }
        let usage = own.map { Page.escaped($0.synopsis) }
        macro("SS \(parent) \(command.commandName)")
        line("\\fB\(parent) \(command.commandName)\\fR \(usage.joined(separator: " "))")
        paragraph()
        line(Page.escaped(command.abstract ?? ""))
        paragraph()
        discussion(command.discussion)
        arguments(own)
    }

    /// Paragraphs; what is indented or a heading stands as it is.
    mutating func discussion(_ text: String?) {
        guard let text else { return }
        var isKept = false
        for part in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let keeps = part.hasPrefix("  ")
            if keeps != isKept { macro(keeps ? "nf" : "fi") }
            isKept = keeps
            if part.isEmpty {
                paragraph()
            } else if !keeps, part.uppercased() == part {
                paragraph()
                line("\\fB\(Page.escaped(String(part)))\\fR")
            } else {
                line(Page.escaped(String(part)))
            }
        }
        if isKept { macro("fi") }
    }
}
