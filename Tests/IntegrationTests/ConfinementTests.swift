import Foundation
import Glibc
import Testing

extension RealBinaryTests {
    /// The daemon within the walls that the unit draws.
    @Suite(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")
                && FileManager.default.fileExists(
                    atPath: "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
            "systemd-analyze is not installed, or this is no x86_64."))
    struct ConfinementTests {
        /// A daemon that the kernel lets make no system call but those of the unit.
        private func start(_ daemon: TestDaemon) throws -> RunningCommand {
            let script = Place.root.appendingPathComponent("Tests/IntegrationTests/confined.py")
            let unit = Place.root.appendingPathComponent("systemd/tocsin.service")
            let process = try RunningCommand(
                [
                    script.path, unit.path, try Place.binary(), "run", "--config", "tocsin.yaml",
                ], in: daemon.folder, executable: "/usr/bin/python3")
            try waitUntil(10, for: "the daemon to be up; it said: \(process.errors)") {
                process.errors.contains("Tocsin is up.") || !process.isRunning
            }
            return process
        }

        /// From a reading to the command that asks for the state, with a reload and to the end.
        @Test func itLivesUnderItsFilter() throws {
            let daemon = try TestDaemon(rules: StopTests.rules, usesTCP: true)
            let process = try start(daemon)
            try daemon.push("level", #"{"t":"2026-01-01T00:00:00Z","k":"a","v":2.0}"#)
            #expect(try daemon.escalations(1)[0]["kind"].text == "alert")
            process.signal(SIGHUP)
            try waitUntil(5, for: "the reload; it said \(process.errors)") {
                process.errors.contains("The rules were reloaded.")
            }
            #expect(try daemon.status()["incidents"]["open"].number == 1)
            process.signal(SIGTERM)
            let ended = try process.wait(5)
            #expect(ended.code == 0, "\(ended.errors)")
        }

        /// A peer that never ends its message is dropped when the address space ends, and everyone
        /// else is served on.
        @Test func anEndlessMessageEndsItsSender() throws {
            let daemon = try TestDaemon(rules: StopTests.rules, usesTCP: true)
            let process = try start(daemon)
            let port = try #require(UInt16(daemon.feed.split(separator: ":").last ?? ""))
            for _ in 0..<2 {
                let sent = try EndlessMessage(port: port).send(bytes: 4 << 30)
                #expect(sent < 2 << 30)
            }
            try daemon.push("level", #"{"t":"2026-01-01T00:00:00Z","k":"a","v":2.0}"#)
            #expect(try daemon.escalations(1).count == 1)
            process.signal(SIGTERM)
            #expect(try process.wait(5).code == 0)
        }
    }
}

/// A publisher of the protocol ZMTP 3.0 that announces one more part, again and again.
private final class EndlessMessage {
    private let descriptor: Int32

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let descriptor = descriptor
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw Failure("Nobody listens at port \(port).") }
        var greeting: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 3, 0] + Array("NULL".utf8)
        greeting += [UInt8](repeating: 0, count: 64 - greeting.count)
        let ready =
            [5] + Array("READY".utf8) + [11] + Array("Socket-Type".utf8) + [0, 0, 0, 4]
            + Array("PUSH".utf8)
        let hello = greeting + [4, UInt8(ready.count)] + ready
        guard write(descriptor, hello, hello.count) == hello.count else {
            throw Failure("The greeting was not taken.")
        }
    }

    deinit { close(descriptor) }

    /// Sends parts until the other side ends the connection, or so many bytes are sent; how many
    /// were.
    func send(bytes: Int) -> Int {
        let size = 60_000
        let length = (0..<8).map { UInt8(truncatingIfNeeded: size >> (56 - 8 * $0)) }
        let part = [3] + length + [UInt8](repeating: 120, count: size)
        var sent = 0
        while sent < bytes {
            let count = Glibc.send(descriptor, part, part.count, Int32(MSG_NOSIGNAL))
            guard count == part.count else { return sent + max(0, count) }
            sent += count
        }
        return sent
    }
}
