import ArgumentParser
import Daemon
import Foundation
import Rules

/// `tocsin schema`: what may stand in a file, for editors.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print a JSON Schema of rule files, of rule tests, or of tocsin.yaml.",
        discussion: """
            An editor that knows it completes keys, explains them, and underlines what \
            `tocsin check` would refuse for its form. With the YAML extension of VS Code, name it \
            in the first line of a file:

              # yaml-language-server: $schema=rules.schema.json

            EXAMPLE
              tocsin schema > rules.schema.json
              tocsin schema test > test.schema.json
              tocsin schema config > tocsin.schema.json
            """)

    /// What a schema can be of.
    enum Files: String, CaseIterable, ExpressibleByArgument {
        case rules, test, config
    }

    @Argument(help: "Rule files, their tests (*.test.yaml), or tocsin.yaml.")
    var files = Files.rules

    func run() throws {
        let schema: JSONSchema =
            switch files {
            case .rules: .rules
            case .test: .ruleTests
            case .config: .configuration
            }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try Output.line(String(decoding: encoder.encode(schema), as: UTF8.self))
    }
}
