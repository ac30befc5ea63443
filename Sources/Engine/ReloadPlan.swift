public import Evaluation
public import Events
import Incidents

/// What becomes of everything when another plan comes into force: the same for a rehearsal, which
/// changes nothing, and for the real thing, told just before at the same `event_no`.
///
/// A value, made by `Engine.reloadPlan(for:)` and by nothing else.
public struct ReloadPlan: Sendable, Hashable {
    /// The rules of both plans by what became of them, each list in the order of its plan.
    public struct Rules: Sendable, Hashable {
        /// There was none of that name.
        public var new: [String] = []
        /// It decides otherwise: its hash differs. Its state goes on.
        public var changed: [String] = []
        /// Its `on` or `by` is another: it is another rule under the name, and begins anew.
        public var rekeyed: [String] = []
        /// It decides as before; its words may be others.
        public var unchanged: [String] = []
        /// There is none of that name any more.
        public var removed: [String] = []
    }

    /// An open incident with what becomes of it.
    public struct Named: Sendable, Hashable {
        /// Its identity.
        public var incident: Identity
        /// Name of its rule, `RULE/no-data` for a silent key.
        public var rule: String
        /// The fields of its key.
        public var keyNames: [String]
        /// Status and values of its key.
        public var key: Key
        /// Its level now.
        public var level: String
        /// Its severity now.
        public var severity: Severity
        /// The level it will have; nil: none, it is over.
        public var next: String?
    }

    /// Open incidents that share a fate: all are counted, the gravest are named.
    public struct Incidents: Sendable, Hashable {
        /// How many they are.
        public var count = 0
        /// At most `namedLimit` of them, by severity, then rule and key.
        public var named: [Named] = []
    }

    /// Incidents named of each fate.
    public static let namedLimit = 100

    /// Number of the event at which the plan comes into force.
    public var eventNo: UInt64
    /// The engine's now, nanoseconds since 1970.
    public var now: Int64
    /// What becomes of the rules.
    public var rules: Rules
    /// What becomes of the windows.
    public var windows: [WindowFate]
    /// Incidents that go on as they are.
    public var kept = Incidents()
    /// Incidents whose level is gone: they land on a lower one, or are over.
    public var landing = Incidents()
    /// Incidents that no rule speaks for any more: they are cancelled.
    public var cancelled = Incidents()
    /// What becomes of the holds that run.
    public var holds: HoldFates
}

extension Engine {
    /// What another plan would make of the state as it is. Nothing changes.
    ///
    /// - Complexity: O(keys + incidents); conditions are asked of at most `ReloadPlan.namedLimit`
    ///   keys.
    public func reloadPlan(for next: Plan) -> ReloadPlan {
        var result = ReloadPlan(
            eventNo: nextEventNo, now: now, rules: ReloadPlan.Rules(from: plan, to: next),
            windows: evaluator.windowFates(under: next, now: now),
            holds: evaluator.holdFates(under: next))
        let after = IncidentBook(rules: next.rules.map(\.description), digest: book.digest)
        for incident in book.openIncidents {
            guard let rule = after.description(of: incident) else {
                result.cancelled.add(incident, next: nil)
                continue
            }
            if rule.levels.contains(where: { $0.name == incident.level }) {
                result.kept.add(incident, next: incident.level)
            } else {
                result.landing.add(incident, next: nil)
            }
        }
        land(&result.landing.named, next)
        return result
    }

    /// Finds out where the named incidents land.
    private func land(_ named: inout [ReloadPlan.Named], _ next: Plan) {
        guard !named.isEmpty else { return }
        var keys: [Key] = []
        for incident in named where !keys.contains(incident.key) { keys.append(incident.key) }
        let landings = evaluator.landings(of: keys, under: next, now: now)
        for index in named.indices {
            let landing = landings.first {
                $0.rule == named[index].rule && $0.key == named[index].key
            }
            named[index].next = landing?.level
        }
    }
}

extension ReloadPlan.Rules {
    /// What becomes of the rules of one plan under another.
    public init(from before: Plan, to after: Plan) {
        let earlier = before.descriptions
        for rule in after.rules.map(\.description) {
            guard let old = earlier[rule.name] else {
                new.append(rule.name)
                continue
            }
            if old.partition != rule.partition {
                rekeyed.append(rule.name)
            } else if old.hash != rule.hash {
                changed.append(rule.name)
            } else {
                unchanged.append(rule.name)
            }
        }
        let later = after.descriptions
        removed = before.rules.map(\.description.name).filter { later[$0] == nil }
    }
}

extension ReloadPlan.Incidents {
    /// Counts an incident, and names it while there is room.
    fileprivate mutating func add(_ incident: Incident, next: String?) {
        count += 1
        guard named.count < ReloadPlan.namedLimit else { return }
        named.append(
            ReloadPlan.Named(
                incident: incident.id, rule: incident.rule,
                keyNames: incident.partition.keyNames, key: incident.key, level: incident.level,
                severity: incident.severity, next: next))
    }
}
