import Events
import Foundation
import GRDB

/// What both the journal and its reader read; sorted by bytes, so that two runs see one order.
enum StoredDecisions {
    static func recovered(_ db: Database) throws -> RecoveredDecisions {
        RecoveredDecisions(
            nextEventNo: try Row.fetchOne(db, sql: "SELECT next_event_no FROM meta")?
                .unsigned(0) ?? 1,
            recorded: try Row.fetchOne(db, sql: "SELECT recorded FROM meta")?.unsigned(0) ?? 0,
            incidents: try all(db, "SELECT subject, state FROM incident ORDER BY subject") {
                (Identity(digest: $0.bytes(0)), $0.bytes(1))
            },
            states: try all(db, "SELECT rule, key, bytes FROM state ORDER BY rule, key") {
                ($0[0], Key(bytes: $0.bytes(1)), $0.bytes(2))
            },
            knownKeys: try all(
                db, "SELECT rule, partition, key FROM known_key ORDER BY rule, key"
            ) {
                KnownKey(
                    rule: $0[0], partition: Partition(text: $0[1]), key: Key(bytes: $0.bytes(2)))
            })
    }

    static func openIncidents(_ db: Database) throws -> [OpenIncident] {
        try all(db, "SELECT subject, incident, state, event_no FROM incident ORDER BY subject") {
            OpenIncident(
                subject: Identity(digest: $0.bytes(0)), incident: Identity(digest: $0.bytes(1)),
                state: $0.bytes(2), eventNo: $0.unsigned(3))
        }
    }

    private static func all<Element>(
        _ db: Database, _ sql: String, _ element: (Row) -> Element
    ) throws -> [Element] {
        var elements: [Element] = []
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql))
        while let row = try rows.next() { elements.append(element(row)) }
        return elements
    }
}
