import Foundation
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1))) struct PollerTests {
    @Test func doorbellOfAnotherThreadEndsThePoll() throws {
        let context = try ZeroMQContext()
        let pull = try Socket(context: context, kind: .pull)
        let endpoint = try pull.bind(Endpoint(Bench.loopback))
        let bell = try Doorbell()
        var poller = Poller(capacity: 2)
        let socketIndex = try added(poller.add(pull))
        let bellIndex = try added(poller.add(bell))
        let refused = poller.add(fileDescriptor: 0)
        #expect(refused == nil)
        try expect(poller.poll(timeoutMilliseconds: 10), .timedOut)

        bell.prepareToSleep()
        let join = Bench.thread {
            Thread.sleep(forTimeInterval: 0.05)
            bell.ring()
        }
        try expect(poller.poll(timeoutMilliseconds: 5000), .ready)
        #expect(poller.readiness(bellIndex) == .readable)
        #expect(poller.readiness(socketIndex) == [])
        bell.drain()
        #expect(join())
        try expect(poller.poll(timeoutMilliseconds: 10), .timedOut)

        let push = try Socket(context: context, kind: .push)
        try push.connect(endpoint)
        #expect(try push.send(frames: [[1]], timeoutMilliseconds: 5000) == .sent)
        try expect(poller.poll(timeoutMilliseconds: 5000), .ready)
        #expect(poller.readiness(socketIndex) == .readable)
        #expect(poller.readiness(bellIndex) == [])
        // A level, not an edge: unread it is still ready; unwatched it is not.
        try expect(poller.poll(timeoutMilliseconds: 5000), .ready)
        poller.watch(socketIndex, for: [])
        try expect(poller.poll(timeoutMilliseconds: 10), .timedOut)
    }

    @Test func closedSocketIsSkipped() throws {
        let context = try ZeroMQContext()
        var poller = Poller()
        func addOne() throws {
            let pull = try Socket(context: context, kind: .pull)
            let index = poller.add(pull)
            #expect(index == 0)
        }
        try addOne()
        try expect(poller.poll(timeoutMilliseconds: 10), .timedOut)
        #expect(context.terminate() == 0)
    }

    @Test func writableAndFailed() throws {
        let context = try ZeroMQContext()
        let push = try Socket(context: context, kind: .push)
        var poller = Poller()
        let index = try added(poller.add(push, for: .writable))
        try expect(poller.poll(timeoutMilliseconds: 0), .timedOut)
        try push.connect(Endpoint("tcp://127.0.0.1:9"))
        try expect(poller.poll(timeoutMilliseconds: 5000), .ready)
        #expect(poller.readiness(index) == .writable)
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        close(ends[1])
        let pipeIndex = try added(poller.add(fileDescriptor: ends[0]))
        try expect(poller.poll(timeoutMilliseconds: 0), .ready)
        #expect(poller.readiness(pipeIndex) == .failed)
        close(ends[0])
    }

    // The macros cannot look into calls on what is not copyable.
    private func added(_ index: Int?) throws -> Int { try #require(index) }

    private func expect(
        _ outcome: PollOutcome, _ expected: PollOutcome,
        _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome == expected, sourceLocation: location)
    }
}
