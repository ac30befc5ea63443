import Foundation
import Testing

@testable import Rules

/// What is declared about keys is whole, and says the same each time.
@Suite struct VocabularyTests {
    private static let all = SetLoader.vocabulary.withNested + RuleTestVocabulary.file.withNested

    @Test func everyKeyIsExplainedInASentence() {
        #expect(Self.all.count >= 20)
        for vocabulary in Self.all {
            for key in vocabulary.keys {
                let name = "`\(key.name)` of \(vocabulary.subject)"
                #expect(key.summary.hasSuffix("."), "\(name)")
                #expect(key.summary.first?.isLowercase == false, "\(name)")
                #expect(key.summary.count >= 12, "\(name)")
            }
        }
    }

    @Test func keysAreThereOnce() {
        for vocabulary in Self.all {
            #expect(Set(vocabulary.known).count == vocabulary.known.count)
            #expect(vocabulary.later.isDisjoint(with: vocabulary.known))
        }
    }

    @Test func dependenciesAreOnKeysThatAreThere() {
        for vocabulary in Self.all {
            for dependency in vocabulary.dependencies {
                for name in dependency.names {
                    #expect(vocabulary.known.contains(name), "`\(name)` of \(vocabulary.subject)")
                }
            }
        }
    }

    /// An element that its own section leaves free is kept, with what is nothing.
    @Test func freeKeysAreKeptInTheirOrder() throws {
        let text = "{b: 1, at: 5m, a: null, c: x}"
        let document = YAMLDocument(SourceFile(path: "f", bytes: Array(text.utf8)))
        let row = try #require(Cursor(document)?.section(RuleTestVocabulary.row))
        #expect(row.others.map { $0.key.string() } == ["b", "a", "c"])
        #expect(row.others.map(\.value.node.isNull) == [false, true, false])
        #expect(row["at"]?.duration() == 300_000_000_000)
        #expect(!document.report.hasErrors)
    }

    @Test func schemasAreEncodedTheSameEachTime() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        for schema in [JSONSchema.rules, JSONSchema.ruleTests] {
            let first = try encoder.encode(schema)
            #expect(try encoder.encode(schema) == first)
        }
    }

    @Test(arguments: [
        ("90s", true), ("1h30m", true), ("1.5s", true), ("5ms", true),
        ("1w2d3h4m5s6ms7us8ns", true),
        ("0s", false), ("0.0h", false), ("", false), ("5", false), ("1m1h", false), ("1.s", false),
        (".5s", false), ("1m1m", false), ("-1s", false), ("1 s", false), ("s", false),
    ])
    func durationsMatchTheirPatternIfTheyAreRead(_ text: String, _ isPositive: Bool) throws {
        func isMatch(_ form: Form) -> Bool {
            text.range(of: form.pattern, options: .regularExpression) != nil
        }
        func reads(positive: Bool) -> Bool {
            let quoted = YAMLDocument(SourceFile(path: "f", bytes: Array("'\(text)'".utf8)))
            return Cursor(quoted)?.duration(positive: positive) != nil
        }
        #expect(isMatch(.duration(positive: true)) == isPositive)
        #expect(reads(positive: true) == isPositive)
        #expect(isMatch(.duration(positive: false)) == reads(positive: false))
    }
}

extension Vocabulary {
    /// It and all below it.
    fileprivate var withNested: [Vocabulary] {
        let shapes = keys.map(\.shape) + (others.map { [$0] } ?? [])
        return [self] + shapes.flatMap(\.vocabularies)
    }
}

extension Shape {
    fileprivate var vocabularies: [Vocabulary] {
        switch self {
        case .section(let vocabulary): vocabulary.withNested
        case .either(let shapes): shapes.flatMap(\.vocabularies)
        case .list(let item, _): item.vocabularies
        case .listOrSingle(let item, _, _): item.vocabularies
        case .mapping(let value, _, _): value.vocabularies
        case .scalar, .text, .expression, .form, .duration, .bool, .int, .double, .words, .null: []
        }
    }
}

extension Vocabulary.Dependency {
    /// All keys it speaks of.
    fileprivate var names: [String] {
        switch self {
        case .some(let names): return names
        case .when(let test, let then, let otherwise):
            let tested =
                switch test {
                case .has(let name): name
                case .says(let name, _): name
                }
            return [tested]
                + (then + otherwise).flatMap { demand in
                    switch demand {
                    case .requires(let names), .forbids(let names): names
                    case .shapes(let name, _): [name]
                    }
                }
        }
    }
}
