import CEL
import Evaluation
import Events
import Expressions

/// Reads `message:`: texts with `${expression}` in one or more languages.
struct MessageLoader {
    /// What may stand behind `message:`.
    static let shape = Shape.either([
        .text, .mapping(of: .section(vocabulary), names: languageForm, count: 1...Int.max),
    ])
    private static let partKeys: [Vocabulary.Key] = [
        .optional(
            "headline", .text, "The line that is read first; `${EXPRESSION}` shows a value."),
        .optional("description", .text, "What happens, in full."),
        .optional("instruction", .text, "What people should do."),
    ]
    private static let vocabulary = Vocabulary(
        "a message",
        partKeys + [
            .optional(
                "levels",
                .mapping(of: wordsShape, names: LevelLoader.nameForm, count: 1...Int.max),
                "What is said otherwise while a level is active; the rest is as above."),
            .optional(
                "clear", wordsShape,
                "The all-clear; default a headline alone, `All clear: TITLE (KEY)`."),
            .optional(
                "no_data", wordsShape,
                "What is said of a key that has fallen silent; default a headline alone, `No data: TITLE (KEY)`."
            ),
        ],
        dependencies: [.some(of: parts)])
    /// The words for one occasion: a text alone is its headline.
    private static let wordsShape = Shape.either([.text, .section(wordsVocabulary)])
    private static let wordsVocabulary = Vocabulary(
        "an occasion", partKeys, dependencies: [.some(of: parts)])
    private static let parts = ["headline", "description", "instruction"]
    private static let languageForm = Form(
        "^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$", "write a language as `en`, `fr` or `pt-BR`",
        bare: .nothing)

    private let scope: Scope
    private let levels: [String]
    private let areLevelsWhole: Bool
    private let noData: NoDataPolicy.Action?

    /// Texts may use the names of `scope`, and `title` for the rule's title.
    ///
    /// - Parameters:
    ///   - levels: the rule's, from low to high, as far as they could be read.
    ///   - areLevelsWhole: whether all could.
    ///   - noData: what it does about silence.
    init(
        _ scope: Scope, title: String, levels: [String], areLevelsWhole: Bool,
        noData: NoDataPolicy.Action?
    ) {
        var scope = scope
        scope.define("title", text: title)
        self.scope = scope
        self.levels = levels
        self.areLevelsWhole = areLevelsWhole
        self.noData = noData
    }

    /// Languages in the order of the file, parts in the order headline, description, instruction.
    /// A text alone is an English headline.
    func load(_ cursor: Cursor) -> [Rule.Named<Rule.Words>] {
        if cursor.node.scalar != nil {
            let headline = texts(cursor)
            return headline.isEmpty ? [] : [Rule.Named("en", words(headline))]
        }
        guard let entries = cursor.entries(of: "languages") else { return [] }
        guard !entries.isEmpty else { return cursor.fail("`message` is empty") ?? [] }
        let languages = entries.compactMap { key, value -> Language? in
            guard let language = language(key),
                let section = value.section(MessageLoader.vocabulary, owner: key.range)
            else { return nil }
            var words = words(parts(of: section))
            let ownLevels = section["levels"].map(levelTexts) ?? []
            for own in ownLevels {
                guard let index = levels.firstIndex(of: own.level) else { continue }
                words.levels[index] = MessageLoader.merge(own.texts, over: words.levels[index])
            }
            words.clear = section["clear"].map(texts) ?? []
            words.noData = section["no_data"].map(texts) ?? []
            if noData == nil || noData == .hold {
                section["no_data"]?.warn(
                    "this is never said",
                    hint: "silence has words of its own under `no_data: {do: alert}` or `clear`")
            }
            return Language(
                key: key, words: Rule.Named(language, words),
                occasions: ownLevels.map { .level($0.level) }
                    + (section.has("clear") ? [.clear] : [])
                    + (section.has("no_data") ? [.noData] : []))
        }
        TranslationReview().review(languages)
        return languages.map(\.words)
    }

    /// What one language says.
    struct Language {
        let key: Cursor
        let words: Rule.Named<Rule.Words>
        /// For which it has words of their own.
        let occasions: [Occasion]
    }

    /// What has words of its own.
    enum Occasion: Hashable {
        case level(String)
        case clear
        case noData
    }

    /// The same words whatever level is active.
    private func words(_ parts: [Rule.Named<Template>]) -> Rule.Words {
        Rule.Words(levels: levels.map { _ in parts }, clear: [], noData: [])
    }

    private func parts(of section: Section) -> [Rule.Named<Template>] {
        if !MessageLoader.parts.contains(where: section.has) { section.missing("a `headline`") }
        return MessageLoader.parts.compactMap { part in
            section[part].flatMap(template).map { Rule.Named(part, $0) }
        }
    }

    /// The words for one occasion.
    private func texts(_ cursor: Cursor) -> [Rule.Named<Template>] {
        if cursor.node.scalar != nil {
            return template(cursor).map { [Rule.Named("headline", $0)] } ?? []
        }
        return cursor.section(MessageLoader.wordsVocabulary).map(parts) ?? []
    }

    private func levelTexts(
        _ cursor: Cursor
    ) -> [(level: String, texts: [Rule.Named<Template>])] {
        guard let entries = cursor.entries(of: "levels") else { return [] }
        guard !entries.isEmpty else { return cursor.fail("`levels` is empty") ?? [] }
        return entries.compactMap { key, value in
            let texts = texts(value)
            guard let name = key.string() else { return nil }
            if areLevelsWhole, !levels.contains(name) {
                key.fail(
                    "the rule has no level `\(name)`",
                    hint: Spelling.hint(for: name, among: levels))
            }
            return (name, texts)
        }
    }

    private static func merge(
        _ texts: [Rule.Named<Template>], over general: [Rule.Named<Template>]
    ) -> [Rule.Named<Template>] {
        parts.compactMap { part in
            texts.first { $0.name == part } ?? general.first { $0.name == part }
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
        guard !MessageLoader.vocabulary.known.contains(tag) else {
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
