import Foundation
import Glibc
import Synchronization
import Testing

/// Everything here drives the real binary over real sockets and real files.
///
/// One suite, one test at a time: each starts processes of its own in a folder of its own, waits
/// no longer than it says, and ends what it started by its id. What the tests promise a reader:
/// they hold at the command line and on the wire, not only in a library.
@Suite(.serialized) struct RealBinaryTests {}

/// What a test cannot go on without.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Where things lie around the package.
enum Place {
    /// The package's root.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The binary under test: `TOCSIN_BINARY`, or what `make build` leaves.
    static func binary() throws -> String {
        try executable(".build/release/tocsin", or: "TOCSIN_BINARY", madeBy: "make build")
    }

    /// A Python with pyzmq, jsonschema, pyyaml, msgpack, geojson and cloudevents: `TOCSIN_PYTHON`, or
    /// the virtual environment that `make test` makes.
    static func python() throws -> String {
        try executable(".venv/bin/python", or: "TOCSIN_PYTHON", madeBy: "make test")
    }

    /// Glances, of the same environment.
    static func glances() throws -> String {
        let path = (try python() as NSString).deletingLastPathComponent + "/glances"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Failure("There is no \(path): run `make test`, or install Glances there.")
        }
        return path
    }

    private static func executable(
        _ name: String, or variable: String, madeBy command: String
    ) throws -> String {
        let path =
            ProcessInfo.processInfo.environment[variable] ?? root.appendingPathComponent(name).path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Failure(
                "There is nothing to run at \(path): run `\(command)`, or set \(variable).")
        }
        return path
    }

    /// Whether `../shared/data` is there, or has to be.
    static var wantsData: Bool {
        FileManager.default.fileExists(atPath: data.path)
            || ProcessInfo.processInfo.environment["TOCSIN_REQUIRE_DATA"] == "1"
    }

    /// A stream of real readings.
    static func stream(_ name: String) throws -> String { try file("streams/\(name).jsonl") }

    /// What a program really sent over ZeroMQ, message by message.
    static func capture(_ name: String) throws -> String { try file("zmq-feeds/\(name).jsonl") }

    private static func file(_ name: String) throws -> String {
        let path = data.appendingPathComponent(name).path
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure("There is no \(path), though TOCSIN_REQUIRE_DATA asks for it.")
        }
        return path
    }

    /// In a clone somewhere else, `TOCSIN_DATA` says where the data lie.
    static var data: URL {
        ProcessInfo.processInfo.environment["TOCSIN_DATA"].map { URL(fileURLWithPath: $0) }
            ?? root.deletingLastPathComponent().appendingPathComponent("shared/data")
    }
}

/// A folder of one test, gone with it. Its path is short: socket files lie in it.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        path = "/tmp/tocsin-it-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something in it.
    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, whole or not at all, and gives its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let file = self(name)
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true)
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }
}

/// Looks every 10 ms whether a condition holds, for at most so many seconds.
func waitUntil(
    _ seconds: Double, for what: @autoclosure () -> String, _ condition: () throws -> Bool
) throws {
    let start = Clock.seconds
    while try !condition() {
        guard Clock.seconds - start < seconds else {
            throw Failure("Waited \(seconds) s for \(what()).")
        }
        usleep(10_000)
    }
}

/// Clocks of the tests.
enum Clock {
    /// Seconds of a clock that only goes forward.
    static var seconds: Double { ProcessInfo.processInfo.systemUptime }

    /// A wall time as RFC 3339 with milliseconds.
    static func rfc3339(_ date: Date) -> String {
        date.formatted(
            Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt))
    }
}

private let portsGiven = Mutex<Set<Int>>([])

/// A port nobody listens on now, never given before. It lies below those that the system gives by
/// itself, so that nobody is given it between here and where it is used.
func freePort() throws -> Int {
    for _ in 0..<1000 {
        let port = Int.random(in: 15_000...29_999)
        guard portsGiven.withLock({ $0.insert(port).inserted }), isFree(port: port) else {
            continue
        }
        return port
    }
    throw Failure("There is no free port.")
}

/// Whether a port of the loopback can be bound now.
func isFree(port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}
