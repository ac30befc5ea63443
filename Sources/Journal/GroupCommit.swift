import Events

/// Decides when the decisions gathered so far are committed together.
///
/// A commit costs one fsync whether it holds one row or hundreds; waiting gathers rows, and delays
/// the first of them. So: at most `maximumRows`, at most `maximumWait` after the first, and a
/// severe or extreme escalation waits for nobody. Pure: it is told the time, and asked.
package struct GroupCommit: Sendable {
    /// What to do now.
    package enum Decision: Sendable, Hashable {
        /// Nothing is gathered; wait for a decision as long as you like.
        case idle
        /// Gather on, at most this many nanoseconds, then ask again.
        case gather(nanoseconds: UInt64)
        /// Commit, then call `begin`.
        case commit(Reason)
    }

    /// What ended a batch.
    package enum Reason: Sendable, Hashable {
        /// A severe or extreme escalation is in it.
        case severe
        /// It has `maximumRows`.
        case rows
        /// Its first row waited for `maximumWait`.
        case age
    }

    /// Rows a batch may have.
    package let maximumRows: Int
    /// Nanoseconds its first row may wait.
    package let maximumWait: UInt64

    private var rows = 0
    private var first: UInt64 = 0
    private var hasSevere = false

    /// An empty batch under these limits.
    package init(maximumRows: Int = 256, maximumWait: UInt64 = 2_000_000) {
        precondition(maximumRows > 0, "A batch holds at least one row.")
        self.maximumRows = maximumRows
        self.maximumWait = maximumWait
    }

    /// Takes note of one more entry of the batch, and decides.
    ///
    /// `now` is any monotonic clock in nanoseconds.
    package mutating func add(_ entry: JournalEntry, now: UInt64) -> Decision {
        if rows == 0 { first = now }
        rows += 1
        switch entry {
        case .escalation(let draft): hasSevere = hasSevere || draft.severity >= .severe
        case .incident, .incidentClosed, .state, .keyHeard, .ruleForgotten: break
        }
        return decide(now: now)
    }

    /// Decides without a new entry, as when the ring ran empty.
    package func decide(now: UInt64) -> Decision {
        if rows == 0 { return .idle }
        if hasSevere { return .commit(.severe) }
        if rows >= maximumRows { return .commit(.rows) }
        let age = now > first ? now - first : 0
        return age < maximumWait ? .gather(nanoseconds: maximumWait - age) : .commit(.age)
    }

    /// Begins the next batch.
    package mutating func begin() {
        rows = 0
        hasSevere = false
    }
}
