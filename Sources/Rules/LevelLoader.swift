import CEL
import Evaluation
import Events
import Expressions

/// Reads the ladder of a rule: `levels:`, or the one level written at the rule itself.
struct LevelLoader {
    static let vocabulary = Vocabulary(
        "a level",
        [
            .required(
                "when", .expression,
                "The condition: TRUE raises the level, UNKNOWN neither raises nor clears."),
            .optional(
                "clear", .expression,
                "What must be TRUE, and `when` FALSE, to leave the level; default `when` FALSE."),
            .required("severity", .words(severities), "How bad it is, in the words of CAP 1.2."),
            .optional(
                "for", .either([.duration(positive: false), .section(readingsVocabulary)]),
                "How long `when` must hold before the level is raised, as `10m` or `{readings: 3}`; default 0s."
            ),
        ])
    /// What may stand in `levels`, where a level may also speak for itself.
    static let stepVocabulary = Vocabulary(
        "a level",
        vocabulary.keys + [
            .optional(
                "cap", .section(CAPLoader.vocabulary),
                "What this level says in other words of CAP 1.2 than the rule.")
        ])
    private static let readingsRange: ClosedRange<Int64> = 1...1_000_000
    private static let readingsVocabulary = Vocabulary(
        "a `for`",
        [
            .required(
                "readings", .int(readingsRange),
                "How many rows in a row must find `when` TRUE.")
        ])
    static let severities = Severity.allCases.map(\.name)
    /// What a level may be called: what says that none is active is taken.
    static let nameForm = Form(
        "^(?!(?:\(noLevels.joined(separator: "|")))$)\(Form.identityPattern)$",
        "a level has a name as rules have, and cannot be called `inactive` or `pending`",
        bare: .notNegative)
    private static let noLevels = ["inactive", "pending"]

    /// The names its expressions may use.
    let scope: Scope

    /// A level as far as it could be read; a hole is told.
    struct Loaded {
        var name: String
        var severity: Severity
        var cap: CAPWords?
        var when: Checked?
        var clear: Checked?
        var hold: Rule.Hold
        /// For the plan; nil when the condition has problems.
        var compiled: Rule.Level?
        /// Where its conditions stand.
        var whenCursor: Cursor?
        var clearCursor: Cursor?
    }

    /// The levels from low to high; `isTriggered` says that a trigger of a later version stands in
    /// their place, so that they are not missed. `cap` is what the rule says.
    func levels(of rule: Section, isTriggered: Bool, cap: CAPWords) -> [Loaded] {
        guard rule.has("levels") else {
            if isTriggered {
                _ = rule["severity"].flatMap(LevelLoader.severity)
                return []
            }
            return level("active", rule).map { [$0] } ?? []
        }
        for key in LevelLoader.vocabulary.known where rule[key] != nil {
            rule[key]?.fail(
                "`\(key)` belongs to each level when a rule has `levels`",
                hint: "move it into the levels")
        }
        guard let cursor = rule["levels"], let entries = cursor.entries(of: "levels") else {
            return []
        }
        guard !entries.isEmpty else {
            return cursor.fail("`levels` is empty", hint: "name at least one level") ?? []
        }
        var levels: [Loaded] = []
        for (key, value) in entries {
            guard let section = value.section(LevelLoader.stepVocabulary, owner: key.range) else {
                continue
            }
            let name = self.name(key)
            let words = section["cap"].map { CAPLoader.words($0, over: cap) }
            guard var level = level(name ?? "", section), name != nil else { continue }
            level.cap = words
            if let below = levels.last, level.severity < below.severity {
                section["severity"]?.fail(
                    "level `\(level.name)` is milder than `\(below.name)` below it",
                    hint:
                        "levels are written from low to high; `\(below.name)` is \(below.severity.name)"
                )
            }
            levels.append(level)
        }
        return levels
    }

    /// A severity.
    static func severity(_ cursor: Cursor) -> Severity? {
        cursor.word(of: severities).flatMap(Severity.init(name:))
    }

    private func name(_ key: Cursor) -> String? {
        guard let name = key.identity() else { return nil }
        guard !LevelLoader.noLevels.contains(name) else {
            return key.fail(
                "a level cannot be called `\(name)`", hint: "`\(name)` says that no level is active"
            )
        }
        return name
    }

    private func level(_ name: String, _ section: Section) -> Loaded? {
        let when = section.required("when", hint: "write `when: CONDITION`")
        let whenChecked = scope.check(when, .condition, readsWindows: true)
        let clear = scope.check(section["clear"], .condition, readsWindows: true)
        let hold = section["for"].map(hold) ?? .time(0)
        let word = section.required(
            "severity", hint: "it is one of \(Spelling.list(LevelLoader.severities))")
        let conditions = whenChecked.map { checked in
            (when: checked.condition(mode: .rule), clear: clear?.condition(mode: .rule))
        }
        if let when, let constant = conditions?.when.constant {
            when.warn("this condition is \(constant == .yes ? "always" : "never") TRUE")
        }
        if let clear = section["clear"], let constant = conditions?.clear?.constant,
            constant != .yes
        {
            clear.warn(
                "this level can never be left", hint: "it is left where `clear` is TRUE")
        }
        guard let severity = word.flatMap(LevelLoader.severity), let hold else { return nil }
        return Loaded(
            name: name, severity: severity, when: whenChecked, clear: clear, hold: hold,
            compiled: conditions.map { Rule.Level(when: $0.when, clear: $0.clear, hold: hold) },
            whenCursor: when, clearCursor: section["clear"])
    }

    private func hold(_ cursor: Cursor) -> Rule.Hold? {
        guard cursor.isMapping else { return cursor.duration().map(Rule.Hold.time) }
        guard let section = cursor.section(LevelLoader.readingsVocabulary) else { return nil }
        let readings = section.required("readings", hint: "`for: {readings: 3}`")
        return readings?.int(in: LevelLoader.readingsRange).map { .readings(Int($0)) }
    }
}
