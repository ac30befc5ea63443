import Foundation
import GRDB

extension JournalFile {
    /// A file that was set aside.
    struct SetAside {
        /// What it is called now.
        let name: String
        /// Why.
        let finding: String
    }

    /// Opens a database; one that is damaged is set aside, never deleted, and a new one begun.
    ///
    /// - Parameter unixSeconds: names what is set aside.
    static func openOrReplace(
        path: String, migrator: DatabaseMigrator = JournalSchema.migrator, unixSeconds: UInt64
    ) throws(JournalError) -> (queue: DatabaseQueue, setAside: SetAside?) {
        var setAside: SetAside?
        // SQLite would delete a WAL without its database unread.
        if !exists(path), exists(path + "-wal") {
            setAside = SetAside(
                name: try rename(path, unixSeconds: unixSeconds),
                finding: "there is a write-ahead log without its database")
        }
        var condition = try open(path: path, migrator: migrator)
        if case .damaged(let finding) = condition {
            setAside = SetAside(
                name: try rename(path, unixSeconds: unixSeconds), finding: finding)
            condition = try open(path: path, migrator: migrator)
        }
        guard case .sound(let queue) = condition else {
            throw JournalError(
                kind: .corrupt, code: 0, operation: "begin \(path)",
                underlying: "the new file is damaged as well")
        }
        return (queue, setAside)
    }

    private static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }

    /// Gives a database's files another name and tells it; nobody has them open.
    private static func rename(_ path: String, unixSeconds: UInt64) throws(JournalError) -> String {
        let stem = "\(path).damaged-\(unixSeconds)"
        let suffixes = ["", "-wal", "-shm"]
        var name = stem
        var attempt = 1
        while suffixes.contains(where: { exists(name + $0) }) {
            attempt += 1
            name = "\(stem)-\(attempt)"
        }
        let operation = "set the damaged file aside as \(name)"
        for suffix in suffixes {
            guard unsafe Glibc.rename(path + suffix, name + suffix) == 0 || errno == ENOENT else {
                throw .system(operation)
            }
        }
        try StateFolder.synchronise((path as NSString).deletingLastPathComponent, operation)
        return name
    }
}

extension DatabaseQueue {
    /// Runs `body` on the one connection; an error after which the file must not be written again is
    /// told to `retire` first.
    func run<Result>(
        _ operation: String, retire: (JournalError) -> Void, _ body: (Database) throws -> Result
    ) throws(JournalError) -> Result {
        do {
            return try writeWithoutTransaction(body)
        } catch {
            let cause = JournalError(error, operation)
            if cause.retiresJournal { retire(cause) }
            throw cause
        }
    }
}
