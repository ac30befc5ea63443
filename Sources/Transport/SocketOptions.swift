import CZeroMQ

/// How a socket behaves towards slow, silent, dead and hostile peers.
///
/// The defaults are for hostile networks and slow peers; each can be changed before
/// the socket is made, none after. Times are milliseconds.
package struct SocketOptions: Sendable, Hashable {
    /// How peers are authenticated; decided before the first bind or connect.
    package enum Security: Sendable, Hashable {
        /// No encryption and no authentication: loopback, ipc, or `insecure: true`.
        case plain
    }

    /// How peers are authenticated.
    package var security = Security.plain

    /// Bytes one incoming frame may have (not the message: see `MessageBuffer`); a peer that sends
    /// more is disconnected.
    package var maximumFrameBytes: Int64

    /// Whole messages queued from one peer before it is pushed back (or, by `pub`, dropped for).
    package var receiveHighWaterMark: Int32

    /// Whole messages queued towards one peer.
    package var sendHighWaterMark: Int32

    /// How long closing goes on delivering what was queued, at most; 0 drops it.
    ///
    /// Delivered means handed to the kernel. Over TCP the peer then reads it all. Over ipc it may
    /// not: when the sender has closed while the receiver is pushed back by its high-water mark,
    /// libzmq 4.3.4 takes the hang-up for an error and drops what it had not read (measured:
    /// 4,000 to 5,000 of 10,000 lost). What must arrive over ipc needs an answer.
    package var linger: Int32 = 0

    /// How long a connection may take to say hello. libzmq's 30 s let silent connections exhaust
    /// the files of the process.
    package var handshakeInterval: Int32

    /// Silence after which a ping is sent; 0 for none.
    package var heartbeatInterval: Int32 = 1000

    /// Silence after a ping that ends the connection.
    package var heartbeatTimeout: Int32 = 3000

    /// What we ask the peer to take as our silence; rounded to tenths of a second by libzmq.
    package var heartbeatTimeToLive: Int32 = 4000

    /// How long sent bytes may stay unacknowledged by the peer's TCP.
    package var tcpMaximumRetransmit: Int32 = 10_000

    /// Pause before the first reconnection.
    package var reconnectInterval: Int32 = 100

    /// Longest pause between reconnections; it doubles up to here.
    package var reconnectIntervalMaximum: Int32 = 5000

    /// Connections the kernel holds that were not accepted yet.
    package var backlog: Int32 = 128

    /// Whether messages queue only towards peers that are really connected, so that old requests
    /// do not flood a server that comes back.
    package var sendsOnlyToConnected: Bool

    /// The profile of a kind of socket.
    ///
    /// `sub` and `pull` take frames of 4 MiB, the limit of a feed; so does `dealer`, whose server it
    /// chose. `router` takes requests of 1 KiB: an acknowledged intake raises that. `push` and
    /// `pull` send no heartbeats: a socket that is left unread, which is how it pushes back, reads
    /// no answer to them either, and libzmq would take its peer for dead and drop what the peer had
    /// sent (measured: 47,000 of 200,000 readings after a pause of 8 s). TCP's keepalive finds dead
    /// peers.
    package init(for kind: SocketKind) {
        receiveHighWaterMark = 1000
        sendHighWaterMark = 1000
        handshakeInterval = 2000
        sendsOnlyToConnected = false
        switch kind {
        case .sub:
            maximumFrameBytes = 4 << 20
        case .pull:
            maximumFrameBytes = 4 << 20
            heartbeatInterval = 0
        case .pub, .xpub:
            // All that comes in are subscriptions, and topics have at most 240 bytes.
            maximumFrameBytes = 256
            sendHighWaterMark = 10_000
        case .router:
            maximumFrameBytes = 1024
            receiveHighWaterMark = 100
            sendHighWaterMark = 200
        case .push:
            maximumFrameBytes = 256
            handshakeInterval = 5000
            heartbeatInterval = 0
        case .dealer:
            maximumFrameBytes = 4 << 20
            receiveHighWaterMark = 10_000
            sendHighWaterMark = 100
            handshakeInterval = 5000
            sendsOnlyToConnected = true
        }
    }
}

extension SocketOptions {
    /// Sets everything on a fresh socket of `kind`; the first refusal is thrown, by its name.
    func apply(to socket: SocketPointer, kind: SocketKind) throws(TransportError) {
        try socket.set(ZMQ_MAXMSGSIZE, wide: maximumFrameBytes, "ZMQ_MAXMSGSIZE")
        for setting in settings {
            try socket.set(setting.option, setting.value, setting.name)
        }
        switch security {
        case .plain: break
        }
        switch kind {
        case .router:
            // Else an answer to a client that is gone vanishes silently,
            try socket.set(ZMQ_ROUTER_MANDATORY, 1, "ZMQ_ROUTER_MANDATORY")
            // and a second client could take over the routing id of the first.
            try socket.set(ZMQ_ROUTER_HANDOVER, 0, "ZMQ_ROUTER_HANDOVER")
        case .sub, .pull, .pub, .push, .xpub, .dealer:
            break
        }
    }

    private var settings: [(option: Int32, value: Int32, name: String)] {
        [
            (ZMQ_RCVHWM, receiveHighWaterMark, "ZMQ_RCVHWM"),
            (ZMQ_SNDHWM, sendHighWaterMark, "ZMQ_SNDHWM"),
            (ZMQ_LINGER, linger, "ZMQ_LINGER"),
            (ZMQ_HANDSHAKE_IVL, handshakeInterval, "ZMQ_HANDSHAKE_IVL"),
            (ZMQ_HEARTBEAT_IVL, heartbeatInterval, "ZMQ_HEARTBEAT_IVL"),
            (ZMQ_HEARTBEAT_TIMEOUT, heartbeatTimeout, "ZMQ_HEARTBEAT_TIMEOUT"),
            (ZMQ_HEARTBEAT_TTL, heartbeatTimeToLive, "ZMQ_HEARTBEAT_TTL"),
            (ZMQ_TCP_KEEPALIVE, 1, "ZMQ_TCP_KEEPALIVE"),
            (ZMQ_TCP_KEEPALIVE_IDLE, 30, "ZMQ_TCP_KEEPALIVE_IDLE"),
            (ZMQ_TCP_KEEPALIVE_INTVL, 10, "ZMQ_TCP_KEEPALIVE_INTVL"),
            (ZMQ_TCP_KEEPALIVE_CNT, 3, "ZMQ_TCP_KEEPALIVE_CNT"),
            (ZMQ_TCP_MAXRT, tcpMaximumRetransmit, "ZMQ_TCP_MAXRT"),
            (ZMQ_RECONNECT_IVL, reconnectInterval, "ZMQ_RECONNECT_IVL"),
            (ZMQ_RECONNECT_IVL_MAX, reconnectIntervalMaximum, "ZMQ_RECONNECT_IVL_MAX"),
            (ZMQ_BACKLOG, backlog, "ZMQ_BACKLOG"),
            (ZMQ_IMMEDIATE, sendsOnlyToConnected ? 1 : 0, "ZMQ_IMMEDIATE"),
        ]
    }
}
