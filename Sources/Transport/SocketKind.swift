import CZeroMQ

/// The socket patterns Tocsin speaks; what is not listed is not needed.
package enum SocketKind: Sendable, Hashable, CaseIterable {
    /// Takes what it subscribed to from publishers; loses what it is too slow for.
    case sub
    /// Takes from pushers, fairly; pushes back when it is not read.
    case pull
    /// Sends to every subscriber; drops for the slow ones.
    case pub
    /// Sends to one of its pullers in turn; waits when none can take.
    case push
    /// A `pub` that also receives the subscriptions, so that `publish` can wait for the first one.
    /// Never with XPUB_MANUAL (memory corruption from remote) or NODROP (one peer blocks all).
    case xpub
    /// Talks to many clients, each by the routing id in front of its frames.
    case router
    /// Talks to a router without waiting for each answer.
    case dealer

    /// libzmq's number for the pattern.
    var type: Int32 {
        switch self {
        case .sub: ZMQ_SUB
        case .pull: ZMQ_PULL
        case .pub: ZMQ_PUB
        case .push: ZMQ_PUSH
        case .xpub: ZMQ_XPUB
        case .router: ZMQ_ROUTER
        case .dealer: ZMQ_DEALER
        }
    }
}
