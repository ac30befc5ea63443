import Events
import Foundation
import Testing

@testable import Journal

@Suite struct RecordingTests {
    private func folder() throws -> String {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("recording-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        return path
    }

    private func report(
        _ id: String?, source: String = "m1", status: Status = .actual, stream: String = "incident"
    ) -> Recording.Report {
        Recording.Report(
            stream: stream, status: status, source: source, id: id, arrival: 5, schema: [1, 2],
            bytes: Array("\(id ?? "-")".utf8))
    }

    @Test func numbersAreDenseAndOutliveARestart() throws {
        let path = try folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let first = try Recording.open(folder: path, decided: 0, unixSeconds: 1)
        #expect(try first.append([report("a"), report(nil), report(nil)]) == 1)
        #expect(try first.append([report("b")]) == 4)
        try first.close()
        let second = try Recording.open(folder: path, decided: 2, unixSeconds: 2)
        #expect(second.head == 4)
        #expect(try second.append([report("c", stream: "other")]) == 5)
        let left = try second.reports(after: 2, limit: 10)
        #expect(left.map(\.seq) == [3, 4, 5])
        #expect(left.map(\.bytes) == ["-", "b", "c"].map { Array($0.utf8) })
        #expect(left.allSatisfy { $0.schema == [1, 2] && $0.arrival == 5 })
        #expect(try second.reports(after: 2, limit: 2).map(\.seq) == [3, 4])
    }

    /// Who says what is one report: another source, an exercise, another stream say another.
    @Test func aReportIsKnownByWhoSaysItWhere() throws {
        let path = try folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let recording = try Recording.open(folder: path, decided: 0, unixSeconds: 1)
        _ = try recording.append([report("a")])
        func seq(_ report: Recording.Report) throws -> UInt64? {
            try recording.report(
                stream: report.stream, status: report.status, source: report.source,
                id: report.id ?? "")?.seq
        }
        #expect(try seq(report("a")) == 1)
        #expect(try seq(report("b")) == nil)
        #expect(try seq(report("a", source: "m2")) == nil)
        #expect(try seq(report("a", status: .exercise)) == nil)
        #expect(try seq(report("a", stream: "other")) == nil)
        // A batch with one that is there changes nothing.
        #expect(throws: JournalError.self) {
            try recording.append([report("c"), report("a")])
        }
        #expect(recording.head == 1)
        #expect(try seq(report("c")) == nil)
        #expect(try recording.append([report("c")]) == 2)
    }

    /// Numbers go on behind what the journal decided, though the recording is lost.
    @Test func aLostRecordingUsesNoNumberTwice() throws {
        let path = try folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("no database ".utf8).write(to: URL(fileURLWithPath: Recording.path(in: path)))
        let recording = try Recording.open(folder: path, decided: 40, unixSeconds: 9)
        #expect(recording.setAside?.name.hasSuffix("damaged-9") == true)
        #expect(FileManager.default.fileExists(atPath: recording.setAside?.name ?? ""))
        #expect(try recording.append([report("a")]) == 41)
    }

    @Test func whatIsDecidedIsLetGoInTheEnd() throws {
        let path = try folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let recording = try Recording.open(
            folder: path, decided: Recording.retention, unixSeconds: 1)
        _ = try recording.append((0..<10).map { report("r\($0)") })
        try recording.maintain(decided: 2 * Recording.retention + 4)
        #expect(try recording.decided() == 2 * Recording.retention + 4)
        let left = try recording.reports(after: 0, limit: 100).map(\.seq)
        #expect(left == Array(Recording.retention + 5...Recording.retention + 10))
    }

    /// What no declaration takes is left out until one does; then it comes behind all others, and
    /// is known by its first number.
    @Test func strandedReportsWait() throws {
        let path = try folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let first = try Recording.open(folder: path, decided: 0, unixSeconds: 1)
        _ = try first.append(["a", "b", "c", "d"].map { report($0) })
        try first.strand([2, 3])
        #expect(try first.reports(after: 0, limit: 10).map(\.seq) == [1, 4])
        #expect(try first.strandedCount() == 2)
        try first.release { _ in false }
        #expect(first.head == 4)
        try first.close()

        let second = try Recording.open(folder: path, decided: 4, unixSeconds: 2)
        #expect(try second.reports(after: 4, limit: 10).isEmpty)
        try second.release { $0.bytes == Array("c".utf8) }
        #expect(second.head == 5)
        let left = try second.reports(after: 4, limit: 10)
        #expect(left.map(\.seq) == [5])
        #expect(left.map(\.bytes) == [Array("c".utf8)])
        #expect(try second.strandedCount() == 1)
        #expect(
            try second.report(stream: "incident", status: .actual, source: "m1", id: "c")?.seq == 3)
        // Stranded once more it keeps the number that its sender knows.
        try second.strand([5])
        try second.release { _ in true }
        #expect(try second.reports(after: 5, limit: 10).map(\.seq) == [6, 7])
        #expect(
            try second.report(stream: "incident", status: .actual, source: "m1", id: "c")?.seq == 3)
        #expect(try second.append([report("e")]) == 8)
    }

    /// The oldest that are decided go where all take too much; what is undecided stays, and what is
    /// stranded.
    @Test func theRecordingIsBoundedInBytes() throws {
        let path = try folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let recording = try Recording.open(folder: path, decided: 0, unixSeconds: 1)
        var large = report(nil)
        large.bytes = [UInt8](repeating: 7, count: 20_000)
        for _ in 0..<20 { _ = try recording.append(Array(repeating: large, count: 10)) }
        try recording.strand([3])
        try recording.maintain(decided: 150, bytes: 100 << 20)
        #expect(try recording.reports(after: 0, limit: 1000).count == 199)
        try recording.maintain(decided: 150, bytes: 1 << 20)
        let left = try recording.reports(after: 0, limit: 1000)
        #expect(left.map(\.seq) == Array(151...200))
        #expect(try recording.strandedCount() == 1)
    }
}
