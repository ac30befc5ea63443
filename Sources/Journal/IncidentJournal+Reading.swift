package import Events
import Foundation
import GRDB
import Synchronization

extension IncidentJournal {
    /// What came of asking for escalations again.
    package enum FetchOutcome: Sendable, Hashable {
        /// What matched, in order; go on at `next`. All is read when `next` is above `head`.
        case items(epoch: UInt64, next: UInt64, head: UInt64, items: [TopicItem])
        /// That epoch is over or that seq is not kept: take a snapshot, go on from its head.
        case gone(epoch: UInt64, floor: UInt64, head: UInt64)
    }

    /// The latest escalation of each open incident, or a page of them.
    package struct Snapshot: Sendable, Hashable {
        /// The channel's epoch.
        package let epoch: UInt64
        /// The head when the page was read; after several pages go on from that of the first.
        package let head: UInt64
        /// Where the next page begins; nil at the end.
        package let after: Identity?
        /// The escalations, by incident.
        package let items: [TopicItem]
    }

    /// The escalations from seq `from` on that have a topic starting with `prefix`.
    ///
    /// At most `maximum`, and at most `maximumBytes` of topics and bodies unless the first alone
    /// has more. `next` carries over what did not match, so a cursor makes progress even when
    /// nothing does: at most `scanLimit` rows are looked at.
    package func fetch(
        epoch: UInt64, from: UInt64, prefix: String = "", maximum: Int = 500,
        maximumBytes: Int = 4 << 20
    ) throws(JournalError) -> FetchOutcome {
        try access("fetch escalations") { db in
            let (now, channel) = standing.withLock { ($0.position, $0.channelNumber) }
            guard epoch == now.epoch, from >= max(now.floor, 1) else {
                return .gone(epoch: now.epoch, floor: now.floor, head: now.head)
            }
            guard from <= now.head else {
                return .items(epoch: epoch, next: now.head + 1, head: now.head, items: [])
            }
            var page = Page(maximum: maximum, maximumBytes: maximumBytes)
            var next = from
            let rows = try Row.fetchCursor(
                db.cachedStatement(sql: Self.fetching),
                arguments: [channel, epoch.stored, from.stored, Self.scanLimit])
            while let row = try rows.next(), page.take(row, topics: 1, body: 2, prefix: prefix) {
                next = row.unsigned(0) + 1
            }
            return .items(epoch: epoch, next: next, head: now.head, items: page.items)
        }
    }

    /// The latest escalation of each open incident that has a topic starting with `prefix`, by
    /// incident; at most `maximum`, from the first incident behind `after` on.
    package func snapshot(
        prefix: String = "", after: Identity? = nil, maximum: Int = 500,
        maximumBytes: Int = 4 << 20
    ) throws(JournalError) -> Snapshot {
        try access("take a snapshot") { db in
            let (now, channel) = standing.withLock { ($0.position, $0.channelNumber) }
            var page = Page(maximum: maximum, maximumBytes: maximumBytes)
            var cursor = after
            var scanned = 0
            let rows = try Row.fetchCursor(
                db.cachedStatement(sql: Self.latest),
                arguments: [
                    channel, Data(after?.bytes ?? []), Self.scanLimit + 1,
                ])
            while let row = try rows.next() {
                guard
                    scanned < Self.scanLimit, page.take(row, topics: 1, body: 2, prefix: prefix)
                else {
                    return Snapshot(
                        epoch: now.epoch, head: now.head, after: cursor, items: page.items)
                }
                scanned += 1
                cursor = Identity(digest: row.bytes(0))
            }
            return Snapshot(epoch: now.epoch, head: now.head, after: nil, items: page.items)
        }
    }

    /// What a fresh start is given to go on from.
    package func recovered() throws(JournalError) -> RecoveredDecisions {
        try access("read the journal") { try StoredDecisions.recovered($0) }
    }

    /// The open incidents, by subject.
    package func openIncidents() throws(JournalError) -> [OpenIncident] {
        try access("read the open incidents") { try StoredDecisions.openIncidents($0) }
    }

    private static let fetching = """
        SELECT seq, topics, body FROM outbox
        WHERE channel = ? AND epoch = ? AND seq >= ? ORDER BY seq LIMIT ?
        """

    private static let latest = """
        SELECT incident.incident, outbox.topics, outbox.body
        FROM incident CROSS JOIN outbox ON outbox.row = (
            SELECT row FROM outbox AS newest
            WHERE newest.channel = ? AND newest.incident = incident.incident
            ORDER BY row DESC LIMIT 1)
        WHERE incident.incident > ? ORDER BY incident.incident LIMIT ?
        """
}

/// What is gathered for one answer.
private struct Page {
    private(set) var items: [TopicItem] = []
    private var room: Int
    private let maximum: Int

    init(maximum: Int, maximumBytes: Int) {
        self.maximum = max(1, maximum)
        room = maximumBytes
    }

    /// Takes a row, or passes over one that does not match; false when the page is full and the
    /// row belongs on the next.
    mutating func take(_ row: Row, topics: Int, body: Int, prefix: String) -> Bool {
        guard items.count < maximum else { return false }
        guard let topic = Topics.first(of: row[topics], startingWith: prefix) else { return true }
        let item = TopicItem(topic: topic, body: row.bytes(body))
        let bytes = topic.utf8.count + item.body.count
        guard items.isEmpty || bytes <= room else { return false }
        room -= bytes
        items.append(item)
        return true
    }
}
