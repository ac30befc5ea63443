import Foundation
import Glibc
import Logging
import Testing

@testable import Daemon

/// Entries for the system's journal as they leave.
@Suite struct JournaldTests {
    /// The log of a test, and the socket that stands for the system's journal.
    private final class Rig {
        let path: String
        let receiver: Int32
        let file: Int32
        let log: JournaldLog

        /// Standard error is a file, and JOURNAL_STREAM names it.
        init() throws {
            let folder = "/tmp/tocsin-jd-\(UUID().uuidString.prefix(8))"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            path = folder
            receiver = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) {
                $0.copyBytes(from: Array("\(folder)/socket".utf8))
            }
            let size = socklen_t(MemoryLayout<sockaddr_un>.size)
            let receiver = receiver
            let code = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(receiver, $0, size) }
            }
            #expect(code == 0)
            file = open("\(folder)/errors", O_CREAT | O_WRONLY, 0o600)
            var status = stat()
            fstat(file, &status)
            log = try #require(
                JournaldLog(
                    environment: ["JOURNAL_STREAM": "\(status.st_dev):\(status.st_ino)"],
                    socket: "\(folder)/socket", descriptor: file))
        }

        deinit {
            close(receiver)
            close(file)
            try? FileManager.default.removeItem(atPath: path)
        }

        /// The next datagram.
        func next() -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: 1 << 20)
            let count = recv(receiver, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            return count < 0 ? [] : Array(bytes[..<count])
        }
    }

    @Test func aLineWithItsFields() throws {
        let rig = try Rig()
        let log = Logger(label: "test") { [log = rig.log] _ in log }
        log.error("It broke.", metadata: ["next event_no": "7", "message_id": "abc"])
        #expect(
            String(decoding: rig.next(), as: UTF8.self)
                == "MESSAGE=It broke.\nPRIORITY=3\nSYSLOG_IDENTIFIER=tocsin\nMESSAGE_ID=abc\n"
                + "TOCSIN_NEXT_EVENT_NO=7\n")
    }

    @Test func severalLinesStandBehindTheirLength() throws {
        let rig = try Rig()
        Logger(label: "test") { [log = rig.log] _ in log }.info("a\nPRIORITY=0\n")
        let bytes = rig.next()
        let wanted = Array("MESSAGE\n".utf8) + [13, 0, 0, 0, 0, 0, 0, 0]
        #expect(bytes.starts(with: wanted + Array("a\nPRIORITY=0\n\nPRIORITY=6\n".utf8)))
    }

    /// What is too long is cut, between characters, and says so.
    @Test func whatIsTooLongIsCut() throws {
        let rig = try Rig()
        let log = Logger(label: "test") { [log = rig.log] _ in log }
        let long = "x" + String(repeating: "ö", count: 300_000)
        log.info("\(long)", metadata: ["a": "\(long)", "rule": "river"])
        let text = try #require(String(validating: rig.next(), as: UTF8.self))
        #expect(text.utf8.count < 100_000)
        #expect(text.split(separator: "\n")[0].hasSuffix("ö [cut: 600001 bytes in all]"))
        #expect(text.hasSuffix("TOCSIN_RULE=river\n"))
    }

    /// An entry never grows over what a socket takes.
    @Test func anEntryIsBounded() {
        var entry = JournaldEntry()
        for number in 0..<100 { entry.add("F\(number)", String(repeating: "x", count: 20_000)) }
        #expect(entry.bytes.count <= 160 << 10)
        #expect(entry.bytes.last == 10)
    }

    /// The journal restarts: lines are lost, and counted.
    @Test func lostLinesAreCounted() throws {
        let rig = try Rig()
        let log = Logger(label: "test") { [log = rig.log] _ in log }
        rename("\(rig.path)/socket", "\(rig.path)/away")
        log.info("one")
        log.info("two")
        rename("\(rig.path)/away", "\(rig.path)/socket")
        log.info("three")
        #expect(String(decoding: rig.next(), as: UTF8.self).hasSuffix("TOCSIN_LINES_LOST=2\n"))
        log.info("four")
        #expect(!String(decoding: rig.next(), as: UTF8.self).contains("LOST"))
    }

    @Test(arguments: ["", "1:1", "x"])
    func anotherStreamIsNotTheJournal(stream: String) {
        #expect(JournaldLog(environment: ["JOURNAL_STREAM": stream], socket: "/s") == nil)
        #expect(JournaldLog(environment: [:], socket: "/s") == nil)
    }

    /// Two lines that mean different things have different numbers.
    @Test func wellKnownLines() {
        let all = MessageIdentity.allCases
        #expect(all.count == Set(all.map(\.rawValue)).count)
        for identity in all {
            #expect(identity.rawValue.wholeMatch(of: /[0-9a-f]{32}/) != nil)
        }
    }
}
