/// 128 bits of a SHA-256: the identity of an incident, a subject or an escalation.
public struct Identity: Hashable, Sendable {
    /// Sixteen bytes.
    public var bytes: [UInt8]

    /// The first sixteen bytes of a digest.
    public init(digest: [UInt8]) { bytes = Array(digest.prefix(16)) }

    /// An identity from its 32 hexadecimal digits; nil when it is not one.
    public init?(hex: String) {
        let digits = Array(hex.utf8)
        // `UInt8(_:radix:)` would take a sign.
        guard digits.count == 32, !digits.contains(UInt8(ascii: "+")) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 32, by: 2) {
            guard
                let byte = UInt8(
                    String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(byte)
        }
        self.bytes = bytes
    }
}

extension Identity: CustomStringConvertible {
    /// 32 lower-case hexadecimal digits.
    public var description: String { Hexadecimal.text(bytes) }
}

/// Bytes as lower-case hexadecimal digits.
public enum Hexadecimal {
    /// Two digits a byte.
    public static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// The outbound message about an incident, before the journal gives it its place in a channel.
public struct Escalation: Sendable {
    /// Why it is said.
    public enum Kind: String, CaseIterable, Sendable {
        /// The first of an incident.
        case alert
        /// The level, or known/unknown, moved.
        case update
        /// Still so: a new `expires`, no new siren.
        case refresh
        /// All-clear.
        case clear
        /// It was wrong, or its rule was withdrawn.
        case cancel
    }

    /// What it says of its incident.
    public var kind: Kind
    /// Its own identity: who hears it twice acts once.
    public var id: Identity
    /// The incident it speaks of.
    public var incident: Identity
    /// The same for every incident of one (status, rule, key).
    public var subject: Identity
    /// Whether it is meant.
    public var status: Status
    /// Name of the rule, `RULE/no-data` for a silent key.
    public var ruleName: String
    /// `RuleDescription.hash` of the rule that decided.
    public var ruleHash: String
    /// Where the threshold comes from.
    public var provenance: Provenance?
    /// The rule's title.
    public var title: String
    /// The rule's kind of hazard, `-` without one.
    public var hazard: String
    /// The status and the values of `by`.
    public var key: Key
    /// Names of the `by` fields, in the key's order.
    public var keyNames: [String]
    /// The active level's name; nil when none is active any more.
    public var level: String?
    /// Name of the level before; nil for a first alert.
    public var previousLevel: String?
    /// Whether the level rose.
    public var isRise: Bool
    /// Severity of the level; of the level left where none is active any more.
    public var severity: Severity
    /// What is said in the words of CAP 1.2.
    public var cap: CAPWords
    /// The area's code.
    public var area: String?
    /// `labels:` evaluated, in order of name.
    public var labels: [(name: String, value: Scalar)]
    /// What the conditions read, in order of name.
    public var values: [(name: String, value: Scalar)]
    /// Language, then part (`headline`, `description`, `instruction`).
    public var message: [(language: String, parts: [(name: String, text: String)])]
    /// Event time of the change.
    public var eventTime: Timestamp
    /// Event time at which the raising hold began.
    public var onset: Timestamp
    /// The daemon's now when it was decided.
    public var sent: Timestamp
    /// Until when it is valid; refreshed before.
    public var expires: Timestamp
    /// Numbers of the first and the last event behind it.
    public var evidence: ClosedRange<UInt64>
    /// The escalation before this one of the same incident.
    public var references: [Identity]
    /// Words a reader must know: `no-data`, `rule-withdrawn`.
    public var flags: [String]
    /// Where it is heard: its own route, then those of earlier escalations of the incident.
    public var routes: [Route]

    /// What the topics of an escalation are made of beside status, rule and key.
    public struct Route: Hashable, Sendable {
        /// The rule's kind of hazard, `-` without one.
        public var hazard: String
        /// Severity of the level; of the level left where none is active any more.
        public var severity: Severity
        /// The area's code.
        public var area: String?

        /// A route.
        public init(hazard: String, severity: Severity, area: String?) {
            self.hazard = hazard
            self.severity = severity
            self.area = area
        }
    }

    /// All of it at once; see the properties.
    public init(
        kind: Kind, id: Identity, incident: Identity, subject: Identity, status: Status,
        rule: RuleDescription, ruleName: String, cap: CAPWords, key: Key, level: String?,
        previousLevel: String?,
        severity: Severity, area: String?, labels: [(name: String, value: Scalar)],
        values: [(name: String, value: Scalar)],
        message: [(language: String, parts: [(name: String, text: String)])],
        eventTime: Timestamp, onset: Timestamp, sent: Timestamp, expires: Timestamp,
        evidence: ClosedRange<UInt64>, references: [Identity], flags: [String],
        routes: [Route]
    ) {
        self.kind = kind
        self.id = id
        self.incident = incident
        self.subject = subject
        self.status = status
        self.ruleName = ruleName
        ruleHash = rule.hash
        provenance = rule.source
        title = rule.title
        hazard = rule.hazard
        self.key = key
        keyNames = rule.partition.keyNames
        self.level = level
        self.previousLevel = previousLevel
        let rank = { (name: String) in rule.levels.firstIndex { $0.name == name } ?? -1 }
        isRise = level.map(rank) ?? -1 > previousLevel.map(rank) ?? -1
        self.severity = severity
        self.cap = cap
        self.area = area
        self.labels = labels
        self.values = values
        self.message = message
        self.eventTime = eventTime
        self.onset = onset
        self.sent = sent
        self.expires = expires
        self.evidence = evidence
        self.references = references
        self.flags = flags
        self.routes = routes
    }
}
