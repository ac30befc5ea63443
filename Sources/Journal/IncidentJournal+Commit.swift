import Events
import Foundation
import GRDB
import Synchronization

extension IncidentJournal {
    /// Makes a batch durable in one transaction; tells what may now be published.
    ///
    /// After an error nothing of it is in the journal, as far as the disk can be believed, and the
    /// same batch may be tried again unless the journal is retired. Within a batch only the last
    /// state of each row is written. Call `maintain` when the items are on their way.
    package func commit(_ batch: JournalBatch) throws(JournalError) -> [PublishedItem] {
        let isDue = standing.withLock { $0.isMaintenanceDue }
        if isDue { try maintain() }
        let net = CoalescedBatch(batch.entries)
        return try access("commit a batch") { db in
            let before = standing.withLock { $0.copy }
            if let retirement = before.retirement { throw retirement }
            let isNews =
                batch.nextEventNo != before.nextEventNo || batch.recorded > before.recorded
            if batch.entries.isEmpty && !isNews { return [] }
            var writer = BatchWriter(
                db: db, channel: channel, publisher: publisher, digest: digest, at: before)
            try db.inTransaction(.immediate) {
                try writer.write(
                    net, nextEventNo: batch.nextEventNo, recorded: batch.recorded)
                return .commit
            }
            standing.withLock { $0 = writer.after }
            return writer.items
        }
    }
}

extension IncidentJournal.Standing {
    /// A copy that can leave the lock.
    fileprivate var copy: Self { self }
}

/// Writes one batch inside a transaction, and keeps what becomes true with its COMMIT.
private struct BatchWriter {
    let db: Database
    let channelLiteral: String
    let publisherLiteral: String
    let digest: @Sendable ([UInt8]) -> [UInt8]
    /// Where the journal stands after the batch.
    private(set) var after: IncidentJournal.Standing
    private(set) var items: [PublishedItem] = []

    init(
        db: Database, channel: String, publisher: String,
        digest: @escaping @Sendable ([UInt8]) -> [UInt8], at standing: IncidentJournal.Standing
    ) {
        self.db = db
        self.digest = digest
        channelLiteral = jsonLiteral(channel)
        publisherLiteral = jsonLiteral(publisher)
        after = standing
    }

    mutating func write(
        _ batch: CoalescedBatch, nextEventNo: UInt64, recorded: UInt64
    ) throws {
        try writeForgotten(batch)
        try writeEscalations(batch)
        try writeIncidents(batch, eventNo: nextEventNo)
        try writeStates(batch)
        let recorded = max(recorded, after.recorded)
        if nextEventNo != after.nextEventNo || recorded != after.recorded {
            try db.cachedStatement(sql: "UPDATE meta SET next_event_no = ?, recorded = ?")
                .execute(arguments: [nextEventNo.stored, recorded.stored])
        }
        after.nextEventNo = nextEventNo
        after.recorded = recorded
        after.isMaintenanceDue = true
    }

    private mutating func writeEscalations(_ batch: CoalescedBatch) throws {
        guard !batch.escalations.isEmpty else { return }
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO outbox
                    (channel, epoch, seq, id, incident, severity, topics, digest, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (channel, id) DO NOTHING
                """)
        let epoch = after.position.epoch
        items.reserveCapacity(batch.escalations.count)
        for draft in batch.escalations {
            let seq = after.position.head + 1
            let body = draft.body(
                channel: channelLiteral, epoch: epoch,
                previous: after.previousDigest.map { Hexadecimal.text($0) },
                publisher: publisherLiteral, seq: seq)
            let bodyDigest = digest(body)
            try insert.execute(arguments: [
                after.channelNumber, epoch.stored, seq.stored, Data(draft.id.bytes),
                Data(draft.incident.bytes), Int64(draft.severity.rawValue),
                Topics.joined(draft.topics), Data(bodyDigest), Data(body),
            ])
            guard db.changesCount == 1 else {
                after.counters.suppressed += 1
                continue
            }
            after.position = JournalPosition(
                epoch: epoch, head: seq, floor: after.position.floor)
            after.previousDigest = bodyDigest
            after.newestRow = db.lastInsertedRowID
            after.counters.committed += 1
            items.append(
                PublishedItem(seq: seq, topics: draft.topics, body: body, notice: draft.notice))
        }
    }

    private func writeIncidents(_ batch: CoalescedBatch, eventNo: UInt64) throws {
        guard !batch.incidents.entries.isEmpty else { return }
        let store = try db.cachedStatement(
            sql: """
                INSERT INTO incident (subject, incident, state, event_no) VALUES (?, ?, ?, ?)
                ON CONFLICT (subject) DO UPDATE SET
                    incident = excluded.incident, state = excluded.state,
                    event_no = excluded.event_no
                """)
        let delete = try db.cachedStatement(sql: "DELETE FROM incident WHERE subject = ?")
        for (subject, change) in batch.incidents.entries {
            switch change {
            case .stored(let incident, let state):
                try store.execute(arguments: [
                    Data(subject.bytes), Data(incident.bytes), Data(state), eventNo.stored,
                ])
            case .deleted:
                try delete.execute(arguments: [Data(subject.bytes)])
            }
        }
    }

    private func writeStates(_ batch: CoalescedBatch) throws {
        let store = try db.cachedStatement(
            sql: """
                INSERT INTO state (rule, key, bytes) VALUES (?, ?, ?)
                ON CONFLICT (rule, key) DO UPDATE SET bytes = excluded.bytes
                """)
        let delete = try db.cachedStatement(sql: "DELETE FROM state WHERE rule = ? AND key = ?")
        for (place, bytes) in batch.states.entries {
            if let bytes {
                try store.execute(arguments: [place.rule, Data(place.key.bytes), Data(bytes)])
            } else {
                try delete.execute(arguments: [place.rule, Data(place.key.bytes)])
            }
        }
        let hear = try db.cachedStatement(
            sql: """
                INSERT INTO known_key (rule, key, partition) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET partition = excluded.partition
                """)
        for (place, partition) in batch.knownKeys.entries {
            try hear.execute(arguments: [place.rule, Data(place.key.bytes), partition.text])
        }
    }

    private func writeForgotten(_ batch: CoalescedBatch) throws {
        for (rule, _) in batch.forgottenRules.entries {
            try db.cachedStatement(sql: "DELETE FROM state WHERE rule = ?")
                .execute(arguments: [rule])
            try db.cachedStatement(sql: "DELETE FROM known_key WHERE rule = ?")
                .execute(arguments: [rule])
        }
    }
}

/// A JSON string with its quotes.
private func jsonLiteral(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": literal += "\\\(scalar)"
        case "\u{00}"..<"\u{20}":
            literal += "\\u00" + Hexadecimal.text(CollectionOfOne(UInt8(scalar.value)))
        default: literal.unicodeScalars.append(scalar)
        }
    }
    return literal + "\""
}
