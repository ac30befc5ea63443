import Events
import Wire

/// What tells more exactly than the reason why a message is refused.
enum RefusalDetail: Equatable {
    /// So many frames, which the framing does not have.
    case frames(Int)
    /// Nothing separates topic and payload.
    case separator
    /// Behind the payload stands a frame of so many bytes, which is no sequence.
    case sequenceFrame(bytes: Int)
    /// No text where the topic should be told.
    case topicMember
    case byteOrderMark
    /// It unpacks to more than a frame may have.
    case unpackedSize
    /// It does not unpack.
    case unpacking
    /// JSON, on a feed of another format.
    case jsonForAnother
    case keyAbsent
    /// A field of a key has so many bytes.
    case keyLength(bytes: Int)
    /// What tells reports apart is a text with a NUL.
    case keyNUL

    /// One sentence about it; `field` is the field it is about, if it is about one.
    func sentence(_ field: Field?, _ feed: Configuration.Feed) -> String {
        let name = field.map { "`\(RefusalText.place($0))`" } ?? "a field"
        switch self {
        case .frames(let count): return "the message has \(count.counting("frame"))"
        case .separator: return "nothing separates a topic from the payload"
        case .sequenceFrame(let bytes):
            return "a sequence frame has 16 bytes, 8 of the epoch and 8 of the number, not \(bytes)"
        case .topicMember: return "no text in `\(topicMember(feed))` names the topic"
        case .byteOrderMark: return "a byte order mark stands before the JSON"
        case .unpackedSize:
            return "the payload unpacks to more than \(feed.limits.frameBytes) bytes"
        case .unpacking: return "the payload is not one whole zlib stream"
        case .jsonForAnother: return "this looks like JSON"
        case .keyAbsent: return "\(name), which a rule uses as key, is missing or UNKNOWN"
        case .keyLength(let bytes):
            return "\(name), which a rule uses as key, has \(bytes) bytes"
        case .keyNUL: return "\(name), which tells reports apart, holds a NUL"
        }
    }

    /// What to do about it.
    func hint(_ feed: Configuration.Feed) -> String {
        switch self {
        case .frames, .separator: return RefusalText.frames(feed)
        case .sequenceFrame:
            return "send each as an unsigned number, big endian, or nothing behind the payload: "
                + RefusalText.frames(feed)
        case .topicMember:
            return
                "the feed says `stream: {field: \(topicMember(feed))}`: each payload has that member"
        case .byteOrderMark: return "send it as UTF-8 without one"
        case .unpackedSize: return "send less in a message, or raise `limits.frame`"
        case .unpacking:
            return "the feed says `compression: zlib`: each payload is one zlib stream (RFC 1950)"
        case .jsonForAnother:
            return
                "the feed says `format: \(feed.format.rawValue)`: send that, or declare `format: json`"
        case .keyAbsent: return "send the fields of the rule's `by`, each with a value it can have"
        case .keyLength:
            return "the values of a key have \(Limits.keyBytes) bytes together at most"
        case .keyNUL: return "send it without: a name ends there"
        }
    }

    private func topicMember(_ feed: Configuration.Feed) -> String {
        switch feed.stream {
        case .member(let name): name
        case .topic, .named: "topic"
        }
    }
}
