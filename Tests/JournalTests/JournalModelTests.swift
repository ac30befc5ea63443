import Events
import Foundation
import Journal
import Testing

/// The journal as dictionaries and arrays: what the real one must equal after any batches.
struct JournalModel {
    var items: [(id: Identity, incident: Identity, topics: [String])] = []
    var incidents: [Identity: (incident: Identity, state: [UInt8])] = [:]
    var states: [String: [Key: [UInt8]]] = [:]
    var known: [String: Set<Key>] = [:]

    mutating func apply(_ entry: JournalEntry) {
        switch entry {
        case .escalation(let draft):
            guard !items.contains(where: { $0.id == draft.id }) else { return }
            items.append((draft.id, draft.incident, draft.topics))
        case .incident(let subject, let incident, let state):
            incidents[subject] = (incident, state)
        case .incidentClosed(let subject):
            incidents[subject] = nil
        case .state(let rule, let key, let bytes):
            states[rule, default: [:]][key] = bytes
        case .keyHeard(let heard):
            known[heard.rule, default: []].insert(heard.key)
        case .ruleForgotten(let rule):
            states[rule] = nil
            known[rule] = nil
        }
    }

    static func randomEntry(using random: inout SplitMix) -> JournalEntry {
        let rule = ["a", "b", "c"].randomElement(using: &random) ?? "a"
        let place = key("k\(Int.random(in: 0..<6, using: &random))")
        let number = Int.random(in: 0..<12, using: &random)
        switch Int.random(in: 0..<16, using: &random) {
        case 0..<5:
            let id = Int.random(in: 0..<300, using: &random)
            let topics = number % 3 == 0 ? ["x/"] : ["y/", "x/\(number)/"]
            return .escalation(draft(id, incident: number, topics: topics))
        case 5..<8:
            return .incident(
                subject: identity(100 + number), incident: identity(number),
                state: [UInt8.random(in: 0...255, using: &random)])
        case 8: return .incidentClosed(subject: identity(100 + number))
        case 9..<13:
            let bytes = number % 4 == 0 ? nil : [UInt8.random(in: 0...255, using: &random)]
            return .state(rule: rule, key: place, bytes: bytes)
        case 13, 14: return .keyHeard(knownKey(rule, place))
        default: return .ruleForgotten(rule: rule)
        }
    }
}

@Suite struct JournalModelTests {
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func randomBatchesGiveWhatTheModelGives(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let folder = try TemporaryFolder()
        var journal: IncidentJournal? = try folder.open()
        var model = JournalModel()
        for round in 0..<60 {
            let count = Int.random(in: 0..<20, using: &random)
            let entries = (0..<count).map { _ in JournalModel.randomEntry(using: &random) }
            let before = model.items.count
            for entry in entries { model.apply(entry) }
            let said = try journal?.run(entries, nextEventNo: UInt64(round + 2)) ?? []
            #expect(said.map(\.seq) == (before..<model.items.count).map { UInt64($0 + 1) })
            #expect(said.map(\.topics) == model.items.dropFirst(before).map(\.topics))
            if round % 7 == 6 {
                journal = nil
                journal = try folder.open()
            }
        }
        try compare(try #require(journal), model)
    }

    private func compare(_ journal: IncidentJournal, _ model: JournalModel) throws {
        let recovered = try journal.recovered()
        let subjects = model.incidents.keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        #expect(recovered.nextEventNo == 61)
        #expect(recovered.incidents.map(\.subject) == subjects)
        #expect(recovered.incidents.map(\.state) == subjects.map { model.incidents[$0]?.state })
        let states = model.states.keys.sorted().flatMap { rule in
            (model.states[rule] ?? [:]).sorted { Key.precedes($0.key, $1.key) }
                .map { "\(rule) \($0.key.bytes) \($0.value)" }
        }
        #expect(recovered.states.map { "\($0.rule) \($0.key.bytes) \($0.bytes)" } == states)
        let known = model.known.keys.sorted().flatMap { rule in
            (model.known[rule] ?? []).sorted(by: Key.precedes).map { "\(rule) \($0.bytes)" }
        }
        #expect(recovered.knownKeys.map { "\($0.rule) \($0.key.bytes)" } == known)

        let fetched = try #require(try journal.fetched(prefix: "x/", maximum: 1_000))
        let expected = model.items.compactMap { item in
            item.topics.first { $0.hasPrefix("x/") }
        }
        #expect(fetched.items.map(\.topic) == expected)
        #expect(fetched.next == UInt64(model.items.count) + 1)

        let open = Set(model.incidents.values.map(\.incident))
        let latest = open.compactMap { incident in
            model.items.lastIndex { $0.incident == incident }.map { (incident, $0 + 1) }
        }.sorted { $0.0.bytes.lexicographicallyPrecedes($1.0.bytes) }
        #expect(
            try journal.snapshot().items.map { number("seq", in: $0.body) } == latest.map(\.1))
    }
}
