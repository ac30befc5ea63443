/// What a rule says about itself: everything its incidents and messages need that is not a
/// condition. Index i of a plan's rules is described by its `RuleDescription`.
public struct RuleDescription: Hashable, Sendable {
    /// The name in `rule:`; unique in a rule set.
    public var name: String
    /// First 16 hexadecimal digits of the SHA-256 of the rule's canonical text.
    public var hash: String
    /// For people; the name when the rule gives none.
    public var title: String
    /// Kind of hazard, a topic component; `-` when the rule gives none.
    public var hazard: String
    /// Where the threshold comes from.
    public var source: Provenance?
    /// Its stream and the fields of `by`.
    public var partition: Partition
    /// The ladder from low to high; one level named `active` without `levels`.
    public var levels: [LevelDescription]
    /// How long a message stays valid, in nanoseconds; refreshed at three quarters of it.
    public var lifetime: Int64
    /// What silence does.
    public var noData: NoDataPolicy?
    /// Words of CAP 1.2.
    public var cap: CAPWords

    /// A description.
    public init(
        name: String, hash: String, title: String, hazard: String, source: Provenance?,
        partition: Partition, levels: [LevelDescription], lifetime: Int64, noData: NoDataPolicy?,
        cap: CAPWords
    ) {
        self.name = name
        self.hash = hash
        self.title = title
        self.hazard = hazard
        self.source = source
        self.partition = partition
        self.levels = levels
        self.lifetime = lifetime
        self.noData = noData
        self.cap = cap
    }
}

extension RuleDescription {
    private static let silence = "/no-data"

    /// Name of the separate incident about a silent key of a rule (`no_data: {do: alert}`).
    public static func silenceName(of rule: String) -> String { rule + silence }

    /// The rule whose silence a name speaks of; nil when it speaks of none.
    public static func rule(ofSilence name: String) -> String? {
        name.hasSuffix(silence) ? String(name.dropLast(silence.count)) : nil
    }
}

/// One step of a ladder.
public struct LevelDescription: Hashable, Sendable {
    /// The name in `levels:`.
    public var name: String
    /// How bad it is; never milder than the level below.
    public var severity: Severity
    /// What it says in the words of CAP 1.2, where that is not what its rule says.
    public var cap: CAPWords?

    /// A level.
    public init(name: String, severity: Severity, cap: CAPWords? = nil) {
        self.name = name
        self.severity = severity
        self.cap = cap
    }
}

/// Where a threshold comes from (`source:` of a rule).
public struct Provenance: Hashable, Sendable {
    /// Its name, for people.
    public var title: String
    /// Where it can be read.
    public var url: String?
    /// Where it holds.
    public var region: String?
    /// How sure it is, in words.
    public var confidence: String?

    /// A source; only the title is required.
    public init(
        title: String, url: String? = nil, region: String? = nil, confidence: String? = nil
    ) {
        self.title = title
        self.url = url
        self.region = region
        self.confidence = confidence
    }
}

/// `no_data: {after: d, do: …}`.
public struct NoDataPolicy: Hashable, Sendable {
    /// What the silence of a key does.
    public enum Action: String, CaseIterable, Sendable {
        /// One update that says so; the level stays.
        case hold
        /// A separate incident `RULE/no-data`.
        case alert
        /// Leaves the level, with that cause, and erases the key's holds.
        case clear
    }

    /// Nanoseconds of the key's clock without a usable row.
    public var after: Int64
    /// What silence then does.
    public var action: Action
    /// Severity of the separate incident.
    public var severity: Severity
    /// What the separate incident says in the words of CAP 1.2.
    public var cap: CAPWords

    /// A policy.
    public init(after: Int64, action: Action, severity: Severity, cap: CAPWords = .silence()) {
        self.after = after
        self.action = action
        self.severity = severity
        self.cap = cap
    }
}

/// What a rule says in the words of CAP 1.2 (`cap:`).
public struct CAPWords: Hashable, Sendable {
    /// `category`, such as `Met` or `Geo`.
    public var category: String?
    /// `urgency`.
    public var urgency: String
    /// `certainty`.
    public var certainty: String
    /// `responseType`, such as `Evacuate`.
    public var responseTypes: [String]

    /// The words; what a rule does not say is `Unknown`.
    public init(
        category: String? = nil, urgency: String = "Unknown", certainty: String = "Unknown",
        responseTypes: [String] = []
    ) {
        self.category = category
        self.urgency = urgency
        self.certainty = certainty
        self.responseTypes = responseTypes
    }

    /// What is said of a silence unless the rule says otherwise: the hazard may be there and nobody
    /// sees it.
    public static func silence(category: String? = nil) -> CAPWords {
        CAPWords(
            category: category, urgency: "Expected", certainty: "Possible",
            responseTypes: ["Monitor"])
    }
}
