import Testing

@testable import Daemon

/// What an environment says of a service manager, and what it is told.
@Suite struct ServiceManagerTests {
    @Test(arguments: [nil, "", "relative", "@", "/" + String(repeating: "x", count: 200)])
    func noManager(path: String?) {
        let environment = path.map { ["NOTIFY_SOCKET": $0] } ?? [:]
        #expect(ServiceManager(environment: environment) == nil)
    }

    @Test(
        arguments: [
            ([:], nil),
            (["WATCHDOG_USEC": "30000000"], 30_000_000_000),
            (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"], 30_000_000_000),
            (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"], nil),
            (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": ""], nil),
            (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "-1"], nil),
            (["WATCHDOG_USEC": "soon"], nil),
            (["WATCHDOG_USEC": "9223372036854775807"], nil),
        ] as [([String: String], Int64?)])
    func theWatchdog(environment: [String: String], nanoseconds: Int64?) throws {
        let manager = try #require(
            ServiceManager(
                environment: environment.merging(["NOTIFY_SOCKET": "/nowhere"]) { $1 }, process: 7))
        #expect(manager.watchdog == nanoseconds)
        // That nobody listens is no fault.
        manager.tell(.watchdog)
    }

    @Test func aSentenceStaysOneLine() {
        #expect(ServiceManager.Message.status("a\nREADY=1\r\nb").lines == "STATUS=a READY=1  b")
        #expect(
            ServiceManager.Message.ready(String(repeating: "x", count: 9999)).lines.count < 600)
    }
}
