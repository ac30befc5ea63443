import CFloors
import CZeroMQ
import Daemon
import Foundation
import Glibc
import Logging
import Transport

/// The whole line: the real daemon fed over ZeroMQ, from the first frame sent to the last event
/// evaluated. The floor is a receive loop in C over the same frames.
enum LineBenchmark {
    /// Readings a message.
    private static let batch = 10

    static func run(_ readings: Readings) throws -> Measured {
        let count = readings.starts.count
        let frames = stride(from: 0, to: count, by: batch).map { first in
            let last = first + batch
            let end = last < count ? readings.starts[last] : readings.bytes.count
            return Array(readings.bytes[readings.starts[first]..<end])
        }
        let floor = try receive(frames, events: count)
        let (ours, events) = try daemon(frames, events: count)
        return Measured(
            part: "line over ZeroMQ", ours: ours, floor: floor, expected: 0.4,
            checksum: events, wanted: UInt64(count))
    }

    /// Sends the frames to `endpoint` on a thread of its own.
    private static func send(_ frames: [[UInt8]], to endpoint: Endpoint) -> Thread {
        let thread = Thread {
            do {
                let context = try ZeroMQContext()
                var options = SocketOptions(for: .push)
                options.linger = 10_000
                let socket = try Socket(context: context, kind: .push, options: options)
                try socket.connect(endpoint)
                for frame in frames {
                    _ = try socket.send(
                        frames: [Array("readings".utf8), frame], timeoutMilliseconds: 10_000)
                }
            } catch {
                FileHandle.standardError.write(Data("cannot send: \(error)\n".utf8))
            }
        }
        thread.start()
        return thread
    }

    private static func receive(_ frames: [[UInt8]], events: Int) throws -> Double {
        let path = temporaryFolder().appendingPathComponent("floor").path
        let endpoint = try Endpoint("ipc://\(path)")
        guard let context = zmq_ctx_new() else { throw StartFailure("libzmq gives no context.") }
        defer { zmq_ctx_term(context) }
        let start = Timeline.monotonic
        _ = send(frames, to: endpoint)
        guard floor_receive(context, "ipc://\(path)", UInt64(frames.count)) > 0 else {
            throw StartFailure("The floor received nothing.")
        }
        return Double(Timeline.monotonic - start) / Double(events)
    }

    private static func daemon(_ frames: [[UInt8]], events: Int) throws -> (Double, UInt64) {
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let endpoint = { (name: String) in
            try Endpoint("ipc://" + folder.appendingPathComponent(name).path)
        }
        let feed = try endpoint("feed")
        let configuration = Configuration(
            publisher: "bench", rules: nil, state: folder.appendingPathComponent("state").path,
            clock: .event, feeds: [.init(name: "bench", endpoint: .bind(feed), pattern: .pull)],
            escalations: try endpoint("out"), recovery: try endpoint("recovery"),
            control: try endpoint("control"))
        var log = Logger(label: "bench")
        log.logLevel = .error
        let daemon = try TocsinDaemon(
            configuration: configuration, plan: try Readings.plan(), log: log)
        defer { daemon.stop() }
        let start = Timeline.monotonic
        _ = send(frames, to: feed)
        var seen: UInt64 = 0
        while seen < events, Timeline.monotonic - start < 120_000_000_000 {
            usleep(2000)
            seen = daemon.eventsEvaluated
        }
        return (Double(Timeline.monotonic - start) / Double(events), seen)
    }

    private static func temporaryFolder() -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("tocsin-bench-\(UUID().uuidString.prefix(8))")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
