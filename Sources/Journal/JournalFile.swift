import Foundation
import GRDB

/// How `journal.db` and the recording are opened: durable above all, and its checks.
///
/// One connection only: SQLite before 3.51.3 may damage a WAL database that two connections write
/// or checkpoint at once (https://www.sqlite.org/wal.html#walresetbug), and Debian has 3.40.1.
enum JournalFile {
    /// Bytes of a page, and of a frame of the WAL that holds one.
    static let pageBytes = 4096
    static let frameBytes = pageBytes + 24

    /// Pages in the WAL above which it is copied into the database.
    static let passivePages = 1_000
    /// Pages above which the WAL is emptied, because something kept it from beginning anew.
    static let truncatePages = 16_384

    /// What came of opening a file that is there, or was made.
    enum Condition {
        /// It has the current schema.
        case sound(DatabaseQueue)
        /// It cannot be trusted; the connection is closed.
        case damaged(finding: String)
    }

    /// Opens the file, checks it as a whole, and brings it to the current schema.
    ///
    /// The check reads every page once. Throws when the file is not to blame.
    static func open(
        path: String, migrator: DatabaseMigrator = JournalSchema.migrator
    ) throws(JournalError) -> Condition {
        let operation = "open \(path)"
        var queue: DatabaseQueue?
        do {
            let opened = try DatabaseQueue(path: path, configuration: configuration)
            queue = opened
            if let finding = try opened.writeWithoutTransaction({
                try Self.check($0, migrator)
            }) {
                try opened.close()
                return .damaged(finding: finding)
            }
            try migrator.migrate(opened)
            return .sound(opened)
        } catch {
            try? queue?.close()
            let cause = JournalError(error, operation)
            guard cause.kind == .corrupt else { throw cause }
            return .damaged(finding: cause.underlying)
        }
    }

    /// Opens the file for reading alone; the daemon does not run.
    static func openReadOnly(path: String) throws(JournalError) -> DatabaseQueue {
        let operation = "read the journal \(path)"
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(2)
        configuration.label = "journal.reader"
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.read { try refuseNewer($0, JournalSchema.migrator, operation) }
            return queue
        } catch {
            throw JournalError(error, operation)
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "journal"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(2)
        configuration.prepareDatabase { db in
            // A WAL that began anew is cut to the size at which it is due to be copied. So it is
            // overwritten in place, which makes fsync cheap, and a larger file means it is due.
            let limit = passivePages * frameBytes
            try db.execute(
                sql: """
                    PRAGMA page_size = \(pageBytes);
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    PRAGMA wal_autocheckpoint = 0;
                    PRAGMA journal_size_limit = \(limit);
                    PRAGMA cell_size_check = ON;
                    PRAGMA trusted_schema = OFF;
                    PRAGMA mmap_size = 0;
                    PRAGMA cache_size = -65536;
                    """)
            let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode")
            guard mode == "wal" else {
                throw JournalError(
                    kind: .other, code: 0, operation: "switch the journal to WAL mode",
                    underlying: "SQLite stays in mode \(mode ?? "unknown")")
            }
        }
        return configuration
    }

    /// A finding about a damaged file; throws for a newer one.
    private static func check(_ db: Database, _ migrator: DatabaseMigrator) throws -> String? {
        try refuseNewer(db, migrator, "open the journal")
        let finding = try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
        return finding == "ok" ? nil : finding ?? "quick_check says nothing"
    }

    private static func refuseNewer(
        _ db: Database, _ migrator: DatabaseMigrator, _ operation: String
    ) throws {
        guard try migrator.hasBeenSuperseded(db) else { return }
        throw JournalError(
            kind: .newerSchema, code: 0, operation: operation,
            underlying: "it was written by a newer Tocsin; run that one, or name another folder")
    }
}
