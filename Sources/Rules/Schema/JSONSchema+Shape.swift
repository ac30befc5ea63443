extension JSONSchema {
    /// What a value of a shape is to an editor, which sees it as YAML 1.2 does: `true` and `5` are
    /// no texts there, though a reader of texts accepts them as they are written.
    init(_ shape: Shape) {
        switch shape {
        case .scalar: self = .all([.type: .texts(Self.scalars)])
        case .text, .expression: self.init(Form(#"\S"#, "this is empty", bare: .anything))
        case .form(let form): self.init(form)
        case .duration(let positive): self.init(Form.duration(positive: positive))
        case .bool: self = .all([.type: .text("boolean")])
        case .int(let range): self.init(whole: range)
        case .double: self = .all([.type: .text("number")])
        case .words(let words): self = .all([.type: .text("string"), .words: .texts(words)])
        case .null: self = .all([.type: .text("null")])
        case .list(let item, let count): self.init(listOf: JSONSchema(item), count)
        case .listOrSingle(let item, let count, let distinct):
            let list = JSONSchema(listOf: JSONSchema(item), count)
                .adding(.uniqueItems, distinct ? .flag(true) : nil)
            self = .all([.anyOf: .schemas([JSONSchema(item), list])])
        case .mapping(let value, let names, let count):
            self = JSONSchema.all([
                .type: .text("object"), .additionalProperties: .schema(JSONSchema(value)),
            ])
            .adding(.propertyNames, names.map { .schema(JSONSchema(name: $0)) })
            .adding(.minProperties, count.lowerBound.unlessDefault(0))
            .adding(.maxProperties, count.upperBound.unlessDefault(.max))
        case .section(let vocabulary): self.init(vocabulary)
        case .either(let shapes): self = .all([.anyOf: .schemas(shapes.map { JSONSchema($0) })])
        }
    }

    /// The first one is what editors insert.
    private static let scalars = ["string", "number", "boolean"]

    private init(whole range: ClosedRange<Int64>) {
        if range.lowerBound == range.upperBound {
            self = .all([.type: .text("integer"), .const: .number(range.lowerBound)])
            return
        }
        self = JSONSchema.all([.type: .text("integer")])
            .adding(.minimum, range.lowerBound == .min ? nil : .number(range.lowerBound))
            .adding(.maximum, range.upperBound == .max ? nil : .number(range.upperBound))
    }

    private init(listOf item: JSONSchema, _ count: ClosedRange<Int>) {
        self = JSONSchema.all([.type: .text("array"), .items: .schema(item)])
            .adding(.minItems, count.lowerBound.unlessDefault(0))
            .adding(.maxItems, count.upperBound.unlessDefault(.max))
    }

    /// A text behind a key.
    private init(_ form: Form) {
        let types: Value =
            switch form.bare {
            case .nothing: .text("string")
            case .numbers: .texts(["string", "number"])
            case .whole: .texts(["string", "integer", "boolean"])
            case .notNegative, .anything: .texts(Self.scalars)
            }
        self = JSONSchema(name: form).adding(.type, types)
        if case .notNegative = form.bare { self = adding(.minimum, .number(0)) }
    }

    /// A text that is a key.
    private init(name form: Form) {
        self = JSONSchema.all([
            .pattern: .text(form.pattern), .patternErrorMessage: .text(form.hint),
        ])
        guard !form.reserved.isEmpty else { return }
        self = adding(.not, .schema(.all([.words: .texts(form.reserved)])))
    }
}

extension Int {
    /// A keyword's value, or nil where leaving the keyword out says the same.
    fileprivate func unlessDefault(_ standard: Int) -> JSONSchema.Value? {
        self == standard ? nil : .number(Int64(self))
    }
}
