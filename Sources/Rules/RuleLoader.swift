import CEL
import Evaluation
import Events
import Expressions

/// Reads one rule. Everything in it is read, whatever else is wrong, so that all problems of a rule
/// come at once; a rule is made only of what has none.
struct RuleLoader {
    /// Six hours.
    private static let defaultLifetime = 6 * 3600 * Timestamp.nanosecondsPerSecond

    /// The rule.
    let section: Section
    /// Its name.
    let name: String
    /// Where streams are found.
    let catalog: StreamCatalog
    /// Where tables are found.
    let tables: TableCatalog

    /// The rule; nil when something in it is wrong, which is told. `digest` is SHA-256.
    func load(_ digest: ([UInt8]) -> [UInt8]) -> Rule? {
        let before = section.report.errorCount
        let stream = self.stream()
        var scope = Scope(stream, tables)
        let by = keys(stream)
        readLets(into: &scope)
        let selection = self.selection(scope)
        let cap = section["cap"].map { CAPLoader.words($0) } ?? CAPWords()
        let beforeLevels = section.report.errorCount
        let levels = LevelLoader(scope: scope).levels(
            of: section, isTriggered: hasOtherTrigger, cap: cap)
        let areLevelsWhole = section.report.errorCount == beforeLevels && !hasOtherTrigger
        if let stream { LadderReview(schema: stream.schema).review(levels) }
        let clearFor = section["clear_for"]?.duration() ?? 0
        let noData = self.noData(
            lowest: levels.first?.severity, stream?.schema.expect, category: cap.category)
        let every = section["every"].map(self.every) ?? 0
        let maximumKeys = section["max_keys"]?.int(in: RuleLoader.keyCounts).map { Int($0) }
        let lifetime = section["lifetime"]?.duration(positive: true) ?? RuleLoader.defaultLifetime
        let title = section["title"]?.text() ?? name
        let hazard = section["hazard"]?.identity() ?? "-"
        let labels = self.labels(scope)
        let area = self.area(scope)
        let message =
            section["message"].map {
                MessageLoader(
                    scope, title: title, levels: levels.map(\.name),
                    areLevelsWhole: areLevelsWhole, noData: noData?.action
                ).load($0)
            } ?? []
        let source = section["source"].flatMap(CAPLoader.provenance)
        guard section.report.errorCount == before, let stream else { return nil }
        let decision = RuleDecision(
            stream: stream.schema,
            partition: Partition(stream: stream.schema.name, keyNames: by.map(\.name)),
            selection: selection, levels: levels, clearFor: clearFor, every: every ?? 0,
            noData: noData, maximumKeys: maximumKeys, scope: scope)
        let description = RuleDescription(
            name: name, hash: decision.hash(digest), title: title, hazard: hazard, source: source,
            partition: decision.partition,
            levels: levels.map {
                LevelDescription(name: $0.name, severity: $0.severity, cap: $0.cap)
            },
            lifetime: lifetime, noData: noData, cap: cap)
        return Rule(
            description: description, stream: stream.index, by: by.map(\.cell),
            where: selection?.condition(mode: .rule), whereText: decision.whereText,
            levels: levels.compactMap(\.compiled), clearFor: clearFor,
            shown: decision.shown,
            lets: scope.lets.filter { $0.checked.type != .row }.map {
                Rule.Named($0.name, $0.checked.program(mode: .rule))
            },
            labels: labels, area: area, message: message, windows: scope.windowCalls,
            every: every ?? 0, maximumKeys: maximumKeys)
    }

    /// Nanoseconds between two judgements without a row; ticks lie on a grid of a second.
    private func every(_ cursor: Cursor) -> Int64? {
        guard let every = cursor.duration(positive: true) else { return nil }
        guard every % Timestamp.nanosecondsPerSecond == 0 else {
            return cursor.fail("`every` is a number of whole seconds")
        }
        return every
    }

    private func selection(_ scope: Scope) -> Checked? {
        guard let cursor = section["where"], let selection = scope.check(cursor, .condition) else {
            return nil
        }
        guard !selection.readsWindows else {
            return cursor.fail(
                "`where` decides which rows enter the windows: it cannot read one",
                hint: "ask for it in `when`")
        }
        return selection
    }

    /// Whether a trigger of a later version stands there: then `on` and `when` are not missed.
    private var hasOtherTrigger: Bool { !section.later.isDisjoint(with: RuleLoader.triggers) }

    private func stream() -> StreamScope? {
        guard let on = hasOtherTrigger ? section["on"] : section.required("on"),
            let name = on.text()
        else { return nil }
        switch catalog.find(name) {
        case .found(let scope): return scope
        case .hidden: return nil
        case .unknown(let hint):
            return on.fail(
                "no stream `\(name)` is declared", hint: hint ?? "declare it under `streams:`")
        }
    }

    private func keys(_ stream: StreamScope?) -> [(name: String, cell: Int)] {
        guard let by = section["by"], let items = by.listOrSingle(of: "fields") else { return [] }
        var keys: [(name: String, cell: Int)] = []
        for item in items {
            guard let name = item.text(), let stream, !stream.broken.contains(name) else {
                continue
            }
            guard let cell = stream.cells[name] else {
                let fields = stream.schema.fields.map(\.name)
                item.fail(
                    "`\(name)` is not a field of stream `\(stream.schema.name)`",
                    hint: name.contains(",")
                        ? "several fields are a list: `by: [\(name)]`"
                        : Spelling.hint(for: name, among: fields))
                continue
            }
            guard !keys.contains(where: { $0.name == name }) else {
                item.fail("`\(name)` is already in the key")
                continue
            }
            switch stream.schema.fields[cell].type {
            case .string, .int, .bool: keys.append((name, cell))
            case .double, .timestamp:
                let type = stream.schema.fields[cell].type.rawValue
                item.fail(
                    "`\(name)` is a \(type), which cannot be a key",
                    hint: "a key is made of string, int and bool fields")
            }
        }
        return keys
    }

    private func readLets(into scope: inout Scope) {
        let entries = section["let"]?.entries(of: "names and expressions") ?? []
        scope.announce(entries.compactMap { $0.key.node.scalar?.value })
        for (key, value) in entries {
            guard let name = FieldLoader.identifier(key) else { continue }
            guard !scope.isField(name) else {
                key.fail(
                    "`\(name)` is already a field of the stream", hint: "call it something else")
                continue
            }
            guard !scope.isTable(name) else {
                key.fail("`\(name)` is already a table", hint: "call it something else")
                continue
            }
            if value.isMapping {
                value.fail(Vocabulary.notInThisVersion("a window in mapping form"))
            }
            scope.define(
                name,
                as: value.isMapping ? nil : scope.check(value, .definition, readsWindows: true))
        }
    }

    private func noData(
        lowest: Severity?, _ expect: Int64?, category: String?
    ) -> NoDataPolicy? {
        guard let cursor = section["no_data"],
            let part = cursor.section(RuleLoader.noDataVocabulary)
        else { return nil }
        let after = part.required("after", hint: "`after: 45m`")?.duration(positive: true)
        if let after, let expect, after < expect {
            part["after"]?.warn(
                "a reading is due every \(TimeSpan(nanoseconds: expect)): each gap is a silence",
                hint: "write `after: \(TimeSpan(nanoseconds: expect * 3))` or longer")
        }
        let words = RuleLoader.noDataActions
        let action =
            part["do"].map { $0.word(of: words).flatMap(NoDataPolicy.Action.init) } ?? .hold
        let severity = part["severity"].map { cursor in
            if let action, action != .alert {
                cursor.fail("`severity` is for `do: alert` only")
            }
            return LevelLoader.severity(cursor)
        }
        let cap = part["cap"].map { cursor in
            if let action, action != .alert { cursor.fail("`cap` is for `do: alert` only") }
            return CAPLoader.words(cursor, over: .silence(category: category))
        }
        guard let after, let action else { return nil }
        return NoDataPolicy(
            after: after, action: action, severity: (severity ?? lowest) ?? .minor,
            cap: cap ?? .silence(category: category))
    }

    private func labels(_ scope: Scope) -> [Rule.Named<Program>] {
        var labels: [Rule.Named<Program>] = []
        for (key, value) in section["labels"]?.entries(of: "names and expressions") ?? [] {
            guard let name = key.identity(), let checked = scope.check(value, .value) else {
                continue
            }
            labels.append(Rule.Named(name, checked.program(mode: .rule)))
        }
        return labels.sorted { $0.name < $1.name }
    }

    private func area(_ scope: Scope) -> Program? {
        guard let cursor = section["area"] else { return nil }
        guard cursor.isMapping else {
            return cursor.fail(
                Vocabulary.notInThisVersion("an area by name"),
                hint: "write `area: {code: EXPRESSION}`")
        }
        let code = cursor.section(RuleLoader.areaVocabulary)?.required("code")
        guard let code, let checked = scope.check(code, .value) else { return nil }
        guard checked.type == .string || checked.type == .int else {
            return code.fail("the code of an area must be a string or an int")
        }
        return checked.program(mode: .rule)
    }
}
