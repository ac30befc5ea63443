import CZeroMQ
import Glibc

/// A ZeroMQ socket, owned by one thread and closed when it goes out of scope.
///
/// It is `~Copyable` and not `Sendable` because libzmq's sockets are not thread safe: make it on
/// the thread that uses it. It never blocks unless a timeout is given, and it speaks only the
/// endpoints and options this module allows.
package struct Socket: ~Copyable {
    /// The pattern it speaks.
    package let kind: SocketKind

    /// The most bytes a subscription may have: libzmq 4.3.4 garbles those of 246 to 255 bytes.
    package static let maximumSubscriptionBytes = 240

    let handle: SocketHandle

    /// Opens a socket with the profile of its kind, or with `options`.
    ///
    /// Throws if the context was terminated, files ran out, or libzmq refuses an option.
    package init(
        context: ZeroMQContext, kind: SocketKind, options: SocketOptions? = nil
    ) throws(TransportError) {
        let handle = try SocketHandle(context: context, kind: kind)
        if let pointer = handle.pointer {
            try (options ?? SocketOptions(for: kind)).apply(to: pointer, kind: kind)
        }
        self.kind = kind
        self.handle = handle
    }

    deinit { handle.close() }

    /// Takes connections at `endpoint`, and tells the endpoint that it really became.
    ///
    /// A wildcard port becomes the port the system chose. Throws, among others, `isAddressInUse`;
    /// for ipc also if a program answers at the path, or if a file stands there that is no socket:
    /// libzmq would take the place of the one and delete the other without a word.
    @discardableResult
    package func bind(_ endpoint: Endpoint) throws(TransportError) -> Endpoint {
        if case .ipc(let path) = endpoint.address {
            try LocalSocketFile(path: path).checkIsFree(endpoint)
        }
        try pointer.set(ZMQ_IPV6, endpoint.needsIPv6 ? 1 : 0, "ZMQ_IPV6")
        guard unsafe zmq_bind(pointer.raw, endpoint.bindText) == 0
        else { throw .last("bind", endpoint: endpoint) }
        return try lastEndpoint()
    }

    /// Connects to `endpoint`, in the background and again whenever the connection is lost.
    ///
    /// Success says that the endpoint can be tried, not that anybody is there: libzmq looks host
    /// names up and dials on its own thread. Throws EINVAL for a wildcard.
    package func connect(_ endpoint: Endpoint) throws(TransportError) {
        guard endpoint.isConnectable else {
            throw TransportError(
                code: EINVAL, operation: "connect to", endpoint: endpoint,
                text: "one cannot connect to a wildcard, only bind it")
        }
        try pointer.set(ZMQ_IPV6, endpoint.needsIPv6 ? 1 : 0, "ZMQ_IPV6")
        guard unsafe zmq_connect(pointer.raw, endpoint.description) == 0
        else { throw .last("connect to", endpoint: endpoint) }
    }

    /// The endpoint of the last bind or connect, with the port the system chose.
    package func lastEndpoint() throws(TransportError) -> Endpoint {
        let text = try pointer.lastEndpoint()
        do {
            return try Endpoint(text)
        } catch {
            throw TransportError(
                code: EINVAL, operation: "read the last endpoint", endpoint: nil,
                text: error.description)
        }
    }

    /// Asks for every message whose first frame begins with the bytes of `prefix`; empty is all.
    ///
    /// End a prefix with the topic's separator: `river` is also the beginning of `riverine`. A
    /// *bound* `sub` tells a new publisher its subscriptions only when its thread receives or
    /// polls, so a stalled thread loses messages of publishers that just came.
    package func subscribe(prefix: [UInt8]) throws(TransportError) {
        guard prefix.count <= Self.maximumSubscriptionBytes else {
            throw TransportError(
                code: EINVAL, operation: "subscribe", endpoint: nil,
                text: "a topic prefix has at most \(Self.maximumSubscriptionBytes) bytes")
        }
        try pointer.set(ZMQ_SUBSCRIBE, bytes: prefix, "ZMQ_SUBSCRIBE")
    }

    /// The open socket; it is closed in `deinit` alone.
    var pointer: SocketPointer {
        guard let pointer = handle.pointer else {
            preconditionFailure("A socket is open as long as somebody can name it.")
        }
        return pointer
    }
}

@available(*, unavailable, message: "A ZeroMQ socket stays on the thread that made it.")
extension Socket: Sendable {}
