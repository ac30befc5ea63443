import Client

/// What a responder has been told so far, from the escalations alone.
struct Tally {
    /// An incident that is open.
    struct Open {
        /// Name of its rule.
        let rule: String
        /// Its key's value: a gauge, a monitor, a district.
        let key: String
        /// The latest word on it.
        var latest: JSONValue
    }

    /// Kinds counted.
    private(set) var alerts = 0
    private(set) var moves = 0
    private(set) var clears = 0
    /// The newest place in the channel.
    private(set) var lastSeq: UInt64 = 0
    /// Open incidents in the order they were raised.
    private(set) var open: [(id: String, incident: Open)] = []
    /// How often each `RULE KEY` was raised.
    private var raised: [String: Int] = [:]

    /// Takes an escalation into account.
    mutating func note(_ value: JSONValue, seq: UInt64) {
        lastSeq = max(lastSeq, seq)
        guard let id = value["incident"].text else { return }
        let rule = value["rule"]["name"].text ?? "-"
        let key = value["key"].members.map(\.value.description).joined(separator: ", ")
        let place = open.firstIndex { $0.id == id }
        switch value["kind"].text {
        case "alert":
            alerts += 1
            raised["\(rule) \(key)", default: 0] += 1
            open.append((id, Open(rule: rule, key: key, latest: value)))
        case "update":
            moves += 1
            if let place { open[place].incident.latest = value }
        case "clear", "cancel":
            clears += 1
            if let place { open.remove(at: place) }
        case _: break
        }
    }

    /// The latest word on the incident that an escalation speaks of, while it is open.
    func latest(before value: JSONValue) -> JSONValue? {
        guard let id = value["incident"].text else { return nil }
        return open.first { $0.id == id }?.incident.latest
    }

    /// How often a rule raised an alert for a key.
    func raises(_ rule: String, _ key: String) -> Int { raised["\(rule) \(key)"] ?? 0 }

    /// Whether an incident of a rule is open for a key.
    func isOpen(_ rule: String, _ key: String) -> Bool {
        open.contains { $0.incident.rule == rule && $0.incident.key == key }
    }
}
