public import Events

extension IncidentBook {
    /// Speaks of an open incident and keeps it as it now is.
    mutating func say(
        _ kind: Escalation.Kind, _ incident: inout Incident, _ rule: RuleDescription,
        previous: String?, now: Timestamp, flags: [String]
    ) {
        let said = escalation(
            kind, &incident, rule, level: incident.level, previous: previous, now: now,
            flags: flags)
        incident.refreshDue = Timestamp(nanoseconds: now.nanoseconds + rule.lifetime / 4 * 3)
        open[incident.subject] = incident
        refreshes.add(
            RefreshQueue.Entry(due: incident.refreshDue, subject: incident.subject),
            lifetime: rule.lifetime)
        outcomes.append(.escalation(said))
        outcomes.append(.changed(incident))
    }

    /// Speaks of an incident for the last time.
    mutating func end(
        _ incident: inout Incident, _ rule: RuleDescription, kind: Escalation.Kind,
        now: Timestamp, flags: [String]
    ) {
        let said = escalation(
            kind, &incident, rule, level: nil, previous: incident.level, now: now, flags: flags)
        open[incident.subject] = nil
        outcomes.append(.escalation(said))
        outcomes.append(.closed(incident.subject))
    }

    private func escalation(
        _ kind: Escalation.Kind, _ incident: inout Incident, _ rule: RuleDescription,
        level: String?, previous: String?, now: Timestamp, flags: [String]
    ) -> Escalation {
        let what = "\(kind.rawValue)/\(level ?? "")"
        let place = incident.said.firstIndex { $0.what == what } ?? incident.said.count
        if place == incident.said.count { incident.said.append((what, 0)) }
        incident.said[place].count += 1
        let id = Identities.escalation(
            incident.id, kind, level: level, count: incident.said[place].count, digest)
        let route = Escalation.Route(
            hazard: rule.hazard, severity: incident.severity, area: incident.area)
        let earlier = incident.routes.filter { $0 != route }
        if !incident.routes.contains(route) { incident.routes.append(route) }
        let references = kind == .alert ? [] : [incident.previous]
        incident.previous = id
        incident.ruleHash = rule.hash
        incident.lastSaid = now
        return Escalation(
            kind: kind, id: id, incident: incident.id, subject: incident.subject,
            status: incident.key.status, rule: rule, ruleName: incident.rule,
            cap: IncidentBook.words(kind, incident, rule, flags), key: incident.key,
            level: level, previousLevel: previous, severity: incident.severity,
            area: incident.area, labels: incident.labels, values: incident.values,
            message: incident.message, eventTime: incident.eventTime, onset: incident.onset,
            sent: now, expires: Timestamp(nanoseconds: now.nanoseconds + rule.lifetime),
            evidence: incident.evidence, references: references, flags: flags,
            routes: [route] + earlier)
    }

    /// What is said in the words of CAP 1.2: of the level, but where it is over.
    private static func words(
        _ kind: Escalation.Kind, _ incident: Incident, _ rule: RuleDescription, _ flags: [String]
    ) -> CAPWords {
        var words = rule.levels.first { $0.name == incident.level }?.cap ?? rule.cap
        guard kind == .clear || kind == .cancel else { return words }
        words.urgency = "Past"
        // Neither the end of a silence nor one for want of data says that all is well.
        let isSeen =
            kind == .clear && !flags.contains("no-data")
            && RuleDescription.rule(ofSilence: rule.name) == nil
        words.responseTypes = isSeen ? ["AllClear"] : []
        return words
    }

    /// Takes up incidents where they were left, in any order. What no rule speaks for any more is
    /// withdrawn by `replace(rules:)`, to be called next.
    public mutating func restore(_ incidents: [Incident]) {
        for incident in incidents.sorted(by: { $0.refreshDue < $1.refreshDue }) {
            open[incident.subject] = incident
            let lifetime = description(of: incident)?.lifetime ?? 0
            refreshes.add(
                RefreshQueue.Entry(due: incident.refreshDue, subject: incident.subject),
                lifetime: lifetime)
        }
    }

    /// Takes other rules into force; incidents whose rule is gone, or whose stream or `by` changed,
    /// are cancelled.
    public mutating func replace(rules: [RuleDescription], now: Timestamp) {
        let described = openIncidents.map { ($0, description(of: $0)) }
        self.rules = rules
        index()
        for (incident, before) in described where description(of: incident) == nil {
            var incident = incident
            let rule = before ?? Withdrawn.description(of: incident)
            incident.message = StandardWords.complete(
                [], before: incident.message, on: .cancel, title: incident.title,
                key: incident.key)
            end(&incident, rule, kind: .cancel, now: now, flags: ["rule-withdrawn"])
        }
        // Where nobody watches for silence any more, nobody would say that it has ended.
        for incident in openIncidents where !incident.isKnown {
            guard description(of: incident)?.noData?.action != .hold else { continue }
            var incident = incident
            incident.isKnown = true
            open[incident.subject] = incident
            outcomes.append(.changed(incident))
        }
    }
}

/// What is left to say of a rule that is no longer known.
private enum Withdrawn {
    static func description(of incident: Incident) -> RuleDescription {
        RuleDescription(
            name: incident.rule, hash: incident.ruleHash, title: incident.title,
            hazard: incident.routes.last?.hazard ?? "-", source: nil,
            partition: incident.partition,
            levels: [LevelDescription(name: incident.level, severity: incident.severity)],
            lifetime: 6 * 3600 * Timestamp.nanosecondsPerSecond, noData: nil, cap: CAPWords())
    }
}
