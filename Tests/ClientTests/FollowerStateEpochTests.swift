import Client
import Testing

@Suite("A follower through restarts of the warner")
struct FollowerStateEpochTests {
    @Test("goes on in the same epoch as if nothing had been")
    func sameEpoch() {
        let log = SpokenLog(epoch: 7, count: 6)
        var line = Timeline.joined(SpokenLog(epoch: 7))
        line.live(log[1])
        line.wait(.seconds(20))
        line.beat(7, head: 5)
        line.recover(from: log)
        line.live(log[6])
        #expect(line.events.seqs == Array(1...6))
        #expect(
            line.events.notices == [.silent(for: .seconds(20)), .back(after: .seconds(20))])
    }

    @Test("a new epoch, heard in a heartbeat: snapshot, then everything the new journal keeps")
    func newEpoch() {
        let old = SpokenLog(epoch: 7, count: 3)
        var new = SpokenLog(epoch: 9, count: 4)
        var line = Timeline.joined(SpokenLog(epoch: 7))
        for seq in 1...3 as ClosedRange<UInt64> { line.live(old[seq]) }
        line.beat(9, head: 4)
        #expect(line.request() == .hello)
        line.reply(new.hello(floor: 3))
        #expect(line.request() == .snapshot(channel: "main", prefix: "", after: nil))
        // Of the old epoch, below the floor, and what the log will bring anyhow.
        line.reply(
            .snapshot(epoch: 9, head: 4, after: "x", items: [new[4], new[1]]))
        #expect(line.request() == .snapshot(channel: "main", prefix: "", after: "x"))
        line.reply(.snapshot(epoch: 9, head: 4, after: nil, items: [old[2]]))
        #expect(
            line.request()
                == .fetch(channel: "main", epoch: 9, from: 3, prefix: "", max: 500))
        line.reply(new.answer(from: 3, floor: 3))
        new.say()
        line.live(new[5])
        #expect(line.events.escalations == old[1...3] + [new[1]] + new[3...5])
        #expect(
            line.events.origins
                == [.live, .live, .live, .snapshot, .fetched, .fetched, .live])
        #expect(line.events.notices == [.newEpoch(from: 7, to: 9)])
    }

    @Test("an escalation that tells of a new epoch is shown in its place")
    func newEpochByEscalation() {
        let new = SpokenLog(epoch: 9, count: 3)
        var line = Timeline.joined(SpokenLog(epoch: 7, count: 5))
        line.live(new[2])
        line.live(new[3])
        line.recover(from: new)
        #expect(line.events.escalations == new[1...3])
        #expect(line.events.notices == [.newEpoch(from: 7, to: 9)])
    }

    @Test("gone in answer to a fetch: the same")
    func gone() {
        let new = SpokenLog(epoch: 9, count: 2)
        var line = Timeline.joined(SpokenLog(epoch: 7))
        line.beat(7, head: 1)
        line.recover(from: new)
        #expect(line.events.escalations == new[1...2])
        #expect(line.events.notices == [.newEpoch(from: 7, to: 9)])
    }

    @Test("the same id is not shown again by the new journal")
    func sameIdentity() {
        let old = SpokenLog(epoch: 7, count: 2)
        var new = SpokenLog(epoch: 9)
        new.say(id: old[2].id)
        new.say()
        var line = Timeline.joined(SpokenLog(epoch: 7))
        line.live(old[1])
        line.live(old[2])
        line.beat(9, head: 2)
        line.recover(from: new)
        #expect(line.events.escalations == old[1...2] + [new[2]])
    }

    @Test("what was held of the old epoch is shown, as nothing will come before it")
    func heldOfOldEpoch() {
        let old = SpokenLog(epoch: 7, count: 3)
        let new = SpokenLog(epoch: 9, count: 1)
        var line = Timeline.joined(SpokenLog(epoch: 7))
        line.live(old[3])
        line.live(new[1])
        line.recover(from: new)
        #expect(line.events.escalations == [old[3], new[1]])
    }

    @Test("too long away: what is no longer kept is named, open incidents are shown")
    func belowFloor() {
        let log = SpokenLog(epoch: 7, count: 30)
        var line = Timeline.joined(SpokenLog(epoch: 7, count: 2))
        line.beat(7, head: 30)
        _ = line.request()
        line.reply(log.answer(from: 3, floor: 21))
        #expect(line.request() == .snapshot(channel: "main", prefix: "", after: nil))
        line.reply(
            .snapshot(epoch: 7, head: 30, after: nil, items: [log[25], log[1], log[9]]))
        line.recover(from: log, floor: 21)
        #expect(line.events.seqs == [9] + Array(21...30))
        #expect(line.events.notices == [.notKept(3...20)])
    }

    @Test("a message left over from the old epoch leads to a question, no more")
    func stale() {
        let old = SpokenLog(epoch: 7, count: 1)
        var new = SpokenLog(epoch: 9, count: 1)
        var line = Timeline.joined(new)
        line.live(old[1])
        #expect(line.request() == .hello)
        line.reply(new.hello())
        new.say()
        line.live(new[2])
        #expect(line.events.escalations == [old[1], new[2]])
        #expect(line.events.notices.isEmpty)
    }

    @Test("a second restart during the snapshot begins anew")
    func restartDuringSnapshot() {
        let newer = SpokenLog(epoch: 11, count: 2)
        var line = Timeline.joined(SpokenLog(epoch: 7))
        line.beat(9, head: 1)
        _ = line.request()
        line.reply(SpokenLog(epoch: 9, count: 1).hello())
        #expect(line.request() == .snapshot(channel: "main", prefix: "", after: nil))
        line.reply(.snapshot(epoch: 11, head: 2, after: nil, items: []))
        line.recover(from: newer)
        #expect(line.events.escalations == newer[1...2])
        #expect(
            line.events.notices == [.newEpoch(from: 7, to: 9), .newEpoch(from: 7, to: 11)])
    }

    @Test("the new journal's chain is checked from its first")
    func chainOfNewEpoch() {
        let new = SpokenLog(epoch: 9, count: 3)
        var line = Timeline.joined(SpokenLog(epoch: 7))
        line.beat(9, head: 1)
        line.recover(from: SpokenLog(epoch: 9, count: 1))
        line.live(new.forged(2))
        line.live(new[3])
        #expect(line.events.notices == [.newEpoch(from: 7, to: 9), .chainBroken(seq: 3)])
    }
}

@Suite("A follower with prefixes")
struct FollowerStatePrefixTests {
    private func log() -> SpokenLog {
        var log = SpokenLog(epoch: 7)
        for seq in 1...9 {
            log.say(topic: seq.isMultiple(of: 3) ? "actual/a/" : seq == 4 ? "actual/b/" : "else/")
        }
        return log
    }

    private func settings(_ prefixes: String...) -> FollowerSettings {
        var settings = FollowerSettings()
        settings.prefixes = prefixes
        return settings
    }

    @Test("asks for what may have been lost, and is carried over what was filtered")
    func cursor() {
        let log = log()
        var line = Timeline.joined(SpokenLog(epoch: 7), settings("actual/a/"))
        line.live(log[6])
        #expect(line.events.isEmpty)
        #expect(
            line.request()
                == .fetch(channel: "main", epoch: 7, from: 1, prefix: "actual/a/", max: 500))
        line.reply(log.answer(from: 1, prefix: "actual/a/"))
        #expect(line.events.seqs == [3, 6, 9])
        #expect(line.request() == nil)
        line.live(log[9])
        line.beat(7, head: 9)
        #expect(line.request() == nil)
        #expect(line.events.seqs == [3, 6, 9])
        #expect(line.events.notices.isEmpty)
    }

    @Test("a heartbeat with a greater head is asked about, although nothing came")
    func heartbeat() {
        let log = log()
        var line = Timeline.joined(SpokenLog(epoch: 7), settings("actual/b/"))
        line.beat(7, head: 9)
        line.recover(from: log)
        #expect(line.events.seqs == [4])
        #expect(line.request() == nil)
    }

    @Test("several prefixes: in order, each once, whichever is read first")
    func several() {
        let log = log()
        var settings = settings("actual/b/", "actual/a/", "actual/")
        settings.fetchCount = 2
        settings.since = 1
        var line = Timeline(settings)
        line.live(log[9])
        line.recover(from: log)
        #expect(line.events.seqs == [3, 4, 6, 9])
        #expect(line.events.notices == [.joined(epoch: 7, cursor: 0)])
    }

    @Test("snapshots are taken for each prefix")
    func snapshot() {
        let new = SpokenLog(epoch: 9)
        let old = SpokenLog(epoch: 8, count: 2)
        var line = Timeline.joined(SpokenLog(epoch: 7), settings("a/", "b/"))
        line.beat(9, head: 0)
        _ = line.request()
        line.reply(new.hello())
        #expect(line.request() == .snapshot(channel: "main", prefix: "a/", after: nil))
        line.reply(.snapshot(epoch: 9, head: 0, after: nil, items: [old[2]]))
        #expect(line.request() == .snapshot(channel: "main", prefix: "b/", after: nil))
        line.reply(.snapshot(epoch: 9, head: 0, after: nil, items: [old[2], old[1]]))
        #expect(line.events.seqs == [1, 2])
        #expect(line.request() == nil)
    }

    @Test("a broken chain cannot be seen, and is not claimed")
    func chain() {
        let log = log()
        var line = Timeline.joined(SpokenLog(epoch: 7), settings("actual/"))
        for seq in [3, 4, 6] as [UInt64] { line.live(log.forged(seq)) }
        line.wait(.seconds(3))
        #expect(line.events.seqs == [3, 4, 6])
        #expect(!line.events.contains { $0.isCorruption })
    }
}
