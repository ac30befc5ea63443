import CZeroMQ
import Glibc
import Synchronization

/// The one libzmq context of a process: its I/O threads, and the end of all its sockets.
///
/// One a process, because libzmq 4.3.4 with libsodium crashes when one of several contexts ends.
/// The memory of the context goes when `terminate` was called or the last reference dropped, and
/// no socket is open any more; until then a socket keeps it alive, so neither can hang or dangle.
package final class ZeroMQContext: Sendable {
    private let state: Mutex<State>

    /// Starts a context; throws if the system has no threads or files left for it.
    ///
    /// - Parameter ioThreads: threads that move bytes, one for each GB/s or so; at least 1.
    package init(ioThreads: Int32 = 1) throws(TransportError) {
        guard let raw = unsafe zmq_ctx_new() else { throw .last("start ZeroMQ") }
        let context = unsafe ContextPointer(raw: raw)
        state = Mutex(State(context: context))
        guard context.set(ZMQ_IO_THREADS, ioThreads) else { throw .last("set ZMQ_IO_THREADS") }
        // Sockets then linger 0 unless they say otherwise, so that ending never waits on a peer.
        guard context.set(ZMQ_BLOCKY, 0) else { throw .last("set ZMQ_BLOCKY") }
    }

    deinit {
        let last = state.withLock { $0.take() }
        last?.terminate()
    }

    /// Ends the context: every blocked or later call on its sockets fails with `isTerminated`.
    ///
    /// Never waits for a socket that is still open: the thread that owns it sees the error and
    /// lets go of it, and the last one frees the context. Waits only for sockets closed with a
    /// linger, at most that long. May be called from any thread, and twice.
    ///
    /// - Returns: how many sockets were still open.
    @discardableResult
    package func terminate() -> Int {
        let (last, open) = state.withLock { state -> (ContextPointer?, Int) in
            state.isEnding = true
            state.context?.shutdown()
            return (state.openSockets == 0 ? state.take() : nil, state.openSockets)
        }
        last?.terminate()
        return open
    }

    /// Opens a libzmq socket of `type`, counted until `socketDidClose`.
    func openSocket(_ type: Int32) throws(TransportError) -> SocketPointer {
        try state.withLock { state throws(TransportError) -> SocketPointer in
            guard let context = state.context, !state.isEnding else {
                throw TransportError(code: ETERM, operation: "open a socket")
            }
            guard let socket = context.openSocket(type) else { throw .last("open a socket") }
            state.openSockets += 1
            return socket
        }
    }

    /// Takes note that a socket was closed, and ends the context if it was the last one.
    func socketDidClose() {
        let last = state.withLock { state -> ContextPointer? in
            state.openSockets -= 1
            return state.isEnding && state.openSockets == 0 ? state.take() : nil
        }
        last?.terminate()
    }

    private struct State {
        var context: ContextPointer?
        var openSockets = 0
        var isEnding = false

        mutating func take() -> ContextPointer? {
            defer { context = nil }
            return context
        }
    }
}

/// A pointer to a libzmq context.
///
/// `@unchecked Sendable`: libzmq's manual promises that a context may be used from any thread.
/// `@safe`: it is made from `zmq_ctx_new` alone, and handed out only under the lock that also
/// decides who may free it, once.
@safe private struct ContextPointer: @unchecked Sendable {
    private let raw: UnsafeMutableRawPointer

    @unsafe init(raw: UnsafeMutableRawPointer) { unsafe self.raw = raw }

    func set(_ option: Int32, _ value: Int32) -> Bool {
        unsafe zmq_ctx_set(raw, option, value) == 0
    }

    func openSocket(_ type: Int32) -> SocketPointer? {
        unsafe zmq_socket(raw, type).map { unsafe SocketPointer(raw: $0) }
    }

    func shutdown() { unsafe zmq_ctx_shutdown(raw) }

    /// Frees the context; waits for the lingers of closed sockets, through any signal.
    func terminate() {
        while unsafe zmq_ctx_term(raw) != 0 && zmq_errno() == EINTR {}
    }
}
