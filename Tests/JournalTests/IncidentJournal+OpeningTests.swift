import Events
import Foundation
import GRDB
import Testing

@testable import Journal

@Suite struct OpeningTests {
    @Test func anotherStartGoesOnInTheSameEpochAndChain() throws {
        let folder = try TemporaryFolder()
        var last: [UInt8] = []
        do {
            let journal = try folder.open(unixSeconds: 1_000)
            #expect(journal.opening == .begun)
            last = try #require(try journal.run([.escalation(draft(1))], nextEventNo: 9).last).body
        }
        let journal = try folder.open(unixSeconds: 5_000)
        #expect(journal.opening == .resumed)
        #expect(journal.position == JournalPosition(epoch: 1_000, head: 1, floor: 1))
        #expect(try journal.recovered().nextEventNo == 9)
        let items = try journal.run(
            [.escalation(draft(1)), .escalation(draft(2))], nextEventNo: 10)
        #expect(items.map(\.seq) == [2])
        let digest = Hexadecimal.text(shortDigest(last))
        #expect(String(decoding: items[0].body, as: UTF8.self).contains(digest))
    }

    @Test func theProfileIsInForce() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        try journal.run([.escalation(draft(1))])
        let expected = [
            "journal_mode": "wal", "synchronous": "2", "wal_autocheckpoint": "0",
            "journal_size_limit": "4120000", "cell_size_check": "1", "trusted_schema": "0",
            "foreign_keys": "1", "mmap_size": "0", "page_size": "4096",
        ]
        for (name, value) in expected {
            let found = try journal.access("look") { db in
                try Row.fetchOne(db, sql: "PRAGMA \(name)").map { "\($0[0] as DatabaseValue)" }
            }
            #expect(found?.trimmingCharacters(in: ["\""]) == value, "\(name)")
        }
        let mode = try FileManager.default.attributesOfItem(atPath: folder.state)[.posixPermissions]
        #expect(mode as? Int == 0o750)
    }

    @Test func aSecondDaemonIsToldTheFirst() throws {
        let folder = try TemporaryFolder()
        let journal = try folder.open()
        let refusal = #expect(throws: JournalError.self) { try folder.open() }
        #expect(refusal?.kind == .locked(pid: getpid()))
        #expect(refusal?.description.contains("process \(getpid()) has it") == true)
        #expect(journal.position.head == 0)
        let reader = #expect(throws: JournalError.self) {
            _ = try IncidentJournal.openReadOnly(folder: folder.state)
        }
        #expect(reader?.kind == .locked(pid: getpid()))
    }

    @Test func aReaderSeesWhatTheDaemonLeft() throws {
        let folder = try TemporaryFolder()
        #expect(throws: JournalError.self) {
            _ = try IncidentJournal.openReadOnly(folder: folder.state)
        }
        do {
            let journal = try folder.open()
            try journal.run([
                .incident(subject: identity(1), incident: identity(2), state: [3])
            ])
        }
        let reader = try IncidentJournal.openReadOnly(folder: folder.state)
        #expect(try reader.openIncidents().map(\.state) == [[3]])
        #expect(try reader.recovered().incidents.count == 1)
        // It does not stand in the way of a daemon that starts.
        #expect(try folder.open().opening == .resumed)
    }

    @Test func aNewerSchemaIsRefusedAndLeftAlone() throws {
        let folder = try TemporaryFolder()
        do { try folder.open().run([.escalation(draft(1))]) }
        try DatabaseQueue(path: folder.journal).write { db in
            try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('journal-99')")
        }
        let refusal = #expect(throws: JournalError.self) { try folder.open() }
        #expect(refusal?.kind == .newerSchema)
        #expect(refusal?.description.contains("newer Tocsin") == true)
        let reader = #expect(throws: JournalError.self) {
            _ = try IncidentJournal.openReadOnly(folder: folder.state)
        }
        #expect(reader?.kind == .newerSchema)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.state)
        #expect(!files.contains { $0.contains("damaged") })
    }

    @Test(arguments: ["file", "file/below", "/proc/tocsin-test"])
    func aFolderThatCannotBeWrittenIsNamed(place: String) throws {
        let folder = try TemporaryFolder()
        try Data().write(to: URL(fileURLWithPath: folder.path + "/file"))
        let path = place.hasPrefix("/") ? place : "\(folder.path)/\(place)"
        let refusal = #expect(throws: JournalError.self) {
            _ = try IncidentJournal.open(
                folder: path, publisher: "p", unixSeconds: 1, digest: shortDigest)
        }
        #expect(refusal?.kind == .unwritable)
        #expect(refusal?.description.contains(path) == true)
    }

    @Test(arguments: [0, 4_096 * 3])
    func aDamagedFileIsSetAsideAndAGreaterEpochBegins(offset: UInt64) throws {
        let folder = try TemporaryFolder()
        do { try folder.open().run((1...200).map { .escalation(draft($0)) }) }
        let handle = try #require(FileHandle(forUpdatingAtPath: folder.journal))
        try handle.seek(toOffset: offset)
        try handle.write(contentsOf: Data(repeating: 0xA5, count: 4_096))
        try handle.close()
        let damaged = FileManager.default.contents(atPath: folder.journal)

        let journal = try folder.open(unixSeconds: 500)
        guard case .replaced(let name, let finding) = journal.opening else {
            Issue.record("The opening is \(journal.opening).")
            return
        }
        #expect(!finding.isEmpty)
        #expect(FileManager.default.contents(atPath: name) == damaged)
        #expect(journal.position == JournalPosition(epoch: 1_001, head: 0, floor: 1))
        let item = try #require(try journal.run([.escalation(draft(1))]).first)
        #expect(number("epoch", in: item.body) == 1_001)
        #expect(item.seq == 1)
        #expect(String(decoding: item.body, as: UTF8.self).contains("\"prev\":null"))
    }

    @Test func aLostFileBeginsAGreaterEpoch() throws {
        let folder = try TemporaryFolder()
        do { try folder.open(unixSeconds: 1_000).run([.escalation(draft(1))]) }
        try FileManager.default.removeItem(atPath: folder.journal)
        let journal = try folder.open(unixSeconds: 10)
        #expect(journal.opening == .begun)
        #expect(journal.position == JournalPosition(epoch: 1_001, head: 0, floor: 1))
    }

    @Test func aLogWithoutItsDatabaseIsSetAside() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.state, withIntermediateDirectories: true)
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: folder.journal + "-wal"))
        let journal = try folder.open()
        guard case .replaced(let name, _) = journal.opening else {
            Issue.record("The opening is \(journal.opening).")
            return
        }
        #expect(FileManager.default.contents(atPath: name + "-wal") == Data([1, 2, 3]))
    }

    @Test func aGreaterNumberBesideTheFileBeginsAnEpochInIt() throws {
        let folder = try TemporaryFolder()
        do {
            try folder.open().run([
                .escalation(draft(1)),
                .incident(subject: identity(1), incident: identity(1), state: []),
            ])
        }
        try Data("2000\n".utf8).write(to: URL(fileURLWithPath: folder.state + "/epoch"))
        let journal = try folder.open(unixSeconds: 1_500)
        #expect(journal.opening == .newEpoch)
        #expect(journal.position == JournalPosition(epoch: 2_001, head: 0, floor: 1))
        // What was said stays said: it is known, and it is in the snapshot.
        #expect(try journal.run([.escalation(draft(1)), .escalation(draft(2))]).map(\.seq) == [1])
        #expect(try journal.fetched()?.items.count == 1)
        #expect(try journal.snapshot().items.count == 1)
    }

    @Test func anotherPublisherBeginsAnEpoch() throws {
        let folder = try TemporaryFolder()
        do { try folder.open(publisher: "a").run([.escalation(draft(1))]) }
        do {
            let journal = try folder.open(publisher: "b")
            #expect(journal.opening == .newEpoch)
            #expect(journal.position.epoch == 1_001)
        }
        #expect(try folder.open(publisher: "b").opening == .resumed)
    }

    @Test func aJournalThatReplacesOneElsewhereGoesBeyondItsEpoch() throws {
        let folder = try TemporaryFolder()
        #expect(try folder.open(unixSeconds: 5, previousEpoch: 70).position.epoch == 71)
    }

    @Test func aMissingEpochFileIsWrittenAgain() throws {
        let folder = try TemporaryFolder()
        do { _ = try folder.open() }
        try FileManager.default.removeItem(atPath: folder.state + "/epoch")
        #expect(try folder.open().opening == .resumed)
        let text = try String(contentsOfFile: folder.state + "/epoch", encoding: .utf8)
        #expect(text == "1000\n")
    }
}
