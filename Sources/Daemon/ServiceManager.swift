import Glibc

/// The service manager that started the daemon, told how it is by the protocol of sd_notify(3):
/// datagrams of `NAME=value` lines to the socket that `NOTIFY_SOCKET` names.
///
///     READY=1 ─► STATUS=…, WATCHDOG=1 … ─► STOPPING=1
///        ▲               │
///        └── RELOADING=1 ┘
package struct ServiceManager: Sendable {
    /// What it is told.
    package enum Message: Sendable {
        /// The daemon is up, or up again after a reload; one sentence for people.
        case ready(String)
        /// The rules are read again. The time is monotonic, in microseconds: so the manager knows
        /// that a READY=1 that comes later ends this reload and no earlier one.
        case reloading(microseconds: Int64)
        /// How it is, one sentence for people.
        case status(String)
        /// Every stage moved since the last of these.
        case watchdog
        /// It ends; one sentence for people.
        case stopping(String)

        /// The datagram.
        var lines: String {
            switch self {
            case .ready(let sentence): "READY=1\nSTATUS=\(Self.line(sentence))"
            case .reloading(let time): "RELOADING=1\nMONOTONIC_USEC=\(time)"
            case .status(let sentence): "STATUS=\(Self.line(sentence))"
            case .watchdog: "WATCHDOG=1"
            case .stopping(let sentence): "STOPPING=1\nSTATUS=\(Self.line(sentence))"
            }
        }

        /// A text on one line, for a line end would begin another message, and not longer than a
        /// person reads.
        private static func line(_ text: String) -> String {
            var line = String(String.UnicodeScalarView(text.unicodeScalars.prefix(500)))
            line.unicodeScalars.replace(["\r"], with: [" "])
            line.unicodeScalars.replace(["\n"], with: [" "])
            return line
        }
    }

    private let socket: LocalDatagram
    /// Nanoseconds within which it wants to hear `watchdog`; nil when it does not ask for it.
    package let watchdog: Int64?

    /// The manager that an environment names; nil where none does.
    package init?(environment: [String: String], process: Int32 = getpid()) {
        guard let path = environment["NOTIFY_SOCKET"], let socket = LocalDatagram(to: path)
        else { return nil }
        self.socket = socket
        // A watchdog for another process is not ours to feed.
        let isOurs = environment["WATCHDOG_PID"].map { Int32($0) == process } ?? true
        watchdog = environment["WATCHDOG_USEC"].flatMap(Int64.init).flatMap { microseconds in
            isOurs && (1...Int64.max / 1000).contains(microseconds) ? microseconds * 1000 : nil
        }
    }

    /// Tells it. That it does not listen changes nothing for the line.
    package func tell(_ message: Message) { _ = socket.send(Array(message.lines.utf8)) }
}
