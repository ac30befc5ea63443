import Foundation
import GRDB
import Testing

@testable import Journal

@Suite struct JournalErrorTests {
    @Test(arguments: [
        (ResultCode.SQLITE_FULL, JournalError.Kind.full, false),
        (.SQLITE_IOERR_SHMSIZE, .full, false),
        (.SQLITE_IOERR_FSYNC, .ioError, true),
        (.SQLITE_IOERR_WRITE, .ioError, true),
        (.SQLITE_CORRUPT_VTAB, .corrupt, true),
        (.SQLITE_NOTADB, .corrupt, true),
        (.SQLITE_READONLY_DIRECTORY, .unwritable, false),
        (.SQLITE_CANTOPEN, .unwritable, false),
        (.SQLITE_BUSY, .other, false),
    ])
    func sqliteCodesBecomeKinds(
        code: ResultCode, kind: JournalError.Kind, retires: Bool
    ) {
        let error = JournalError(
            DatabaseError(resultCode: code, message: "it is so"), "commit a batch")
        #expect(error.kind == kind)
        #expect(error.code == code.rawValue)
        #expect(error.retiresJournal == retires)
        #expect(
            error.description == "Cannot commit a batch: it is so (SQLite \(code.rawValue)).")
    }

    @Test func systemCodesBecomeKinds() {
        #expect(JournalError.system("x", code: ENOSPC).kind == .full)
        #expect(JournalError.system("x", code: EIO).kind == .ioError)
        #expect(JournalError.system("x", code: EACCES).kind == .unwritable)
    }

    @Test func ourOwnErrorsPassThrough() {
        let own = JournalError(kind: .newerSchema, code: 0, operation: "a", underlying: "b")
        #expect(JournalError(own, "other") == own)
    }

    @Test func afterAnIOErrorNothingMoreIsCommitted() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        try journal.run([.escalation(draft(1))])
        #expect(throws: JournalError.self) {
            try journal.access("commit a batch") { _ in
                throw DatabaseError(resultCode: .SQLITE_IOERR_FSYNC, message: "disk I/O error")
            }
        }
        let refusal = #expect(throws: JournalError.self) {
            try journal.commit(JournalBatch(entries: [.escalation(draft(2))], nextEventNo: 2))
        }
        #expect(refusal?.kind == .ioError)
        #expect(journal.retirement == refusal)
        #expect(try journal.fetched()?.items.count == 1, "What was said can still be fetched.")
    }

    @Test func afterAFullDiskTheSameBatchIsTriedAgain() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        try journal.run([.escalation(draft(1))])
        try journal.access("limit") { try $0.execute(sql: "PRAGMA max_page_count = 1") }
        let batch = JournalBatch(
            entries: (2...200).map { .escalation(draft($0)) }, nextEventNo: 2)
        let refusal = #expect(throws: JournalError.self) { try journal.commit(batch) }
        #expect(refusal?.kind == .full)
        #expect(journal.position.head == 1)
        #expect(journal.counters.committed == 1)
        try journal.access("limit") { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        #expect(try journal.commit(batch).map(\.seq) == (2...200).map { UInt64($0) })
    }
}
