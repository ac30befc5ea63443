import Client
import Testing

@Suite("A follower without prefixes")
struct FollowerStateTests {
    @Test("shows what is said from now on, and nothing before")
    func joinsAtHead() {
        var log = SpokenLog(epoch: 7, count: 5)
        var line = Timeline()
        #expect(line.request() == .hello)
        #expect(line.request() == nil)
        line.reply(log.hello())
        #expect(line.events == [.joined(epoch: 7, cursor: 5)])
        #expect(line.request() == nil)
        log.say()
        line.live(log[6])
        #expect(line.events.seqs == [6])
        #expect(line.events.origins == [.live])
    }

    @Test("keeps what comes live before hello is answered")
    func liveBeforeHello() {
        var log = SpokenLog(epoch: 7, count: 5)
        var line = Timeline()
        _ = line.request()
        log.say()
        line.live(log[6])
        line.live(log[6])
        #expect(line.events.isEmpty)
        line.reply(log.hello())
        #expect(line.events.seqs == [6])
        #expect(line.events.notices == [.joined(epoch: 7, cursor: 5)])
    }

    @Test("fetches what lies between the head at hello and the first live one")
    func gapAfterHello() {
        let log = SpokenLog(epoch: 7, count: 8)
        var line = Timeline()
        _ = line.request()
        line.live(log[8])
        var early = log.hello()
        early = .hello(
            version: "1", publisher: "test",
            channels: ["main": ChannelPosition(epoch: 7, head: 5, floor: 1)])
        line.reply(early)
        #expect(line.events.seqs.isEmpty)
        line.recover(from: log)
        #expect(line.events.seqs == [6, 7, 8])
    }

    @Test("fetches everything from a seq in pieces")
    func since() {
        let log = SpokenLog(epoch: 7, count: 1234)
        var settings = FollowerSettings()
        settings.since = 3
        var line = Timeline(settings)
        line.recover(from: log)
        #expect(line.events.seqs == Array(3...1234))
        #expect(line.events.notices == [.joined(epoch: 7, cursor: 2)])
    }

    @Test("begins at the floor when the seq asked for is no longer kept")
    func sinceBelowFloor() {
        let log = SpokenLog(epoch: 7, count: 20)
        var settings = FollowerSettings()
        settings.since = 1
        var line = Timeline(settings)
        line.recover(from: log, floor: 11)
        #expect(line.events.seqs == Array(11...20))
        #expect(line.events.notices == [.notKept(1...10), .joined(epoch: 7, cursor: 10)])
    }

    @Test("waits for a seq that was not said yet")
    func sinceInTheFuture() {
        var log = SpokenLog(epoch: 7, count: 2)
        var settings = FollowerSettings()
        settings.since = 4
        var line = Timeline(settings)
        line.recover(from: log)
        log.say()
        line.live(log[3])
        log.say()
        line.live(log[4])
        #expect(line.events.seqs == [4])
    }

    @Test("drops duplicates, of whatever topic or way they come")
    func duplicates() {
        var log = SpokenLog(epoch: 7)
        var line = Timeline.joined(log)
        for _ in 1...3 { log.say() }
        for seq in [1, 1, 2, 1, 2, 3, 3] as [UInt64] { line.live(log[seq]) }
        line.reply(log.answer(from: 1))
        #expect(line.events.seqs == [1, 2, 3])
        #expect(line.events.notices.isEmpty)
    }

    @Test("holds back what comes out of order until it is whole")
    func outOfOrder() {
        let log = SpokenLog(epoch: 7, count: 4)
        var line = Timeline.joined(SpokenLog(epoch: 7))
        line.live(log[2])
        line.live(log[4])
        #expect(line.events.isEmpty)
        line.live(log[1])
        #expect(line.events.seqs == [1, 2])
        line.live(log[3])
        #expect(line.events.seqs == [1, 2, 3, 4])
        #expect(line.request() == nil)
    }

    @Test("fetches a gap, and shows what was held in its place")
    func gap() {
        let log = SpokenLog(epoch: 7, count: 6)
        var line = Timeline.joined(SpokenLog(epoch: 7))
        line.live(log[1])
        line.live(log[5])
        #expect(
            line.request()
                == .fetch(channel: "main", epoch: 7, from: 2, prefix: "", max: 500))
        line.live(log[6])
        line.reply(log.answer(from: 2))
        #expect(line.events.seqs == [1, 2, 3, 4, 5, 6])
        #expect(line.events.origins == [.live, .fetched, .fetched, .fetched, .live, .live])
        #expect(line.events.notices.isEmpty)
        #expect(line.request() == nil)
    }

    @Test("learns of a lost last message from the heartbeat")
    func lostLast() {
        let log = SpokenLog(epoch: 7, count: 2)
        var line = Timeline.joined(SpokenLog(epoch: 7))
        line.live(log[1])
        line.beat(7, head: 1)
        #expect(line.request() == nil)
        line.beat(7, head: 2)
        line.recover(from: log)
        #expect(line.events.seqs == [1, 2])
    }

    @Test("asks again when nobody answers, and says so once")
    func retries() {
        let log = SpokenLog(epoch: 7, count: 3)
        var line = Timeline.joined(SpokenLog(epoch: 7))
        line.beat(7, head: 3)
        #expect(line.request() != nil)
        line.fail()
        #expect(line.request() == nil)
        line.wait(.milliseconds(300))
        #expect(line.request() != nil)
        line.fail()
        line.wait(.milliseconds(300))
        line.recover(from: log)
        #expect(line.events.seqs == [1, 2, 3])
        #expect(line.events.notices == [.unanswered(.timedOut), .answered])
    }

    @Test("does not keep a warning back for ever when older ones cannot be had")
    func patience() {
        let log = SpokenLog(epoch: 7, count: 5)
        var line = Timeline.joined(SpokenLog(epoch: 7))
        line.live(log[3])
        line.beat(7, head: 3)
        _ = line.request()
        line.wait(.seconds(2))
        line.fail()
        #expect(line.events.seqs.isEmpty)
        line.beat(7, head: 3)
        line.wait(.seconds(1))
        #expect(line.events.seqs == [3])
        #expect(line.events.notices == [.unanswered(.timedOut), .overdue(1...2)])
        line.live(log[4])
        #expect(line.events.seqs == [3, 4])
        line.recover(from: log)
        #expect(line.events.seqs == [3, 4, 1, 2, 5])
        line.live(log[5])
        #expect(line.events.seqs == [3, 4, 1, 2, 5])
    }

    @Test("shows what comes live although the recovery endpoint never answers")
    func withoutRecovery() {
        let log = SpokenLog(epoch: 7, count: 2)
        var line = Timeline()
        _ = line.request()
        line.live(log[1])
        line.wait(.seconds(2))
        line.fail()
        line.wait(.seconds(2))
        #expect(line.events.seqs == [1])
        line.live(log[2])
        #expect(line.events.seqs == [1, 2])
        line.recover(from: log)
        #expect(line.events.seqs == [1, 2])
    }

    @Test("holds no more than it has room for, and fetches the rest")
    func bounded() {
        let log = SpokenLog(epoch: 7, count: 2000)
        var settings = FollowerSettings()
        settings.maximumHeld = 10
        var line = Timeline.joined(SpokenLog(epoch: 7), settings)
        for seq in 2...2000 as ClosedRange<UInt64> { line.live(log[seq]) }
        line.recover(from: log)
        #expect(line.events.seqs == Array(1...2000))
        #expect(line.events.notices.isEmpty)
    }

    @Test("says loudly that the chain is broken, once for each break")
    func chain() {
        let log = SpokenLog(epoch: 7, count: 4)
        var line = Timeline.joined(SpokenLog(epoch: 7))
        line.live(log[1])
        line.live(log.forged(2))
        line.live(log[3])
        line.live(log[4])
        #expect(line.events.seqs == [1, 2, 3, 4])
        #expect(line.events.notices == [.chainBroken(seq: 3)])
    }

    @Test("wants no body before the first")
    func chainOfFirst() {
        let log = SpokenLog(epoch: 7, count: 2)
        var line = Timeline.joined(SpokenLog(epoch: 7))
        let text = String(decoding: log[2].body, as: UTF8.self).replacing(
            "seq\":2", with: "seq\":1")
        if let first = ReceivedEscalation(body: Array(text.utf8)) { line.live(first) }
        #expect(line.events.notices == [.chainBroken(seq: 1)])
    }

    @Test("says that two copies differ")
    func differing() {
        let log = SpokenLog(epoch: 7, count: 2)
        var line = Timeline.joined(SpokenLog(epoch: 7))
        line.live(log[2])
        line.live(log.forged(2))
        #expect(line.events == [.differing(seq: 2)])
    }

    @Test("says that the log has a hole, and goes on")
    func hole() {
        let log = SpokenLog(epoch: 7, count: 5)
        var line = Timeline.joined(SpokenLog(epoch: 7))
        line.beat(7, head: 5)
        _ = line.request()
        line.reply(
            .fetched(epoch: 7, next: 6, head: 5, items: [log[1], log[2], log[5]]))
        #expect(line.events.seqs == [1, 2, 5])
        #expect(line.events.notices == [.missing(3...4)])
        #expect(line.request() == nil)
    }

    @Test("does not ask in a tight loop when no progress is made")
    func noProgress() {
        var line = Timeline.joined(SpokenLog(epoch: 7))
        line.beat(7, head: 5)
        #expect(line.request() != nil)
        line.reply(.fetched(epoch: 7, next: 1, head: 5, items: []))
        #expect(line.request() == nil)
        line.wait(.seconds(1))
        #expect(line.request() != nil)
        line.reply(.refused(code: "busy", message: "later"))
        #expect(line.request() == nil)
        line.wait(.seconds(1))
        #expect(line.request() != nil)
        line.reply(.refused(code: "busy", message: "later"))
        #expect(line.events.notices == [.refused(code: "busy", message: "later")])
    }

    @Test("shows what went out without the journal at once, and its durable copy not again")
    func volatileEscalation() {
        var log = SpokenLog(epoch: 7)
        var line = Timeline.joined(log)
        let text = #"{"channel":"main","epoch":7,"id":"v","prev":null,"seq":0}"#
        if let volatile = ReceivedEscalation(body: Array(text.utf8)) {
            line.live(volatile)
            line.live(volatile)
        }
        log.say(id: "v")
        log.say()
        line.live(log[1])
        line.live(log[2])
        #expect(line.events.seqs == [0, 2])
        #expect(line.events.notices.isEmpty)
    }

    @Test("ignores other channels")
    func otherChannel() {
        var line = Timeline.joined(SpokenLog(epoch: 7))
        let text = #"{"channel":"drill","epoch":9,"id":"d","prev":null,"seq":1}"#
        if let other = ReceivedEscalation(body: Array(text.utf8)) { line.live(other) }
        #expect(line.events.isEmpty)
        #expect(line.request() == nil)
    }
}

@Suite("A follower listens whether the warner lives")
struct WarnerSilenceTests {
    @Test("three seconds without a heartbeat are silence, told once")
    func silent() {
        var line = Timeline.joined(SpokenLog(epoch: 7))
        line.beat(7, head: 0)
        line.wait(.milliseconds(2900))
        #expect(line.events.isEmpty)
        line.wait(.milliseconds(100))
        #expect(line.events == [.silent(for: .seconds(3))])
        line.wait(.seconds(10))
        line.beat(7, head: 0)
        #expect(line.events == [.silent(for: .seconds(3)), .back(after: .seconds(13))])
        line.wait(.seconds(3))
        #expect(line.events.last == .silent(for: .seconds(3)))
    }

    @Test("a heartbeat of an engine that stands still is as bad")
    func stalled() {
        var line = Timeline.joined(SpokenLog(epoch: 7))
        line.beat(7, head: 0, age: .seconds(3))
        #expect(line.events.isEmpty)
        line.wait(.seconds(1))
        line.beat(7, head: 0, age: .seconds(4))
        line.beat(7, head: 0, age: .seconds(5))
        #expect(line.events == [.stalled(age: .seconds(4))])
        line.wait(.seconds(1))
        line.beat(7, head: 0, age: .milliseconds(10))
        #expect(line.events.last == .back(after: .seconds(5)))
    }

    @Test("ages come as one number or as several")
    func ages() {
        let many = #"{"age":{"engine":0.5,"journal":4},"epoch":7,"head":3,"later":[]}"#
        #expect(
            Heartbeat(body: Array(many.utf8))
                == Heartbeat(epoch: 7, head: 3, age: .seconds(4)))
        let one = #"{"age":2,"epoch":7,"head":3}"#
        #expect(
            Heartbeat(body: Array(one.utf8)) == Heartbeat(epoch: 7, head: 3, age: .seconds(2)))
        #expect(Heartbeat(body: Array(#"{"head":3}"#.utf8)) == nil)
        #expect(Heartbeat(body: [0xff]) == nil)
    }
}
