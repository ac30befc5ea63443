import Foundation
import Glibc

/// A datagram socket of a test where a daemon believes a service manager or a journal.
final class LocalReceiver {
    private let descriptor: Int32

    /// Waits at a path, or with `@` at a name in the abstract space.
    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var bytes = Array(path.utf8)
        let isAbstract = path.hasPrefix("@")
        if isAbstract { bytes[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(2 + bytes.count + (isAbstract ? 0 : 1))
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, length)
            }
        }
        guard code == 0 else { throw Failure("There is no socket at \(path): errno \(errno).") }
    }

    deinit { close(descriptor) }

    /// The next datagram; nil when none comes in time.
    func next(seconds: Double) -> [UInt8]? {
        var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&item, 1, Int32(seconds * 1000)) > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count < 0 ? nil : Array(bytes[..<count])
    }
}

/// A service manager as sd_notify(3) knows it, and all it was told.
final class FakeServiceManager {
    /// A message: its names and values in order.
    typealias Message = [(name: String, value: String)]

    let address: String
    private let receiver: LocalReceiver
    private(set) var messages: [Message] = []

    init(_ address: String) throws {
        self.address = address
        receiver = try LocalReceiver(address)
    }

    /// What a service finds in its environment that is watched so many seconds apart.
    func environment(watchdogSeconds: Double? = nil) -> [String: String] {
        var environment = ["NOTIFY_SOCKET": address]
        if let watchdogSeconds {
            environment["WATCHDOG_USEC"] = "\(Int(watchdogSeconds * 1_000_000))"
        }
        return environment
    }

    /// The next message; nil when none comes in time.
    func next(seconds: Double) throws -> Message? {
        guard let bytes = receiver.next(seconds: seconds) else { return nil }
        let message = try String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
            let parts = $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw Failure("This is no assignment: \($0)") }
            return (name: String(parts[0]), value: String(parts[1]))
        }
        messages.append(message)
        return message
    }

    /// Listens until a message has a name, and a value that holds a text.
    @discardableResult
    func wait(for name: String, holding text: String = "", seconds: Double) throws -> Message {
        let start = Clock.seconds
        while Clock.seconds - start < seconds {
            guard let message = try next(seconds: seconds) else { break }
            if message.contains(where: {
                $0.name == name && (text.isEmpty || $0.value.contains(text))
            }) {
                return message
            }
        }
        throw Failure("No \(name)=\(text) within \(seconds) s; there came \(messages.suffix(20)).")
    }

    /// Listens for so long; what came.
    func listen(seconds: Double) throws -> [Message] {
        let before = messages.count
        let start = Clock.seconds
        while Clock.seconds - start < seconds {
            _ = try next(seconds: max(0, seconds - (Clock.seconds - start)))
        }
        return Array(messages[before...])
    }
}

/// An entry of the system's journal as it came in a datagram.
struct JournalDatagram {
    let fields: [(name: String, value: [UInt8])]

    /// Takes a datagram apart, and refuses what the journal would drop.
    init(_ bytes: [UInt8]) throws {
        var fields: [(name: String, value: [UInt8])] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let end = rest.firstIndex(where: { $0 == 10 || $0 == UInt8(ascii: "=") }) else {
                throw Failure("A field ends within its name.")
            }
            let name = String(decoding: rest[..<end], as: UTF8.self)
            guard name.wholeMatch(of: /[A-Z][A-Z0-9_]{0,63}/) != nil else {
                throw Failure("The journal knows no field \(name).")
            }
            let isBinary = rest[end] == 10
            rest = rest[(end + 1)...]
            var count = rest.firstIndex(of: 10).map { $0 - rest.startIndex } ?? -1
            if isBinary {
                guard rest.count > 8 else { throw Failure("\(name) has no length.") }
                count = Int(rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
                rest = rest.dropFirst(8)
            }
            guard count >= 0, rest.count > count, rest[rest.startIndex + count] == 10 else {
                throw Failure("\(name) does not end with a line end.")
            }
            fields.append((name, Array(rest.prefix(count))))
            rest = rest.dropFirst(count + 1)
        }
        self.fields = fields
    }

    /// The text of a field; nil where it is not there.
    subscript(name: String) -> String? {
        fields.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
    }
}
