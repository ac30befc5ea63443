public import Events

/// The incidents that are open, and what each detection makes of them.
///
/// Deterministic: detections and the passing of now go in, outcomes come out in order; it reads no
/// clock and lists nothing in the order of a hash.
///
///            level                 level               none
///     none ─────────► open: alert ───────► update ──────────► closed: clear
///                        │  silence / heard again: update        ▲
///                        │  3/4 of lifetime: refresh             │
///                        └── rule withdrawn: cancel ─────────────┘
public struct IncidentBook: Sendable {
    /// What came of a detection or of time.
    public enum Outcome: Sendable {
        /// Something to say.
        case escalation(Escalation)
        /// An incident as it now is.
        case changed(Incident)
        /// An incident that is over, by its subject.
        case closed(Identity)
    }

    /// SHA-256, handed in from the edge.
    public typealias Digest = @Sendable ([UInt8]) -> [UInt8]

    var rules: [RuleDescription]
    var placeOf: [String: Int] = [:]
    /// SHA-256, as it was handed in.
    public let digest: Digest
    var open: [Identity: Incident] = [:]
    var refreshes = RefreshQueue()
    var outcomes: [Outcome] = []

    /// A book without incidents for the rules of a plan, in the plan's order.
    public init(rules: [RuleDescription], digest: @escaping Digest) {
        self.rules = rules
        self.digest = digest
        index()
    }

    mutating func index() {
        placeOf = [:]
        for (place, rule) in rules.enumerated() { placeOf[rule.name] = place }
    }

    /// The outcomes since the last call, in order.
    public mutating func takeOutcomes() -> [Outcome] {
        defer { outcomes.removeAll(keepingCapacity: true) }
        return outcomes
    }

    /// The open incidents, by severity, then rule and key.
    public var openIncidents: [Incident] {
        open.values.sorted {
            if $0.severity != $1.severity { return $0.severity > $1.severity }
            if $0.rule != $1.rule { return $0.rule < $1.rule }
            return Key.precedes($0.key, $1.key)
        }
    }

    /// Number of open incidents.
    public var openCount: Int { open.count }

    /// The earliest time of now before which no refresh is due.
    public var nextTimer: Int64? { refreshes.first?.nanoseconds }

    /// Takes a detection into account.
    public mutating func apply(_ detection: Detection) {
        let rule = rules[detection.rule]
        switch detection.change {
        case .pending, .calm: return
        case .level(let from, let to): move(detection, rule, from: from, to: to)
        case .silent: fallSilent(detection, rule)
        case .heard: hear(detection, rule)
        }
    }

    private mutating func move(
        _ detection: Detection, _ rule: RuleDescription, from: String?, to: String?
    ) {
        let subject = Identities.subject(rule.name, detection.key, digest)
        let flags = detection.cause == .noData ? ["no-data"] : []
        guard let to, let level = rule.levels.first(where: { $0.name == to }) else {
            if let incident = open[subject] {
                let occasion = detection.cause == .noData ? StandardWords.Occasion.lapse : .clear
                close(incident, detection, rule, on: occasion, rule.title, flags: flags)
            }
            return
        }
        guard var incident = open[subject] else {
            raise(detection, rule, level)
            return
        }
        let previous = incident.level
        incident.level = level.name
        incident.severity = level.severity
        incident.isKnown = true
        incident.show(detection)
        say(.update, &incident, rule, previous: previous, now: detection.now, flags: flags)
    }

    private mutating func raise(
        _ detection: Detection, _ rule: RuleDescription, _ level: LevelDescription
    ) {
        let subject = Identities.subject(rule.name, detection.key, digest)
        let id = Identities.incident(rule.name, detection.key, anchor: detection.since, digest)
        var incident = Incident(
            id: id, subject: subject, rule: rule, level: level, detection: detection)
        say(.alert, &incident, rule, previous: nil, now: detection.now, flags: [])
    }

    private mutating func close(
        _ incident: Incident, _ detection: Detection, _ rule: RuleDescription,
        on occasion: StandardWords.Occasion, _ title: String, flags: [String]
    ) {
        var incident = incident
        incident.show(detection)
        incident.message = StandardWords.complete(
            detection.message, before: incident.message, on: occasion, title: title,
            key: incident.key)
        end(&incident, rule, kind: .clear, now: detection.now, flags: flags)
    }

    private mutating func fallSilent(_ detection: Detection, _ rule: RuleDescription) {
        switch rule.noData?.action {
        case .hold:
            let subject = Identities.subject(rule.name, detection.key, digest)
            guard var incident = open[subject], incident.isKnown else { return }
            incident.isKnown = false
            incident.eventTime = detection.time
            incident.evidence = detection.evidence
            say(
                .update, &incident, rule, previous: incident.level, now: detection.now,
                flags: ["no-data"])
        case .alert:
            let silence = SilenceRule.of(rule)
            var detection = detection
            detection.message = StandardWords.complete(
                detection.message, on: .silence, title: rule.title, key: detection.key)
            raise(detection, silence, silence.levels[0])
        case .clear, nil: return
        }
    }

    private mutating func hear(_ detection: Detection, _ rule: RuleDescription) {
        switch rule.noData?.action {
        case .hold:
            let subject = Identities.subject(rule.name, detection.key, digest)
            guard var incident = open[subject], !incident.isKnown else { return }
            incident.isKnown = true
            incident.show(detection)
            say(
                .update, &incident, rule, previous: incident.level, now: detection.now, flags: [])
        case .alert:
            let silence = SilenceRule.of(rule)
            let subject = Identities.subject(silence.name, detection.key, digest)
            guard let incident = open[subject] else { return }
            // What a level says now is the other incident's.
            var detection = detection
            detection.message = detection.message.map { ($0.language, []) }
            close(incident, detection, silence, on: .heard, rule.title, flags: [])
        case .clear, nil: return
        }
    }

    /// Refreshes of an incident while nothing happens. A jump of now over more is a wrong stamp or a
    /// sleep of months: the last ones say as much.
    private static var refreshesAtOnce: Int64 { 1_000 }

    /// Says that incidents still are so, where three quarters of their lifetime have passed before
    /// `now`; `horizon` is how far now goes on from here without an event.
    public mutating func advance(to now: Timestamp, horizon: Timestamp? = nil) {
        for entry in refreshes.take(before: now) {
            guard var incident = open[entry.subject], incident.refreshDue == entry.due,
                let rule = description(of: incident)
            else { continue }
            if let later = IncidentBook.skipped(entry.due, rule.lifetime, horizon) {
                incident.refreshDue = later
                open[incident.subject] = incident
                refreshes.add(
                    RefreshQueue.Entry(due: later, subject: incident.subject),
                    lifetime: rule.lifetime)
                continue
            }
            say(
                .refresh, &incident, rule, previous: incident.level, now: now,
                flags: incident.isKnown ? [] : ["no-data"])
        }
    }

    /// When to refresh instead, where very many refreshes lie before the horizon.
    private static func skipped(
        _ due: Timestamp, _ lifetime: Int64, _ horizon: Timestamp?
    ) -> Timestamp? {
        let (stretch, isLong) = (lifetime / 4 * 3).multipliedReportingOverflow(by: refreshesAtOnce)
        guard let horizon, !isLong else { return nil }
        let (earliest, isOver) = horizon.nanoseconds.subtractingReportingOverflow(stretch)
        return isOver || earliest <= due.nanoseconds ? nil : Timestamp(nanoseconds: earliest)
    }

    /// The description an incident is spoken of under; nil when its rule is gone or changed hands.
    public func description(of incident: Incident) -> RuleDescription? {
        if let place = placeOf[incident.rule] {
            return rules[place].partition == incident.partition ? rules[place] : nil
        }
        guard let parent = RuleDescription.rule(ofSilence: incident.rule),
            let place = placeOf[parent],
            rules[place].noData?.action == .alert, rules[place].partition == incident.partition
        else { return nil }
        return SilenceRule.of(rules[place])
    }
}
