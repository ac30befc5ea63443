// How a message's frames say what it is about and what it says.
//
//   topic+payload          [topic][payload]
//   prefix+topic+payload   [anything][topic][payload]
//   payload                [payload]
//   topic payload          [topic, a blank, payload]
//   topic:payload          [topic, a colon, payload]
//
// In the last two the topic ends at the first separator. Behind these frames may stand one of 16
// bytes: the publisher's epoch and sequence, each a u64, big endian.

/// The frames of a feed's messages.
public enum Framing: String, CaseIterable, Sendable {
    case topicPayload = "topic+payload"
    case prefixTopicPayload = "prefix+topic+payload"
    case payload = "payload"
    case topicBlankPayload = "topic payload"
    case topicColonPayload = "topic:payload"

    /// Frames of a message without a sequence frame.
    public var frameCount: Int {
        switch self {
        case .topicPayload: 2
        case .prefixTopicPayload: 3
        case .payload, .topicBlankPayload, .topicColonPayload: 1
        }
    }

    /// Whether a message names its topic.
    public var hasTopic: Bool { self != .payload }

    /// The frames in words, for who sends them otherwise.
    public var sentence: String {
        switch self {
        case .topicPayload: "two frames, the topic and the payload"
        case .prefixTopicPayload: "three frames, a prefix, the topic and the payload"
        case .payload: "one frame, the payload"
        case .topicBlankPayload: "one frame, the topic, a blank and the payload"
        case .topicColonPayload: "one frame, the topic, a colon and the payload"
        }
    }

    /// What `[frame]…` says; nil when these are not the frames of this framing.
    ///
    /// - Parameters:
    ///   - count: number of frames.
    ///   - frame: the bytes of a frame, valid as long as the caller says.
    public func parts(
        count: Int, frame: (Int) -> UnsafeRawBufferPointer
    ) -> MessageParts? {
        guard count == frameCount || count == frameCount + 1 else { return nil }
        var sequence: PublisherSequence?
        if count > frameCount {
            sequence = PublisherSequence(frame(count - 1))
            guard sequence != nil else { return nil }
        }
        let last = frame(frameCount - 1)
        switch self {
        case .topicPayload, .prefixTopicPayload:
            return MessageParts(topic: frame(frameCount - 2), payload: last, sequence: sequence)
        case .payload:
            return MessageParts(topic: nil, payload: last, sequence: sequence)
        case .topicBlankPayload: return Framing.split(last, at: ASCII.space, sequence)
        case .topicColonPayload: return Framing.split(last, at: ASCII.colon, sequence)
        }
    }

    private static func split(
        _ frame: UnsafeRawBufferPointer, at separator: UInt8, _ sequence: PublisherSequence?
    ) -> MessageParts? {
        guard let place = frame.firstIndex(of: separator) else { return nil }
        return MessageParts(
            topic: UnsafeRawBufferPointer(rebasing: frame[..<place]),
            payload: UnsafeRawBufferPointer(rebasing: frame[(place + 1)...]), sequence: sequence)
    }
}

/// What a message's frames say; views of the caller's memory.
public struct MessageParts {
    /// Nil where the framing has none.
    public var topic: UnsafeRawBufferPointer?
    /// What is decoded.
    public var payload: UnsafeRawBufferPointer
    /// Nil where the publisher does not count.
    public var sequence: PublisherSequence?
}

/// Where a message stands among those of its publisher.
public struct PublisherSequence: Hashable, Sendable {
    /// Grows with each start of the publisher.
    public var epoch: UInt64
    /// Dense within an epoch, from 1 (or 0) on.
    public var number: UInt64

    /// A place from its parts.
    public init(epoch: UInt64, number: UInt64) {
        self.epoch = epoch
        self.number = number
    }

    /// Bytes of a sequence frame.
    public static let frameBytes = 16

    /// Reads a sequence frame; nil when it does not have `frameBytes`.
    public init?(_ frame: UnsafeRawBufferPointer) {
        guard frame.count == PublisherSequence.frameBytes else { return nil }
        epoch = UInt64(bigEndian: frame.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
        number = UInt64(bigEndian: frame.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
}
