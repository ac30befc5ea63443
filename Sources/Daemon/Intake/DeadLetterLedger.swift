import Evaluation
import Events
import Wire

/// Dead letters of one feed: counted by reason, stream and source, the first and the last of each
/// kept.
///
/// Bounded: beyond `entryLimit` the sources of a stream and reason are counted together, and beyond
/// twice as many all that is new is.
struct DeadLetterLedger: Sendable {
    /// What is kept of one dead letter.
    struct Letter: Sendable {
        /// The part of the payload around the offending place.
        var payload: String
        /// Bytes of the payload before that part.
        var start: Int
        /// Where in the payload it is wrong, in bytes.
        var offset: Int
        /// Characters of that part before the place; what is no UTF-8 makes the bytes no measure.
        var column: Int
        /// Name of the field that is wrong, if one is.
        var field: String?
        /// What is wrong with this one, in a sentence.
        var message: String
        /// What to mend, if more can be said than the reason says.
        var hint: String?
        /// When it came, nanoseconds since 1970.
        var at: Int64
    }

    /// What is counted together.
    struct Kind: Hashable, Sendable {
        var reason: DeadLetterReason
        /// `-` while it is not known.
        var stream: String
        /// Who sent it, `-` where that cannot be told.
        var source: String
    }

    /// All dead letters of one kind.
    struct Entry: Sendable {
        var kind: Kind
        var count: Int
        var first: Letter
        var last: Letter
    }

    /// Bytes of a payload that are kept.
    static let payloadBytes = 200
    static let entryLimit = 500

    private(set) var entries: [Entry] = []
    private var indexes: [Kind: Int] = [:]

    /// Notes `count` dead letters of which one is kept.
    mutating func note(_ kind: Kind, count: Int = 1, letter: Letter) {
        var kind = kind
        if indexes[kind] == nil, entries.count >= DeadLetterLedger.entryLimit {
            kind.source = "(others)"
            if indexes[kind] == nil, entries.count >= 2 * DeadLetterLedger.entryLimit {
                kind = Kind(reason: kind.reason, stream: "(others)", source: "(others)")
            }
        }
        if let index = indexes[kind] {
            entries[index].count += count
            entries[index].last = letter
        } else {
            indexes[kind] = entries.count
            entries.append(Entry(kind: kind, count: count, first: letter, last: letter))
        }
    }
}

extension DeadLetterLedger.Letter {
    /// What is kept of a payload: the part around the place, cut between characters.
    init(
        _ payload: UnsafeRawBufferPointer, offset: Int, field: String?, message: String,
        hint: String?, at: Int64
    ) {
        let size = DeadLetterLedger.payloadBytes
        var start = max(0, min(offset - size / 2, payload.count - size))
        // A continuation byte is not the first of a character.
        while start > 0, payload[start] & 0xC0 == 0x80 { start -= 1 }
        var end = min(payload.count, start + size)
        while end < payload.count, end > start, payload[end] & 0xC0 == 0x80 { end -= 1 }
        let place = min(max(offset, start), end)
        self.init(
            payload: String(decoding: payload[start..<end], as: UTF8.self), start: start,
            offset: offset, column: String(decoding: payload[start..<place], as: UTF8.self).count,
            field: field, message: message, hint: hint, at: at)
    }

    /// What is kept of an event that the engine refused: its time and its fields, as they were
    /// decoded, and for what comes from the future a mark at its time.
    init(_ letter: RefusedEvents.Letter, _ reason: DeadLetterReason, hint: String?) {
        let time = letter.time
        var writer = JSONWriter()
        var offset = 0
        writer.object { writer in
            if let time {
                writer.key(time.member)
                offset = reason == .future ? writer.bytes.count : 0
                writer.string(time.time.description)
            }
            for (name, value) in letter.values where name != time?.member {
                writer.key(name)
                writer.scalar(value)
            }
        }
        self = writer.bytes.withUnsafeBytes { bytes in
            DeadLetterLedger.Letter(
                bytes, offset: offset, field: nil,
                message: "shown as it was decoded: its time, and those fields that are known",
                hint: hint, at: letter.arrival)
        }
    }
}
