import Client

/// Gathers JSON lines of one topic into messages, `[topic][payload]`.
final class LineMessages: MessageSource {
    /// The most bytes of a message: the limit that a daemon sets for a frame.
    private static let maximumPayload = 4 << 20

    private let fixedTopic: [UInt8]?
    private let fieldPath: [String]
    private let batch: Int
    private var reader: LineReader
    private var left: Int
    private var held: Line?
    private(set) var skipped = (count: 0, first: 0)

    private struct Line {
        let topic: [UInt8]
        let bytes: [UInt8]
        let number: Int
    }

    /// Lines of a reader, by the options of the command line.
    init(_ options: PublishCommand, _ reader: consuming LineReader) {
        fixedTopic = options.topic.map { Array($0.utf8) }
        fieldPath = options.topicField?.split(separator: ".").map(String.init) ?? []
        batch = options.batch
        left = options.count ?? .max
        self.reader = reader
    }

    var fraction: Double? { reader.fraction }

    func next() throws -> OutgoingMessage? {
        guard left > 0, let first = try held ?? line() else { return nil }
        held = nil
        var payload = first.bytes
        var numbers = [first.number]
        left -= 1
        while numbers.count < batch, left > 0, let line = try line() {
            guard line.topic == first.topic,
                payload.count + line.bytes.count < Self.maximumPayload
            else {
                held = line
                break
            }
            payload.append(UInt8(ascii: "\n"))
            payload += line.bytes
            numbers.append(line.number)
            left -= 1
        }
        return OutgoingMessage(frames: [first.topic, payload], lines: numbers)
    }

    /// The next line that has a topic.
    private func line() throws -> Line? {
        while let bytes = try reader.next().map(Array.init) {
            let number = reader.lineNumber
            if let fixedTopic {
                return Line(topic: fixedTopic, bytes: bytes, number: number)
            }
            if let topic = JSONMembers.text(at: fieldPath, in: bytes) {
                return Line(topic: Array(topic.utf8), bytes: bytes, number: number)
            }
            if skipped.count == 0 { skipped.first = number }
            skipped.count += 1
        }
        return nil
    }
}
