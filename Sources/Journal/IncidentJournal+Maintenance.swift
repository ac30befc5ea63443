import Foundation
import GRDB
import Synchronization

extension IncidentJournal {
    /// Prunes old escalations and copies the WAL into the database, when either is due.
    ///
    /// The journal thread calls it after each commit, when the items are on their way; usually it
    /// only looks at the size of a file. When it was left out, the next commit does it first.
    package func maintain() throws(JournalError) {
        try access("maintain the journal") { db in
            let before = standing.withLock { $0.retirement }
            if let before { throw before }
            try prune(db)
            try checkpoint(db)
            standing.withLock { $0.isMaintenanceDue = false }
        }
    }

    /// Rows above the retention that are pruned together.
    private var pruneChunk: Int64 { Int64(min(4_096, max(1, retention / 16))) }

    private func prune(_ db: Database) throws {
        let (newest, keptFrom, position, number) = standing.withLock {
            ($0.newestRow, $0.keptFrom, $0.position, $0.channelNumber)
        }
        guard newest - keptFrom + 1 >= Int64(retention) + pruneChunk else { return }
        let boundary = newest - Int64(retention) + 1
        var floor = position.floor
        try db.inTransaction(.immediate) {
            try db.cachedStatement(sql: Self.pruning).execute(arguments: [number, boundary])
            let pruned = db.changesCount
            floor =
                try Row.fetchOne(
                    db,
                    sql: """
                        SELECT seq FROM outbox WHERE row >= ? AND channel = ? AND epoch = ?
                        ORDER BY row LIMIT 1
                        """, arguments: [boundary, number, position.epoch.stored])?.unsigned(0)
                ?? position.head + 1
            try db.execute(
                sql: "UPDATE channel SET floor = ?, kept_from = ? WHERE number = ?",
                arguments: [floor.stored, boundary, number])
            standing.withLock { $0.counters.pruned += UInt64(pruned) }
            return .commit
        }
        standing.withLock {
            $0.keptFrom = boundary
            $0.position = JournalPosition(
                epoch: $0.position.epoch, head: $0.position.head, floor: floor)
        }
    }

    /// Below the boundary only the latest item of each open incident stays, for `snapshot`; it
    /// goes when the incident is closed or has said something newer. (The plus keeps SQLite from
    /// reading a whole index for the channel: it is to read the oldest rows.)
    private static let pruning = """
        DELETE FROM outbox WHERE +channel = ? AND row < ? AND NOT (
            EXISTS (SELECT 1 FROM incident WHERE incident.incident = outbox.incident)
            AND NOT EXISTS (
                SELECT 1 FROM outbox AS later
                WHERE later.channel = outbox.channel AND later.incident = outbox.incident
                    AND later.row > outbox.row))
        """

    private func checkpoint(_ db: Database) throws {
        let pages = walPages
        let truncateAt = standing.withLock {
            $0.counters.walPages = pages
            return $0.truncateAt
        }
        guard pages > JournalFile.passivePages else { return }
        guard pages > truncateAt else {
            _ = try db.checkpoint(.passive)
            return
        }
        do {
            _ = try db.checkpoint(.truncate)
            standing.withLock { $0.truncateAt = JournalFile.truncatePages }
        } catch let busy as DatabaseError where busy.resultCode == .SQLITE_BUSY {
            // Someone reads the file from outside and holds the WAL. Waiting costs two seconds, so
            // it is tried again only when as much again has gathered.
            standing.withLock { $0.truncateAt = pages + JournalFile.truncatePages }
        }
    }

    /// Pages the WAL has room for. Its size tells enough: a WAL that began anew is cut to
    /// `journal_size_limit` by its first commit. (Opening the file to look would be an error:
    /// closing it again would drop the locks of this process.)
    private var walPages: Int {
        var status = stat()
        guard unsafe stat(folder.journalPath + "-wal", &status) == 0 else { return 0 }
        return Int(status.st_size) / JournalFile.frameBytes
    }
}
