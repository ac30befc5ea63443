import CZeroMQ
import Glibc

/// What came of trying to receive.
package enum ReceiveOutcome: Sendable, Hashable {
    /// One whole message is in the buffer.
    case message
    /// Nothing is there; the buffer is empty.
    case wouldBlock
    /// A signal came first; look at the stop flag and try again.
    case interrupted
}

extension Socket {
    /// Receives one whole multipart message into `message` without waiting.
    ///
    /// After a poll receive until `.wouldBlock`, or until a batch is full: each poll costs system
    /// calls, each message only a few dozen nanoseconds. No allocation on Swift's side. Throws
    /// `isTerminated` when the context ends.
    package func receive(
        into message: inout MessageBuffer
    ) throws(TransportError) -> ReceiveOutcome {
        try message.fill(from: pointer)
    }

    /// Receives one whole message, waiting up to `timeoutMilliseconds` for it; for commands, which
    /// have a single socket to wait for. A negative timeout waits for ever.
    package func receive(
        into message: inout MessageBuffer, timeoutMilliseconds: Int
    ) throws(TransportError) -> ReceiveOutcome {
        let outcome = try receive(into: &message)
        guard outcome == .wouldBlock && timeoutMilliseconds != 0 else { return outcome }
        var item = unsafe zmq_pollitem_t(
            socket: pointer.raw, fd: -1, events: Int16(ZMQ_POLLIN), revents: 0)
        guard unsafe zmq_poll(&item, 1, timeoutMilliseconds) >= 0 else {
            if zmq_errno() == EINTR { return .interrupted }
            throw .last("wait for a message")
        }
        return try receive(into: &message)
    }
}
