package import Transport

/// Sends reports to an acknowledged feed and looks at every answer, over a DEALER that speaks as a
/// REQ does: `["" frames…]` out, `["" answer]` back.
///
///     add ─► [unsent … | asked …] ─► answers, in the order in which was asked
///                ▲            │
///                └── connection lost: all of it is asked again, the same bytes
///
/// An answer names no question, so it belongs to the oldest that is asked over this connection. A
/// socket that reconnects by itself would break that: it forgets what it had sent and sends what it
/// had queued. This one never does; when its connection is lost a new one is opened, with nothing
/// asked. So a report may be asked twice, and a daemon knows it by its `id`.
package struct ReportSender: ~Copyable {
    /// Reports that may be under way, by default.
    package static let window = 64

    /// An answer and whose it is.
    package struct Answered: Sendable {
        /// What the report was added with.
        package let ticket: Int
        /// What the daemon says.
        package let answer: ReportAnswer
        /// The bytes of the answer.
        package let bytes: [UInt8]
    }

    private struct Pending {
        let ticket: Int
        let frames: [[UInt8]]
    }

    /// Reports that are not answered.
    package var unanswered: Int { pending.count }
    /// Whether another report may be added.
    package var hasRoom: Bool { pending.count < window }
    /// Whether somebody was there when it was last looked.
    package private(set) var isConnected = false
    /// How often a connection that was there was lost.
    package private(set) var losses = 0

    private let context: ZeroMQContext
    private let endpoint: Endpoint
    private let window: Int
    private let watch = Stopwatch()
    private var socket: Socket
    private var buffer = MessageBuffer()
    /// The oldest first; the first `asked` were sent over this connection.
    private var pending: [Pending] = []
    private var asked = 0
    /// When this connection was begun, and how long it may take.
    private var begun = Duration.zero
    private var patience = ReportSender.shortestPatience

    private static let shortestPatience = Duration.milliseconds(100)
    private static let longestPatience = Duration.seconds(2)

    /// Connects in the background.
    ///
    /// - Parameter window: reports that may be under way at once.
    package init(
        context: ZeroMQContext, endpoint: Endpoint, window: Int = ReportSender.window
    ) throws(TransportError) {
        self.context = context
        self.endpoint = endpoint
        self.window = window
        socket = try Self.connected(context, endpoint, window)
    }

    private static func connected(
        _ context: ZeroMQContext, _ endpoint: Endpoint, _ window: Int
    ) throws(TransportError) -> Socket {
        var options = SocketOptions(for: .dealer)
        options.reconnectInterval = -1
        options.sendsOnlyToConnected = true
        // Room for more than is ever under way: a socket that cannot send has nobody there. libzmq
        // learns only by half its mark what was sent.
        options.sendHighWaterMark = Int32(clamping: 4 * window)
        let socket = try Socket(context: context, kind: .dealer, options: options)
        try socket.connect(endpoint)
        return socket
    }

    /// Adds a report; its answer comes with `ticket`.
    ///
    /// - Precondition: there is room.
    package mutating func add(_ frames: [[UInt8]], ticket: Int) {
        precondition(hasRoom, "Only so many reports are under way.")
        pending.append(Pending(ticket: ticket, frames: [[]] + frames))
    }

    /// Sends what is unsent, waits for an answer at most so long, and returns those that came.
    package mutating func advance(
        timeoutMilliseconds: Int, stop: Doorbell? = nil
    ) throws(TransportError) -> [Answered] {
        try lookAfterConnection()
        try ask()
        var poller = Poller(capacity: 2)
        let waits = asked > 0 || isConnected
        _ = poller.add(socket, for: waits ? .readable : .writable)
        if let stop { _ = poller.add(stop) }
        // A connection that is lost is seen by looking, not by waiting.
        _ = try poller.poll(timeoutMilliseconds: min(timeoutMilliseconds, 50))
        try lookAfterConnection()
        try ask()
        return try answers()
    }

    private mutating func answers() throws(TransportError) -> [Answered] {
        var answers: [Answered] = []
        while asked > 0, try socket.receive(into: &buffer) == .message {
            let bytes = buffer.copyOfFrame(buffer.keptFrameCount - 1)
            let oldest = pending.removeFirst()
            asked -= 1
            answers.append(
                Answered(ticket: oldest.ticket, answer: ReportAnswer(bytes), bytes: bytes))
        }
        return answers
    }

    private mutating func ask() throws(TransportError) {
        while isConnected, asked < pending.count {
            guard try socket.send(frames: pending[asked].frames) == .sent else { return }
            asked += 1
        }
    }

    /// A socket whose connection is gone, or does not come, makes room for another.
    private mutating func lookAfterConnection() throws(TransportError) {
        var poller = Poller(capacity: 1)
        let item = poller.add(socket, for: [.readable, .writable])
        _ = try poller.poll(timeoutMilliseconds: 0)
        let readiness = item.map { poller.readiness($0) } ?? []
        if readiness.contains(.writable) {
            isConnected = true
            patience = Self.shortestPatience
            return
        }
        // Its last answers are read before it is given up.
        guard !readiness.contains(.readable) else { return }
        if isConnected {
            losses += 1
            isConnected = false
        } else {
            guard watch.elapsed - begun > patience else { return }
            patience = min(patience * 2, Self.longestPatience)
        }
        socket = try Self.connected(context, endpoint, window)
        begun = watch.elapsed
        asked = 0
    }
}
