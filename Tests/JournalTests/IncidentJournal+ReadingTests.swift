import Events
import Foundation
import Journal
import Testing

@Suite struct ReadingTests {
    @Test func aFetchIsPagedAndRepeatsTheBytes() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        let items = try journal.run((1...7).map { .escalation(draft($0)) })
        var cursor: UInt64 = 1
        var bodies: [[UInt8]] = []
        while cursor <= journal.position.head {
            let page = try #require(try journal.fetched(from: cursor, maximum: 3))
            #expect(page.items.count <= 3)
            bodies += page.items.map(\.body)
            cursor = page.next
        }
        #expect(bodies == items.map(\.body))
        #expect(cursor == 8)
    }

    @Test func bytesLimitAPageButNeverTheFirstItem() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        try journal.run((1...3).map { .escalation(draft($0)) })
        let page = try #require(try journal.fetched(maximumBytes: 1))
        #expect(page.items.count == 1)
        #expect(page.next == 2)
        #expect(try journal.fetched(from: 2, maximumBytes: 1 << 20)?.items.count == 2)
    }

    @Test func aPrefixIsCarriedOverWhatItFilters() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        try journal.run([
            .escalation(draft(1, topics: ["actual/hazard/flood/", "actual/area/KE030/x/"])),
            .escalation(draft(2, topics: ["actual/hazard/quake/"])),
            .escalation(draft(3, topics: ["actual/hazard/flood/", "actual/area/KE030/"])),
            .escalation(draft(4, topics: ["actual/hazard/quake/"])),
        ])
        let area = try #require(try journal.fetched(prefix: "actual/area/KE030/"))
        #expect(area.items.map(\.topic) == ["actual/area/KE030/x/", "actual/area/KE030/"])
        #expect(area.next == 5)
        let first = try #require(try journal.fetched(prefix: "actual/area/", maximum: 1))
        #expect(first.next == 2)
        #expect(try journal.fetched(from: 2, prefix: "actual/area/", maximum: 1)?.next == 4)
        #expect(try journal.fetched(prefix: "area/")?.items.isEmpty == true)
        #expect(try journal.fetched(prefix: "flood/\nactual")?.items.isEmpty == true)
        #expect(
            try journal.fetched()?.items.map(\.topic) == [
                "actual/hazard/flood/", "actual/hazard/quake/", "actual/hazard/flood/",
                "actual/hazard/quake/",
            ])
    }

    @Test func aPrefixWithoutMatchesIsAnsweredInBoundedSteps() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        let count = IncidentJournal.scanLimit + 10
        try journal.run((1...count).map { .escalation(draft($0)) })
        let first = try #require(try journal.fetched(prefix: "none/"))
        #expect(first.next == UInt64(IncidentJournal.scanLimit) + 1)
        #expect(try journal.fetched(from: first.next, prefix: "none/")?.next == UInt64(count) + 1)
    }

    @Test func outsideWhatIsKept() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        #expect(try journal.fetched(from: 1)?.next == 1)
        try journal.run([.escalation(draft(1))])
        let gone = IncidentJournal.FetchOutcome.gone(epoch: 1_000, floor: 1, head: 1)
        #expect(try journal.fetch(epoch: 1_000, from: 0) == gone)
        #expect(try journal.fetch(epoch: 999, from: 1) == gone)
        #expect(try journal.fetch(epoch: 1_001, from: 1) == gone)
        let end = IncidentJournal.FetchOutcome.items(epoch: 1_000, next: 2, head: 1, items: [])
        #expect(try journal.fetch(epoch: 1_000, from: 2) == end)
        #expect(try journal.fetch(epoch: 1_000, from: .max) == end)
    }

    @Test func aSnapshotPagesThroughTheLatestOfOpenIncidents() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        for number in [5, 3, 4, 1, 2] {
            try journal.run([
                .escalation(draft(10 + number, incident: number)),
                .escalation(draft(20 + number, incident: number)),
                .incident(subject: identity(100 - number), incident: identity(number), state: []),
            ])
        }
        // One is closed, one never said anything.
        try journal.run([
            .incidentClosed(subject: identity(97)),
            .incident(subject: identity(99), incident: identity(9), state: []),
        ])
        var ids: [Int?] = []
        var after: Identity?
        var pages = 0
        repeat {
            let page = try journal.snapshot(after: after, maximum: 2)
            #expect(page.head == 10)
            ids += page.items.map { number("id", in: $0.body) }
            after = page.after
            pages += 1
        } while after != nil
        #expect(ids == [22, 24, 25])
        #expect(pages == 2)
        #expect(try journal.snapshot(prefix: "none/").items.isEmpty)
        #expect(
            try journal.snapshot(prefix: "actual/area/").items.map(\.topic)
                == Array(repeating: "actual/area/KE030/", count: 3))
    }

    @Test func retentionKeepsTheNewestAndWhatOpenIncidentsSaidLast() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open(retention: 10)
        try journal.run([
            .escalation(draft(1, incident: 1)), .escalation(draft(2, incident: 1)),
            .incident(subject: identity(1), incident: identity(1), state: []),
        ])
        for id in 3...30 { try journal.run([.escalation(draft(id, incident: 2))]) }
        #expect(journal.position == JournalPosition(epoch: 1_000, head: 30, floor: 21))
        #expect(try journal.fetched(from: 20) == nil)
        #expect(try journal.fetched(from: 21)?.items.count == 10)
        #expect(try journal.snapshot().items.compactMap { number("id", in: $0.body) } == [2])
        #expect(journal.counters.pruned == 19)
        // Closed, it goes with the next pruning.
        try journal.run([.incidentClosed(subject: identity(1)), .escalation(draft(31))])
        #expect(journal.counters.pruned == 21)
        #expect(journal.position.floor == 22)
    }

    @Test func theFloorSurvivesAnotherStart() throws {
        let folder = try TemporaryFolder()
        do {
            let journal = try folder.open(retention: 4)
            for id in 1...9 { try journal.run([.escalation(draft(id))]) }
        }
        let journal = try folder.open(retention: 4)
        #expect(journal.position == JournalPosition(epoch: 1_000, head: 9, floor: 6))
        try journal.run([.escalation(draft(10))])
        #expect(journal.position.floor == 7)
    }

    @Test func aPositionDoesNotWaitForACommit() async throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        let committing = Thread {
            for start in 0..<20 {
                _ = try? journal.run((1...500).map { .escalation(draft(start * 500 + $0)) })
            }
        }
        committing.start()
        var last: UInt64 = 0
        while last < 10_000, !committing.isFinished {
            let head = journal.position.head
            #expect(head >= last && head % 500 == 0)
            if head > last {
                #expect(try journal.fetched(from: head)?.items.count ?? 0 >= 1)
            }
            last = head
        }
        while !committing.isFinished { usleep(1_000) }
        #expect(journal.position.head == 10_000)
    }
}
