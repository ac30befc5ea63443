import Client
import Foundation
import Synchronization
import Testing
import Transport

/// A warner without a daemon: a log, published over PUB and served over ROUTER by one thread.
///
/// It can lose what it publishes, stop, start again on the same ports, and begin a new journal.
final class FakeWarner: Sendable {
    private struct State {
        var log: SpokenLog
        var floor: UInt64 = 1
        var published: UInt64 = 0
        var lost: Set<UInt64> = []
        var snapshot: [ReceivedEscalation] = []
        var isStopping = false
        var answersNothing = false
        var requests = 0
    }

    let pub: Endpoint
    let router: Endpoint
    private let context: ZeroMQContext
    private let state: Mutex<State>
    private let ready = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)
    private let bell: Doorbell

    /// Starts on any free ports, or on given ones.
    init(
        _ log: SpokenLog, context: ZeroMQContext, pub: Endpoint? = nil, router: Endpoint? = nil
    ) throws {
        let any = try Endpoint("tcp://127.0.0.1:*")
        self.context = context
        bell = try Doorbell()
        var first = State(log: log)
        first.published = log.head
        state = Mutex(first)
        self.pub = try pub ?? Self.free(any, .pub, context)
        self.router = try router ?? Self.free(any, .router, context)
        Thread.detachNewThread { [self] in
            serve()
            ready.signal()
            done.signal()
        }
        ready.wait()
    }

    /// A port that was free a moment ago.
    private static func free(
        _ any: Endpoint, _ kind: SocketKind, _ context: ZeroMQContext
    ) throws -> Endpoint {
        try Socket(context: context, kind: kind).bind(any)
    }

    var log: SpokenLog { state.withLock { $0.log } }

    var requests: Int { state.withLock { $0.requests } }

    /// Says `count` things; those whose seq is in `losing` are journaled and not published.
    func say(_ count: Int = 1, topic: String = "actual/hazard/flood/", losing: Set<UInt64> = []) {
        state.withLock {
            $0.lost.formUnion(losing)
            for _ in 0..<count { $0.log.say(topic: topic) }
        }
        bell.ring()
    }

    func set(floor: UInt64) { state.withLock { $0.floor = floor } }

    func set(snapshot: [ReceivedEscalation]) { state.withLock { $0.snapshot = snapshot } }

    func set(answersNothing: Bool) { state.withLock { $0.answersNothing = answersNothing } }

    /// Closes both sockets, as a killed daemon would.
    func stop() {
        state.withLock { $0.isStopping = true }
        bell.ring()
        done.wait()
    }

    private func serve() {
        do {
            let publisher = try Socket(context: context, kind: .pub)
            let server = try Socket(context: context, kind: .router)
            try bind(publisher, pub)
            try bind(server, router)
            ready.signal()
            var poller = Poller()
            let item = poller.add(server)
            _ = poller.add(bell)
            var buffer = MessageBuffer()
            let watch = Stopwatch()
            var nextBeat = Duration.zero
            while !state.withLock({ $0.isStopping }) {
                _ = try poller.poll(timeoutMilliseconds: 20)
                bell.drain()
                bell.prepareToSleep()
                try publish(publisher)
                if watch.elapsed >= nextBeat {
                    nextBeat = watch.elapsed + .milliseconds(100)
                    try beat(publisher)
                }
                if let item, poller.isReadable(item) {
                    while try server.receive(into: &buffer) == .message {
                        let identity = buffer.copyOfFrame(0)
                        let request = buffer.copyOfFrame(buffer.keptFrameCount - 1)
                        let frames = answer(request)
                        if !frames.isEmpty { _ = try server.send(frames: [identity] + frames) }
                    }
                }
            }
        } catch {
            Issue.record("The fake warner failed: \(error)")
        }
    }

    /// libzmq closes in the background: a port may be taken a moment longer by our own past.
    private func bind(_ socket: borrowing Socket, _ endpoint: Endpoint) throws {
        let watch = Stopwatch()
        while true {
            do throws(TransportError) {
                try socket.bind(endpoint)
                return
            } catch {
                guard error.isAddressInUse && watch.elapsed < .seconds(3) else { throw error }
                usleep(20_000)
            }
        }
    }

    private func publish(_ socket: borrowing Socket) throws {
        let (new, topics, lost) = state.withLock { state in
            let new = Array(state.log.said.dropFirst(Int(state.published)))
            let topics = Array(state.log.topics.dropFirst(Int(state.published)))
            state.published = state.log.head
            return (new, topics, state.lost)
        }
        for (escalation, topic) in zip(new, topics) where !lost.contains(escalation.seq) {
            for copy in [topic, "actual/severity/severe/"] {
                _ = try socket.send(frames: [Array(copy.utf8), escalation.body])
            }
        }
    }

    private func beat(_ socket: borrowing Socket) throws {
        let (epoch, head) = state.withLock { ($0.log.epoch, $0.published) }
        let body = #"{"age":{"engine":0.0},"epoch":\#(epoch),"floor":1,"head":\#(head)}"#
        _ = try socket.send(frames: [Array("~heartbeat/main/".utf8), Array(body.utf8)])
    }

    private func answer(_ request: [UInt8]) -> [[UInt8]] {
        let asked = JSONValue(request) ?? .null
        return state.withLock { state in
            state.requests += 1
            guard !state.answersNothing else { return [] }
            let log = state.log
            func text(_ parts: String...) -> [[UInt8]] { parts.map { Array($0.utf8) } }
            let place = #""epoch":\#(log.epoch),"head":\#(log.head)"#
            switch asked["cmd"].text {
            case "hello":
                return text(
                    "hello",
                    #"{"version":"1","publisher":"t","channels":{"main":{\#(place),"floor":\#(state.floor)}}}"#
                )
            case "fetch":
                let from = asked["from"].count ?? 0
                guard asked["epoch"].count == log.epoch, from >= state.floor
                else { return text("gone", #"{\#(place),"floor":\#(state.floor)}"#) }
                let reply = log.answer(
                    from: from, max: Int(asked["max"].count ?? 1),
                    prefix: asked["prefix"].text ?? "", floor: state.floor)
                guard case .fetched(_, let next, _, let items) = reply else { return [] }
                return text("items", #"{\#(place),"next":\#(next)}"#)
                    + items.flatMap { [Array("t/".utf8), $0.body] }
            case "snapshot":
                return text("items", #"{\#(place),"after":null}"#)
                    + state.snapshot.flatMap { [Array("t/".utf8), $0.body] }
            case _:
                return text("error", #"{"code":"unknown","message":"no such command"}"#)
            }
        }
    }
}
