import GRDB
import Synchronization

/// Reports that were acknowledged under declarations that are no more.
extension Recording {
    /// Notes reports that no declaration takes. Later ones may be decided before them now.
    package func strand(_ seqs: [UInt64]) throws(JournalError) {
        try access("note stranded reports") { db in
            try db.inTransaction(.immediate) {
                for seq in seqs {
                    try db.execute(
                        sql: "INSERT INTO stranded (seq) VALUES (?)", arguments: [seq.stored])
                }
                return .commit
            }
        }
    }

    /// Number of stranded reports.
    package func strandedCount() throws(JournalError) -> Int {
        try access("count stranded reports") { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM stranded") ?? 0
        }
    }

    /// Gives stranded reports that fit again the numbers behind all others, in their order. They
    /// are known by the numbers they were acknowledged with all the same.
    package func release(where fits: (Stored) -> Bool) throws(JournalError) {
        var last: UInt64 = 0
        var isWhole = false
        while !isWhole {
            var head = head
            try access("number stranded reports again") { db in
                let page = try Recording.fetch(db, after: last, limit: 1000, stranded: true)
                isWhole = page.isEmpty
                last = page.last?.seq ?? last
                try db.inTransaction(.immediate) {
                    for report in page where fits(report) {
                        head += 1
                        try db.execute(
                            sql: """
                                UPDATE report SET answer = ifnull(answer, seq), seq = ?
                                WHERE seq = ?
                                """, arguments: [head.stored, report.seq.stored])
                        try db.execute(
                            sql: "DELETE FROM stranded WHERE seq = ?",
                            arguments: [report.seq.stored])
                    }
                    return .commit
                }
            }
            standing.withLock { $0.head = head }
        }
    }
}
