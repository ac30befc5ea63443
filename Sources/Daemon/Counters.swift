import Evaluation
import Events
import Synchronization
import Wire

/// What a feed's intake counts; written by its thread, read by whoever asks for status.
final class FeedCounters: Sendable {
    let frames = Atomic<Int>(0)
    let bytes = Atomic<Int>(0)
    /// Elements: readings, or frames that cannot be split.
    let elements = Atomic<Int>(0)
    let accepted = Atomic<Int>(0)
    let rejected = Atomic<Int>(0)
    /// Bytes in its ring that are not evaluated yet.
    let lag = Atomic<Int>(0)
    /// Times the intake waited for room in its ring.
    let waits = Atomic<Int>(0)
    /// The timeline's `elapsed` at the last turn of its thread.
    let turned = Atomic<Int64>(0)
    let deadLetters = Mutex(DeadLetterLedger())
}

/// Dead letters of one feed: counted by stream and reason, the first and the last of each kept.
struct DeadLetterLedger: Sendable {
    /// What is kept of one dead letter.
    struct Letter: Sendable {
        /// The first bytes of the payload.
        var payload: String
        /// Where in the payload it is wrong, in bytes.
        var offset: Int
        /// Name of the field that is wrong, if one is.
        var field: String?
        /// When it came, nanoseconds since 1970.
        var at: Int64
    }

    /// All dead letters of one stream and reason.
    struct Entry: Sendable {
        var stream: String
        var reason: DeadLetterReason
        var count: Int
        var first: Letter
        var last: Letter
    }

    /// Bytes of a payload that are kept.
    static let payloadBytes = 200

    private(set) var entries: [Entry] = []

    /// Notes `count` dead letters of which one is kept.
    mutating func note(
        _ reason: DeadLetterReason, stream: String, count: Int = 1, letter: Letter
    ) {
        if let index = entries.firstIndex(where: { $0.reason == reason && $0.stream == stream }) {
            entries[index].count += count
            entries[index].last = letter
        } else {
            entries.append(
                Entry(stream: stream, reason: reason, count: count, first: letter, last: letter))
        }
    }
}

extension DeadLetterLedger.Letter {
    /// What is kept of an event that the engine refused: its fields, as they were decoded.
    init(_ letter: RefusedEvents.Letter) {
        var writer = JSONWriter()
        writer.object(letter.values)
        let bytes = writer.bytes.prefix(DeadLetterLedger.payloadBytes)
        self.init(
            payload: String(decoding: bytes, as: UTF8.self), offset: 0, field: nil,
            at: letter.arrival)
    }
}

/// What the other stages count.
final class LineCounters: Sendable {
    /// The timeline's now at the last turn of each thread, nanoseconds since 1970.
    let engineAlive = Atomic<Int64>(0)
    let journalAlive = Atomic<Int64>(0)
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
