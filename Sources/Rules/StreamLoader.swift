import Events

/// Reads one stream declared under `streams:`.
struct StreamLoader {
    static let vocabulary = Vocabulary(
        "a stream",
        [
            .optional(
                "topic", .form(topicForm),
                "Topic prefix that selects it, up to the end of the topic, a `.` or a `/`; default its name."
            ),
            .optional(
                "time", .either([.form(memberForm), .section(timeVocabulary)]),
                "Member with the event time in RFC 3339, or `{path: ts, unit: s}`; default the time of arrival."
            ),
            .optional(
                "source", .text, "Field (string or int) that says who sent it; default the feed."),
            .optional(
                "id", .either([.text, .section(idVocabulary)]),
                "Field (string or int) that names the event: one whose id its source has said before is dropped."
            ),
            .optional(
                "expect", .duration(positive: true),
                "Nominal interval of readings: a value is held for three of them; default a key is judged by its rows only."
            ),
            .optional(
                "lateness", .duration(positive: false),
                "How far behind its stream a row may come before it counts as late; default 0s."),
            .optional(
                "idle", .duration(positive: true),
                "After what silence a source no longer holds the stream back; default 10m."),
            .optional(
                "fields", FieldLoader.shape,
                "The fields of its rows, `name: type` or `name: {type: …, unit: …}`."),
        ],
        later: ["expand"],
        hints: ["keep": "it belongs to the id: `id: {field: …, keep: 24h}`"])
    private static let idVocabulary = Vocabulary(
        "an `id`",
        [
            .required("field", .text, "Field (string or int) that names the event."),
            .optional(
                "keep", .duration(positive: true), "How long an id is remembered; default 24h."),
            .optional(
                "max", .int(idCounts),
                "How many ids of the stream are remembered, the oldest make room; default 1000000."
            ),
        ])
    private static let idCounts = 1...Int64(Limits.longestIDMemory)
    private static let timeVocabulary = Vocabulary(
        "a `time`",
        [
            .required(
                "path", FieldLoader.pathShape,
                "Where the time stands: `a.b`, or a list of members that may have dots."),
            .optional(
                "key", FieldLoader.keyShape, FieldLoader.keySummary),
            .optional(
                "unit", .words(units),
                "Unit of a number since 1970-01-01T00:00:00Z; default RFC 3339 text."),
        ])
    private static let units = ["s", "ms", "us", "ns"]
    /// What a topic, and so a stream, may be called.
    static let topicForm = Form(
        "^[A-Za-z0-9._/-]{1,\(Limits.topicBytes)}$",
        "a topic has letters, digits, `.`, `_`, `/` and `-`, at most \(Limits.topicBytes)",
        bare: .anything)
    private static let memberForm = Form(
        #"^(?!\s*$)[^.]+$"#, "write `{path: a.b}` for a member of a member", bare: .whole)

    /// The name.
    let key: Cursor
    /// What is declared.
    let value: Cursor

    /// Reads it into the catalog; what could not be read of it is told.
    func load(into catalog: inout StreamCatalog) {
        guard let name = StreamLoader.topic(key) else { return }
        if let first = catalog.scope(named: name) {
            key.fail(
                "stream `\(name)` is declared twice", hint: "the first is at \(first.position)")
            return
        }
        guard let section = value.section(StreamLoader.vocabulary, owner: key.range) else {
            catalog.addBroken(name)
            return
        }
        let fields = section["fields"].map(FieldLoader.fields) ?? FieldLoader.Fields()
        var schema = StreamSchema(name: name, fields: fields.read)
        if let topic = section["topic"] {
            if let text = StreamLoader.topic(topic) { schema.topic = text }
        }
        if let other = catalog.scope(onTopic: schema.topic) {
            (section["topic"] ?? key).fail(
                "topic `\(schema.topic)` is already that of stream `\(other.schema.name)`",
                hint: "it is declared at \(other.position)")
        }
        if let time = section["time"] { schema.time = timeSource(time, schema.fields) ?? .arrival }
        if let source = section["source"] {
            schema.source = identity(source, "source", schema.fields, broken: fields.broken)
        }
        if let id = section["id"] { self.id(id, of: &schema, broken: fields.broken) }
        if let expect = section["expect"] { schema.expect = expect.duration(positive: true) }
        if let lateness = section["lateness"]?.duration() { schema.lateness = lateness }
        if let idle = section["idle"]?.duration(positive: true) { schema.idle = idle }
        catalog.add(
            StreamScope(
                index: catalog.scopes.count, schema: schema,
                position: key.report.position(of: key.range), broken: fields.broken))
    }

    /// A topic, which is also what a stream is called.
    private static func topic(_ cursor: Cursor) -> String? {
        guard let text = cursor.string() else { return nil }
        let isTopic = text.utf8.allSatisfy { Cursor.isWordByte($0) || "._/-".utf8.contains($0) }
        guard !text.isEmpty, isTopic else {
            return cursor.fail(
                "`\(text)` is not a topic",
                hint: "topics have letters, digits, `.`, `_`, `/` and `-`")
        }
        guard text.utf8.count <= Limits.topicBytes else {
            return cursor.fail("a topic has at most \(Limits.topicBytes) bytes")
        }
        return text
    }

    private func timeSource(_ cursor: Cursor, _ fields: [Field]) -> TimeSource? {
        var path: [String]?
        var key: String?
        var format = TimeFormat.rfc3339
        if cursor.isMapping {
            guard let section = cursor.section(StreamLoader.timeVocabulary) else { return nil }
            path = section.required("path", hint: "`path: a.b`").flatMap(FieldLoader.path)
            if let pair = section["key"] {
                guard let text = FieldLoader.key(pair) else { return nil }
                key = text
            }
            if let unit = section["unit"] {
                guard let word = unit.word(of: StreamLoader.units) else { return nil }
                format = .epoch(unit: StreamLoader.nanoseconds(word))
            }
        } else {
            guard let member = cursor.text() else { return nil }
            guard !member.contains(".") else {
                return cursor.fail(
                    "`\(member)` has a dot",
                    hint:
                        "write `{path: \(member)}` for a member of a member, `{path: [\(member)]}` for one"
                )
            }
            path = [member]
        }
        guard let path else { return nil }
        if key == nil, path.count == 1, let field = fields.first(where: { $0.name == path[0] }) {
            guard agrees(format, with: field, cursor) else { return nil }
        }
        return .member(path: path, format: format, key: key)
    }

    /// Whether a time read from a member that is also declared as a field reads the same there.
    private func agrees(_ format: TimeFormat, with field: Field, _ cursor: Cursor) -> Bool {
        let isElsewhere = field.path != [field.name] || field.key != nil
        if isElsewhere, !cursor.isMapping {
            let path = field.path.joined(separator: ".")
            let key = field.key.map { ", key: \($0)" } ?? ""
            cursor.fail(
                "`\(field.name)` is a field that stands at `\(path)`",
                hint: "write `time: {path: \(path)\(key)}`")
            return false
        }
        guard !isElsewhere else { return true }
        switch (format, field.type) {
        case (.rfc3339, .int), (.rfc3339, .double), (.rfc3339, .bool):
            cursor.fail(
                "`\(field.name)` is declared as \(field.type.rawValue), and a time is RFC 3339 text",
                hint: "for seconds since 1970 write `time: {path: \(field.name), unit: s}`")
            return false
        case (.epoch, .timestamp), (.epoch, .bool):
            cursor.fail(
                "`\(field.name)` is declared as \(field.type.rawValue), and a time with a unit is a number",
                hint: "leave the `unit` out for RFC 3339 text")
            return false
        case (.rfc3339, .string), (.rfc3339, .timestamp), (.epoch, .int), (.epoch, .double),
            (.epoch, .string):
            return true
        }
    }

    private func id(_ cursor: Cursor, of schema: inout StreamSchema, broken: Set<String>) {
        guard cursor.isMapping else {
            schema.id = identity(cursor, "id", schema.fields, broken: broken)
            return
        }
        guard let section = cursor.section(StreamLoader.idVocabulary) else { return }
        schema.id = section.required("field", hint: "`field: NAME`")
            .flatMap { identity($0, "id", schema.fields, broken: broken) }
        if let keep = section["keep"]?.duration(positive: true) { schema.keep = keep }
        if let count = section["max"]?.int(in: StreamLoader.idCounts) {
            schema.keepCount = Int(count)
        }
    }

    /// Index of a field that names something: a sender or an event.
    private func identity(
        _ cursor: Cursor, _ what: String, _ fields: [Field], broken: Set<String>
    ) -> Int? {
        guard let name = cursor.text(), !broken.contains(name) else { return nil }
        guard let index = fields.firstIndex(where: { $0.name == name }) else {
            return cursor.fail(
                "`\(name)` is not a field of this stream",
                hint: Spelling.hint(for: name, among: fields.map(\.name)))
        }
        switch fields[index].type {
        case .string, .int: return index
        case .double, .bool, .timestamp:
            return cursor.fail(
                "the \(what) must be a string or an int, and `\(name)` is a \(fields[index].type.rawValue)"
            )
        }
    }

    private static func nanoseconds(_ unit: String) -> Int64 {
        switch unit {
        case "ns": 1
        case "us": 1_000
        case "ms": 1_000_000
        case _: Timestamp.nanosecondsPerSecond
        }
    }
}
