import Foundation

@testable import Transport

/// A publisher of a test that waits until somebody listens, so that nothing of it is lost.
final class TestPublisher {
    private let socket: Socket

    /// Binds; a SUB calls it.
    init(_ endpoint: String) throws {
        let context = try SharedContext.take()
        var options = SocketOptions(for: .xpub)
        options.sendHighWaterMark = 100_000
        options.linger = 2000
        socket = try Socket(context: context, kind: .xpub, options: options)
        _ = try socket.bind(Endpoint(endpoint))
    }

    /// Waits for the next subscription; its prefix.
    func waitForSubscriber(seconds: Int) throws -> String {
        var message = MessageBuffer()
        guard try socket.receive(into: &message, timeoutMilliseconds: 1000 * seconds) == .message
        else { throw Failure("Nobody subscribed within \(seconds) s.") }
        // A one says that it begins.
        return String(decoding: message.copyOfFrame(0).dropFirst(), as: UTF8.self)
    }

    /// Sends frames to whoever listens.
    func send(frames: [[UInt8]]) throws {
        guard try socket.send(frames: frames, timeoutMilliseconds: 5000) == .sent else {
            throw Failure("The publisher cannot send.")
        }
    }
}

/// What a program sent over ZeroMQ, as it was caught on the wire.
enum Capture {
    /// The frames of each message.
    static func messages(_ name: String) throws -> [[[UInt8]]] {
        let text = try String(contentsOfFile: Place.capture(name), encoding: .utf8)
        return try text.split(separator: "\n").map { line in
            try JSONDocument(text: String(line))["frames"].elements.map { frame in
                guard let text = frame["utf8"].text else {
                    throw Failure("A frame of \(name) is not text.")
                }
                return Array(text.utf8)
            }
        }
    }
}
