package import Transport

/// Sends readings to a daemon: messages of two frames, `[topic][payload]`, or as they were captured.
///
/// `push` loses nothing while it runs: it waits for a slow peer. `pub` drops for a slow one only
/// beyond a million messages, and begins when its first subscriber is there.
package struct Publisher: ~Copyable {
    /// How readings are handed out.
    package enum Pattern: String, Sendable, CaseIterable {
        /// To every subscriber.
        case pub
        /// To one puller, which pushes back when it is slow.
        case push
    }

    /// What came of waiting for a peer.
    package enum PeerOutcome: Sendable, Hashable {
        /// Somebody is there and takes what we send.
        case present
        /// Nobody came in time.
        case absent
        /// Subscribers came, but for other topics.
        case wantsOthers
        /// The wait was interrupted by the stop bell.
        case stopped
    }

    /// Messages queued by `push` before it waits; what may be lost if the peer dies.
    package static let pushQueue: Int32 = 256

    private let pattern: Pattern
    private let context: ZeroMQContext
    private let endpoint: Endpoint
    private let binds: Bool
    private let lingerMilliseconds: Int32
    private var socket: Socket

    /// Binds or connects.
    ///
    /// - Parameter linger: how long `finish` may go on delivering what is queued.
    package init(
        context: ZeroMQContext, endpoint: Endpoint, binds: Bool, pattern: Pattern,
        linger: Duration = .seconds(5)
    ) throws(TransportError) {
        self.context = context
        self.endpoint = endpoint
        self.binds = binds
        self.pattern = pattern
        lingerMilliseconds = Int32(clamping: Int(linger.inSeconds * 1000))
        var options = SocketOptions(for: pattern == .pub ? .xpub : .push)
        options.linger = lingerMilliseconds
        options.reconnectInterval = 50
        options.reconnectIntervalMaximum = 1000
        options.sendHighWaterMark = pattern == .pub ? 1_000_000 : Self.pushQueue
        socket = try Self.opened(
            context, pattern == .pub ? .xpub : .push, options, at: endpoint, binds: binds)
    }

    private static func opened(
        _ context: ZeroMQContext, _ kind: SocketKind, _ options: SocketOptions,
        at endpoint: Endpoint, binds: Bool
    ) throws(TransportError) -> Socket {
        let socket = try Socket(context: context, kind: kind, options: options)
        if binds { try socket.bind(endpoint) } else { try socket.connect(endpoint) }
        return socket
    }

    /// Where it really is bound, with the port the system chose.
    package func boundEndpoint() throws(TransportError) -> Endpoint { try socket.lastEndpoint() }

    /// Waits until a peer is there.
    ///
    /// - Parameter topic: with `pub`, what a subscription must be the beginning of, if known.
    package mutating func waitForPeer(
        topic: [UInt8]?, timeout: Duration, stop: Doorbell? = nil
    ) throws(TransportError) -> PeerOutcome {
        switch pattern {
        case .pub: try waitForSubscriber(topic, timeout, stop)
        case .push: try waitForPuller(timeout, stop)
        }
    }

    private mutating func waitForSubscriber(
        _ topic: [UInt8]?, _ timeout: Duration, _ stop: Doorbell?
    ) throws(TransportError) -> PeerOutcome {
        let watch = Stopwatch()
        var buffer = MessageBuffer()
        var outcome = PeerOutcome.absent
        var poller = Poller(capacity: 2)
        _ = poller.add(socket)
        let bell = stop.flatMap { poller.add($0) }
        while watch.elapsed < timeout {
            _ = try poller.poll(timeoutMilliseconds: 50)
            if let bell, poller.isReadable(bell) { return .stopped }
            while try socket.receive(into: &buffer) == .message {
                let frame = buffer.copyOfFrame(0)
                guard frame.first == 1 else { continue }
                if let topic, !topic.starts(with: frame.dropFirst()) {
                    outcome = .wantsOthers
                } else {
                    return .present
                }
            }
        }
        return outcome
    }

    /// A connecting `push` takes messages before anybody is there, so a second socket that does
    /// not finds out.
    private func waitForPuller(
        _ timeout: Duration, _ stop: Doorbell?
    ) throws(TransportError) -> PeerOutcome {
        let watch = Stopwatch()
        if binds { return try waitUntilWritable(socket, watch, timeout, stop) }
        var options = SocketOptions(for: .push)
        options.sendsOnlyToConnected = true
        options.reconnectInterval = 50
        options.reconnectIntervalMaximum = 500
        let probe = try Socket(context: context, kind: .push, options: options)
        try probe.connect(endpoint)
        return try waitUntilWritable(probe, watch, timeout, stop)
    }

    private func waitUntilWritable(
        _ socket: borrowing Socket, _ watch: Stopwatch, _ timeout: Duration, _ stop: Doorbell?
    ) throws(TransportError) -> PeerOutcome {
        var poller = Poller(capacity: 2)
        let item = poller.add(socket, for: .writable)
        let bell = stop.flatMap { poller.add($0) }
        while watch.elapsed < timeout {
            _ = try poller.poll(timeoutMilliseconds: 50)
            if let bell, poller.isReadable(bell) { return .stopped }
            if let item, poller.isWritable(item) { return .present }
        }
        return .absent
    }

    /// Sends one message, waiting at most `timeoutMilliseconds` for room.
    package mutating func send(
        frames: [[UInt8]], timeoutMilliseconds: Int32
    ) throws(TransportError) -> SendOutcome {
        try socket.send(frames: frames, timeoutMilliseconds: timeoutMilliseconds)
    }

    /// Waits until everything is handed over, as long as something moves, and closes.
    ///
    /// It ends the context, which is why it has to be the publisher's own.
    ///
    /// - Returns: false if nothing moved for as long as the linger, so that the last may be lost.
    package consuming func finish() -> Bool {
        let patience = Duration.milliseconds(Int64(lingerMilliseconds))
        let context = context
        let place = (try? socket.lastEndpoint()) ?? endpoint
        let isDelivered = DeliveryProbe(endpoint: place).waitUntilDelivered(patience: patience)
        Self.close(self)
        let watch = Stopwatch()
        context.terminate()
        return isDelivered && watch.elapsed < patience
    }

    private static func close(_ publisher: consuming Publisher) {}
}
