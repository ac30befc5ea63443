import Events

extension RuleLoader {
    /// What may stand in a rule.
    static let vocabulary = Vocabulary(
        "a rule", matter + condition + words,
        dependencies: [
            .when(
                .has("levels"), then: [.forbids(LevelLoader.vocabulary.known)],
                otherwise: [.requires(["when", "severity"])])
        ],
        later: triggers.union([
            "inhibits", "inhibited_by", "dedupe", "refractory", "within", "on_timeout",
            "max_open", "reuse",
        ]))
    /// What a later version can watch for in place of a condition.
    static let triggers: Set<String> = ["quorum", "absent", "sequence", "from"]

    /// What a rule is about.
    private static let matter: [Vocabulary.Key] = [
        .required(
            "rule", .form(.identity),
            "Name of the rule, unique in the rule set; what is known about its keys goes by it."),
        .optional("title", .text, "What people call it, in messages; default its name."),
        .optional(
            "hazard", .form(.identity),
            "Kind of hazard, such as `flood`: a part of the topics of its escalations."),
        .optional(
            "source", .section(CAPLoader.sourceVocabulary), "Where its thresholds come from."),
        .required("on", .text, "The stream whose rows it judges."),
        .optional(
            "where", .expression,
            "Which rows it judges, a condition without windows; default all of them."),
        .optional(
            "by", .listOrSingle(of: .text, distinct: true),
            "Fields (string, int or bool) for each of whose values it keeps a state of its own; default one state for all rows."
        ),
        .optional(
            "let", .mapping(of: .expression, names: .identifier),
            "Names for expressions, each of which may use the ones above it."),
    ]

    /// When it raises and clears.
    private static let condition: [Vocabulary.Key] =
        [
            .optional(
                "levels",
                .mapping(
                    of: .section(LevelLoader.stepVocabulary), names: LevelLoader.nameForm,
                    count: 1...Int.max),
                "Several levels, from low to high, in place of `when`, `clear`, `for` and `severity`: one incident whose level moves."
            )
        ] + LevelLoader.vocabulary.keys.map(\.asOptional) + [
            .optional(
                "clear_for", .duration(positive: false),
                "How long the end must be seen before a level is left; default 0s."),
            .optional(
                "every", .duration(positive: true),
                "Judges known keys also at each UTC multiple of it, whole seconds; default only when a row comes."
            ),
            .optional(
                "max_keys", .int(keyCounts),
                "Keys it may hold; a new one beyond is refused and counted; default \(Limits.keysPerRule)."
            ),
            .optional(
                "no_data", .section(noDataVocabulary),
                "What to do about a key that was heard and has fallen silent; default nothing."),
        ]

    static let keyCounts: ClosedRange<Int64> = 1...100_000_000

    /// What it says.
    private static let words: [Vocabulary.Key] = [
        .optional(
            "lifetime", .duration(positive: true),
            "How long a message stays valid; it is said again at three quarters of it; default 6h."
        ),
        .optional("area", .section(areaVocabulary), "Where it is."),
        .optional(
            "labels", .mapping(of: .expression, names: .identity),
            "Names and expressions that go out with every escalation; a text stands in quotes of its own."
        ),
        .optional(
            "cap", .section(CAPLoader.vocabulary),
            "What it says in the words of the Common Alerting Protocol, CAP 1.2."),
        .optional(
            "message", MessageLoader.shape,
            "What people read: texts with `${EXPRESSION}` by language, or one English headline."),
    ]

    static let noDataVocabulary = Vocabulary(
        "a `no_data`",
        [
            .required(
                "after", .duration(positive: true),
                "How long after its last usable row a key counts as silent."),
            .optional(
                "do", .words(noDataActions),
                "`hold` says so in an update, `alert` opens an incident `RULE/no-data`, `clear` leaves the level; default `hold`."
            ),
            .optional(
                "severity", .words(LevelLoader.severities),
                "Of the incident that `do: alert` opens; default that of the lowest level."),
            .optional(
                "cap", .section(CAPLoader.vocabulary),
                "What that incident says in the words of CAP 1.2; default `Expected`, `Possible` and `Monitor`."
            ),
        ],
        dependencies: [
            .when(
                .says("do", [NoDataPolicy.Action.alert.rawValue]),
                otherwise: [.forbids(["severity"]), .forbids(["cap"])])
        ])
    static let noDataActions = NoDataPolicy.Action.allCases.map(\.rawValue)

    static let areaVocabulary = Vocabulary(
        "an `area`",
        [
            .required(
                "code", .expression,
                "Code of the area, an expression that gives a string or an int: a part of the topics."
            )
        ])
}
