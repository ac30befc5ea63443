import ArgumentParser
import Client
import Foundation
import Synchronization
import Testing
import Transport

@testable import tocsin

/// Receives messages on a thread of its own until it is stopped; pauses after the first.
private final class Receiver: Sendable {
    private let messages = Mutex<[[[UInt8]]]>([])
    private let isStopping = Mutex(false)
    private let done = DispatchSemaphore(value: 0)

    init(
        _ kind: SocketKind, at endpoint: Endpoint, pause: Duration = .zero,
        subscribe: String? = nil
    ) throws {
        let context = try ZeroMQContext()
        Thread.detachNewThread { [self] in
            do {
                var options = SocketOptions(for: kind)
                options.heartbeatInterval = 0
                let socket = try Socket(context: context, kind: kind, options: options)
                if let subscribe { try socket.subscribe(prefix: Array(subscribe.utf8)) }
                if kind == .pull {
                    try socket.bind(endpoint)
                } else {
                    try socket.connect(endpoint)
                }
                var buffer = MessageBuffer()
                while !isStopping.withLock({ $0 }) {
                    guard try socket.receive(into: &buffer, timeoutMilliseconds: 20) == .message
                    else { continue }
                    let frames = (0..<buffer.keptFrameCount).map { buffer.copyOfFrame($0) }
                    let isFirst = messages.withLock {
                        $0.append(frames)
                        return $0.count == 1
                    }
                    if isFirst { usleep(UInt32(pause.inSeconds * 1e6)) }
                }
            } catch {
                Issue.record("The receiver failed: \(error)")
            }
            done.signal()
        }
    }

    /// What came, once there are `count` messages or three seconds passed.
    func taken(_ count: Int) -> [[String]] {
        let watch = Stopwatch()
        while messages.withLock({ $0.count }) < count && watch.elapsed < .seconds(3) {
            usleep(10_000)
        }
        isStopping.withLock { $0 = true }
        done.wait()
        return messages.withLock { $0 }.map { $0.map { String(decoding: $0, as: UTF8.self) } }
    }
}

@Suite("Publishing over real sockets", .serialized)
struct PublisherTests {
    private func freeEndpoint() throws -> Endpoint {
        try Socket(context: ZeroMQContext(), kind: .pull).bind(Endpoint("tcp://127.0.0.1:*"))
    }

    private func file(_ text: String) throws -> String {
        let path = NSTemporaryDirectory() + "tocsin-publish-\(UInt64.random(in: 0 ... .max)).jsonl"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        return path
    }

    private func lines(_ count: Int) -> String {
        (1...count).map { #"{"n":\#($0),"meta":{"topic":"t\#($0 % 2)"}}"# + "\n" }.joined()
    }

    /// Runs `publish` and returns its exit code.
    private func publish(_ arguments: [String]) -> Int32 {
        do {
            var command = try Tocsin.parseAsRoot(["publish"] + arguments)
            try command.run()
            return 0
        } catch {
            return Ending(of: error).code
        }
    }

    @Test("push loses nothing to a slow puller, and keeps the lines as they are")
    func push() throws {
        let endpoint = try freeEndpoint()
        let receiver = try Receiver(.pull, at: endpoint)
        let path = try file(lines(5000))
        #expect(publish([path, "--to", endpoint.description, "--topic", "river"]) == 0)
        let taken = receiver.taken(5000)
        #expect(taken.count == 5000)
        #expect(taken.first == ["river", #"{"n":1,"meta":{"topic":"t1"}}"#])
        #expect(taken.last == ["river", #"{"n":5000,"meta":{"topic":"t0"}}"#])
    }

    @Test(
        "over ipc a puller that is behind loses nothing by our leaving",
        arguments: [1150, 1300, 1500, 2500])
    func ipc(count: Int) throws {
        let path = NSTemporaryDirectory() + "tocsin-\(UInt64.random(in: 0 ... .max)).socket"
        let endpoint = try Endpoint("ipc://\(path)")
        // Some of these fill the puller's queue and the kernel's, but not ours: libzmq alone would
        // be done at once, and the puller would drop what it has not read.
        let receiver = try Receiver(.pull, at: endpoint, pause: .milliseconds(700))
        let lines = try file(lines(count))
        #expect(publish([lines, "--to", endpoint.description, "--topic", "river"]) == 0)
        #expect(receiver.taken(count).count == count)
    }

    @Test("batches of one topic are NDJSON; a topic comes from each line; --count ends")
    func batches() throws {
        let endpoint = try freeEndpoint()
        let receiver = try Receiver(.pull, at: endpoint)
        let text =
            #"{"k":"a"}"# + "\n\n" + #"{"k":"a"}"# + "\r\n" + #"{"k":"b"}"# + "\n"
            + #"{"none":1}"# + "\n" + #"{"k":"b"}"# + "\n" + #"{"k":"b"}"# + "\n" + #"{"k":"c"}"#
        let path = try file(text)
        #expect(
            publish([path, "--to", endpoint.description, "--topic-field", "k", "--batch", "2"])
                == 1)
        let taken = receiver.taken(4)
        #expect(
            taken == [
                ["a", "{\"k\":\"a\"}\n{\"k\":\"a\"}\r"], ["b", "{\"k\":\"b\"}\n{\"k\":\"b\"}"],
                ["b", "{\"k\":\"b\"}"], ["c", "{\"k\":\"c\"}"],
            ])
    }

    @Test("nested topic fields, a count, a speed")
    func counted() throws {
        let endpoint = try freeEndpoint()
        let receiver = try Receiver(.pull, at: endpoint)
        let path = try file(lines(50))
        let watch = Stopwatch()
        #expect(
            publish([
                path, "--to", endpoint.description, "--topic-field", "meta.topic", "--count", "5",
                "--speed", "20", "--json",
            ]) == 0)
        #expect(watch.elapsed >= .milliseconds(200))
        #expect(receiver.taken(5).map(\.first) == ["t1", "t0", "t1", "t0", "t1"])
    }

    @Test("nobody there: 3, and soon; a file that is not there: 78")
    func absent() throws {
        let endpoint = try freeEndpoint()
        let path = try file(lines(5))
        let to = ["--to", endpoint.description, "--topic", "t", "--wait", "300ms"]
        #expect(publish([path] + to) == 3)
        #expect(publish([path, "--pattern", "pub"] + to) == 3)
        #expect(publish([path, "--bind"] + to) == 3)
        #expect(publish(["/nonexistent/file"] + to) == 78)
        let blocker = try Socket(context: ZeroMQContext(), kind: .pull)
        try blocker.bind(endpoint)
        #expect(publish([path, "--bind"] + to) == 78)
    }

    @Test("a puller that stops taking: 3")
    func stuck() throws {
        let endpoint = try freeEndpoint()
        let context = try ZeroMQContext()
        var options = SocketOptions(for: .pull)
        options.receiveHighWaterMark = 10
        let puller = try Socket(context: context, kind: .pull, options: options)
        try puller.bind(endpoint)
        let line = #"{"text":""# + String(repeating: "x", count: 20_000) + "\"}\n"
        let path = try file(String(repeating: line, count: 2000))
        #expect(
            publish([path, "--to", endpoint.description, "--topic", "t", "--wait", "500ms"]) == 3)
    }

    @Test("pub waits for its first subscriber, then sends all")
    func pub() throws {
        let endpoint = try freeEndpoint()
        let receiver = try Receiver(.sub, at: endpoint, subscribe: "riv")
        let path = try file(lines(3000))
        #expect(
            publish([
                path, "--to", endpoint.description, "--bind", "--pattern", "pub", "--topic",
                "river",
            ]) == 0)
        #expect(receiver.taken(3000).count == 3000)
    }

    @Test("a subscriber of other topics is not waited for in vain")
    func others() throws {
        let endpoint = try freeEndpoint()
        let receiver = try Receiver(.sub, at: endpoint, subscribe: "air")
        let path = try file(lines(3))
        #expect(
            publish([
                path, "--to", endpoint.description, "--bind", "--pattern", "pub", "--topic",
                "river",
                "--wait", "500ms",
            ]) == 3)
        #expect(receiver.taken(0).isEmpty)
    }
}

@Suite("Lines of a file")
struct LineReaderTests {
    @Test("lines longer than a read, ends of every kind, blank lines")
    func reads() throws {
        let path = NSTemporaryDirectory() + "tocsin-lines-\(UInt64.random(in: 0 ... .max))"
        let long = String(repeating: "y", count: 3_000_000)
        try "a\n\n  \r\n\(long)\nb\r\nlast".write(toFile: path, atomically: false, encoding: .utf8)
        var reader = try LineReader(path: path)
        var lines: [String] = []
        while let line = try reader.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        #expect(lines == ["a", long, "b\r", "last"])
        #expect(reader.lineNumber == 6)
        #expect(reader.bytesRead == reader.fileSize)
        #expect(throws: LineReader.Failure.unreadable(2)) { _ = try LineReader(path: path + "x") }
    }
}
