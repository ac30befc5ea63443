import Foundation
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1))) struct SocketTests {
    let context: ZeroMQContext

    init() throws { context = try ZeroMQContext() }

    @Test func subscriberGetsItsPrefixOnly() throws {
        let publisher = try Socket(context: context, kind: .xpub)
        let subscriber = try Socket(context: context, kind: .sub)
        try subscriber.subscribe(prefix: Bench.bytes("river/"))
        try subscriber.connect(publisher.bind(Endpoint(Bench.loopback)))
        // xpub shows when the subscription has come; nothing before that would arrive.
        #expect(try Bench.receive(publisher) == [[1] + Bench.bytes("river/")])
        for topic in ["rain/a", "river/a", "riverine", "river/b"] {
            #expect(try publisher.send(frames: [Bench.bytes(topic), [7]]) == .sent)
        }
        #expect(try Bench.receive(subscriber) == [Bench.bytes("river/a"), [7]])
        #expect(try Bench.receive(subscriber) == [Bench.bytes("river/b"), [7]])
        #expect(try Bench.receive(subscriber, milliseconds: 50) == nil)
    }

    @Test func plainPublisherReachesASubscriberInTime() throws {
        let publisher = try Socket(context: context, kind: .pub)
        let subscriber = try Socket(context: context, kind: .sub)
        try subscriber.subscribe(prefix: [])
        try subscriber.connect(publisher.bind(Bench.ipcEndpoint()))
        var received: [[UInt8]]?
        for _ in 0..<200 where received == nil {
            #expect(try publisher.send(frames: [[1], [2], [3]]) == .sent)
            received = try Bench.receive(subscriber, milliseconds: 20)
        }
        #expect(received == [[1], [2], [3]])
    }

    @Test func longSubscriptionIsRefused() throws {
        let subscriber = try Socket(context: context, kind: .sub)
        try subscriber.subscribe(prefix: [UInt8](repeating: 65, count: 240))
        #expect(throws: TransportError.self) {
            try subscriber.subscribe(prefix: [UInt8](repeating: 65, count: 241))
        }
    }

    /// Over TCP the pusher may leave before the puller has caught up. Over ipc it must stay: see
    /// `SocketOptions.linger`.
    @Test(arguments: [true, false]) func tenThousandPushedAllArrive(overTCP: Bool) throws {
        let pull = try Socket(context: context, kind: .pull)
        let endpoint = try pull.bind(overTCP ? Endpoint(Bench.loopback) : Bench.ipcEndpoint())
        let context = context
        let taken = DispatchSemaphore(value: 0)
        let join = Bench.thread {
            do {
                var options = SocketOptions(for: .push)
                options.linger = 5000
                let push = try Socket(context: context, kind: .push, options: options)
                try push.connect(endpoint)
                for number in UInt64(0)..<10_000 {
                    let outcome = try withUnsafeBytes(of: number) {
                        try push.send($0, timeoutMilliseconds: 5000)
                    }
                    #expect(outcome == .sent)
                }
                if !overTCP { _ = taken.wait(timeout: .now() + 20) }
            } catch {
                Issue.record(error)
            }
        }
        var message = MessageBuffer()
        for number in UInt64(0)..<10_000 {
            let outcome = try pull.receive(into: &message, timeoutMilliseconds: 5000)
            try #require(outcome == .message)
            let value = message.withFrame(0) { $0.loadUnaligned(as: UInt64.self) }
            let same = message.withFrameSpan(0) { $0.unsafeLoadUnaligned(as: UInt64.self) }
            try #require(value == number && same == number)
        }
        taken.signal()
        #expect(join())
    }

    @Test func routerAnswersAndKnowsWhoIsGone() throws {
        let router = try Socket(context: context, kind: .router)
        let endpoint = try router.bind(Endpoint(Bench.loopback))
        let dealer = try Socket(context: context, kind: .dealer)
        try dealer.connect(endpoint)
        let sent = try dealer.send(
            frames: [[], Bench.bytes("hello")], timeoutMilliseconds: 5000)
        #expect(sent == .sent)
        let request = try #require(try Bench.receive(router))
        #expect(request.count == 3 && request[1].isEmpty && request[2] == Bench.bytes("hello"))
        let answer = (0..<500).map { [UInt8](repeating: UInt8($0 % 256), count: 40) }
        #expect(try router.send(frames: [request[0]] + answer) == .sent)
        var message = MessageBuffer(maximumKeptFrames: 500, frameLimit: 500)
        let outcome = try dealer.receive(into: &message, timeoutMilliseconds: 5000)
        #expect(outcome == .message && message.frameCount == 500 && !message.exceedsFrameLimit)
        #expect((0..<500).allSatisfy { message.copyOfFrame($0) == answer[$0] })
        #expect(try router.send(frames: [Bench.bytes("nobody"), [], [1]]) == .unroutable)
        // The refused message left nothing behind: the next one is whole.
        #expect(try router.send(frames: [request[0], [9]]) == .sent)
        #expect(try Bench.receive(dealer) == [[9]])
    }

    /// With room for a few answers, a peer that has read them gets the next one, however soon.
    @Test func whatWasReadMakesRoomAtOnce() throws {
        var few = SocketOptions(for: .router)
        few.sendHighWaterMark = 8
        let router = try Socket(context: context, kind: .router, options: few)
        try router.bindInProcess("room")
        var reader = SocketOptions(for: .dealer)
        reader.receiveHighWaterMark = 8
        let dealer = try Socket(context: context, kind: .dealer, options: reader)
        try dealer.connectInProcess("room")
        #expect(try dealer.send(frames: [[1]], timeoutMilliseconds: 5000) == .sent)
        let identity = try #require(try Bench.receive(router)?.first)
        for number in 0..<2000 {
            try #require(try router.send(frames: [identity, [2]]) == .sent, "answer \(number)")
            #expect(try Bench.receive(dealer) == [[2]])
        }
        // One that does not read is left without.
        let outcomes = try (0..<100).map { _ in try router.send(frames: [identity, [2]]) }
        #expect(outcomes.first == .sent && outcomes.last != .sent)
    }

    @Test func dealerWithoutServerWouldBlockAndThenSends() throws {
        let server = try Socket(context: context, kind: .router)
        let endpoint = try server.bind(Endpoint(Bench.loopback))
        let dealer = try Socket(context: context, kind: .dealer)
        #expect(try dealer.send(frames: [[1], [2]]) == .wouldBlock)
        #expect(try dealer.send(frames: [[1], [2]], timeoutMilliseconds: 30) == .wouldBlock)
        try dealer.connect(endpoint)
        #expect(try dealer.send(frames: [[3], [4]], timeoutMilliseconds: 5000) == .sent)
        #expect(try Bench.receive(server)?.dropFirst() == [[3], [4]])
    }

    @Test func pushIsWholeThoughItsPullersComeAndGo() throws {
        let push = try Socket(context: context, kind: .push)
        let endpoint = try push.bind(Endpoint(Bench.loopback))
        let body = [UInt8](repeating: 1, count: 200)
        var received = 0
        for _ in 0..<30 {
            let pull = try Socket(context: context, kind: .pull)
            try pull.connect(endpoint)
            for _ in 0..<200 {
                _ = try push.send(frames: [[0], body, [2]], timeoutMilliseconds: 50)
            }
            while let message = try Bench.receive(pull, milliseconds: 20) {
                try #require(message == [[0], body, [2]])
                received += 1
            }
        }
        // How many depends on how soon each departure is noticed; that some came, on nothing.
        #expect(received > 0)
    }

    @Test func oversizedFrameCostsItsSenderTheConnectionOnly() throws {
        var options = SocketOptions(for: .pull)
        options.maximumFrameBytes = 1024
        let pull = try Socket(context: context, kind: .pull, options: options)
        let endpoint = try pull.bind(Endpoint(Bench.loopback))
        let bad = try Socket(context: context, kind: .push)
        let good = try Socket(context: context, kind: .push)
        try bad.connect(endpoint)
        try good.connect(endpoint)
        let large = [UInt8](repeating: 1, count: 1025)
        #expect(try bad.send(frames: [large], timeoutMilliseconds: 5000) == .sent)
        #expect(try Bench.receive(pull, milliseconds: 200) == nil)
        let allowed = [UInt8](repeating: 2, count: 1024)
        #expect(try good.send(frames: [allowed], timeoutMilliseconds: 5000) == .sent)
        #expect(try Bench.receive(pull) == [allowed])
        // The offender may come back and behave.
        #expect(try bad.send(frames: [[3]], timeoutMilliseconds: 5000) == .sent)
        #expect(try Bench.receive(pull) == [[3]])
    }

    @Test(arguments: ["tcp://localhost:*", "tcp://[::1]:*", "tcp://127.0.0.1:0"])
    func wildcardPortBecomesReal(text: String) throws {
        let pull = try Socket(context: context, kind: .pull)
        let endpoint: Endpoint
        do {
            endpoint = try pull.bind(Endpoint(text))
        } catch  where text.contains("::1") && error is TransportError {
            return  // This machine has no IPv6.
        }
        #expect(endpoint.isConnectable && endpoint.isLoopback)
        let push = try Socket(context: context, kind: .push)
        try push.connect(endpoint)
        #expect(try push.send(frames: [[5]], timeoutMilliseconds: 5000) == .sent)
        #expect(try Bench.receive(pull) == [[5]])
    }
}
