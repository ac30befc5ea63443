import Synchronization

/// What a feed's intake counts; written by its thread, read by whoever asks for status.
final class FeedCounters: Sendable {
    let frames = Atomic<Int>(0)
    let bytes = Atomic<Int>(0)
    /// Elements: readings, or frames that cannot be split.
    let elements = Atomic<Int>(0)
    let accepted = Atomic<Int>(0)
    let rejected = Atomic<Int>(0)
    /// Readings dropped because the line was full.
    let shed = Atomic<Int>(0)
    /// Elements dropped because their message came twice, by its sequence, or because their id is
    /// recorded.
    let duplicates = Atomic<Int>(0)
    /// Answers whose asker was gone or did not read.
    let unanswered = Atomic<Int>(0)
    /// Bytes that wait before the ring.
    let backlog = Atomic<Int>(0)
    /// Bytes in its ring that are not evaluated yet.
    let lag = Atomic<Int>(0)
    /// Times the intake waited for room in its ring.
    let waits = Atomic<Int>(0)
    /// The timeline's `elapsed` at the last turn of its thread.
    let turned = Atomic<Int64>(0)
    let deadLetters = Mutex(DeadLetterLedger())
    /// Sources of which most was shed.
    let sheddings = Mutex<[Backlog.Shedding]>([])
    /// What the sequence frames told.
    let sequence = Mutex(SequenceLedger.Counts())
}

/// What the other stages count.
final class LineCounters: Sendable {
    /// The timeline's now at the last turn of each thread, nanoseconds since 1970.
    let engineAlive = Atomic<Int64>(0)
    let journalAlive = Atomic<Int64>(0)
    /// The timeline's `elapsed` when the journal's thread last found the disk full; 0 while it
    /// commits, or fails otherwise.
    let waitsForDisk = Atomic<Int64>(0)
    /// Reports that were acknowledged before and handed to the engine since the start.
    let resumed = Atomic<Int>(0)
    /// Acknowledged reports that wait for a declaration that takes them.
    let stranded = Atomic<Int>(0)
    /// The timeline's `elapsed` at the last turn of the control thread.
    let controlTurned = Atomic<Int64>(0)
    /// Events the engine evaluated.
    let events = Atomic<Int>(0)
    /// Batches the engine took from its rings.
    let batches = Atomic<Int>(0)
    /// Decisions that went towards the journal.
    let decisions = Atomic<Int>(0)
    /// Times the engine waited for room towards the journal.
    let engineWaits = Atomic<Int>(0)
    let commits = Atomic<Int>(0)
    let rows = Atomic<Int>(0)
    /// Duration of the last commit in nanoseconds.
    let lastCommit = Atomic<Int64>(0)
    let commitFailures = Atomic<Int>(0)
    /// Why the journal cannot commit now; nil while it can.
    let commitFailure = Mutex<String?>(nil)
    /// Escalations published, and frames sent for them.
    let published = Atomic<Int>(0)
    let frames = Atomic<Int>(0)
    let recoveryRequests = Atomic<Int>(0)
    /// Replies to clients that left, or had eight of them unread.
    let recoveryDropped = Atomic<Int>(0)
    let decisionLag = Atomic<Int>(0)
    let publishLag = Atomic<Int>(0)
}
