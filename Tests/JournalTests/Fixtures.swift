import Events
import Foundation
import Journal

/// A folder of its own for a test, removed with it.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "journal-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var state: String { path + "/state" }
    var journal: String { state + "/journal.db" }

    /// Opens the journal of the folder.
    func open(
        publisher: String = "nbo-1", unixSeconds: UInt64 = 1_000, previousEpoch: UInt64 = 0,
        retention: Int = 1_000_000
    ) throws(JournalError) -> IncidentJournal {
        try IncidentJournal.open(
            folder: state, publisher: publisher, unixSeconds: unixSeconds,
            previousEpoch: previousEpoch, retention: retention, digest: shortDigest)
    }
}

/// FNV-1a: what the chain is made of does not matter here, only that it is.
@Sendable func shortDigest(_ bytes: [UInt8]) -> [UInt8] {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return (0..<8).map { UInt8(truncatingIfNeeded: hash >> (8 * UInt64($0))) }
}

/// A key that a rule heard.
func knownKey(_ rule: String, _ key: Key) -> KnownKey {
    KnownKey(rule: rule, partition: Partition(stream: "s", keyNames: ["k"]), key: key)
}

/// An identity that is easy to read in a failure.
func identity(_ number: Int) -> Identity {
    var bytes = [UInt8](repeating: 0, count: 16)
    bytes[14] = UInt8(number >> 8)
    bytes[15] = UInt8(number & 255)
    return Identity(digest: bytes)
}

func key(_ name: String) -> Key { Key(status: .actual, values: [.string(name)]) }

/// A draft whose body says its own id.
func draft(
    _ id: Int, incident: Int = 1, severity: Severity = .moderate,
    topics: [String] = ["actual/hazard/flood/", "actual/area/KE030/"]
) -> EscalationDraft {
    EscalationDraft(
        id: identity(id), incident: identity(incident), severity: severity, topics: topics,
        parts: ["{", "\"id\":\(id),", "\"p\":0,", "\"q\":0,", "\"z\":0}"].map { Array($0.utf8) })
}

extension IncidentJournal {
    /// Commits entries and does what is due, as the journal thread does.
    @discardableResult
    func run(_ entries: [JournalEntry], nextEventNo: UInt64 = 1) throws -> [PublishedItem] {
        let items = try commit(JournalBatch(entries: entries, nextEventNo: nextEventNo))
        try maintain()
        return items
    }

    /// The escalations from `from` on, or nil when they are gone.
    func fetched(
        from: UInt64 = 1, prefix: String = "", maximum: Int = 500, maximumBytes: Int = 1 << 20
    ) throws -> (next: UInt64, items: [TopicItem])? {
        switch try fetch(
            epoch: position.epoch, from: from, prefix: prefix, maximum: maximum,
            maximumBytes: maximumBytes)
        {
        case .items(_, let next, _, let items): (next, items)
        case .gone: nil
        }
    }
}

/// The number after a name in a body.
func number(_ name: String, in body: [UInt8]) -> Int? {
    let text = String(decoding: body, as: UTF8.self)
    guard let start = text.range(of: "\"\(name)\":")?.upperBound else { return nil }
    return Int(text[start...].prefix { $0.isNumber })
}

/// Random numbers that a seed repeats.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
