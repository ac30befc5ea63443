extension JSONSchema {
    /// The schema of rule files.
    package static var rules: JSONSchema { .file(SetLoader.vocabulary, title: "Tocsin rules") }

    /// The schema of rule tests, `*.test.yaml`.
    package static var ruleTests: JSONSchema {
        .file(RuleTestVocabulary.file, title: "Tocsin rule tests")
    }

    /// The schema of a file whose root has a vocabulary.
    package static func file(_ vocabulary: Vocabulary, title: String) -> JSONSchema {
        JSONSchema(vocabulary)
            .adding(.schema, .text("http://json-schema.org/draft-07/schema#"))
            .adding(.title, .text(title))
    }

    /// A mapping with known keys. Keys of later versions are not among them, so an editor neither
    /// offers them nor lets them pass.
    init(_ vocabulary: Vocabulary) {
        let properties = vocabulary.keys.map { key in
            (key.name, JSONSchema(key.shape).adding(.description, .text(key.summary)))
        }
        let required = vocabulary.keys.filter(\.isRequired).map(\.name).sorted()
        let dependencies = vocabulary.dependencies.map { JSONSchema($0) }
        self = JSONSchema.all([
            .title: .text(vocabulary.subject), .type: .text("object"),
            .properties: .properties(Dictionary(uniqueKeysWithValues: properties)),
            .additionalProperties: .schema(vocabulary.others.map { JSONSchema($0) } ?? .never),
        ])
        .adding(.required, required.isEmpty ? nil : .texts(required))
        .adding(.allOf, dependencies.isEmpty ? nil : .schemas(dependencies))
    }

    private init(_ dependency: Vocabulary.Dependency) {
        switch dependency {
        case .some(let names):
            let alternatives = names.map { JSONSchema.all([.required: .texts([$0])]) }
            self = .all([.anyOf: .schemas(alternatives)])
        case .when(let test, let then, let otherwise):
            self = JSONSchema.all([.test: .schema(JSONSchema(test))])
                .adding(.then, then.isEmpty ? nil : .schema(JSONSchema(then)))
                .adding(.otherwise, otherwise.isEmpty ? nil : .schema(JSONSchema(otherwise)))
        }
    }

    private init(_ test: Vocabulary.Dependency.Test) {
        switch test {
        case .has(let name): self = .all([.required: .texts([name])])
        case .says(let name, let words):
            self = .all([
                .required: .texts([name]),
                .properties: .properties([name: JSONSchema(.words(words))]),
            ])
        }
    }

    private init(_ demands: [Vocabulary.Dependency.Demand]) {
        var required: [String] = []
        var properties: [String: JSONSchema] = [:]
        for demand in demands {
            switch demand {
            case .requires(let names): required += names
            case .forbids(let names): for name in names { properties[name] = .never }
            case .shapes(let name, let shape): properties[name] = JSONSchema(shape)
            }
        }
        self = JSONSchema.all([:])
            .adding(.required, required.isEmpty ? nil : .texts(required.sorted()))
            .adding(.properties, properties.isEmpty ? nil : .properties(properties))
    }
}
