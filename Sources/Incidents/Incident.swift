public import Events

/// The tracked life of one (status, rule, key): from the alert to the all-clear.
///
/// A value: what changes it is `IncidentBook`. `encoded` is the form in which it is stored.
public struct Incident: Sendable {
    /// Identity of this incident.
    public var id: Identity
    /// The same for every incident of the (status, rule, key).
    public var subject: Identity
    /// Name of its rule, `RULE/no-data` for a silent key.
    public var rule: String
    /// `RuleDescription.hash` when it was last spoken of.
    public var ruleHash: String
    /// The rule's title when it was raised.
    public var title: String
    /// `RuleDescription.partition` under which it was raised.
    public var partition: Partition
    /// The status and the values of `by`.
    public var key: Key
    /// Name of the active level.
    public var level: String
    /// Severity of the active level.
    public var severity: Severity
    /// Whether readings still say so; false while the key is silent under `no_data: hold`.
    public var isKnown: Bool
    /// Event time at which the raising hold began.
    public var onset: Timestamp
    /// The daemon's now when it was raised.
    public var raised: Timestamp
    /// The daemon's now when it was last spoken of.
    public var lastSaid: Timestamp
    /// When `refresh` is due, on the line of now.
    public var refreshDue: Timestamp
    /// How often this incident said each (kind, level).
    public var said: [(what: String, count: Int)]
    /// The escalation before.
    public var previous: Identity
    /// Every route an escalation of it took, in order.
    public var routes: [Escalation.Route]
    /// What it last showed.
    public var area: String?
    public var labels: [(name: String, value: Scalar)]
    public var values: [(name: String, value: Scalar)]
    public var message: [(language: String, parts: [(name: String, text: String)])]
    /// Event time of the last change, and the numbers of its events.
    public var eventTime: Timestamp
    public var evidence: ClosedRange<UInt64>

    /// The stored form.
    public func encoded() -> [UInt8] {
        var writer = BinaryWriter()
        writer.write(UInt8(1))
        writer.write(id.bytes)
        writer.write(subject.bytes)
        writer.write(rule)
        writer.write(ruleHash)
        writer.write(title)
        writer.write(partition.text)
        writer.write(key.bytes)
        writer.write(level)
        writer.write(severity.rawValue)
        writer.write(isKnown)
        for time in [onset, raised, lastSaid, refreshDue, eventTime] {
            writer.write(time.nanoseconds)
        }
        writer.write(evidence.lowerBound)
        writer.write(evidence.upperBound)
        writer.write(count: said.count)
        for entry in said {
            writer.write(entry.what)
            writer.write(Int64(entry.count))
        }
        writer.write(previous.bytes)
        writer.write(count: routes.count)
        for route in routes {
            writer.write(route.hazard)
            writer.write(route.severity.rawValue)
            writer.write(route.area)
        }
        writer.write(area)
        writer.write(labels)
        writer.write(values)
        writer.write(count: message.count)
        for (language, parts) in message {
            writer.write(language)
            writer.write(parts.map { (name: $0.name, value: Scalar.string($0.text)) })
        }
        return writer.bytes
    }

    /// An incident from its stored form; throws when the bytes are not one.
    public init(bytes: [UInt8]) throws(BinaryReader.Malformed) {
        var reader = BinaryReader(bytes)
        guard try reader.byte() == 1 else { throw BinaryReader.Malformed(offset: 0) }
        id = Identity(digest: try reader.data())
        subject = Identity(digest: try reader.data())
        rule = try reader.text()
        ruleHash = try reader.text()
        title = try reader.text()
        partition = Partition(text: try reader.text())
        key = Key(bytes: try reader.data())
        level = try reader.text()
        severity = Severity(rawValue: try reader.byte()) ?? .minor
        isKnown = try reader.bool()
        onset = Timestamp(nanoseconds: try reader.int())
        raised = Timestamp(nanoseconds: try reader.int())
        lastSaid = Timestamp(nanoseconds: try reader.int())
        refreshDue = Timestamp(nanoseconds: try reader.int())
        eventTime = Timestamp(nanoseconds: try reader.int())
        let first = try reader.unsigned()
        evidence = first...max(first, try reader.unsigned())
        said = []
        for _ in 0..<(try reader.count()) {
            said.append((try reader.text(), Int(try reader.int())))
        }
        previous = Identity(digest: try reader.data())
        routes = []
        for _ in 0..<(try reader.count()) {
            routes.append(
                Escalation.Route(
                    hazard: try reader.text(),
                    severity: Severity(rawValue: try reader.byte()) ?? .minor,
                    area: try reader.optionalText()))
        }
        area = try reader.optionalText()
        labels = try reader.pairs()
        values = try reader.pairs()
        message = []
        for _ in 0..<(try reader.count()) {
            let language = try reader.text()
            let parts = try reader.pairs().map { (name: $0.name, text: $0.value.description) }
            message.append((language, parts))
        }
    }

    init(
        id: Identity, subject: Identity, rule: RuleDescription, level: LevelDescription,
        detection: Detection
    ) {
        self.id = id
        self.subject = subject
        self.rule = rule.name
        ruleHash = rule.hash
        title = rule.title
        partition = rule.partition
        key = detection.key
        self.level = level.name
        severity = level.severity
        isKnown = true
        onset = detection.since
        raised = detection.now
        lastSaid = detection.now
        refreshDue = detection.now
        said = []
        previous = id
        routes = []
        area = detection.area
        labels = detection.labels
        values = detection.values
        message = detection.message
        eventTime = detection.time
        evidence = detection.evidence
    }

    /// Takes over what a detection shows, unless it shows nothing.
    mutating func show(_ detection: Detection) {
        eventTime = detection.time
        evidence = detection.evidence
        guard !detection.values.isEmpty || !detection.message.isEmpty else { return }
        if let area = detection.area { self.area = area }
        labels = detection.labels
        values = detection.values
        message = detection.message
    }
}
