import Foundation
import GRDB

extension IncidentJournal {
    /// Opens the journal in `folder`, or begins one.
    ///
    /// The folder is made if need be and claimed for this process. A journal that is sound goes on
    /// in its epoch. Otherwise a new epoch begins, greater than every one known here, than
    /// `previousEpoch` (of a journal elsewhere that this one replaces), and at least
    /// `unixSeconds`. A damaged file is renamed, never deleted. Every page is read once.
    ///
    /// - Parameter digest: SHA-256; handed in because cryptography is an edge of its own.
    package static func open(
        folder path: String, publisher: String, channel: String = "main", unixSeconds: UInt64,
        previousEpoch: UInt64 = 0, retention: Int = 1_000_000,
        digest: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) throws(JournalError) -> IncidentJournal {
        precondition(retention > 0, "A journal keeps at least its newest row.")
        let folder = try StateFolder(path: path)
        let (queue, setAside) = try JournalFile.openOrReplace(
            path: folder.journalPath, unixSeconds: unixSeconds)
        let start = EpochStart(
            folder: folder, publisher: publisher, channel: channel,
            greaterThan: previousEpoch, unixSeconds: unixSeconds)
        let (resumption, standing) = try start.run(on: queue)
        let opening = setAside.map { Opening.replaced(setAsideAs: $0.name, finding: $0.finding) }
        return IncidentJournal(
            queue: queue, folder: folder, channel: channel, publisher: publisher,
            opening: opening ?? resumption, retention: retention, standing: standing,
            digest: digest)
    }
}

/// Finds where a sound file stands, and begins a new epoch if it does not prove its continuity.
private struct EpochStart {
    let folder: StateFolder
    let publisher: String
    let channel: String
    let greaterThan: UInt64
    let unixSeconds: UInt64

    func run(
        on queue: DatabaseQueue
    ) throws(JournalError) -> (IncidentJournal.Opening, IncidentJournal.Standing) {
        do {
            return try queue.writeWithoutTransaction { db in
                let opening = try decide(db)
                return (opening, try standing(db))
            }
        } catch {
            throw JournalError(error, "find where the journal stands")
        }
    }

    private func decide(_ db: Database) throws -> IncidentJournal.Opening {
        let remembered = folder.lastEpoch()
        guard
            let meta = try Row.fetchOne(db, sql: "SELECT epoch, publisher FROM meta WHERE id = 1")
        else {
            try begin(db, after: remembered ?? 0)
            return .begun
        }
        let epoch = meta.unsigned(0)
        let isContinuous =
            (remembered ?? 0) <= epoch && greaterThan <= epoch && meta[1] == publisher
        guard isContinuous else {
            try begin(db, after: max(epoch, remembered ?? 0))
            return .newEpoch
        }
        if remembered != epoch { try folder.remember(epoch: epoch) }
        return .resumed
    }

    /// The file `epoch` first: if we die in between, the number is skipped, never used twice.
    private func begin(_ db: Database, after known: UInt64) throws {
        let epoch = max(max(known, greaterThan) + 1, unixSeconds)
        try folder.remember(epoch: epoch)
        try db.inTransaction(.immediate) {
            try db.execute(
                sql: """
                    INSERT INTO meta (id, epoch, begun, next_event_no, publisher)
                    VALUES (1, ?, ?, 1, ?)
                    ON CONFLICT (id) DO UPDATE SET
                        epoch = excluded.epoch, begun = excluded.begun,
                        publisher = excluded.publisher
                    """,
                arguments: [epoch.stored, unixSeconds.stored, publisher])
            try db.execute(sql: "UPDATE channel SET floor = 1")
            return .commit
        }
    }

    private func standing(_ db: Database) throws -> IncidentJournal.Standing {
        try db.execute(
            sql: """
                INSERT INTO channel (name, floor, kept_from) VALUES (?, 1, 1)
                ON CONFLICT DO NOTHING
                """,
            arguments: [channel])
        guard
            let meta = try Row.fetchOne(
                db,
                sql: """
                    SELECT epoch, next_event_no, floor, kept_from,
                        (SELECT ifnull(max(row), 0) FROM outbox), number, recorded
                    FROM meta, channel WHERE name = ?
                    """, arguments: [channel])
        else {
            throw JournalError(
                kind: .corrupt, code: 0, operation: "find where the journal stands",
                underlying: "the table meta is empty")
        }
        let epoch = meta.unsigned(0)
        let number: Int64 = meta[5]
        let head = try Row.fetchOne(
            db,
            sql: """
                SELECT seq, digest FROM outbox WHERE channel = ? AND epoch = ?
                ORDER BY seq DESC LIMIT 1
                """, arguments: [number, epoch.stored])
        return IncidentJournal.Standing(
            channelNumber: number,
            position: JournalPosition(
                epoch: epoch, head: head?.unsigned(0) ?? 0, floor: meta.unsigned(2)),
            nextEventNo: meta.unsigned(1), recorded: meta.unsigned(6),
            previousDigest: head?.bytes(1),
            newestRow: meta[4], keptFrom: meta[3])
    }
}
