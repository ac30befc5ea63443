import Daemon
import Foundation
import Glibc
import Logging
import Transport

/// The real daemon inside the demo's process, with the demo's rules, ports that the system chooses,
/// and its journal in a temporary folder that goes with it.
struct DemoDaemon {
    /// The running line.
    let daemon: TocsinDaemon
    private let folder: String

    /// Starts it with a feed for each name; leaves nothing behind when it cannot.
    init(feeds: [String]) throws {
        let folder = try Self.makeFolder()
        do {
            let anyPort = try Endpoint("tcp://127.0.0.1:*")
            var log = Logger(label: "tocsin", factory: { _ in SentenceLogHandler() })
            log.logLevel = .error
            daemon = try TocsinDaemon(
                configuration: Configuration(
                    publisher: "demo", rules: nil, state: folder, clock: .event,
                    feeds: feeds.map { .init(name: $0, endpoint: .bind(anyPort), pattern: .pull) },
                    escalations: anyPort, recovery: anyPort,
                    // A long TMPDIR does not fit into the name of a local socket.
                    control: (try? Endpoint("ipc://\(folder)/control")) ?? anyPort),
                plan: try DemoRules.plan(digest: Digest.sha256), log: log)
            self.folder = folder
        } catch {
            Self.remove(folder)
            guard let failure = error as? StartFailure else { throw error }
            throw CommandFailure(.configuration, "the daemon cannot start: \(failure)")
        }
    }

    /// Stops the daemon and removes its folder.
    func close() {
        daemon.stop()
        Self.remove(folder)
    }

    private static func makeFolder() throws -> String {
        let parent = FileManager.default.temporaryDirectory.path
        var template = Array("\(parent)/tocsin-demo-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            let cause = String(cString: strerror(errno))
            throw CommandFailure(
                .configuration, "cannot make a temporary folder in \(parent): \(cause)",
                hint: "set TMPDIR to a folder that can be written")
        }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func remove(_ folder: String) {
        try? FileManager.default.removeItem(atPath: folder)
    }
}
