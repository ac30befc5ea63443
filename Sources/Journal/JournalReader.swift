import Foundation
import GRDB

/// Reads a journal whose daemon does not run, for commands such as `tocsin incidents`.
///
/// It never writes and never claims the folder. While a daemon runs it refuses, naming it: ask
/// that one, which alone knows what it is about to say.
package struct JournalReader: Sendable {
    private let queue: DatabaseQueue

    /// Opens the journal in `folder`. The user needs to be able to write there: SQLite makes the
    /// shared index of the WAL even for a reader.
    init(folder: String) throws(JournalError) {
        try StateFolder.refuseIfClaimed(folder)
        let path = "\(folder)/journal.db"
        guard FileManager.default.fileExists(atPath: path) else {
            throw JournalError(
                kind: .other, code: ENOENT, operation: "read the journal \(path)",
                underlying: "there is none; no daemon has run on this folder")
        }
        queue = try JournalFile.openReadOnly(path: path)
    }

    /// The open incidents, by subject.
    package func openIncidents() throws(JournalError) -> [OpenIncident] {
        try read("read the open incidents") { try StoredDecisions.openIncidents($0) }
    }

    /// What a fresh start would be given.
    package func recovered() throws(JournalError) -> RecoveredDecisions {
        try read("read the journal") { try StoredDecisions.recovered($0) }
    }

    private func read<Result>(
        _ operation: String, _ body: (Database) throws -> Result
    ) throws(JournalError) -> Result {
        do {
            return try queue.read(body)
        } catch {
            throw JournalError(error, operation)
        }
    }
}

extension IncidentJournal {
    /// Opens the journal in `folder` for reading alone, when no daemon runs on it.
    package static func openReadOnly(folder: String) throws(JournalError) -> JournalReader {
        try JournalReader(folder: folder)
    }
}
