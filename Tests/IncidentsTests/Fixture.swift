import Events
import Testing

@testable import Incidents

/// A book under test: detections go in, what is said comes out as lines.
struct BookRig {
    var book: IncidentBook
    /// Everything said so far.
    private(set) var said: [Escalation] = []
    /// What storage would hold, by subject, in the form in which it is stored.
    private(set) var stored: [Identity: [UInt8]] = [:]

    init(_ rules: [RuleDescription] = [BookRig.rule()]) {
        book = IncidentBook(rules: rules, digest: BookRig.digest)
    }

    /// Stands in for SHA-256: 32 bytes that depend on every byte and its place.
    static let digest: IncidentBook.Digest = { bytes in
        (0..<4).flatMap { lane in
            var state = 0xCBF2_9CE4_8422_2325 &+ UInt64(lane) &* 0x9E37_79B9_7F4A_7C15
            for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
            return (0..<8).map { UInt8(truncatingIfNeeded: (state ^ state >> 29) >> ($0 * 8)) }
        }
    }

    /// A rule of three levels by station, refreshed after 75 s.
    static func rule(
        _ name: String = "stage", lifetime: Int64 = 100, noData: NoDataPolicy.Action? = nil,
        by: [String] = ["station"], hazard: String = "flood",
        levels: [(String, Severity)] = [("watch", .minor), ("warning", .severe), ("top", .severe)]
    ) -> RuleDescription {
        RuleDescription(
            name: name, hash: "0123456789abcdef", title: "River above flood stage", hazard: hazard,
            source: Provenance(title: "NWSM 10-950", region: "US"),
            partition: Partition(stream: "river.stage", keyNames: by),
            levels: levels.map { LevelDescription(name: $0.0, severity: $0.1) },
            lifetime: lifetime * Timestamp.nanosecondsPerSecond,
            noData: noData.map { NoDataPolicy(after: 1, action: $0, severity: .moderate) },
            cap: CAPWords(category: "Met"))
    }

    static func key(_ name: String, _ status: Status = .actual) -> Key {
        Key(status: status, values: [.string(name)])
    }

    static func seconds(_ seconds: Int64) -> Timestamp {
        Timestamp(nanoseconds: seconds * Timestamp.nanosecondsPerSecond)
    }

    /// A change found at `time`, five seconds before now.
    static func detection(
        _ change: Detection.Change, at time: Int64, since: Int64? = nil, rule: Int = 0,
        key: Key = BookRig.key("a"), cause: Detection.Cause = .row, area: String? = nil
    ) -> Detection {
        var detection = Detection(
            rule: rule, key: key, change: change, cause: cause, wasPending: false,
            time: seconds(time), now: seconds(time + 5), since: seconds(since ?? time),
            evidence: UInt64(time)...UInt64(time + 1))
        detection.values = [("level", .double(Double(time)))]
        detection.labels = [("basin", .string("Malewa"))]
        // Of a silence the rule says nothing.
        let isSilence = change == .silent
        detection.message = [("en", isSilence ? [] : [("headline", "High at \(time)")])]
        detection.area = area
        return detection
    }

    /// Moves a level.
    mutating func move(
        _ from: String?, _ to: String?, at time: Int64, since: Int64? = nil, rule: Int = 0,
        key: Key = BookRig.key("a"), cause: Detection.Cause = .row, area: String? = nil
    ) {
        apply(
            BookRig.detection(
                .level(from: from, to: to), at: time, since: since, rule: rule, key: key,
                cause: cause, area: area))
    }

    mutating func apply(_ detection: Detection) {
        book.apply(detection)
        collect()
    }

    mutating func advance(to now: Int64) {
        book.advance(to: BookRig.seconds(now))
        collect()
    }

    mutating func replace(_ rules: [RuleDescription], at now: Int64) {
        book.replace(rules: rules, now: BookRig.seconds(now))
        collect()
    }

    /// A book that goes on from what this one has stored, as after a restart.
    func restarted(_ rules: [RuleDescription], at now: Int64) throws -> BookRig {
        var rig = BookRig(rules)
        // In no order that means anything.
        let bytes = stored.values.sorted { $0.lexicographicallyPrecedes($1) }
        rig.stored = stored
        rig.book.restore(try bytes.map { try Incident(bytes: $0) })
        rig.replace(rules, at: now)
        return rig
    }

    private mutating func collect() {
        for outcome in book.takeOutcomes() {
            switch outcome {
            case .escalation(let escalation): said.append(escalation)
            case .changed(let incident): stored[incident.subject] = incident.encoded()
            case .closed(let subject): stored[subject] = nil
            }
        }
        // What is stored is what is open, always.
        #expect(stored.count == book.openCount)
        for incident in book.openIncidents {
            #expect(stored[incident.subject] == incident.encoded())
        }
    }

    /// What was said: `now kind rule[key] previous→level severity flags`.
    var lines: [String] {
        said.map { said in
            let now = said.sent.nanoseconds / Timestamp.nanosecondsPerSecond
            let key = said.key.values.map(\.description).joined(separator: ",")
            let levels = "\(said.previousLevel ?? "-")→\(said.level ?? "-")"
            let flags = said.flags.map { " \($0)" }.joined()
            return "\(now) \(said.kind.rawValue) \(said.ruleName)[\(key)] \(levels) "
                + "\(said.severity.name)\(flags)"
        }
    }
}
