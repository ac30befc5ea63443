import CEL
import Events

/// Reads the fields of a stream.
struct FieldLoader {
    /// What may stand under `fields:`.
    static let shape = Shape.mapping(
        of: .either([.words(types), .section(vocabulary)]), names: .identifier,
        count: 0...Limits.fieldsPerStream)
    static let vocabulary = Vocabulary(
        "a field",
        [
            .required("type", .words(types), "What its values are."),
            .optional(
                "unit", .text,
                "Unit of its numbers, such as `m` or `mm/h`; compared in expressions, never converted."
            ),
            .optional(
                "valid", .list(of: .double, count: 2...2),
                "The lowest and the highest number that can be; one outside is UNKNOWN."),
            .optional(
                "missing", .listOrSingle(of: .scalar),
                "Values that stand for none, such as -9999 or 'N/A': they are UNKNOWN."),
            .optional(
                "path", .either([pathShape, .section(pairVocabulary)]),
                "Where it stands in a reading: `a.b`, or a list of members that may have dots, or `{path: msg, key: stage}` inside a text; default its name."
            ),
            .optional(
                "from", .words(sources),
                "`text` accepts its numbers or bools also inside a string."),
        ],
        dependencies: [
            .when(.says("type", types(but: numbers)), then: [.forbids(["unit", "valid"])]),
            .when(.says("type", types(but: numbers + [.bool])), then: [.forbids(["from"])]),
            .when(
                .says("type", types([.int])),
                then: [.shapes("missing", .listOrSingle(of: .either([whole, anyText])))]),
            .when(
                .says("type", types([.double])),
                then: [.shapes("missing", .listOrSingle(of: .either([.double, anyText])))]),
            .when(
                .says("type", types([.bool])),
                then: [.shapes("missing", .listOrSingle(of: .bool))]),
            .when(
                .says("type", types([.timestamp])),
                then: [.shapes("missing", .list(of: .scalar, count: 0...0))]),
        ],
        hints: ["key": "it belongs to the path: `path: {path: msg, key: …}`"])
    /// A text, to YAML too: what stands for no number may be one.
    private static let anyText = Shape.form(
        Form(#"^[\s\S]*$"#, "write a number, or text", bare: .nothing))
    private static let pairVocabulary = Vocabulary(
        "a `path` into a text",
        [
            .required(
                "path", pathShape,
                "Where the text stands: `a.b`, or a list of members that may have dots."),
            .required("key", keyShape, keySummary),
        ])
    /// The key of a pair in a text.
    static let keyShape = Shape.form(
        Form(
            #"^[^\s=",;]+$"#, "a key in a text has no blanks, `=`, quotes, commas or semicolons",
            bare: .anything))
    static let keySummary =
        "Key of the pair `key=value` in the text there, such as a line of a log."
    /// Where a value stands in a reading (`path`).
    static let pathShape = Shape.either([
        .form(.path), .list(of: .scalar, count: 1...Int.max),
    ])
    static let types = types(FieldType.allCases)
    private static let numbers: [FieldType] = [.int, .double]
    private static let whole = Shape.int(.min ... .max)
    private static let sources = ["text"]

    private static func types(_ types: [FieldType]) -> [String] { types.map(\.rawValue) }

    private static func types(but types: [FieldType]) -> [String] {
        FieldType.allCases.filter { !types.contains($0) }.map(\.rawValue)
    }

    private let name: String
    private let value: Cursor

    /// Fields in the order of their cells, and the names of those that could not be read.
    struct Fields {
        var read: [Field] = []
        var broken: Set<String> = []
    }

    /// All fields of a mapping, and the names of those that could not be read.
    static func fields(in cursor: Cursor) -> Fields {
        var fields = Fields()
        for (key, value) in cursor.entries(of: "fields") ?? [] {
            guard let name = fieldName(key) else {
                if let text = key.string() { fields.broken.insert(text) }
                continue
            }
            guard fields.read.count < Limits.fieldsPerStream else {
                key.fail("a stream has at most \(Limits.fieldsPerStream) fields")
                break
            }
            if let field = FieldLoader(name: name, value: value).load(owner: key.range) {
                fields.read.append(field)
            } else {
                fields.broken.insert(name)
            }
        }
        return fields
    }

    /// The name of a field: one that an expression can say.
    private static func fieldName(_ cursor: Cursor) -> String? {
        guard let name = cursor.string() else { return nil }
        if name.contains(".") {
            return cursor.fail(
                "`\(name)` has a dot",
                hint: "give it a name and say where it stands: `{type: …, path: \(name)}`")
        }
        return identifier(
            cursor, hint: "call it something else; for a member of that name write `path: \(name)`")
    }

    /// A name that an expression can say; `hint` says what to do about a reserved one.
    static func identifier(_ cursor: Cursor, hint: String = "call it something else") -> String? {
        guard let name = cursor.string() else { return nil }
        guard isIdentifier(name) else {
            return cursor.fail(
                "`\(name)` is not a name",
                hint: "names in expressions have letters, digits and `_`, and begin with no digit")
        }
        guard !CEL.isReservedWord(name) else {
            return cursor.fail("`\(name)` is a word of the expression language", hint: hint)
        }
        return name
    }

    /// Whether a text has the form of such a name: letters, digits and `_`, no digit first.
    static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.utf8.first, first > UInt8(ascii: "9") else { return false }
        return name.utf8.allSatisfy { Cursor.isWordByte($0) || $0 == UInt8(ascii: "_") }
    }

    /// `a.b`, or a list of members that may have dots.
    static func path(_ cursor: Cursor) -> [String]? {
        if cursor.node.scalar != nil {
            guard let text = cursor.text() else { return nil }
            let members = text.split(separator: ".", omittingEmptySubsequences: false)
            guard !members.contains(where: \.isEmpty) else {
                return cursor.fail("`\(text)` has an empty member", hint: "write it as `a.b`")
            }
            if text.hasPrefix("$") || text.contains("[") {
                return cursor.fail(
                    "`\(text)` is not a path", hint: "members are named from the root: `a.b`")
            }
            return members.map(String.init)
        }
        guard let items = cursor.list(of: "members") else { return nil }
        guard !items.isEmpty else { return cursor.fail("\(cursor.name) is empty") }
        let members = items.map { $0.string() }
        return members.contains(nil) ? nil : members.compactMap { $0 }
    }

    /// The key of a pair in a text.
    static func key(_ cursor: Cursor) -> String? {
        guard let text = cursor.text() else { return nil }
        guard !text.contains(where: { $0.isWhitespace || "=\",;".contains($0) }) else {
            return cursor.fail(
                "`\(text)` is not a key of a text",
                hint: "it stands there as `key=value`, and has no blanks, quotes, `,` or `;`")
        }
        return text
    }

    /// A field whose type is known, even if something else about it is wrong (and told).
    private func load(owner: Range<Int>) -> Field? {
        guard value.isMapping else {
            guard let type = type(value) else { return nil }
            return Field(name: name, type: type)
        }
        guard let section = value.section(FieldLoader.vocabulary, owner: owner),
            let type = section.required("type", hint: "it is one of \(Spelling.list(Self.types))")
                .flatMap(type)
        else { return nil }
        var field = Field(name: name, type: type)
        let isNumber = type == .int || type == .double
        if let unit = section["unit"] {
            guard isNumber else {
                unit.fail("only numbers have a unit, and `\(name)` is a \(type.rawValue)")
                return field
            }
            field.unit = unit.text()
        }
        if let valid = section["valid"] { field.valid = range(valid, isNumber: isNumber, type) }
        if let missing = section["missing"] { field.missing = self.missing(missing, type) }
        if let path = section["path"] { readPath(path, &field) }
        if let from = section["from"], from.word(of: FieldLoader.sources) != nil {
            switch type {
            case .int, .double, .bool: field.fromText = true
            case .string, .timestamp:
                from.fail(
                    "`from: text` is for numbers and bools, and `\(name)` is a \(type.rawValue)")
            }
        }
        return field
    }

    private func readPath(_ cursor: Cursor, _ field: inout Field) {
        guard cursor.isMapping else {
            if let path = FieldLoader.path(cursor) { field.path = path }
            return
        }
        guard let section = cursor.section(FieldLoader.pairVocabulary) else { return }
        let path = section.required("path", hint: "`path: msg`").flatMap(FieldLoader.path)
        let key = section.required("key", hint: "`key: \(name)`").flatMap(FieldLoader.key)
        guard let path, let key else { return }
        field.path = path
        field.key = key
    }

    private func type(_ cursor: Cursor) -> FieldType? {
        cursor.word(of: FieldLoader.types).flatMap(FieldType.init(rawValue:))
    }

    private func range(_ cursor: Cursor, isNumber: Bool, _ type: FieldType) -> ClosedRange<Double>?
    {
        guard isNumber else {
            return cursor.fail(
                "only numbers have a `valid` range, and `\(name)` is a \(type.rawValue)")
        }
        guard let items = cursor.list(of: "two numbers") else { return nil }
        guard items.count == 2 else {
            return cursor.fail("`valid` must have two numbers", hint: "write `valid: [-5, 40]`")
        }
        guard let low = items[0].double(infinite: true), let high = items[1].double(infinite: true)
        else { return nil }
        guard low <= high else {
            return cursor.fail(
                "the range is empty", hint: "write the lower number first: `valid: [lower, upper]`")
        }
        return low...high
    }

    /// Whether a value is text, and not meant as a number or a bool.
    private func isText(_ cursor: Cursor) -> Bool {
        guard let scalar = cursor.node.scalar, !cursor.node.isNull else { return false }
        return scalar.style != .plain
            || Double(decimal: scalar.value) == nil
                && !["true", "false", ".inf", "+.inf", "-.inf", ".nan"]
                    .contains(scalar.value.lowercased())
    }

    private func missing(_ cursor: Cursor, _ type: FieldType) -> [Scalar] {
        (cursor.listOrSingle(of: "values") ?? []).compactMap { item in
            switch type {
            case .string: item.string().map(Scalar.string)
            case .int where isText(item), .double where isText(item):
                item.string().map(Scalar.string)
            case .int: item.int().map(Scalar.int)
            case .double: item.double().map(Scalar.double)
            case .bool: item.bool().map(Scalar.bool)
            case .timestamp:
                item.fail("a timestamp has no `missing` values", hint: "only null stands for none")
            }
        }
    }
}
