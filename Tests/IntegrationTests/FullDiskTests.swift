import Foundation
import Glibc
import Testing

extension RealBinaryTests {
    /// A disk without room: nothing is lost that was not lost before, and all goes on when there is
    /// room again. The state folder is a small file system of the daemon's own.
    @Suite(
        .enabled(if: OwnMounts.areAllowed, "needs a namespace to mount a file system in"))
    struct FullDiskTests {
        /// A daemon whose state has three megabytes, and 61 more where `ballast` lies; where that is
        /// seen from outside.
        private func start(_ daemon: TestDaemon) throws -> String {
            try FileManager.default.createDirectory(
                atPath: daemon.state, withIntermediateDirectories: true)
            try daemon.start(
                within: "/usr/bin/unshare",
                OwnMounts.arguments + [
                    "/bin/sh", "-c",
                    """
                    mount -t tmpfs -o size=64m none state && head -c 61m /dev/zero > state/ballast \
                        && exec "$0" "$@"
                    """,
                ])
            let pid = try #require(daemon.process?.pid)
            return "/proc/\(pid)/root\(daemon.state)"
        }

        private func alert(_ number: Int) -> String {
            #"{"t":"2026-01-01T00:00:00Z","k":"k\#(number)","v":2.0}"#
        }

        /// The watchdog would only lose what is in the line: a full disk is waited for.
        @Test(.timeLimit(.minutes(1))) func aFullDiskIsWaitedFor() throws {
            let daemon = try TestDaemon(rules: StopTests.rules)
            let manager = try FakeServiceManager(daemon.folder("notify"))
            daemon.environment = manager.environment(watchdogSeconds: 1.5)
            let state = try start(daemon)
            try manager.wait(for: "WATCHDOG", seconds: 5)
            let watcher = try daemon.watch()
            let count = 5000
            for number in 0..<count { try daemon.push("level", alert(number)) }
            try manager.wait(for: "STATUS", holding: "The journal cannot commit", seconds: 15)
            for _ in 0..<5 { try manager.wait(for: "WATCHDOG", seconds: 3) }
            let said = watcher.lines.count
            #expect(said < count)
            #expect(daemon.log.contains("disk is full"), "\(daemon.log)")
            // Room again.
            try FileManager.default.removeItem(atPath: "\(state)/ballast")
            try watcher.waitForLines(count, seconds: 20)
            #expect(daemon.log.contains("The journal commits again."))
            let status = try JSONDocument(
                bytes: tocsin(["status", "--state", state, "--json"], in: daemon.folder).output)
            #expect(status["conservation"]["holds"].flag == true)
            #expect(status["conservation"]["accepted"].number == count)
            #expect(try daemon.stop().code == 0)
        }

        /// With rings full of what cannot be committed, a stop ends all the same.
        @Test(.timeLimit(.minutes(1))) func aStopDoesNotWaitForTheDisk() throws {
            let daemon = try TestDaemon(rules: StopTests.rules)
            _ = try start(daemon)
            let flood = (0..<60_000).map { alert($0) }.joined(separator: "\n")
            let file = try daemon.folder.write("flood.jsonl", flood)
            let publisher = try RunningCommand(
                ["publish", file, "--to", daemon.feed, "--topic", "level", "--wait", "1s"],
                in: daemon.folder)
            try waitUntil(20, for: "the disk to be full") { daemon.log.contains("disk is full") }
            // Until the line is full as well.
            sleep(3)
            let start = Clock.seconds
            let end = try daemon.stop()
            #expect(end.code == 0)
            #expect(Clock.seconds - start < 6)
            publisher.end()
        }
    }
}

/// A namespace with mounts of its own, as a process may have without being root.
private enum OwnMounts {
    /// What `unshare` is asked for.
    static let arguments = ["--mount"] + (getuid() == 0 ? [] : ["--user", "--map-root-user"])

    static let areAllowed: Bool = {
        guard let folder = try? TestFolder(),
            let attempt = try? RunningCommand(
                arguments + ["mount", "-t", "tmpfs", "none", folder.path], in: folder,
                executable: "/usr/bin/unshare")
        else { return false }
        return (try? attempt.wait(5))?.code == 0
    }()
}
