import Client

/// The messages of a capture, frame by frame as they came.
final class CaptureMessages: MessageSource {
    private let file: String
    private var reader: LineReader
    private var left: Int
    let skipped = (count: 0, first: 0)

    /// Messages of a reader, by the options of the command line.
    init(_ options: PublishCommand, _ reader: consuming LineReader) {
        file = options.file
        left = options.count ?? .max
        self.reader = reader
    }

    var fraction: Double? { reader.fraction }

    func next() throws -> OutgoingMessage? {
        guard left > 0, let line = try reader.next() else { return nil }
        left -= 1
        do throws(CapturedMessage.Failure) {
            let message = try CapturedMessage(line: line)
            return OutgoingMessage(
                frames: message.frames, lines: [reader.lineNumber], seconds: message.seconds)
        } catch {
            throw CommandFailure(
                .wrong, "\(file):\(reader.lineNumber): \(error.sentence.printable)",
                hint: "\(error.hint); nothing behind this line is sent")
        }
    }
}
