import Events
import Glibc
import Journal
import Logging
import RingBuffers
import Synchronization
import Transport
import Wire

/// The publish thread: committed escalations out on PUB, a heartbeat every second, and the
/// recovery protocol on ROUTER.
///
///     items ═ring═► [topic][body] ─► PUB ─► a SUB of its own: the canary came back
///                   hello, fetch, snapshot ◄─► ROUTER ◄─► journal
struct PublishStage: ~Copyable, Sendable {
    let endpoints: PublishEndpoints
    let journal: IncidentJournal
    let heartbeat: Heartbeat
    let timeline: Timeline
    let counters: LineCounters
    let bell: Doorbell
    let stops: StopSignal
    let log: Logger
    let canary: Canary
    var items: RingConsumer
    var carried = CarriedCanary()

    /// Opens both sockets, tells the gate, and serves until asked to stop and all is out.
    mutating func run(context: ZeroMQContext, gate: StartGate) {
        let stops = stops
        keepServing(
            "The socket of escalations or of recovery", gate: gate, log: log,
            stops: { stops.isSet }
        ) { isOpen throws(TransportError) in
            var options = SocketOptions(for: .pub)
            options.sendHighWaterMark = 10_000
            // At the end, what was published goes out to those who read it.
            options.linger = 500
            let out = try Socket(context: context, kind: .pub, options: options)
            let published = try out.bind(endpoints.escalations)
            let back = try loopBack(of: out, context)
            var answering = SocketOptions(for: .router)
            // What is too long for a request is answered, not cut off; and a client that does not
            // read holds a few replies, not hundreds.
            answering.maximumFrameBytes = 64 << 10
            answering.sendHighWaterMark = 8
            let router = try Socket(context: context, kind: .router, options: answering)
            let recovery = try router.bind(endpoints.recovery)
            endpoints.bound.withLock { $0 = (published.description, recovery.description) }
            isOpen()
            try serve(out, router, back)
        }
    }

    /// A socket that hears the heartbeats of `out`, through libzmq and back.
    private func loopBack(
        of out: borrowing Socket, _ context: ZeroMQContext
    ) throws(TransportError) -> Socket {
        // A name of its own: that of sockets which failed may be taken for a while.
        let name = "heartbeats-\(timeline.elapsed)"
        try out.bindInProcess(name)
        let back = try Socket(context: context, kind: .sub)
        try back.subscribe(prefix: heartbeat.topic)
        try back.connectInProcess(name)
        return back
    }

    private mutating func serve(
        _ out: borrowing Socket, _ router: borrowing Socket, _ back: borrowing Socket
    ) throws(TransportError) {
        let recovery = RecoveryProtocol(journal: journal, publisher: heartbeat.publisher)
        var poller = Poller(capacity: 3)
        _ = poller.add(router)
        _ = poller.add(back)
        _ = poller.add(bell)
        var request = MessageBuffer()
        var nextHeartbeat: Int64 = 0
        while true {
            try publish(out)
            let elapsed = timeline.elapsed
            if elapsed >= nextHeartbeat {
                let body = heartbeat.body(journal.position)
                carried.sent(body)
                _ = try out.send(frames: [heartbeat.topic, body])
                nextHeartbeat = elapsed + 1_000_000_000
            }
            if stops.isSet && items.isEmpty { return }
            bell.prepareToSleep()
            guard items.isEmpty && !stops.isSet else {
                bell.cancelSleep()
                continue
            }
            let wait = max(1, (nextHeartbeat - elapsed) / 1_000_000)
            _ = try poller.poll(timeoutMilliseconds: Int(wait))
            bell.drain()
            try takeBack(back, &request)
            // A few at a time: a flood of requests does not keep an escalation waiting.
            for _ in 0..<16 {
                guard try router.receive(into: &request) == .message else { break }
                counters.recoveryRequests.add(1, ordering: .relaxed)
                let reply = recovery.reply(to: request)
                if try router.send(frames: reply, timeoutMilliseconds: 0) != .sent {
                    counters.recoveryDropped.add(1, ordering: .relaxed)
                    log.debug("A client of the recovery protocol left, or does not read.")
                }
            }
        }
    }

    /// Takes heartbeats that came back; with one of them the canary did.
    private mutating func takeBack(
        _ back: borrowing Socket, _ message: inout MessageBuffer
    ) throws(TransportError) {
        while try back.receive(into: &message) == .message {
            guard message.keptFrameCount == 2,
                let number = carried.received(message.copyOfFrame(1))
            else { continue }
            let now = timeline.elapsed
            canary.returned.withLock { $0 = (number, now) }
        }
    }

    private mutating func publish(_ out: borrowing Socket) throws(TransportError) {
        let taken = try items.readable().forEachContent { content throws(TransportError) in
            switch try? PublishMessage(bytes: content) {
            case .escalation(_, let topics, let body):
                for topic in topics {
                    _ = try out.send(frames: [Array(topic.utf8), body])
                    counters.frames.add(1, ordering: .relaxed)
                }
                counters.published.add(1, ordering: .relaxed)
            case .canary(let number): carried.take(number)
            case nil: preconditionFailure("The ring to publish holds what we wrote.")
            }
            return true
        }
        guard taken > 0 else { return }
        items.release(taken)
        counters.publishLag.store(items.lag, ordering: .relaxed)
    }
}

/// Where escalations go out.
final class PublishEndpoints: Sendable {
    let escalations: Endpoint
    let recovery: Endpoint
    /// The endpoints they really have.
    let bound = Mutex<(escalations: String, recovery: String)>(("", ""))

    init(escalations: Endpoint, recovery: Endpoint) {
        self.escalations = escalations
        self.recovery = recovery
    }
}
