import Foundation
import Testing

@testable import Transport

/// What the tests share: sockets on wildcard ports, patience with a bound, threads that are joined.
enum Bench {
    static let loopback = "tcp://127.0.0.1:*"

    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// A fresh ipc endpoint in a folder of its own, short enough for a socket address.
    static func ipcEndpoint() throws -> Endpoint {
        let folder = "/tmp/tocsin-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        return try Endpoint("ipc://\(folder)/s")
    }

    /// Receives one message as arrays, or `nil` after five seconds.
    static func receive(
        _ socket: borrowing Socket, milliseconds: Int = 5000
    ) throws -> [[UInt8]]? {
        var message = MessageBuffer()
        guard try socket.receive(into: &message, timeoutMilliseconds: milliseconds) == .message
        else { return nil }
        return (0..<message.keptFrameCount).map { message.copyOfFrame($0) }
    }

    /// Runs `body` on a thread and returns a function that waits for its end, at most 30 s.
    static func thread(_ body: @escaping @Sendable () -> Void) -> () -> Bool {
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            body()
            done.signal()
        }
        return { done.wait(timeout: .now() + 30) == .success }
    }
}
