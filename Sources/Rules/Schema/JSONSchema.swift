/// A JSON Schema, draft-07 (https://json-schema.org/draft-07/json-schema-release-notes): the draft
/// that the YAML extensions of editors read best. It holds the keywords that vocabularies need, and
/// is encoded by whoever prints it.
///
/// Nothing is shared by `$ref`: vocabularies are trees, and in draft-07 what stands beside a
/// reference, such as a description, is void.
package enum JSONSchema: Sendable {
    /// Nothing satisfies it.
    case never
    /// What satisfies all of these.
    indirect case all([Keyword: Value])

    /// A keyword of the draft; of editors, which others ignore, only `patternErrorMessage`.
    package enum Keyword: String, CodingKey, Sendable {
        case schema = "$schema"
        case title, description
        case type, const
        case words = "enum"
        case pattern, patternErrorMessage, minimum, maximum
        case items, minItems, maxItems, uniqueItems
        case properties, required, additionalProperties, propertyNames
        case minProperties, maxProperties
        case allOf, anyOf, not
        case test = "if"
        case then
        case otherwise = "else"
    }

    /// What stands behind a keyword.
    package indirect enum Value: Sendable {
        case flag(Bool)
        case number(Int64)
        case text(String)
        case texts([String])
        case schema(JSONSchema)
        case schemas([JSONSchema])
        case properties([String: JSONSchema])
    }

    /// The schema with another keyword; the new one counts.
    func adding(_ keyword: Keyword, _ value: Value?) -> JSONSchema {
        guard let value, case .all(var keywords) = self else { return self }
        keywords[keyword] = value
        return .all(keywords)
    }
}

extension JSONSchema: Encodable {
    /// As the draft writes it; the order of keys is the encoder's.
    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .never:
            var container = encoder.singleValueContainer()
            try container.encode(false)
        case .all(let keywords):
            var container = encoder.container(keyedBy: Keyword.self)
            for (keyword, value) in keywords { try container.encode(value, forKey: keyword) }
        }
    }
}

extension JSONSchema.Value: Encodable {
    /// The value alone.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .flag(let flag): try container.encode(flag)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .texts(let texts): try container.encode(texts)
        case .schema(let schema): try container.encode(schema)
        case .schemas(let schemas): try container.encode(schemas)
        case .properties(let schemas): try container.encode(schemas)
        }
    }
}
