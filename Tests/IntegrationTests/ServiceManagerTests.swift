import Foundation
import Glibc
import Testing

extension RealBinaryTests {
    /// What a service manager hears of the daemon, and when it hears nothing any more.
    @Suite struct ServiceManagerTests {
        /// A daemon and a manager that starts it.
        private func watched(
            seconds: Double?, address: String? = nil
        ) throws -> (TestDaemon, FakeServiceManager) {
            let daemon = try TestDaemon(rules: StopTests.rules)
            let manager = try FakeServiceManager(address ?? daemon.folder("notify"))
            daemon.environment = manager.environment(watchdogSeconds: seconds)
            return (daemon, manager)
        }

        @Test func aLifeIsToldInItsOrder() throws {
            let (daemon, manager) = try watched(seconds: 3)
            try daemon.start()
            let first = try #require(try manager.next(seconds: 5))
            #expect(first.map(\.name) == ["READY", "STATUS"])
            try manager.wait(for: "WATCHDOG", seconds: 3)
            try manager.wait(for: "WATCHDOG", seconds: 3)
            // By a signal, and it goes well.
            daemon.process?.signal(SIGHUP)
            let reloading = try manager.wait(for: "RELOADING", seconds: 5)
            #expect(reloading.map(\.name) == ["RELOADING", "MONOTONIC_USEC"])
            let time = try #require(Double(reloading[1].value))
            #expect(abs(time / 1_000_000 - Clock.seconds) < 10)
            try manager.wait(for: "READY", seconds: 5)
            #expect(manager.messages.last?[1].value.contains("generation 2") == true)
            // By the command, and it does not.
            try daemon.write(rules: StopTests.rules.replacing("v > 1.0", with: "w > 1.0"))
            let reload = try tocsin(["reload", "--state", daemon.state], in: daemon.folder)
            #expect(reload.code == 1)
            try manager.wait(for: "RELOADING", seconds: 5)
            try manager.wait(for: "READY", seconds: 5)
            #expect(manager.messages.last?[1].value.contains("refused") == true)
            try manager.wait(for: "STATUS", holding: "refused", seconds: 8)
            #expect(try daemon.stop().code == 0)
            let rest = try manager.listen(seconds: 0.5)
            #expect(rest.last?.map(\.name) == ["STOPPING", "STATUS"])
        }

        /// Sockets of the abstract space, open incidents, and a subscriber to everything, who hears
        /// of no canary.
        @Test func theStatusIsForPeople() throws {
            let name = "@tocsin-\(UUID().uuidString)"
            let (daemon, manager) = try watched(seconds: nil, address: name)
            let subscriber = try TestSubscriber(daemon.escalations, prefix: "")
            try daemon.start()
            try manager.wait(for: "READY", seconds: 5)
            #expect(manager.messages.last?.last?.value == "Up with 1 rule.")
            _ = try subscriber.next(milliseconds: 5000)
            try daemon.push("level", "{")
            try daemon.push("level", #"{"t":"2026-01-01T00:00:00Z","k":"a","v":2.0}"#)
            try manager.wait(
                for: "STATUS", holding: "1 open incident (1 severe); 1 dead letter; 1 feed,",
                seconds: 12)
            #expect(!manager.messages.joined().contains { $0.name == "WATCHDOG" })
            var topics: Set<String> = []
            while let (topic, _) = try subscriber.next(milliseconds: 200) {
                topics.insert(topic.split(separator: "/").first.map(String.init) ?? topic)
            }
            #expect(topics == ["~heartbeat", "actual"])
            let canary = try daemon.status()["canary"]
            #expect((0...11.0).contains(canary["age_s"].double ?? -1), "\(canary)")
            try daemon.stop()
        }

        @Test func aWatchdogForAnotherIsNotFed() throws {
            let (daemon, manager) = try watched(seconds: 1.5)
            daemon.environment["WATCHDOG_PID"] = "1"
            try daemon.start()
            let messages = try manager.listen(seconds: 3)
            #expect(messages.first?.first?.name == "READY")
            #expect(!messages.joined().contains { $0.name == "WATCHDOG" })
            try daemon.stop()
        }

        /// A daemon that cannot start never says that it is ready.
        @Test func whatDoesNotStartSaysNothing() throws {
            let (daemon, manager) = try watched(seconds: 3)
            try daemon.folder.write(
                "tocsin.yaml",
                try daemon.configuration.replacing("state: state", with: "state: /proc/tocsin"))
            try daemon.launch()
            #expect(try #require(daemon.process).wait(10).code == 78)
            #expect(try manager.listen(seconds: 0.3).isEmpty)
        }

        /// Nothing happens and nobody asks: a disk that died is noticed all the same, and the daemon
        /// is not called alive. No file of this process may grow any more, as on a full disk.
        @Test func noPingWhileTheJournalCannotCommit() throws {
            let (daemon, manager) = try watched(seconds: 3)
            // As in the unit.
            daemon.environment["SWIFT_BACKTRACE"] = "enable=no"
            try daemon.start()
            try manager.wait(for: "WATCHDOG", seconds: 5)
            let pid = try #require(daemon.process?.pid)
            let bound = try RunningCommand(
                ["--pid", "\(pid)", "--fsize=1:"], in: daemon.folder,
                executable: "/usr/bin/prlimit"
            ).wait(5)
            #expect(bound.code == 0, "\(bound.errors)")
            // One may have been on its way.
            _ = try manager.listen(seconds: 2)
            let messages = try manager.listen(seconds: 8)
            #expect(!messages.joined().contains { $0.name == "WATCHDOG" }, "\(messages)")
            let told = messages.joined().filter { $0.name == "STATUS" }.map(\.value)
            #expect(told.contains { $0.hasPrefix("The journal cannot commit") }, "\(told)")
            // What the manager does then; and the next run finds everything.
            daemon.process?.signal(SIGABRT)
            _ = try daemon.process?.wait(10)
            try daemon.start()
            try manager.wait(for: "WATCHDOG", seconds: 5)
            try daemon.stop()
        }
    }
}
