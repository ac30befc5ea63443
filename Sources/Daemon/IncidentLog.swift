import Events
import Journal
import Logging

/// Lines of the log about incidents: that one began, rose or ended, when that is committed.
///
/// A storm of incidents must not become a storm of lines that drowns the others: what is over the
/// limit is counted, and the count told.
struct IncidentLog: Sendable {
    private let log: Logger?
    private var limit = LineLimit(linesPerSecond: 50)

    /// Lines into `log`; none without one.
    init(_ log: Logger?) { self.log = log }

    /// Tells of what was committed; `now` is any clock that goes forward, in nanoseconds.
    mutating func tell(_ items: [PublishedItem], now: Int64) {
        guard let log else { return }
        for item in items {
            guard let notice = item.notice, limit.allows(now: now) else { continue }
            let metadata: Logger.Metadata = [
                "rule": "\(notice.rule)", "key": "\(notice.key)",
                "incident": "\(notice.incident)", "level": "\(notice.level)",
                "severity": "\(notice.severity.name)", "seq": "\(item.seq)",
            ]
            log.log(
                level: notice.isGrave ? .warning : .notice, "\(notice.sentence)",
                metadata: metadata.known(as: notice.identity))
        }
    }

    /// Tells how many lines were left out, when the second is over in which they were.
    mutating func turn(now: Int64) {
        guard let log, let count = limit.takeSuppressed(now: now) else { return }
        log.warning(
            "More incidents began, rose or ended than are told one by one: see `tocsin incidents`.",
            metadata: ["suppressed": "\(count)"])
    }
}

/// At most so many lines in each second.
struct LineLimit: Sendable {
    private let linesPerSecond: Int
    private var second: Int64 = 0
    private var lines = 0
    private var suppressed = 0

    /// A limit.
    init(linesPerSecond: Int) { self.linesPerSecond = linesPerSecond }

    /// Whether one more line may be written now; counted as suppressed where it may not.
    mutating func allows(now: Int64) -> Bool {
        if now / 1_000_000_000 != second {
            second = now / 1_000_000_000
            lines = 0
        }
        guard lines < linesPerSecond else {
            suppressed += 1
            return false
        }
        lines += 1
        return true
    }

    /// How many were suppressed, once for each of them; nil for none, and while their second lasts.
    mutating func takeSuppressed(now: Int64) -> Int? {
        guard suppressed > 0, now / 1_000_000_000 != second else { return nil }
        defer { suppressed = 0 }
        return suppressed
    }
}

extension EscalationNotice {
    fileprivate var isGrave: Bool {
        switch change {
        case .raised, .rose: severity >= .severe
        case .cleared, .cancelled: false
        }
    }

    fileprivate var identity: MessageIdentity {
        switch change {
        case .raised: .raised
        case .rose: .rose
        case .cleared: .cleared
        case .cancelled: .cancelled
        }
    }

    fileprivate var sentence: String {
        let place = key.isEmpty ? rule : "\(rule) \(key)"
        return switch change {
        case .raised: "Raised to \(level) (\(severity.name)), \(place): \(headline)"
        case .rose: "Rose to \(level) (\(severity.name)), \(place): \(headline)"
        case .cleared: "Cleared from \(level), \(place): \(headline)"
        case .cancelled: "Cancelled at \(level), \(place): \(headline)"
        }
    }
}
