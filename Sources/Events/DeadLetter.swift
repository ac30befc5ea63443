/// Why a frame or one of its elements could not be used.
public enum DeadLetterReason: UInt8, CaseIterable, Sendable {
    /// Not the number of frames the framing asks for.
    case frames = 1
    /// A frame larger than the feed's limit.
    case frameSize
    /// No stream is declared for the topic.
    case topic
    /// No document at all.
    case empty
    /// Not JSON (RFC 8259), or not UTF-8.
    case json
    /// JSON, but not an object.
    case notAnObject
    /// Nested deeper than the limit.
    case depth
    /// More readings in one frame than the limit.
    case readings
    /// A declared field holds a value of another type.
    case type
    /// A text longer than the limit.
    case text
    /// The event's time is missing, unreadable, or outside the years 1900 to 2200.
    case time
    /// The event's time lies more than 60 s ahead of now.
    case future
    /// A rule selects the event and a field of its key is missing, or the key is too long.
    case key
    /// A rule already holds as many keys as it may.
    case maxKeys
    /// The payload does not unpack, or to more than a frame may have.
    case compression
    /// The payload is not what the feed's format asks for.
    case format
    /// A report could not be made durable.
    case storage

    /// The word used in counters, `status` and metrics.
    public var name: String {
        switch self {
        case .frames: "frames"
        case .frameSize: "frame-size"
        case .topic: "topic"
        case .empty: "empty"
        case .json: "json"
        case .notAnObject: "not-an-object"
        case .depth: "depth"
        case .readings: "readings"
        case .type: "type"
        case .text: "text"
        case .time: "time"
        case .future: "future"
        case .key: "key"
        case .maxKeys: "max-keys"
        case .compression: "compression"
        case .format: "format"
        case .storage: "storage"
        }
    }

    /// One sentence for the person who published it.
    public var sentence: String {
        switch self {
        case .frames: "not the number of frames the feed's framing asks for"
        case .frameSize: "the frame is larger than the feed's limit"
        case .topic: "no stream is declared for this topic"
        case .empty: "the payload holds no document"
        case .json: "the payload is not JSON"
        case .notAnObject: "not an object"
        case .depth: "the document is nested too deeply"
        case .readings: "the frame carries too many readings"
        case .type: "a field holds a value of another type than declared"
        case .text: "a text is longer than the limit"
        case .time: "the time is missing, unreadable, or outside the years 1900 to 2200"
        case .future: "the time lies more than 60 s ahead of now"
        case .key: "a field that a rule uses as key is missing or too long"
        case .maxKeys: "the rule holds as many keys as it may; this one is new"
        case .compression: "the payload does not unpack, or to more than a frame may have"
        case .format: "the payload is not what the feed's format asks for"
        case .storage: "the report could not be stored"
        }
    }
}
