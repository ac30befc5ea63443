import CEL
import Evaluation
import Events

/// Reads one entry of a test's `input`: the readings of one stream, as series or one by one.
struct TestInputLoader {
    let plan: Plan
    let clock: TestClock

    /// The readings in the order of the file.
    func readings(_ cursor: Cursor) -> [RuleTest.Reading] {
        guard let section = cursor.section(RuleTestVocabulary.input) else { return [] }
        let stream = section.required("stream", hint: "`stream:` names it").flatMap(self.stream)
        let constants = section["with"].map { fields($0, stream) } ?? []
        var clock = clock
        if let step = section["step"]?.duration(positive: true) { clock.step = step }
        let start = section["at"].map(clock.time) ?? clock.start
        if let rows = section["rows"] {
            for key in ["series", "at", "step"] {
                section[key]?.fail("`\(key)` and `rows` exclude each other")
            }
            return self.rows(rows, stream, constants)
        }
        guard let series = section["series"] else {
            if !section.has("series") {
                section.missing(
                    "`series` or `rows`", hint: "`series: {level: \"3.5 4.1*3\"}`")
            }
            return []
        }
        guard let start else { return [] }
        return self.series(series, stream, constants, start: start, step: clock.step)
    }

    private func stream(_ cursor: Cursor) -> Int? {
        guard let name = cursor.text() else { return nil }
        let names = plan.streams.map(\.name)
        guard let index = names.firstIndex(of: name) else {
            return cursor.fail(
                "no stream `\(name)` is declared", hint: Spelling.hint(for: name, among: names))
        }
        return index
    }

    // MARK: Series

    private func series(
        _ cursor: Cursor, _ stream: Int?, _ constants: [(field: Int, value: RuleTest.Value)],
        start: Int64, step: Int64
    ) -> [RuleTest.Reading] {
        var columns: [(field: Int, values: [RuleTest.Value?])] = []
        var first: (name: String, count: Int)?
        for (key, value) in cursor.entries(of: "fields and readings") ?? [] {
            guard let stream, let field = field(key, stream) else { continue }
            let values = self.values(value, plan.streams[stream].fields[field])
            guard let values else { continue }
            if let first, first.count != values.count {
                value.fail(
                    "`\(key.node.scalar?.value ?? "")` has \(values.count) readings and "
                        + "`\(first.name)` \(first.count)",
                    hint: "`_` stands for none; what never changes belongs under `with:`")
            }
            first = first ?? (key.node.scalar?.value ?? "", values.count)
            columns.append((field, values))
        }
        guard let stream, let count = first?.count else { return [] }
        let line = cursor.report.source.lineNumber(at: cursor.range.lowerBound)
        return (0..<count).compactMap { index in
            let held = columns.compactMap { column in
                index < column.values.count
                    ? column.values[index].map { (field: column.field, value: $0) } : nil
            }
            // Where no series has a reading there is none.
            guard !held.isEmpty else { return nil }
            let time = start &+ Int64(index) &* step
            return RuleTest.Reading(
                stream: stream, time: time, arrival: time, values: constants + held, line: line)
        }
    }

    /// The values of one field in order; nil in it where there is none.
    private func values(_ cursor: Cursor, _ field: Field) -> [RuleTest.Value?]? {
        if case .sequence = cursor.node.content {
            return cursor.list(of: "values")?.map { item in
                if item.node.scalar?.value == "_", item.node.scalar?.style == .plain { return nil }
                return value(item, field)
            }
        }
        guard field.type == .int || field.type == .double else {
            return cursor.fail(
                "`\(field.name)` is a \(field.type.rawValue): its readings are a list",
                hint: "write `\(field.name): [a, b, null]`")
        }
        guard let expression = ExpressionText(cursor) else { return nil }
        let (items, problems) = SeriesNotation.items(expression.text)
        expression.tell(
            problems.map { Problem(range: $0.range, message: $0.message, hint: $0.hint) })
        guard problems.isEmpty else { return nil }
        if items.isEmpty { return cursor.fail("the series is empty") }
        return items.map { item in
            switch item {
            case .none: nil
            case .unknown: .unknown
            case .number(let text): .number(text)
            }
        }
    }

    // MARK: Rows

    private func rows(
        _ cursor: Cursor, _ stream: Int?, _ constants: [(field: Int, value: RuleTest.Value)]
    ) -> [RuleTest.Reading] {
        (cursor.list(of: "readings") ?? []).compactMap { item in
            guard let entries = item.entries(of: "`at` and fields") else { return nil }
            var at: Int64?
            var arrives: Int64?
            var isTimed = false
            var values = constants
            for (key, value) in entries {
                let name = key.node.scalar?.value
                switch name {
                case "at":
                    isTimed = true
                    at = clock.time(value)
                case "arrives": arrives = clock.time(value)
                case _:
                    guard let stream, let field = field(key, stream),
                        let read = self.value(value, plan.streams[stream].fields[field])
                    else { continue }
                    values.removeAll { $0.field == field }
                    values.append((field, read))
                }
            }
            if let at, let arrives, arrives < at {
                item.fail(
                    "a reading arrives at the earliest when it is taken",
                    hint: "`at` is when it was measured")
            }
            if !isTimed { item.fail("a reading needs `at`", hint: "`at: 15m`") }
            guard let stream, let at else { return nil }
            let line = cursor.report.source.lineNumber(at: item.range.lowerBound)
            return RuleTest.Reading(
                stream: stream, time: at, arrival: arrives ?? at, values: values, line: line)
        }
    }

    // MARK: Fields

    private func fields(_ cursor: Cursor, _ stream: Int?) -> [(field: Int, value: RuleTest.Value)] {
        (cursor.entries(of: "fields") ?? []).compactMap { key, value in
            guard let stream, let field = field(key, stream),
                let read = self.value(value, plan.streams[stream].fields[field])
            else { return nil }
            return (field, read)
        }
    }

    private func field(_ key: Cursor, _ stream: Int) -> Int? {
        guard let name = key.string() else { return nil }
        let names = plan.streams[stream].fields.map(\.name)
        guard let index = names.firstIndex(of: name) else {
            return key.fail(
                "`\(name)` is not a field of stream `\(plan.streams[stream].name)`",
                hint: Spelling.hint(for: name, among: names))
        }
        return index
    }

    /// One value of a field; null is UNKNOWN.
    private func value(_ cursor: Cursor, _ field: Field) -> RuleTest.Value? {
        if cursor.node.isNull { return .unknown }
        guard let scalar = cursor.node.scalar else { return cursor.mismatch("a single value") }
        let isPlain = scalar.style == .plain
        switch field.type {
        case .string: return .text(scalar.value)
        case .bool: return cursor.bool().map(RuleTest.Value.bool)
        case .timestamp: return clock.time(cursor).map(RuleTest.Value.time)
        case .int, .double:
            if isPlain, scalar.value == "?" { return .unknown }
            guard isPlain, let number = SeriesNotation.number(scalar.value[...]) else {
                return cursor.fail(
                    "`\(field.name)` is a \(field.type.rawValue), not `\(scalar.value)`",
                    hint: "null stands for UNKNOWN")
            }
            return .number(number)
        }
    }
}
