/// What the operator's log says of an escalation: that something began, rose or ended.
public struct EscalationNotice: Hashable, Sendable {
    /// What happened to the incident.
    public enum Change: UInt8, CaseIterable, Sendable {
        /// It began.
        case raised = 1
        /// Its level rose.
        case rose
        /// It ended.
        case cleared
        /// It was withdrawn.
        case cancelled
    }

    /// What happened.
    public var change: Change
    /// The incident, 32 hexadecimal digits.
    public var incident: String
    /// Name of the rule.
    public var rule: String
    /// The values of the key, joined by commas.
    public var key: String
    /// The level it now has, or the one it had; empty where neither is known.
    public var level: String
    /// Severity of that level.
    public var severity: Severity
    /// The rule's title, or the headline in English or the first language.
    public var headline: String

    /// The notice of an escalation; nil for one that says nothing new, or that things are better.
    public init?(_ escalation: Escalation) {
        switch escalation.kind {
        case .alert: change = .raised
        case .update where escalation.isRise: change = .rose
        case .update, .refresh: return nil
        case .clear: change = .cleared
        case .cancel: change = .cancelled
        }
        incident = escalation.incident.description
        rule = escalation.ruleName
        key = escalation.key.values.map(\.description).joined(separator: ",")
        level = escalation.level ?? escalation.previousLevel ?? ""
        severity = escalation.severity
        let words = escalation.message.first { $0.language == "en" } ?? escalation.message.first
        headline = words?.parts.first { $0.name == "headline" }?.text ?? escalation.title
    }

    /// Bytes of it, without the severity: that stands beside it wherever it goes.
    public func encoded() -> [UInt8] {
        var writer = BinaryWriter()
        writer.write(change.rawValue)
        for text in [incident, rule, key, level, headline] { writer.write(text) }
        return writer.bytes
    }

    /// A notice from its bytes; nil from none.
    public init?(bytes: [UInt8], severity: Severity) throws(BinaryReader.Malformed) {
        guard !bytes.isEmpty else { return nil }
        var reader = BinaryReader(bytes)
        guard let change = Change(rawValue: try reader.byte()) else {
            throw BinaryReader.Malformed(offset: 0)
        }
        self.change = change
        incident = try reader.text()
        rule = try reader.text()
        key = try reader.text()
        level = try reader.text()
        headline = try reader.text()
        self.severity = severity
    }
}
