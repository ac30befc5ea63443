import GRDB
import Journal
import Testing

/// Canaries are commits like others, and leave what was decided alone.
@Suite struct IncidentJournalCanaryTests {
    @Test func aCanaryReachesTheDisk() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        try journal.run([.escalation(draft(1))])
        let before = journal.position
        for _ in 0..<3 {
            try journal.commitCanary()
            try journal.maintain()
        }
        #expect(journal.position == before)
        #expect(journal.counters.committed == 1)
        try journal.close()
        let count = try DatabaseQueue(path: folder.journal).read { db in
            try Int.fetchOne(db, sql: "SELECT canaries FROM meta")
        }
        #expect(count == 3)
    }

    /// A journal of the version before goes on in its epoch.
    @Test func anOlderJournalIsTakenOver() throws {
        let folder = try TemporaryFolder()
        do { try folder.open().run([.escalation(draft(1))]) }
        try DatabaseQueue(path: folder.journal).write { db in
            try db.execute(sql: "ALTER TABLE meta DROP COLUMN canaries")
            try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = 'canary-1'")
        }
        let journal = try folder.open()
        #expect(journal.opening == .resumed)
        #expect(journal.position.head == 1)
        try journal.commitCanary()
    }
}
