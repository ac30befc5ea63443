import Events

/// What may stand in a file of rule tests, `*.test.yaml`.
///
/// Times are absolute (RFC 3339) or durations that count from the `start` of their test. Values of
/// fields are single values as readings have them; `null` stands for UNKNOWN.
package enum RuleTestVocabulary {
    /// The root of a file.
    package static let file = Vocabulary(
        "a test file",
        [
            .required("version", .int(1...1), "Version of the test language: 1."),
            .optional(
                "rules", .listOrSingle(of: .text),
                "Rule files to test, relative to this file; default the file of its name (`flood.yaml` for `flood.test.yaml`), else all of its folder."
            ),
            .optional(
                "defaults", .section(defaults),
                "What each test below starts from; it may say otherwise."),
            .required(
                "tests", .list(of: .section(test), count: 1...Int.max),
                "The tests, each on fresh rules."),
        ])

    /// `defaults:`.
    package static let defaults = Vocabulary("a `defaults`", frame)

    /// One test.
    package static let test = Vocabulary(
        "a test",
        [.required("test", .text, "What it shows, in a sentence.")] + frame + [
            .optional(
                "until", .form(moment),
                "Lets time pass up to here after the last reading, for `no_data`, `every` and holds; default not at all."
            ),
            .required("input", .list(of: .section(input)), "The readings that come in."),
            .optional(
                "expect", .list(of: .section(expectation)),
                "Every transition of the tested rules, in order; `[]` when nothing may happen."),
            .optional(
                "values", .list(of: .section(valueExpectation)),
                "Values of `let`s and conditions at points in time."),
        ],
        dependencies: [.some(of: ["expect", "values"])])

    /// What `defaults` and tests have in common.
    private static let frame: [Vocabulary.Key] = [
        .optional(
            "rule", .listOrSingle(of: .form(ruleName)),
            "Only the transitions of this rule, or of these, are compared; default those of all."),
        .optional(
            "start", .form(instant),
            "The time from which relative times count; default 2026-01-01T00:00:00Z."),
        .optional(
            "step", .duration(positive: true),
            "Time between two readings of a series; default 1m."),
    ]

    /// An entry of `input:`, a series or rows.
    package static let input = Vocabulary(
        "an entry of `input`",
        [
            .required(
                "stream", .form(StreamLoader.topicForm), "The stream that its readings are of."),
            .optional(
                "with", .mapping(of: value, names: .identifier),
                "Fields that are the same in every reading of the entry, such as its key."),
            .optional(
                "at", .form(moment), "Time of the first reading of the series; default the start."),
            .optional(
                "step", .duration(positive: true),
                "Time between two readings of the series; default that of the test."),
            .optional(
                "series",
                .mapping(
                    of: .either([.form(series), .list(of: value)]), names: .identifier),
                "Values of fields, one a step: `3.5 4.1*3 1+0.5x10 _ ?`, or a list; `_` is no reading, `?` one that is UNKNOWN."
            ),
            .optional(
                "rows", .list(of: .section(row)),
                "Readings one by one, each with its time and its fields."),
        ],
        dependencies: [
            .when(
                .has("rows"), then: [.forbids(["series", "at", "step"])],
                otherwise: [.requires(["series"])])
        ])

    /// One of `rows:`: times, and fields under their names.
    package static let row = Vocabulary(
        "a row",
        [
            .required("at", .form(moment), "Event time of the reading."),
            .optional(
                "arrives", .form(moment), "When it comes in, not before `at`; default at once."),
        ], others: value)

    /// One of `expect:`; what is left out is not compared.
    package static let expectation = Vocabulary(
        "an expectation",
        [
            .required("at", .form(moment), "When it happens."),
            .optional(
                "rule", .form(ruleName),
                "Whose transition, `RULE/no-data` for silence; required unless the test names one rule."
            ),
            key,
            .optional(
                "from", .form(.identity), "The state it leaves: a level, `inactive` or `pending`."),
            .required(
                "to", .form(.identity), "The state it enters: a level, `inactive` or `pending`."),
            .optional(
                "severity", .words(LevelLoader.severities),
                "Of the level entered, or left when none is active any more."),
            .optional("cause", .words(causes), "Why it happens, as `tocsin backtest` prints it."),
            .optional(
                "values", .mapping(of: value),
                "Some of the values that the transition shows; null is UNKNOWN."),
        ])

    /// One of `values:`.
    package static let valueExpectation = Vocabulary(
        "an entry of `values`",
        [
            .required(
                "at", .form(moment), "The latest judgement at or before this time is looked at."),
            .optional(
                "rule", .form(ruleName), "Whose values; required unless the test names one rule."),
            key,
            .optional(
                "let", .mapping(of: value, names: .identifier),
                "Values of `let`s; null is UNKNOWN, and numbers agree within 1e-9 of their size."),
            .optional(
                "when",
                .mapping(
                    of: .either([.bool, .null]), names: LevelLoader.nameForm),
                "Whether the condition of a level is TRUE, by level (`active` without `levels`); null is UNKNOWN."
            ),
        ],
        dependencies: [.some(of: ["let", "when"])])

    private static let key = Vocabulary.Key.optional(
        "key", .mapping(of: .scalar, names: .identifier),
        "The values of the rule's `by` fields; default any.")

    /// A value of a field.
    package static let value = Shape.either([.scalar, .null])

    /// Why a transition can happen in a test, whose rules stay as they are.
    static let causes = Detection.Cause.allCases.filter { $0 != .plan }.map(\.rawValue)

    private static let ruleName = Form(
        "^\(Form.identityPattern)(?:/no-data)?$", "write the name of a rule, or `RULE/no-data`",
        bare: .notNegative)

    private static let instantPattern =
        "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]+)?"
        + "(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
    private static let instant = Form(
        "^\(instantPattern)$", "write a time as `2026-01-01T00:00:00Z`", bare: .nothing)
    private static let moment = Form(
        "^(?:\(instantPattern)|\(Form.durationPattern))$",
        "write a time since the start as `90m`, or as `2026-01-01T00:00:00Z`", bare: .nothing)

    /// Items between blanks: `_`, `?` or a number, each also `*n` times; a number and n steps, `a+bxn`.
    private static let series = Form(
        "^\\s*\(item)(?:\\s+\(item))*\\s*$",
        "write numbers, `_` and `?` with blanks between, `a*n` for n times a, `a+bxn` for n steps of b",
        bare: .numbers)
    private static let item =
        "(?:(?:_|\\?|\(number))(?:\\*\(count))?|\(number)[+-]\(number)x\(count))"
    private static let count = "0*[1-9][0-9]*"
    private static let number = "[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
}
