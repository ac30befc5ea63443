import GRDB
import Synchronization

extension IncidentJournal {
    /// Writes a canary through to the disk, in a transaction of its own.
    ///
    /// Decisions may be rare for days; so a disk that died is found out before the next warning.
    /// Throws what a batch would. Call `maintain` after it, as after a batch.
    package func commitCanary() throws(JournalError) {
        try access("commit a canary") { db in
            if let retirement = standing.withLock({ $0.retirement }) { throw retirement }
            try db.inTransaction(.immediate) {
                // A sum, because SQLite writes no page that stays as it is.
                try db.cachedStatement(sql: "UPDATE meta SET canaries = canaries + 1").execute()
                return .commit
            }
            standing.withLock { $0.isMaintenanceDue = true }
        }
    }
}
