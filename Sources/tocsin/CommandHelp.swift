import ArgumentParser
import Foundation

/// A command as its parser describes it.
struct CommandHelp: Decodable {
    /// Something that may stand behind the command.
    struct Argument: Decodable {
        /// A spelling of an option or a flag.
        struct Name: Decodable {
            let kind: String
            let name: String

            /// As it is typed.
            var text: String { kind == "long" ? "--\(name)" : "-\(name)" }
        }

        let abstract: String?
        let defaultValue: String?
        let isOptional: Bool
        let isRepeating: Bool
        let kind: String
        let names: [Name]?
        let shouldDisplay: Bool
        let valueName: String?

        /// What it is called: its spellings, or what stands for its value.
        var title: String {
            let value = valueName.map { "<\($0)>" } ?? "<value>"
            guard let names, !names.isEmpty else { return isRepeating ? value + " …" : value }
            let spellings = names.map(\.text).joined(separator: ", ")
            return kind == "option" ? "\(spellings) \(value)" : spellings
        }

        /// How it stands in the one line that sums a command up.
        var synopsis: String {
            let title = names?.last.map { name in
                kind == "option" ? "\(name.text) <\(valueName ?? "value")>" : name.text
            }
            return isOptional ? "[\(title ?? self.title)]" : title ?? self.title
        }
    }

    let commandName: String
    let abstract: String?
    let discussion: String?
    let arguments: [Argument]?
    let shouldDisplay: Bool
    let subcommands: [CommandHelp]?

    /// The arguments that are for everyone.
    var shownArguments: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }

    /// The subcommands that are for everyone; `help` is the parser's own.
    var shownSubcommands: [CommandHelp] {
        (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
    }

    private struct Dump: Decodable { let command: CommandHelp }

    /// What the parser tells of `tocsin`.
    static func read() throws -> CommandHelp {
        try JSONDecoder().decode(Dump.self, from: Data(Tocsin._dumpHelp().utf8)).command
    }
}
