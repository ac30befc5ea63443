package import Events
import Foundation
import GRDB
import Synchronization

/// The reports that were acknowledged, durable before their senders are told.
///
/// One thread appends; any may read. What is appended is on disk when `append` returns. After an
/// I/O error nothing more is taken, because what the disk has then is not known.
package final class Recording: Sendable {
    /// A report on its way into the recording.
    package struct Report: Sendable {
        /// Name of its stream.
        package var stream: String
        /// `Status` of its feed.
        package var status: Status
        /// Who says it.
        package var source: String
        /// What names it among its source's, if it has a name.
        package var id: String?
        /// Nanoseconds since 1970.
        package var arrival: Int64
        /// What its cells are; opaque here.
        package var schema: [UInt8]
        /// The event record.
        package var bytes: [UInt8]

        /// A report.
        package init(
            stream: String, status: Status, source: String, id: String?, arrival: Int64,
            schema: [UInt8], bytes: [UInt8]
        ) {
            self.stream = stream
            self.status = status
            self.source = source
            self.id = id
            self.arrival = arrival
            self.schema = schema
            self.bytes = bytes
        }
    }

    /// A report with its number.
    package struct Stored: Sendable {
        /// Dense from 1.
        package let seq: UInt64
        /// Nanoseconds since 1970.
        package let arrival: Int64
        /// What its cells are.
        package let schema: [UInt8]
        /// The event record.
        package let bytes: [UInt8]

        /// From the columns number, arrival, schema, bytes.
        fileprivate init(_ row: Row) {
            seq = row.unsigned(0)
            arrival = row[1]
            schema = row.bytes(2)
            bytes = row.bytes(3)
        }
    }

    /// Reports kept beyond those that are not decided yet, and the bytes that all may take.
    package static let retention: UInt64 = 1_000_000
    package static let retainedBytes = 1 << 30

    /// Name of the file that was set aside because it was damaged, and why.
    package let setAside: (name: String, finding: String)?

    private let queue: DatabaseQueue
    let standing: Mutex<Standing>

    struct Standing {
        var head: UInt64
        var schemas: [[UInt8]: Int64] = [:]
        var retirement: JournalError?
    }

    private init(
        queue: DatabaseQueue, head: UInt64, setAside: (name: String, finding: String)?
    ) {
        self.queue = queue
        self.setAside = setAside
        standing = Mutex(Standing(head: head))
    }

    /// The number of the newest report, 0 before the first.
    package var head: UInt64 { standing.withLock { $0.head } }

    /// Where the recording of a state folder lies.
    package static func path(in folder: String) -> String { "\(folder)/recording-1.db" }

    /// Opens the recording of a state folder that this process has claimed, or begins one.
    ///
    /// - Parameters:
    ///   - decided: the number up to which the journal knows all to be decided; numbers go on
    ///     behind it.
    ///   - unixSeconds: names a damaged file that is set aside.
    package static func open(
        folder: String, decided: UInt64, unixSeconds: UInt64
    ) throws(JournalError) -> Recording {
        let (queue, setAside) = try JournalFile.openOrReplace(
            path: path(in: folder), migrator: RecordingSchema.migrator, unixSeconds: unixSeconds)
        do {
            let head = try queue.read { db in
                let newest = try Row.fetchOne(db, sql: "SELECT ifnull(max(seq), 0) FROM report")
                return newest?.unsigned(0) ?? 0
            }
            return Recording(
                queue: queue, head: max(head, decided),
                setAside: setAside.map { ($0.name, $0.finding) })
        } catch {
            throw JournalError(error, "find where the recording stands")
        }
    }

    /// The report that was acknowledged under an id, and the number that its sender knows; nil when
    /// there is none.
    package func report(
        stream: String, status: Status, source: String, id: String
    ) throws(JournalError) -> Stored? {
        try access("look for a report") { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT ifnull(answer, seq), arrival, schema.bytes, report.bytes
                    FROM report JOIN schema ON schema.number = report.schema
                    WHERE stream = ? AND status = ? AND source = ? AND id = ?
                    """)
            return try Row.fetchOne(
                statement, arguments: [stream, Int64(status.rawValue), source, id]
            ).map(Stored.init)
        }
    }

    /// Makes reports durable in one transaction; the number of the first, the others follow.
    package func append(_ reports: [Report]) throws(JournalError) -> UInt64 {
        var (head, schemas, retirement) = standing.withLock {
            ($0.head, $0.schemas, $0.retirement)
        }
        if let retirement { throw retirement }
        let first = head + 1
        try access("record a report") { db in
            try db.inTransaction(.immediate) {
                let insert = try db.cachedStatement(
                    sql: """
                        INSERT INTO report
                            (seq, arrival, stream, status, source, id, schema, bytes)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        """)
                for report in reports {
                    head += 1
                    let schema = try Recording.number(of: report.schema, &schemas, db)
                    try insert.execute(arguments: [
                        head.stored, report.arrival, report.stream,
                        Int64(report.status.rawValue), report.source, report.id, schema,
                        Data(report.bytes),
                    ])
                }
                return .commit
            }
        }
        standing.withLock {
            $0.head = head
            $0.schemas = schemas
        }
        return first
    }

    private static func number(
        of schema: [UInt8], _ known: inout [[UInt8]: Int64], _ db: Database
    ) throws -> Int64 {
        if let number = known[schema] { return number }
        try db.execute(
            sql: "INSERT INTO schema (bytes) VALUES (?) ON CONFLICT DO NOTHING",
            arguments: [Data(schema)])
        let number = try Int64.fetchOne(
            db, sql: "SELECT number FROM schema WHERE bytes = ?", arguments: [Data(schema)])
        known[schema] = number
        return number ?? 0
    }

    /// The reports behind `seq` that are not stranded, in order, at most `limit`.
    package func reports(after seq: UInt64, limit: Int) throws(JournalError) -> [Stored] {
        try access("read the recording") { db in
            try Recording.fetch(db, after: seq, limit: limit, stranded: false)
        }
    }

    static func fetch(
        _ db: Database, after seq: UInt64, limit: Int, stranded: Bool
    ) throws -> [Stored] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT seq, arrival, schema.bytes, report.bytes
                FROM report JOIN schema ON schema.number = report.schema
                WHERE seq > ? AND seq \(stranded ? "" : "NOT") IN (SELECT seq FROM stranded)
                ORDER BY seq LIMIT ?
                """, arguments: [seq.stored, limit])
        return rows.map(Stored.init)
    }

    /// The number up to which all were decided when that was last noted.
    package func decided() throws(JournalError) -> UInt64 {
        try access("read the recording") { db in
            try Row.fetchOne(db, sql: "SELECT decided FROM meta")?.unsigned(0) ?? 0
        }
    }

    /// Notes how far all is decided, and lets go of the oldest that are: what is more than
    /// `retention` reports back, and what takes more than `bytes` together.
    package func maintain(
        decided: UInt64, bytes: Int = Recording.retainedBytes
    ) throws(JournalError) {
        try access("maintain the recording") { db in
            try db.inTransaction(.immediate) {
                try db.execute(
                    sql: "UPDATE meta SET decided = max(decided, ?)", arguments: [decided.stored])
                if decided > Recording.retention {
                    try db.execute(
                        sql: """
                            DELETE FROM report
                            WHERE seq <= ? AND seq NOT IN (SELECT seq FROM stranded)
                            """, arguments: [(decided - Recording.retention).stored])
                }
                return .commit
            }
            while try Recording.size(db) > bytes, try Recording.forgetOldest(db, decided) {}
            try db.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
        }
    }

    /// Bytes of the pages that hold something.
    private static func size(_ db: Database) throws -> Int {
        func pragma(_ name: String) throws -> Int {
            try Int.fetchOne(db, sql: "PRAGMA \(name)") ?? 0
        }
        return try (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")
    }

    /// Lets some of the oldest decided reports go; false where there are none.
    private static func forgetOldest(_ db: Database, _ decided: UInt64) throws -> Bool {
        try db.execute(
            sql: """
                DELETE FROM report WHERE seq IN (
                    SELECT seq FROM report
                    WHERE seq <= ? AND seq NOT IN (SELECT seq FROM stranded)
                    ORDER BY seq LIMIT 10000)
                """, arguments: [decided.stored])
        return db.changesCount > 0
    }

    /// Empties the WAL and closes the file; every later call throws.
    package func close() throws(JournalError) {
        do { try queue.close() } catch { throw JournalError(error, "close the recording") }
    }

    func access<Result>(
        _ operation: String, _ body: (Database) throws -> Result
    ) throws(JournalError) -> Result {
        try queue.run(operation, retire: retire, body)
    }

    /// Takes nothing more, for this cause.
    package func retire(_ cause: JournalError) {
        standing.withLock { $0.retirement = $0.retirement ?? cause }
    }
}
