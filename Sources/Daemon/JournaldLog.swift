import Glibc
package import Logging
import Synchronization

/// Log lines into the system's journal by its native protocol, each with its metadata as fields
/// that `journalctl` searches: `journalctl TOCSIN_RULE=river-stage`.
///
/// A line waits a moment for room, and where it waited in vain the next ones do not: a journal that
/// hangs holds nothing up. What is not taken is counted, and the next line that is tells how many
/// were lost.
package struct JournaldLog: LogHandler {
    /// Where the system's journal listens.
    package static let standardSocket = "/run/systemd/journal/socket"

    package var logLevel = Logger.Level.info
    package var metadata = Logger.Metadata()

    private let socket: LocalDatagram
    private let lost = Lost()

    private final class Lost: Sendable {
        let lines = Mutex(0)
    }

    /// A log into the journal at `socket`, where standard error leads there; else nil.
    ///
    /// `JOURNAL_STREAM` names the device and the inode of what the service manager gave as standard
    /// error; when it is redirected, text is what its reader expects.
    package init?(
        environment: [String: String], socket: String = JournaldLog.standardSocket,
        descriptor: Int32 = STDERR_FILENO
    ) {
        var status = stat()
        guard let stream = environment["JOURNAL_STREAM"], fstat(descriptor, &status) == 0,
            stream == "\(status.st_dev):\(status.st_ino)",
            let socket = LocalDatagram(to: socket)
        else { return nil }
        self.socket = socket
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let missing = lost.lines.withLock { $0 }
        var outcome = LocalDatagram.Outcome.tooLarge
        // A socket with little room is given what matters most.
        for limit in [32 << 10, 1 << 10] where outcome == .tooLarge {
            outcome = socket.send(
                entry(event, all, missing, valueLimit: limit).bytes, waits: missing == 0)
        }
        lost.lines.withLock { $0 = outcome == .sent ? max(0, $0 - missing) : $0 + 1 }
    }

    private func entry(
        _ event: LogEvent, _ metadata: Logger.Metadata, _ missing: Int, valueLimit: Int
    ) -> JournaldEntry {
        var entry = JournaldEntry(valueLimit: valueLimit)
        entry.add("MESSAGE", event.message.description)
        entry.add("PRIORITY", "\(event.level.priority)")
        entry.add("SYSLOG_IDENTIFIER", "tocsin")
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            let isIdentity = key == MessageIdentity.metadataKey
            entry.add(isIdentity ? "MESSAGE_ID" : JournaldEntry.name(of: key), "\(value)")
        }
        if missing > 0 { entry.add("TOCSIN_LINES_LOST", "\(missing)") }
        return entry
    }
}

extension Logger.Level {
    /// The number of syslog(3).
    fileprivate var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
