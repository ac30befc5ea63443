import Events

/// The entries of a batch reduced to their net effect, so that each row is written once.
///
/// A station that reports ten times a second moves the same hold again and again within a batch;
/// only the last state can ever be read back. Escalations are never merged. `ruleForgotten` wipes
/// what came before it in the batch and, in the file, what was there before the batch: so the
/// forgotten rules are applied first, the rest after.
struct CoalescedBatch {
    /// What becomes of an incident's row.
    enum IncidentChange {
        case stored(incident: Identity, state: [UInt8])
        case deleted
    }

    /// Whose state it is.
    struct StateKey: Hashable {
        let rule: String
        let key: Key
    }

    private(set) var escalations: [EscalationDraft] = []
    private(set) var forgottenRules = LastValue<String, Void>()
    private(set) var incidents = LastValue<Identity, IncidentChange>()
    /// A nil value deletes.
    private(set) var states = LastValue<StateKey, [UInt8]?>()
    private(set) var knownKeys = LastValue<StateKey, Partition>()

    init(_ entries: [JournalEntry]) {
        for entry in entries {
            switch entry {
            case .escalation(let draft):
                escalations.append(draft)
            case .incident(let subject, let incident, let state):
                incidents.set(subject, .stored(incident: incident, state: state))
            case .incidentClosed(let subject):
                incidents.set(subject, .deleted)
            case .state(let rule, let key, let bytes):
                states.set(StateKey(rule: rule, key: key), bytes)
            case .keyHeard(let known):
                knownKeys.set(StateKey(rule: known.rule, key: known.key), known.partition)
            case .ruleForgotten(let rule):
                states.removeAll { $0.rule == rule }
                knownKeys.removeAll { $0.rule == rule }
                forgottenRules.set(rule, ())
            }
        }
    }
}

/// The last value set for each key, in the order in which the keys were first set.
struct LastValue<Key: Hashable, Value> {
    private(set) var entries: [(key: Key, value: Value)] = []
    private var indices: [Key: Int] = [:]

    mutating func set(_ key: Key, _ value: Value) {
        if let index = indices[key] {
            entries[index].value = value
        } else {
            indices[key] = entries.count
            entries.append((key, value))
        }
    }

    mutating func removeAll(where isRemoved: (Key) -> Bool) {
        guard entries.contains(where: { isRemoved($0.key) }) else { return }
        entries.removeAll { isRemoved($0.key) }
        indices.removeAll()
        for (index, entry) in entries.enumerated() { indices[entry.key] = index }
    }
}
