package import Transport

/// Asks the recovery endpoint, one request at a time, over a DEALER.
///
/// The protocol has no request ids: an answer belongs to the one request under way. So when one is
/// given up, its socket is closed and a new one opened, and a late answer finds nobody.
/// Non-blocking for a follower (`begin`, then `advance` whenever the socket is ready), blocking for
/// a command (`ask`).
package struct RecoveryClient: ~Copyable {
    /// What a request under way has come to.
    package enum Progress: Sendable, Hashable {
        /// Nothing is under way.
        case idle
        /// Not sent yet, or not answered yet.
        case waiting
        /// It is answered.
        case answered(RecoveryReply)
        /// It is given up.
        case failed(RecoveryFailure)
    }

    /// Where it asks.
    package let endpoint: Endpoint

    /// How long an answer may take.
    package let timeout: Duration

    /// How often a new socket was opened; pollers that watch the old one must be made anew.
    package private(set) var generation = 0

    private let context: ZeroMQContext
    private var socket: Socket
    private var buffer: MessageBuffer
    private var pending: (bytes: [UInt8], since: Duration, isSent: Bool)?

    /// Connects in the background.
    ///
    /// - Parameter maximumItems: the most escalations an answer may hold.
    package init(
        context: ZeroMQContext, endpoint: Endpoint, timeout: Duration = .seconds(2),
        maximumItems: Int = 500
    ) throws(TransportError) {
        self.context = context
        self.endpoint = endpoint
        self.timeout = timeout
        let frames = 2 * maximumItems + 8
        buffer = MessageBuffer(maximumKeptFrames: frames, frameLimit: frames)
        socket = try Self.connected(context, endpoint)
    }

    private static func connected(
        _ context: ZeroMQContext, _ endpoint: Endpoint
    ) throws(TransportError) -> Socket {
        var options = SocketOptions(for: .dealer)
        options.reconnectInterval = 50
        options.reconnectIntervalMaximum = 1000
        let socket = try Socket(context: context, kind: .dealer, options: options)
        try socket.connect(endpoint)
        return socket
    }

    /// What its socket must be polled for now.
    package var interest: PollEvents {
        guard let pending else { return [] }
        return pending.isSent ? .readable : .writable
    }

    /// Adds its socket to a poller, which is good until `generation` changes.
    package func watch(with poller: inout Poller) -> Int? { poller.add(socket, for: interest) }

    /// Begins a request; `advance` sends it and receives its answer.
    ///
    /// - Precondition: none is under way.
    package mutating func begin(_ request: RecoveryRequest, at now: Duration) {
        precondition(pending == nil, "One request is under way at a time.")
        pending = (request.bytes, now, false)
    }

    /// Does what can be done without waiting. Throws `isTerminated` when the context ends.
    package mutating func advance(at now: Duration) throws(TransportError) -> Progress {
        guard let request = pending else { return .idle }
        if !request.isSent, try socket.send(frames: [request.bytes]) == .sent {
            pending?.isSent = true
        }
        if try socket.receive(into: &buffer) == .message {
            pending = nil
            defer { buffer.clear() }
            guard !buffer.exceedsFrameLimit else {
                return .failed(.unreadable("it has \(buffer.frameCount) frames"))
            }
            do throws(RecoveryFailure) {
                let frames = (0..<buffer.keptFrameCount).map { buffer.copyOfFrame($0) }
                return .answered(try RecoveryReply(frames: frames))
            } catch {
                return .failed(error)
            }
        }
        guard now - request.since >= timeout else { return .waiting }
        try startAnew()
        return .failed(.timedOut)
    }

    /// Asks and waits for the answer, at most `timeout`.
    package mutating func ask(
        _ request: RecoveryRequest
    ) throws(TransportError) -> Result<RecoveryReply, RecoveryFailure> {
        let watch = Stopwatch()
        begin(request, at: .zero)
        while true {
            var poller = Poller(capacity: 1)
            _ = self.watch(with: &poller)
            _ = try poller.poll(timeoutMilliseconds: 20)
            switch try advance(at: watch.elapsed) {
            case .idle, .waiting: continue
            case .answered(let reply): return .success(reply)
            case .failed(let failure): return .failure(failure)
            }
        }
    }

    private mutating func startAnew() throws(TransportError) {
        pending = nil
        socket = try Self.connected(context, endpoint)
        generation += 1
    }
}
