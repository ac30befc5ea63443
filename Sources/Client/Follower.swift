package import Transport

//   PUB ─────────► SUB ──────┐
//   (warner)                 ├─► FollowerState ─► events
//   ROUTER ◄────► DEALER ────┘

/// Follows the escalations of a warner: joins live first, then asks for what it missed.
///
/// A thin loop around `FollowerState`, owned by one thread: call `nextEvents` again and again.
package struct Follower: ~Copyable {
    /// Messages taken in one turn, so that ticks and answers are not starved.
    private static let batch = 1000

    private let stop: Doorbell?
    private let heartbeatTopic: [UInt8]
    private let watch = Stopwatch()
    private var subscriber: Socket
    private var recovery: RecoveryClient
    private var state: FollowerState
    private var buffer = MessageBuffer()
    private var poller = Poller(capacity: 3)
    private var recoveryItem: Int?
    private var polledGeneration = -1

    /// Subscribes and connects, in the background.
    ///
    /// - Parameters:
    ///   - endpoint: where escalations are published.
    ///   - recoveryEndpoint: where what was missed is asked for.
    ///   - stop: ends a wait of `nextEvents` early, for good.
    ///   - digest: SHA-256.
    package init(
        context: ZeroMQContext, from endpoint: Endpoint, recovery recoveryEndpoint: Endpoint,
        settings: FollowerSettings, stop: Doorbell? = nil,
        digest: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) throws(TransportError) {
        let heartbeatTopic = Array(Heartbeat.topic(channel: settings.channel).utf8)
        let subscriber = try Self.subscribed(context, endpoint, settings, heartbeatTopic)
        let recovery = try RecoveryClient(
            context: context, endpoint: recoveryEndpoint, maximumItems: settings.fetchCount)
        self.stop = stop
        self.heartbeatTopic = heartbeatTopic
        self.subscriber = subscriber
        self.recovery = recovery
        state = FollowerState(settings: settings, at: .zero, digest: digest)
    }

    private static func subscribed(
        _ context: ZeroMQContext, _ endpoint: Endpoint, _ settings: FollowerSettings,
        _ heartbeatTopic: [UInt8]
    ) throws(TransportError) -> Socket {
        var options = SocketOptions(for: .sub)
        options.receiveHighWaterMark = Int32(clamping: settings.maximumHeld)
        options.reconnectInterval = 50
        options.reconnectIntervalMaximum = 1000
        let socket = try Socket(context: context, kind: .sub, options: options)
        for prefix in settings.prefixes { try socket.subscribe(prefix: Array(prefix.utf8)) }
        try socket.subscribe(prefix: settings.prefixes.isEmpty ? [] : heartbeatTopic)
        try socket.connect(endpoint)
        return socket
    }

    /// Waits for what comes next, at most `timeoutMilliseconds`, and returns what follows from it;
    /// often nothing. Throws `isTerminated` when the context ends.
    package mutating func nextEvents(
        timeoutMilliseconds: Int
    ) throws(TransportError) -> [FollowerEvent] {
        var events: [FollowerEvent] = []
        askWhatIsNeeded()
        try wait(timeoutMilliseconds)
        try takeMessages(into: &events)
        askWhatIsNeeded()
        let now = watch.elapsed
        switch try recovery.advance(at: now) {
        case .idle, .waiting: break
        case .answered(let reply): events += state.reply(reply, at: now)
        case .failed(let failure): events += state.failed(failure, at: now)
        }
        events += state.tick(at: now)
        return events
    }

    private mutating func askWhatIsNeeded() {
        let now = watch.elapsed
        if let request = state.nextRequest(at: now) { recovery.begin(request, at: now) }
    }

    private mutating func wait(_ timeoutMilliseconds: Int) throws(TransportError) {
        if polledGeneration != recovery.generation {
            poller = Poller(capacity: 3)
            _ = poller.add(subscriber)
            recoveryItem = recovery.watch(with: &poller)
            if let stop { _ = poller.add(stop) }
            polledGeneration = recovery.generation
        }
        if let recoveryItem { poller.watch(recoveryItem, for: recovery.interest) }
        // Ticks and retries want a turn now and then, whatever the caller's patience.
        _ = try poller.poll(timeoutMilliseconds: min(max(timeoutMilliseconds, 0), 100))
    }

    private mutating func takeMessages(
        into events: inout [FollowerEvent]
    ) throws(TransportError) {
        for _ in 0..<Self.batch {
            guard try subscriber.receive(into: &buffer) == .message else { return }
            guard buffer.keptFrameCount >= 2 else {
                events.append(.unreadable(topic: text(ofFrame: 0)))
                continue
            }
            let body = buffer.copyOfFrame(1)
            let now = watch.elapsed
            if buffer.copyOfFrame(0) == heartbeatTopic {
                guard let beat = Heartbeat(body: body) else {
                    events.append(.unreadable(topic: text(ofFrame: 0)))
                    continue
                }
                events += state.heartbeat(beat, at: now)
            } else if let escalation = ReceivedEscalation(body: body) {
                events += state.live(escalation, at: now)
            } else if buffer.withFrame(0, { $0.first != UInt8(ascii: "~") }) {
                events.append(.unreadable(topic: text(ofFrame: 0)))
            }
        }
    }

    private func text(ofFrame index: Int) -> String {
        String(decoding: buffer.copyOfFrame(index), as: UTF8.self)
    }
}
