import Foundation
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1))) struct ZeroMQContextTests {
    @Test func terminateWakesASleepingThreadAndDoesNotWaitForIt() throws {
        let context = try ZeroMQContext()
        let ready = DispatchSemaphore(value: 0)
        let join = Bench.thread {
            do {
                let pull = try Socket(context: context, kind: .pull)
                var poller = Poller()
                _ = poller.add(pull)
                ready.signal()
                _ = try poller.poll(timeoutMilliseconds: 20_000)
                Issue.record("The poll came back without an error.")
            } catch {
                #expect((error as? TransportError)?.isTerminated == true)
            }
        }
        ready.wait()
        #expect(context.terminate() == 1)
        #expect(join())
        #expect(context.terminate() == 0)
        let error = #expect(throws: TransportError.self) {
            _ = try Socket(context: context, kind: .pull)
        }
        #expect(error?.description == "cannot open a socket: the ZeroMQ context is shut down")
    }

    @Test func unsentMessagesDoNotHoldTheEnd() throws {
        let start = ContinuousClock.now
        do {
            let context = try ZeroMQContext()
            let push = try Socket(context: context, kind: .push)
            try push.connect(Endpoint("tcp://127.0.0.1:9"))
            #expect(try push.send(frames: [[1]]) == .sent)
        }
        #expect(ContinuousClock.now - start < .seconds(2))
    }

    @Test func lingerDeliversWhatWasQueued() throws {
        let context = try ZeroMQContext()
        let pull = try Socket(context: context, kind: .pull)
        let endpoint = try pull.bind(Endpoint(Bench.loopback))
        do {
            let other = try ZeroMQContext()
            var options = SocketOptions(for: .push)
            options.linger = 5000
            let push = try Socket(context: other, kind: .push, options: options)
            try push.connect(endpoint)
            for number in UInt8(0)..<100 { #expect(try push.send(frames: [[number]]) == .sent) }
        }
        for number in UInt8(0)..<100 { #expect(try Bench.receive(pull) == [[number]]) }
    }
}
