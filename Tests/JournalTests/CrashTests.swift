import Events
import Foundation
import Journal
import Testing

/// What a process leaves behind that dies between two system calls: its files as they are.
@Suite struct CrashTests {
    @Test func whateverWasReturnedIsThereAfterACrash() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        var said: [PublishedItem] = []
        for round in 0..<60 {
            let count = 1 + round * 7 % 40
            let entries = (0..<count).map { index -> JournalEntry in
                .escalation(draft(round * 50 + index + 1, incident: round))
            }
            let batch =
                entries + [
                    .incident(subject: identity(round), incident: identity(round), state: [1])
                ]
            said += try journal.run(batch, nextEventNo: UInt64(round + 2))
            guard round % 6 == 5 else { continue }

            let copy = try TemporaryFolder()
            try FileManager.default.copyItem(atPath: folder.state, toPath: copy.state)
            // The index of the WAL is memory of the dead process; it is made anew.
            try? FileManager.default.removeItem(atPath: copy.journal + "-shm")
            let survivor = try copy.open()
            #expect(survivor.opening == .resumed)
            #expect(survivor.position == journal.position)
            #expect(try survivor.allBodies() == said.map(\.body))
            let recovered = try survivor.recovered()
            #expect(recovered.nextEventNo == UInt64(round + 2))
            #expect(recovered.incidents.count == round + 1)
        }
    }

    /// A commit cut off anywhere in the log is undone as a whole.
    @Test func aTornCommitIsUndone() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        let first = try journal.run([.escalation(draft(1))], nextEventNo: 2)
        let log = folder.journal + "-wal"
        let before = try #require(FileManager.default.contents(atPath: log)).count
        let second = try journal.run(
            (2...60).map { .escalation(draft($0)) }, nextEventNo: 3)
        let after = try #require(FileManager.default.contents(atPath: log)).count
        #expect(after > before)
        for length in stride(from: before, to: after, by: 1_000) {
            let copy = try TemporaryFolder()
            try FileManager.default.copyItem(atPath: folder.state, toPath: copy.state)
            try? FileManager.default.removeItem(atPath: copy.journal + "-shm")
            #expect(truncate(copy.journal + "-wal", off_t(length)) == 0)
            let survivor = try copy.open()
            #expect(try survivor.allBodies() == first.map(\.body))
            #expect(try survivor.recovered().nextEventNo == 2)
            // The same decisions again give the same bytes again.
            let again = try survivor.run(
                (1...60).map { .escalation(draft($0)) }, nextEventNo: 3)
            #expect(again == second)
        }
    }

    @Test func theLogIsCopiedAndBeginsAnew() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        var id = 0
        var largest = 0
        for _ in 0..<60 {
            let entries = (0..<200).map { _ -> JournalEntry in
                id += 1
                return .escalation(draft(id, incident: id))
            }
            try journal.run(entries)
            let log = FileManager.default.contents(atPath: folder.journal + "-wal")
            largest = max(largest, log?.count ?? 0)
        }
        #expect(largest > 1_000 * 4_120 && largest < 3_000 * 4_120)
        let size = FileManager.default.contents(atPath: folder.journal)?.count ?? 0
        #expect(size > 300 * 4_096, "The checkpoints wrote into the database.")
    }
}

extension IncidentJournal {
    func allBodies() throws -> [[UInt8]] {
        var bodies: [[UInt8]] = []
        var cursor: UInt64 = 1
        while cursor <= position.head, let page = try fetched(from: cursor) {
            bodies += page.items.map(\.body)
            cursor = page.next
        }
        return bodies
    }
}
