import CEL
import Evaluation
import Expressions

/// Reads `message:`: texts with `${expression}` in one or more languages.
struct MessageLoader {
    /// What may stand behind `message:`.
    static let shape = Shape.either([
        .text, .mapping(of: .section(vocabulary), names: languageForm, count: 1...Int.max),
    ])
    private static let vocabulary = Vocabulary(
        "a message",
        [
            .optional(
                "headline", .text, "The line that is read first; `${EXPRESSION}` shows a value."),
            .optional("description", .text, "What happens, in full."),
            .optional("instruction", .text, "What people should do."),
        ],
        dependencies: [.some(of: parts)])
    private static let parts = ["headline", "description", "instruction"]
    private static let languageForm = Form(
        "^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$", "write a language as `en`, `fr` or `pt-BR`",
        bare: .nothing)

    private let scope: Scope

    /// Texts may use the names of `scope`, and `title` for the rule's title.
    init(_ scope: Scope, title: String) {
        var scope = scope
        scope.define("title", text: title)
        self.scope = scope
    }

    /// Languages in the order of the file, parts in the order headline, description, instruction.
    /// A text alone is an English headline.
    func load(_ cursor: Cursor) -> [Rule.Named<[Rule.Named<Template>]>] {
        if cursor.node.scalar != nil {
            guard let headline = template(cursor) else { return [] }
            return [Rule.Named("en", [Rule.Named("headline", headline)])]
        }
        guard let entries = cursor.entries(of: "languages") else { return [] }
        guard !entries.isEmpty else { return cursor.fail("`message` is empty") ?? [] }
        return entries.compactMap { key, value in
            guard let language = language(key),
                let section = value.section(MessageLoader.vocabulary, owner: key.range)
            else { return nil }
            if !MessageLoader.parts.contains(where: section.has) {
                section.missing("a `headline`")
            }
            let texts = MessageLoader.parts.compactMap { part in
                section[part].flatMap(template).map { Rule.Named(part, $0) }
            }
            return Rule.Named(language, texts)
        }
    }

    private func template(_ cursor: Cursor) -> Template? {
        let template = scope.checkTemplate(cursor)?.template(mode: .rule)
        if template != nil { warnOfBraces(cursor) }
        return template
    }

    /// `{level}` is text, and was most likely meant as `${level}`.
    private func warnOfBraces(_ cursor: Cursor) {
        guard let expression = ExpressionText(cursor) else { return }
        let text = Array(expression.text.utf8)
        var before: UInt8 = 0
        for (index, byte) in text.enumerated() {
            defer { before = byte }
            guard byte == UInt8(ascii: "{"), before != UInt8(ascii: "$"),
                let end = text[index...].firstIndex(of: UInt8(ascii: "}"))
            else { continue }
            let name = String(decoding: text[index + 1..<end], as: UTF8.self)
            guard scope.isDeclared(name) || name == "title" else { continue }
            expression.warn(
                Problem(
                    range: index..<end + 1, message: "`{\(name)}` is sent as it stands",
                    hint: "the value of `\(name)` is `${\(name)}`"))
        }
    }

    /// A language tag (RFC 5646), as far as its form goes.
    private func language(_ key: Cursor) -> String? {
        guard let tag = key.string() else { return nil }
        guard !MessageLoader.parts.contains(tag) else {
            return key.fail(
                "`\(tag)` belongs to a language", hint: "write `message: {en: {\(tag): …}}`")
        }
        let subtags = tag.split(separator: "-", omittingEmptySubsequences: false)
        let isPrimary = subtags.first.map { subtag in
            (2...3).contains(subtag.count) && subtag.allSatisfy { $0.isASCII && $0.isLetter }
        }
        let areRest = subtags.dropFirst().allSatisfy { subtag in
            (1...8).contains(subtag.utf8.count) && subtag.utf8.allSatisfy(Cursor.isWordByte)
        }
        guard isPrimary == true, areRest else {
            return key.fail(
                "`\(tag)` is not a language tag", hint: "write `en`, `fr` or `pt-BR`")
        }
        return tag
    }
}
