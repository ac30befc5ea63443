public import Events

/// How far a payload is decoded: where to go on after the ring was full.
public struct DecodeCursor: Hashable, Sendable {
    /// What stands at `offset`.
    enum Phase: UInt8 {
        /// Blank space, then a document or the end.
        case document
        /// An element of an array that was validated whole, or the array's end.
        case element
    }

    /// Offset of the next byte to decode.
    public internal(set) var offset = 0
    /// Elements seen, accepted or not: the index of the next one.
    public internal(set) var element = 0
    /// Events committed to the ring.
    public internal(set) var accepted = 0
    /// Elements that became dead letters.
    public internal(set) var rejected = 0

    var phase = Phase.document
    /// Whether a document was met: an empty array has no elements and is no empty payload.
    var hasDocument = false
    /// Whether the payload is decoded to its end or was refused whole.
    var isDone = false

    /// The start of a payload.
    public init() {}
}

/// How a call of `Decoder.decode` ended.
public enum DecodeOutcome: Sendable {
    /// The payload is decoded to its end.
    case done
    /// The ring has no room for the event at the cursor: let the consumer run, then call again.
    case full
}

/// How documents lie in a payload.
public enum PayloadLayout: Sendable {
    /// A message: one document, which may span lines, or several each on a line of its own.
    case documents
    /// A file or a part of one: each document on a line of its own, none spans lines.
    case lines
}

/// Which stream a payload's documents belong to.
public enum StreamChoice: Hashable, Sendable {
    /// All to this one, an index of the decoder's streams.
    case stream(Int)
    /// Each to the stream of the topic it names in the decoder's `topicMember`.
    case topicMember
}

/// The limits a decoder keeps; a payload or element beyond one is a dead letter with a reason.
public struct DecodeLimits: Hashable, Sendable {
    /// Nesting of a document, `depth`; at most 512 are taken.
    public var depth: Int
    /// Bytes of one field's text after unescaping, `text`.
    public var textBytes: Int
    /// Elements of one payload, `readings`; `Int.max` for a file.
    public var readings: Int

    /// The limits of a feed, by default those of `Limits`.
    public init(
        depth: Int = Limits.depth, textBytes: Int = Limits.textBytes,
        readings: Int = Limits.readingsPerFrame
    ) {
        self.depth = depth
        self.textBytes = textBytes
        self.readings = readings
    }
}
