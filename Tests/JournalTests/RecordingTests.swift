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
            try recording.seq(
                stream: report.stream, status: report.status, source: report.source,
                id: report.id ?? "")
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
}
