import CZeroMQ
import Glibc

/// What came of trying to send.
package enum SendOutcome: Sendable, Hashable {
    /// libzmq took the whole message. It may still be lost with its connection: what must arrive
    /// is acknowledged by the peer.
    case sent
    /// Nothing was sent: no peer, or their queues are full, or a signal ended the wait.
    case wouldBlock
    /// Nothing was sent: no peer of this `router` has that routing id.
    case unroutable
}

// Sends are all or nothing. libzmq guarantees it once the first frame was taken, with one trap: if
// the only peer of a `push` or `dealer` goes in between, the call for that frame fails with EAGAIN
// and libzmq then swallows the *rest of the message*, up to its last frame. Stopping there would
// make it swallow the beginning of the next message instead, so we always go on to the end.

extension Socket {
    /// Sends one frame; see `send(frames:timeoutMilliseconds:)`.
    package func send(
        _ frame: UnsafeRawBufferPointer, timeoutMilliseconds: Int32 = 0
    ) throws(TransportError) -> SendOutcome {
        var message = MultipartSend(timeoutMilliseconds: timeoutMilliseconds)
        unsafe try message.push(frame, isLast: true, to: handle, pointer)
        return message.outcome
    }

    /// Sends two frames as one message; see `send(frames:timeoutMilliseconds:)`.
    package func send(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer,
        timeoutMilliseconds: Int32 = 0
    ) throws(TransportError) -> SendOutcome {
        var message = MultipartSend(timeoutMilliseconds: timeoutMilliseconds)
        unsafe try message.push(first, isLast: false, to: handle, pointer)
        unsafe try message.push(second, isLast: true, to: handle, pointer)
        return message.outcome
    }

    /// Sends three frames as one message; see `send(frames:timeoutMilliseconds:)`.
    package func send(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer,
        _ third: UnsafeRawBufferPointer, timeoutMilliseconds: Int32 = 0
    ) throws(TransportError) -> SendOutcome {
        var message = MultipartSend(timeoutMilliseconds: timeoutMilliseconds)
        unsafe try message.push(first, isLast: false, to: handle, pointer)
        unsafe try message.push(second, isLast: false, to: handle, pointer)
        unsafe try message.push(third, isLast: true, to: handle, pointer)
        return message.outcome
    }

    /// Sends `frames`, at least one, as one message, all or nothing; their bytes are copied.
    ///
    /// - Parameter timeoutMilliseconds: how long to wait for room or for a peer; 0 not at all,
    ///   negative for ever. A signal ends the wait early with `.wouldBlock`.
    package func send(
        frames: [UnsafeRawBufferPointer], timeoutMilliseconds: Int32 = 0
    ) throws(TransportError) -> SendOutcome {
        let count = unsafe frames.count
        precondition(count > 0, "A message has at least one frame.")
        var message = MultipartSend(timeoutMilliseconds: timeoutMilliseconds)
        for index in 0..<count {
            let isLast = index == count - 1
            unsafe try message.push(frames[index], isLast: isLast, to: handle, pointer)
        }
        return message.outcome
    }

    /// Sends arrays of bytes as one message; see `send(frames:timeoutMilliseconds:)`.
    package func send(
        frames: [[UInt8]], timeoutMilliseconds: Int32 = 0
    ) throws(TransportError) -> SendOutcome {
        precondition(!frames.isEmpty, "A message has at least one frame.")
        var message = MultipartSend(timeoutMilliseconds: timeoutMilliseconds)
        for index in frames.indices {
            let isLast = index == frames.count - 1
            let frame = frames[index]
            let span = frame.span
            unsafe try span.bytes.withUnsafeBytes { bytes throws(TransportError) in
                unsafe try message.push(bytes, isLast: isLast, to: handle, pointer)
            }
        }
        return message.outcome
    }
}

/// One message on its way out, frame by frame; its outcome stands once the last was pushed.
private struct MultipartSend {
    private(set) var outcome = SendOutcome.sent
    private var isFirst = true
    private var isRefused = false
    private var hasLooked = false
    private let timeout: Int32

    init(timeoutMilliseconds: Int32) { timeout = timeoutMilliseconds }

    mutating func push(
        _ frame: UnsafeRawBufferPointer, isLast: Bool, to handle: SocketHandle,
        _ socket: SocketPointer
    ) throws(TransportError) {
        guard !isRefused else { return }
        defer { isFirst = false }
        var flags = isLast ? 0 : ZMQ_SNDMORE
        // Only the first frame can have to wait; where it was taken, the others have room.
        if isFirst && timeout != 0 {
            try tell(timeout, to: handle, socket)
        } else {
            flags |= ZMQ_DONTWAIT
        }
        while unsafe zmq_send(socket.raw, frame.baseAddress, frame.count, flags) < 0 {
            let code = zmq_errno()
            if code == EINTR && !isFirst { continue }
            if code == EAGAIN, isFirst, timeout == 0, !hasLooked {
                // What a peer has read by now is known once the socket is asked: while it sends
                // without waiting, libzmq looks for it at most once a millisecond.
                hasLooked = true
                socket.look()
                continue
            }
            isRefused = isFirst
            switch code {
            case EAGAIN, EINTR: outcome = .wouldBlock
            case EHOSTUNREACH: outcome = .unroutable
            case _: throw TransportError(code: code, operation: "send")
            }
            return
        }
    }

    private func tell(
        _ timeout: Int32, to handle: SocketHandle, _ socket: SocketPointer
    ) throws(TransportError) {
        let timeout = max(timeout, -1)
        guard handle.sendTimeout != timeout else { return }
        try socket.set(ZMQ_SNDTIMEO, timeout, "ZMQ_SNDTIMEO")
        handle.sendTimeout = timeout
    }
}
