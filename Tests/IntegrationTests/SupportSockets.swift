import Crypto
import Foundation
import GRDB

@testable import Transport

/// The context of all sockets of the tests: libzmq 4.3.4 does not survive the end of one of several.
enum SharedContext {
    private static let context = try? ZeroMQContext()

    static func take() throws -> ZeroMQContext {
        guard let context else { throw Failure("ZeroMQ does not start.") }
        return context
    }
}

/// A PUSH socket of a test, for what `tocsin publish` does not send.
final class TestPusher {
    private let socket: Socket

    init(_ endpoint: String) throws {
        let context = try SharedContext.take()
        var options = SocketOptions(for: .push)
        options.sendHighWaterMark = 1000
        options.linger = 2000
        options.reconnectInterval = 10
        options.reconnectIntervalMaximum = 20
        socket = try Socket(context: context, kind: .push, options: options)
        try socket.connect(Endpoint(endpoint))
    }

    /// Sends frames; false when there was no room for so long.
    @discardableResult
    func send(frames: [[UInt8]], milliseconds: Int32 = 5000) throws -> Bool {
        try socket.send(frames: frames, timeoutMilliseconds: milliseconds) == .sent
    }

    /// Sends a topic and a payload.
    @discardableResult
    func send(_ topic: String, _ payload: String, milliseconds: Int32 = 5000) throws -> Bool {
        try send(frames: [Array(topic.utf8), Array(payload.utf8)], milliseconds: milliseconds)
    }
}

/// A client of the recovery protocol that sends what it likes.
final class TestAsker {
    private let socket: Socket

    init(_ endpoint: String) throws {
        let context = try SharedContext.take()
        socket = try Socket(context: context, kind: .dealer)
        try socket.connect(Endpoint(endpoint))
    }

    /// One exchange; nil when no answer comes within two seconds.
    func ask(frames: [[UInt8]]) throws -> [[UInt8]]? {
        try send(frames: frames)
        return try receive()
    }

    /// Asks, without waiting for the answer.
    func send(frames: [[UInt8]]) throws {
        _ = try socket.send(frames: frames, timeoutMilliseconds: 2000)
    }

    /// The next answer; nil when none comes within two seconds.
    func receive() throws -> [[UInt8]]? {
        var message = MessageBuffer(maximumKeptFrames: 1100, frameLimit: 1100)
        guard try socket.receive(into: &message, timeoutMilliseconds: 2000) == .message else {
            return nil
        }
        return (0..<message.keptFrameCount).map { message.copyOfFrame($0) }
    }

    /// One exchange with a JSON request.
    func ask(_ request: String) throws -> [[UInt8]] {
        guard let answer = try ask(frames: [Array(request.utf8)]) else {
            throw Failure("Nobody answered \(request).")
        }
        return answer
    }
}

/// A SUB socket of a test.
final class TestSubscriber {
    private let socket: Socket

    init(_ endpoint: String, prefix: String) throws {
        let context = try SharedContext.take()
        socket = try Socket(context: context, kind: .sub)
        try socket.subscribe(prefix: Array(prefix.utf8))
        try socket.connect(Endpoint(endpoint))
    }

    /// The next message; nil when none comes in time.
    func next(milliseconds: Int) throws -> (topic: String, body: [UInt8])? {
        var message = MessageBuffer()
        guard try socket.receive(into: &message, timeoutMilliseconds: milliseconds) == .message
        else { return nil }
        return (String(decoding: message.copyOfFrame(0), as: UTF8.self), message.copyOfFrame(1))
    }
}

/// What stands in a journal, read from a copy of its files: a killed daemon's are left as they are.
struct StoredEscalation: Equatable {
    let epoch: Int
    let seq: Int
    let id: String
    let body: [UInt8]

    /// All of them, in the order in which they were committed.
    static func all(state: String, in folder: TestFolder) throws -> [StoredEscalation] {
        let copy = folder("journal-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        for suffix in ["", "-wal"]
        where FileManager.default.fileExists(
            atPath: "\(state)/journal.db\(suffix)")
        {
            try FileManager.default.copyItem(
                atPath: "\(state)/journal.db\(suffix)", toPath: "\(copy)/journal.db\(suffix)")
        }
        guard FileManager.default.fileExists(atPath: "\(copy)/journal.db") else { return [] }
        let queue = try DatabaseQueue(path: "\(copy)/journal.db")
        return try queue.read { database in
            guard try database.tableExists("outbox") else { return [] }
            return try Row.fetchAll(
                database, sql: "SELECT epoch, seq, lower(hex(id)), body FROM outbox ORDER BY row"
            ).map { row in
                let body: Data = row[3]
                return StoredEscalation(epoch: row[0], seq: row[1], id: row[2], body: Array(body))
            }
        }
    }
}

/// SHA-256 in hexadecimal digits.
func digest(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
}
