public import Events
public import Expressions

/// Compiled rules: immutable, shared, and all that an evaluator needs to know.
///
/// A plan is a chain of stages. A stage has one stream and one partition key (`by`), so that its
/// keys can be spread over machines; within it, rules that ask for the same rows (`where`) form a
/// `Selection`, which judges `where` once and holds the state of all its rules for a key together.
public struct Plan: Sendable {
    /// Which set of declarations this is; records carry it.
    public let generation: UInt32
    /// Declared streams; records name them by index.
    public let streams: [StreamSchema]
    /// Rules in the order of the files: the order in which decisions of one event are told.
    public let rules: [Rule]
    /// The tables that its rules may read, in order of name.
    public let tables: [Table]
    /// Stages in order of their first rule.
    public let stages: [Stage]
    /// All selections; stages hold indexes.
    public let selections: [Selection]
    /// Keys a rule may hold that does not say otherwise.
    public let maximumKeys: Int

    /// What each rule says about itself, by its name.
    public var descriptions: [String: RuleDescription] {
        rules.reduce(into: [:]) { $0[$1.description.name] = $1.description }
    }

    /// For each stream the keys of its rules without `where`, which judge all of its events: the
    /// fields of each. Without one of them an event is refused.
    public var unconditionalKeys: [[[Int]]] {
        var keys = [[[Int]]](repeating: [], count: streams.count)
        for rule in rules where rule.where == nil && !keys[rule.stream].contains(rule.by) {
            keys[rule.stream].append(rule.by)
        }
        return keys
    }

    /// The key of a judgement of a rule, the values under the names of their fields.
    public func key(of judgement: Judgement, rule: String) -> [(name: String, value: Scalar)] {
        let names = rules.first { $0.description.name == rule }?.description.partition.keyNames
        return zip(names ?? [], judgement.key.values).map { ($0, $1) }
    }

    /// One stream and one partition key.
    public struct Stage: Sendable {
        /// Index of the stream.
        public var stream: Int
        /// Cells of the `by` fields, in order.
        public var by: [Int]
        /// Indexes of its selections.
        public var selections: [Int]
    }

    /// The rules of a stage that judge the same rows.
    public struct Selection: Sendable {
        /// Index of the stage.
        public var stage: Int
        /// An equality all its rows fulfil, by which it is found; nil: every row is tried.
        public var selector: Selector?
        /// What is left of `where` to judge; nil: every found row passes.
        public var residual: Condition?
        /// Indexes of its rules.
        public var rules: [Int]
        /// Keys each of them may hold.
        public var maximumKeys: Int
    }

    /// Groups rules into stages and selections.
    public init(
        generation: UInt32, streams: [StreamSchema], rules: [Rule],
        tables: [Table] = [],
        maximumKeys: Int = Limits.keysPerRule
    ) {
        self.generation = generation
        self.streams = streams
        self.rules = rules
        self.tables = tables
        self.maximumKeys = maximumKeys
        var stages: [Stage] = []
        var selections: [Selection] = []
        var stageOf: [StageIdentity: Int] = [:]
        var selectionOf: [SelectionIdentity: Int] = [:]
        for (index, rule) in rules.enumerated() {
            let stageIdentity = StageIdentity(stream: rule.stream, by: rule.by)
            let stage = stageOf[stageIdentity] ?? stages.count
            if stage == stages.count {
                stageOf[stageIdentity] = stage
                stages.append(Stage(stream: rule.stream, by: rule.by, selections: []))
            }
            let limit = rule.maximumKeys ?? maximumKeys
            let identity = SelectionIdentity(
                stage: stage, condition: rule.whereText, maximumKeys: limit)
            if let selection = selectionOf[identity] {
                selections[selection].rules.append(index)
                continue
            }
            selectionOf[identity] = selections.count
            stages[stage].selections.append(selections.count)
            selections.append(
                Selection(stage: stage, rule: rule, index: index, maximumKeys: limit))
        }
        self.stages = stages
        self.selections = selections
    }

    private struct StageIdentity: Hashable {
        var stream: Int
        var by: [Int]
    }

    private struct SelectionIdentity: Hashable {
        var stage: Int
        var condition: String
        var maximumKeys: Int
    }
}

extension Plan.Selection {
    init(stage: Int, rule: Rule, index: Int, maximumKeys: Int) {
        self.stage = stage
        self.maximumKeys = maximumKeys
        rules = [index]
        guard let condition = rule.where else { return }
        let (selectors, residual) = condition.selectors()
        // One equality finds the rows; what else `where` asks is judged on them.
        selector = selectors.first
        if selectors.count != 1 {
            self.residual = condition
        } else if residual.constant != .yes {
            self.residual = residual
        }
    }
}

/// One compiled rule.
public struct Rule: Sendable {
    /// What it says about itself.
    public var description: RuleDescription
    /// Index of its stream.
    public var stream: Int
    /// Cells of its `by` fields.
    public var by: [Int]
    /// Which rows it judges; nil: all.
    public var `where`: Condition?
    /// Canonical text of `where`, empty without one: rules with equal texts share a selection.
    public var whereText: String
    /// The ladder from low to high, at least one level.
    public var levels: [Level]
    /// Nanoseconds for which a level must be seen to have ended.
    public var clearFor: Int64
    /// What a decision shows: the fields and `let`s its conditions read, in order of name.
    public var shown: [Named<Program>]
    /// Each `let`, in order of declaration.
    public var lets: [Named<Program>]
    /// `labels:`, in order of name.
    public var labels: [Named<Program>]
    /// `area: {code: …}`.
    public var area: Program?
    /// `message:`: what it says in each language.
    public var message: [Named<Words>]
    /// The windows its expressions read, each as a cell behind the fields of the stream, in order.
    public var windows: [WindowCall]
    /// Nanoseconds between two judgements at UTC multiples, also without a row; 0: rows only.
    public var every: Int64
    /// `max_keys`: keys it may hold; nil: as many as the plan says.
    public var maximumKeys: Int?

    /// A rule.
    public init(
        description: RuleDescription, stream: Int, by: [Int], where condition: Condition?,
        whereText: String, levels: [Level], clearFor: Int64, shown: [Named<Program>],
        lets: [Named<Program>], labels: [Named<Program>], area: Program?,
        message: [Named<Words>], windows: [WindowCall] = [],
        every: Int64 = 0, maximumKeys: Int? = nil
    ) {
        self.description = description
        self.stream = stream
        self.by = by
        self.where = condition
        self.whereText = whereText
        self.levels = levels
        self.clearFor = clearFor
        self.shown = shown
        self.lets = lets
        self.labels = labels
        self.area = area
        self.message = message
        self.windows = windows
        self.every = every
        self.maximumKeys = maximumKeys
    }

    /// What is said in one language, on each occasion: `headline`, `description`, `instruction`, as
    /// far as the rule has them. What it does not say has a headline of its own kind.
    public struct Words: Sendable {
        /// While a level is active, from low to high.
        public var levels: [[Named<Template>]]
        /// When none is any more.
        public var clear: [Named<Template>]
        /// When a key has fallen silent.
        public var noData: [Named<Template>]

        /// The words.
        public init(
            levels: [[Named<Template>]], clear: [Named<Template>], noData: [Named<Template>]
        ) {
            self.levels = levels
            self.clear = clear
            self.noData = noData
        }
    }

    /// Something with the name it has in the rule file.
    public struct Named<Content: Sendable>: Sendable {
        /// As written.
        public var name: String
        /// What it names.
        public var content: Content

        /// A named thing.
        public init(_ name: String, _ content: Content) {
            self.name = name
            self.content = content
        }
    }

    /// One step of the ladder.
    public struct Level: Sendable {
        /// What raises it.
        public var when: Condition
        /// What must be TRUE to leave it; nil: not `when`.
        public var clear: Condition?
        /// How long `when` must hold.
        public var hold: Hold

        /// A level.
        public init(when: Condition, clear: Condition?, hold: Hold) {
            self.when = when
            self.clear = clear
            self.hold = hold
        }
    }

    /// How long a `when` must hold.
    public enum Hold: Hashable, Sendable {
        /// Nanoseconds of the key's clock.
        case time(Int64)
        /// TRUE rows.
        case readings(Int)
    }
}
