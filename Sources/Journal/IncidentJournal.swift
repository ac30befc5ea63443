import Foundation
import GRDB
import Synchronization

/// Decisions made durable, and the escalations among them given their place in a channel.
///
/// It promises: what `commit` returned survives the loss of power and is repeated byte for byte
/// ever after; seq is dense from 1 in an epoch; an id is published once; each body names the
/// digest of the one before it. It refuses: a folder another process has, a file of a newer
/// Tocsin, and any commit after its device or file failed.
///
///     journal thread:   commit ─► publish what it returned ─► maintain
///     publish thread:   position (never waits), fetch, snapshot
///
/// Both threads share one connection, which serialises them; a fetch may wait for a commit and a
/// commit for a fetch, so both are bounded. Nothing here reads a clock.
package final class IncidentJournal: Sendable {
    /// What was found when the journal was opened; a line for the operator's log.
    package enum Opening: Sendable, Hashable {
        /// The journal goes on in its epoch.
        case resumed
        /// There was none, or an empty one.
        case begun
        /// There was one, but the number in the file `epoch` or another publisher told that what
        /// was said since may be missing from it: a new epoch.
        case newEpoch
        /// There was one that could not be trusted. It was renamed, and a new one begun.
        case replaced(setAsideAs: String, finding: String)
    }

    /// How much has passed through, for the operator.
    package struct Counters: Sendable, Hashable {
        /// Escalations that took a seq since the journal was opened.
        package internal(set) var committed: UInt64 = 0
        /// Escalations whose id was known, so that they took none.
        package internal(set) var suppressed: UInt64 = 0
        /// Rows pruned.
        package internal(set) var pruned: UInt64 = 0
        /// Pages the WAL has room for; beyond 1,000 it is copied into the database.
        package internal(set) var walPages = 0
    }

    /// Outbox rows and open incidents that one `fetch` or `snapshot` looks at, at most: what keeps
    /// a prefix that matches nothing from holding up a commit.
    package static let scanLimit = 4_096

    /// The channel whose seq it assigns.
    package let channel: String

    /// What was found when it was opened.
    package let opening: Opening

    /// Outbox rows to keep; more, up to a sixteenth, are there for a while.
    package let retention: Int

    let queue: DatabaseQueue
    let folder: StateFolder
    let publisher: String
    let digest: @Sendable ([UInt8]) -> [UInt8]

    /// Changed by a committing or maintaining thread inside `queue`, after its COMMIT; copied by
    /// anyone, which is why `position` never waits for the disk.
    let standing: Mutex<Standing>

    /// Where the journal stands between two commits.
    struct Standing {
        /// The channel in the tables.
        let channelNumber: Int64
        var position: JournalPosition
        var nextEventNo: UInt64
        var recorded: UInt64
        /// The digest of the head's body; nil at the beginning of an epoch.
        var previousDigest: [UInt8]?
        /// The newest row of the outbox, 0 when it is empty.
        var newestRow: Int64
        /// The row from which on nothing was pruned.
        var keptFrom: Int64
        var counters = Counters()
        /// Why nothing more may be committed.
        var retirement: JournalError?
        /// Pages of the WAL at which emptying it is tried again.
        var truncateAt = JournalFile.truncatePages
        /// Whether `maintain` has not been called since the last commit.
        var isMaintenanceDue = false
    }

    init(
        queue: DatabaseQueue, folder: StateFolder, channel: String, publisher: String,
        opening: Opening, retention: Int, standing: Standing,
        digest: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) {
        self.queue = queue
        self.folder = folder
        self.channel = channel
        self.publisher = publisher
        self.opening = opening
        self.retention = retention
        self.standing = Mutex(standing)
        self.digest = digest
    }

    deinit {
        // Before the folder's lock goes. Whoever must know whether it went well calls `close`.
        try? queue.close()
    }

    /// Where the channel stands; never waits for a commit.
    package var position: JournalPosition { standing.withLock { $0.position } }

    /// The number of the last recorded report whose decisions are stored.
    package var recorded: UInt64 { standing.withLock { $0.recorded } }

    /// How much has passed through.
    package var counters: Counters { standing.withLock { $0.counters } }

    /// Why it commits no more; nil while it does.
    package var retirement: JournalError? { standing.withLock { $0.retirement } }

    /// Empties the WAL and closes the file; every later call throws. The folder stays claimed
    /// until the journal is let go of.
    package func close() throws(JournalError) {
        do {
            try queue.close()
        } catch {
            throw JournalError(error, "close the journal")
        }
    }

    /// Runs `body` on the one connection, and retires the journal if the error demands it.
    func access<Result>(
        _ operation: String, _ body: (Database) throws -> Result
    ) throws(JournalError) -> Result {
        try queue.run(
            operation,
            retire: { cause in
                standing.withLock { $0.retirement = $0.retirement ?? cause }
            }, body)
    }
}
