import Synchronization
import Transport

extension Socket {
    /// Bytes from which on libzmq cuts the connection of a peer, whatever the feed's limit is: up to
    /// here a frame over the limit becomes a dead letter.
    private static let cutOff: Int64 = 16 << 20

    /// Opens the socket of a feed, and tells which endpoint it became.
    init(
        _ feed: Configuration.Feed, context: ZeroMQContext, shared: IntakeShared
    ) throws(TransportError) {
        let kind = SocketKind(feed.pattern)
        var options = SocketOptions(for: kind)
        options.maximumFrameBytes = max(Socket.cutOff, Int64(feed.limits.frameBytes) * 4)
        options.receiveHighWaterMark = 1000
        // Answers that a sender may leave unread, some hundred bytes each: more than it can have asked
        // for at once, since its questions wait by the thousand above.
        options.sendHighWaterMark = 4096
        let socket = try Socket(context: context, kind: kind, options: options)
        if feed.pattern == .sub {
            for topic in feed.topics.isEmpty ? [""] : feed.topics {
                try socket.subscribe(prefix: Array(topic.utf8))
            }
        }
        switch feed.endpoint {
        case .bind(let endpoint):
            let real = try socket.bind(endpoint)
            shared.bound.withLock { $0 = real.description }
        case .connect(let endpoint):
            try socket.connect(endpoint)
            shared.bound.withLock { $0 = endpoint.description }
        }
        self = socket
    }
}

extension SocketKind {
    fileprivate init(_ pattern: Configuration.Feed.Pattern) {
        switch pattern {
        case .sub: self = .sub
        case .pull: self = .pull
        case .router: self = .router
        }
    }
}

extension MessageBuffer {
    /// Bytes of the frames that are kept.
    var keptBytes: Int {
        var bytes = 0
        for index in 0..<keptFrameCount { bytes += byteCount(ofFrame: index) }
        return bytes
    }
}
