import Client
import Testing
import Transport

/// Turns a follower until `isDone` says so, or ten seconds passed.
func follow(
    _ follower: inout Follower, into events: inout [FollowerEvent],
    until isDone: ([FollowerEvent]) -> Bool
) throws {
    let watch = Stopwatch()
    while !isDone(events) {
        guard watch.elapsed < .seconds(10) else {
            Issue.record("It took too long: \(events.seqs.count) shown, \(events.notices)")
            return
        }
        events += try follower.nextEvents(timeoutMilliseconds: 50)
    }
}

@Suite("A follower over real sockets", .serialized)
struct FollowerTests {
    private func follower(
        _ warner: FakeWarner, _ context: ZeroMQContext, since: UInt64? = nil,
        prefixes: [String] = []
    ) throws -> Follower {
        var settings = FollowerSettings()
        settings.since = since
        settings.prefixes = prefixes
        settings.fetchCount = 50
        return try Follower(
            context: context, from: warner.pub, recovery: warner.router, settings: settings,
            digest: sha256)
    }

    @Test("past, present and lost messages: each once, in order")
    func whole() throws {
        let context = try ZeroMQContext()
        let warner = try FakeWarner(SpokenLog(epoch: 7, count: 230), context: context)
        var follower = try follower(warner, context, since: 1)
        var events: [FollowerEvent] = []
        try follow(&follower, into: &events) { $0.seqs.count >= 230 }
        // Lost: two in the middle, and the last one.
        warner.say(70, losing: [240, 241, 300])
        try follow(&follower, into: &events) { $0.seqs.count >= 300 }
        #expect(events.seqs == Array(1...300))
        #expect(events.escalations == warner.log.said)
        #expect(events.notices == [.joined(epoch: 7, cursor: 0)])
        #expect(events.origins.contains(.live))
        warner.stop()
    }

    @Test("restarts in the same epoch, with things said while it was away")
    func restarts() throws {
        let context = try ZeroMQContext()
        var warner = try FakeWarner(SpokenLog(epoch: 7), context: context)
        let (pub, router) = (warner.pub, warner.router)
        var follower = try follower(warner, context)
        var events: [FollowerEvent] = []
        try follow(&follower, into: &events) { !$0.isEmpty }
        for round in 1...3 {
            warner.say(5)
            try follow(&follower, into: &events) { $0.seqs.count >= round * 8 - 3 }
            warner.stop()
            var log = warner.log
            for _ in 1...3 { log.say() }
            warner = try FakeWarner(log, context: context, pub: pub, router: router)
            try follow(&follower, into: &events) { $0.seqs.count >= round * 8 }
        }
        #expect(events.seqs == Array(1...24))
        #expect(!events.contains { $0.isCorruption })
        warner.stop()
    }

    @Test("a new journal: said so, and its log followed")
    func newEpoch() throws {
        let context = try ZeroMQContext()
        var warner = try FakeWarner(SpokenLog(epoch: 7), context: context)
        let (pub, router) = (warner.pub, warner.router)
        var follower = try follower(warner, context)
        var events: [FollowerEvent] = []
        try follow(&follower, into: &events) { !$0.isEmpty }
        warner.say(3)
        try follow(&follower, into: &events) { $0.seqs.count >= 3 }
        warner.stop()
        let old = SpokenLog(epoch: 8, count: 4)
        warner = try FakeWarner(
            SpokenLog(epoch: 9, count: 10), context: context, pub: pub, router: router)
        warner.set(floor: 6)
        warner.set(snapshot: [warner.log[2], warner.log[7], old[4]])
        try follow(&follower, into: &events) { $0.seqs.count >= 10 }
        #expect(events.seqs == [1, 2, 3, 4, 2, 6, 7, 8, 9, 10])
        #expect(events.notices.filter { $0 == .newEpoch(from: 7, to: 9) }.count == 1)
        #expect(!events.contains { $0.isCorruption })
        warner.stop()
    }

    @Test("with a prefix nothing that has it is missed, and nothing else is shown")
    func prefix() throws {
        let context = try ZeroMQContext()
        let warner = try FakeWarner(SpokenLog(epoch: 7), context: context)
        var follower = try follower(warner, context, prefixes: ["actual/hazard/fire/"])
        var events: [FollowerEvent] = []
        try follow(&follower, into: &events) { !$0.isEmpty }
        warner.say(2, topic: "actual/hazard/fire/x/")
        warner.say(2)
        warner.say(2, topic: "actual/hazard/fire/x/", losing: [5, 6])
        warner.say(1)
        try follow(&follower, into: &events) { $0.seqs.count >= 4 }
        #expect(events.seqs == [1, 2, 5, 6])
        warner.stop()
    }

    @Test("silence is told, and its end")
    func silence() throws {
        let context = try ZeroMQContext()
        var warner = try FakeWarner(SpokenLog(epoch: 7), context: context)
        let (pub, router) = (warner.pub, warner.router)
        var follower = try follower(warner, context)
        var events: [FollowerEvent] = []
        try follow(&follower, into: &events) { !$0.isEmpty }
        warner.stop()
        try follow(&follower, into: &events) { events in
            events.contains { if case .silent = $0 { true } else { false } }
        }
        warner = try FakeWarner(warner.log, context: context, pub: pub, router: router)
        try follow(&follower, into: &events) { events in
            events.contains { if case .back = $0 { true } else { false } }
        }
        warner.stop()
    }

    @Test("a stop bell ends the wait")
    func stopBell() throws {
        let context = try ZeroMQContext()
        let bell = try Doorbell()
        var follower = try Follower(
            context: context, from: Endpoint("tcp://127.0.0.1:1"),
            recovery: Endpoint("tcp://127.0.0.1:2"), settings: FollowerSettings(), stop: bell,
            digest: sha256)
        bell.ring()
        let watch = Stopwatch()
        for _ in 0..<20 { _ = try follower.nextEvents(timeoutMilliseconds: 100) }
        #expect(watch.elapsed < .seconds(1))
    }
}

@Suite("A recovery client over real sockets", .serialized)
struct RecoveryClientTests {
    @Test("asks and is answered, also with more than a thousand frames")
    func asks() throws {
        let context = try ZeroMQContext()
        let warner = try FakeWarner(SpokenLog(epoch: 7, count: 600), context: context)
        var client = try RecoveryClient(context: context, endpoint: warner.router)
        #expect(try client.ask(.hello).get() == warner.log.hello().withPublisher("t"))
        let fetch = RecoveryRequest.fetch(channel: "main", epoch: 7, from: 1, prefix: "", max: 500)
        #expect(try client.ask(fetch).get() == warner.log.answer(from: 1, max: 500))
        let late = RecoveryRequest.fetch(channel: "main", epoch: 8, from: 1, prefix: "", max: 500)
        #expect(
            try client.ask(late).get() == .gone(ChannelPosition(epoch: 7, head: 600, floor: 1)))
        #expect(client.generation == 0)
        warner.stop()
    }

    @Test("gives up in time, and a late answer is not taken for that to the next request")
    func timesOut() throws {
        let context = try ZeroMQContext()
        let warner = try FakeWarner(SpokenLog(epoch: 7, count: 3), context: context)
        var client = try RecoveryClient(
            context: context, endpoint: warner.router, timeout: .milliseconds(300))
        warner.set(answersNothing: true)
        #expect(try client.ask(.hello) == .failure(.timedOut))
        #expect(client.generation == 1)
        warner.set(answersNothing: false)
        let fetch = RecoveryRequest.fetch(channel: "main", epoch: 7, from: 3, prefix: "", max: 9)
        #expect(try client.ask(fetch).get() == warner.log.answer(from: 3, max: 9))
        warner.stop()
        #expect(try client.ask(.hello) == .failure(.timedOut))
    }

    @Test("an answer with more frames than it may have is refused")
    func tooMany() throws {
        let context = try ZeroMQContext()
        let warner = try FakeWarner(SpokenLog(epoch: 7, count: 100), context: context)
        var client = try RecoveryClient(
            context: context, endpoint: warner.router, maximumItems: 10)
        let fetch = RecoveryRequest.fetch(channel: "main", epoch: 7, from: 1, prefix: "", max: 99)
        let answer = try client.ask(fetch)
        #expect(answer == .failure(.unreadable("it has 200 frames")))
        warner.stop()
    }

    @Test("a daemon's control socket is asked; without one nobody waits long")
    func control() throws {
        let context = try ZeroMQContext()
        let warner = try FakeWarner(SpokenLog(epoch: 7), context: context)
        let answer = try ControlClient.ask("status", at: warner.router, context: context)
        #expect(JSONValue(answer)?["code"].text == "unknown")
        warner.stop()
        #expect(throws: ControlClient.Failure.noAnswer) {
            try ControlClient.ask(
                "status", at: warner.router, context: context, timeout: .milliseconds(200))
        }
    }
}

extension RecoveryReply {
    fileprivate func withPublisher(_ name: String) -> RecoveryReply {
        guard case .hello(let version, _, let channels) = self else { return self }
        return .hello(version: version, publisher: name, channels: channels)
    }
}
