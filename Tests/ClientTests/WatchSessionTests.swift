import Client
import Testing
import Transport

@testable import tocsin

@Suite("How a watch ends")
struct WatchSessionTests {
    private func session(_ limit: Int?) throws -> WatchSession {
        WatchSession(
            limit: limit, json: true, recovery: try Endpoint("tcp://127.0.0.1:1"),
            text: EscalationText(terminal: Terminal(hasColour: false), languages: []))
    }

    private func code(_ session: WatchSession, isStopped: Bool = false) -> Int32 {
        do {
            try session.finish(isStopped: isStopped)
            return 0
        } catch {
            return Ending(of: error).code
        }
    }

    @Test("with 0 when as many came as were asked for, or none were asked for, or on a signal")
    func well() throws {
        let log = SpokenLog(epoch: 7, count: 3)
        var session = try session(2)
        try session.take(log.said.map { .escalation($0, .live) })
        #expect(session.isComplete)
        #expect(code(session) == 0)
        var quiet = try self.session(nil)
        try quiet.take([.joined(epoch: 7, cursor: 0)])
        #expect(code(quiet) == 0)
        #expect(code(try self.session(5), isStopped: true) == 0)
    }

    @Test("with 3 when fewer came in time")
    func late() throws {
        let session = try session(2)
        #expect(!session.isComplete)
        #expect(code(session) == 3)
    }

    @Test("with 3 when the warner was silent at the end, whatever was asked for")
    func silent() throws {
        var session = try session(nil)
        #expect(code(session) == 3)
        try session.take([.joined(epoch: 7, cursor: 0), .silent(for: .seconds(4))])
        #expect(code(session) == 3)
        try session.take([.back(after: .seconds(9))])
        #expect(code(session) == 0)
    }

    @Test("with 1 when the log is damaged, however many came")
    func damaged() throws {
        let log = SpokenLog(epoch: 7, count: 1)
        var session = try session(1)
        try session.take([.chainBroken(seq: 1), .escalation(log[1], .live)])
        #expect(session.isComplete)
        #expect(code(session) == 1)
    }

    @Test("everything beside escalations has its sentence")
    func sentences() throws {
        let events: [FollowerEvent] = [
            .joined(epoch: 7, cursor: 3), .silent(for: .milliseconds(3040)),
            .stalled(age: .seconds(4)), .back(after: .seconds(9)), .unanswered(.timedOut),
            .answered, .refused(code: "c", message: "m"), .overdue(4...5), .notKept(1...1),
            .missing(2...3), .chainBroken(seq: 4), .differing(seq: 5), .newEpoch(from: 7, to: 9),
            .unreadable(topic: "\u{1b}t"),
        ]
        let endpoint = try Endpoint("tcp://127.0.0.1:1")
        for event in events {
            let sentence = try #require(FollowerNotice.sentence(event, recovery: endpoint))
            #expect(!sentence.contains("\u{1b}"))
        }
        #expect(
            FollowerNotice.sentence(.notKept(1...1), recovery: endpoint)
                == "the warner no longer keeps seq 1")
        #expect(
            FollowerNotice.sentence(.silent(for: .milliseconds(3040)), recovery: endpoint)?
                .contains("for 3 s") == true)
    }
}
