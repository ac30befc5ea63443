import Events
import Testing

@testable import Incidents

/// When an incident says that it still is so.
@Suite struct RefreshTests {
    /// Three quarters of the lifetime after it last spoke, not before, and again and again.
    @Test func threeQuartersOfALifetimeAfterItLastSpoke() {
        var rig = BookRig()
        rig.move(nil, "watch", at: 10)
        #expect(rig.book.nextTimer == BookRig.seconds(90).nanoseconds)
        rig.advance(to: 90)
        #expect(rig.said.count == 1)
        rig.advance(to: 91)
        rig.advance(to: 166)
        rig.advance(to: 167)
        rig.move("watch", "warning", at: 200)
        // The move took the place of the refresh at 242.
        rig.advance(to: 280)
        rig.advance(to: 281)
        rig.advance(to: 281)
        #expect(
            rig.lines == [
                "15 alert stage[a] -→watch minor", "91 refresh stage[a] watch→watch minor",
                "167 refresh stage[a] watch→watch minor",
                "205 update stage[a] watch→warning severe",
                "281 refresh stage[a] warning→warning severe",
            ])
        #expect(rig.said[1].expires == BookRig.seconds(191))
        #expect(rig.said[1].eventTime == BookRig.seconds(10))
        #expect(rig.said[1].values.map(\.value) == [.double(10)])
    }

    @Test func whatIsClosedIsNotRefreshed() {
        var rig = BookRig()
        rig.move(nil, "watch", at: 10)
        rig.move("watch", nil, at: 20)
        rig.advance(to: 1_000)
        #expect(rig.said.map(\.kind) == [.alert, .clear])
        #expect(rig.book.nextTimer == nil)
    }

    /// A new incident of the subject is due on its own account.
    @Test func anIncidentRaisedAgainKeepsItsOwnTime() {
        var rig = BookRig()
        rig.move(nil, "watch", at: 10)
        rig.move("watch", nil, at: 20)
        rig.move(nil, "watch", at: 50)
        rig.advance(to: 130)
        #expect(rig.said.count == 3)
        rig.advance(to: 131)
        #expect(rig.lines.last == "131 refresh stage[a] watch→watch minor")
    }

    @Test func eachRuleHasItsLifetime() {
        var rig = BookRig([
            BookRig.rule("long", lifetime: 1_000), BookRig.rule("short", lifetime: 20),
        ])
        rig.move(nil, "watch", at: 10, rule: 0)
        rig.move(nil, "watch", at: 10, rule: 1)
        rig.advance(to: 31)
        rig.advance(to: 765)
        rig.advance(to: 766)
        let kinds = rig.lines.dropFirst(2)
        #expect(
            kinds == [
                "31 refresh short[a] watch→watch minor", "765 refresh short[a] watch→watch minor",
                "766 refresh long[a] watch→watch minor",
            ])
    }

    /// The queue beside a plain list: everything due comes once, and the earliest due time is known.
    @Test func theQueueAgreesWithAList() {
        var state: UInt64 = 5
        func random(_ limit: UInt64) -> Int64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64((state >> 33) % limit)
        }
        for _ in 0..<8 {
            var queue = RefreshQueue()
            var model: [(due: Int64, lane: Int64, subject: UInt8)] = []
            var now: Int64 = 0
            for step in 0..<2_500 {
                if random(10) < 7 {
                    let lane = random(3) * 100
                    // Mostly in order of now; restored ones in any.
                    let due = random(20) == 0 ? now + random(300) : now + lane
                    let subject = UInt8(truncatingIfNeeded: step)
                    queue.add(
                        RefreshQueue.Entry(
                            due: Timestamp(nanoseconds: due),
                            subject: Identity(digest: [subject])),
                        lifetime: lane)
                    model.append((due, lane, subject))
                } else {
                    now += random(5)
                    let taken = queue.take(before: Timestamp(nanoseconds: now)).map {
                        "\($0.due.nanoseconds) \($0.subject.bytes)"
                    }
                    let due = model.filter { $0.due < now }
                    #expect(taken.sorted() == due.map { "\($0.due) \([$0.subject])" }.sorted())
                    model.removeAll { $0.due < now }
                }
                #expect(queue.first?.nanoseconds == model.map(\.due).min())
            }
        }
    }
}
