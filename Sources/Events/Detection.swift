/// A change of one rule's state for one key, as the evaluator found it.
///
/// Rare beside events: it may allocate.
public struct Detection: Sendable {
    /// What changed. Levels go by name: a level may be gone from the rule that is now in force.
    public enum Change: Hashable, Sendable {
        /// A hold began while no level was active.
        case pending
        /// The last such hold was erased.
        case calm
        /// The active level changed; nil is none. The two differ.
        case level(from: String?, to: String?)
        /// The key fell silent (`no_data`).
        case silent
        /// A silent key was heard again.
        case heard
    }

    /// Why it changed.
    public enum Cause: String, CaseIterable, Sendable {
        /// A row was judged.
        case row
        /// A hold or `clear_for` completed between rows, the value being held.
        case held
        /// No usable row for `no_data.after`.
        case noData = "no data"
        /// The rule judges its keys also at times of its own.
        case every
        /// The rules changed and the level is gone.
        case plan
    }

    /// Index of the rule in the plan.
    public var rule: Int
    /// Whose state changed.
    public var key: Key
    /// What changed.
    public var change: Change
    /// What brought it about.
    public var cause: Cause
    /// Whether a hold was running and no level active before.
    public var wasPending: Bool
    /// Event time of the change, exact also between rows.
    public var time: Timestamp
    /// The daemon's now when it was found.
    public var now: Timestamp
    /// Event time at which the hold that raised began; `time` where there is none.
    public var since: Timestamp
    /// Numbers of the first and the last event that caused it.
    public var evidence: ClosedRange<UInt64>
    /// The fields and `let`s the rule's conditions read, by name, in order of name.
    public var values: [(name: String, value: Scalar)]
    /// `labels:` evaluated, in order of name.
    public var labels: [(name: String, value: Scalar)]
    /// `area: {code: …}` evaluated.
    public var area: String?
    /// `message:` rendered: language, then part (`headline`, `description`, `instruction`).
    public var message: [(language: String, parts: [(name: String, text: String)])]

    /// A detection with nothing shown yet.
    public init(
        rule: Int, key: Key, change: Change, cause: Cause, wasPending: Bool, time: Timestamp,
        now: Timestamp, since: Timestamp, evidence: ClosedRange<UInt64>
    ) {
        self.rule = rule
        self.key = key
        self.change = change
        self.cause = cause
        self.wasPending = wasPending
        self.time = time
        self.now = now
        self.since = since
        self.evidence = evidence
        values = []
        labels = []
        message = []
    }
}

/// One line of the transition log: what changed for a rule and key, in words.
///
/// `from` and `to` are `inactive`, `pending` or a level's name.
public struct Transition: Sendable {
    /// Event time of the change.
    public var time: Timestamp
    /// Name of the rule, `RULE/no-data` for a silent key.
    public var rule: String
    /// The `by` fields with their values, in order.
    public var key: [(name: String, value: Scalar)]
    /// What it was.
    public var from: String
    /// What it is.
    public var to: String
    /// Severity of the level gone to, or of the level left when none is active any more.
    public var severity: Severity?
    /// What the conditions read, in order of name.
    public var values: [(name: String, value: Scalar)]
    /// `row`, `held`, `no data`, `every` or `plan`.
    public var cause: String

    /// A line of the log.
    public init(
        time: Timestamp, rule: String, key: [(name: String, value: Scalar)], from: String,
        to: String, severity: Severity?, values: [(name: String, value: Scalar)], cause: String
    ) {
        self.time = time
        self.rule = rule
        self.key = key
        self.from = from
        self.to = to
        self.severity = severity
        self.values = values
        self.cause = cause
    }
}
