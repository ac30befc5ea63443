import CZeroMQ
import Glibc

/// What a poller waits for on one of its items.
package struct PollEvents: OptionSet, Sendable, Hashable {
    /// Bits of `poll`'s `events`.
    package let rawValue: Int16

    /// A set of bits.
    package init(rawValue: Int16) { self.rawValue = rawValue }

    /// A message (or byte) can be received.
    package static let readable = PollEvents(rawValue: Int16(ZMQ_POLLIN))

    /// A message (or byte) can be sent.
    package static let writable = PollEvents(rawValue: Int16(ZMQ_POLLOUT))

    /// A file descriptor is broken or its other end gone; reported without being asked for.
    package static let failed = PollEvents(rawValue: Int16(ZMQ_POLLERR))
}

/// Why a poll came back.
package enum PollOutcome: Sendable, Hashable {
    /// At least one item is ready.
    case ready
    /// The timeout passed.
    case timedOut
    /// A signal came first; look at the stop flag and poll again.
    case interrupted
}

/// Waits on a few sockets, doorbells and file descriptors at once, on one thread.
///
/// Items are named by the index that `add` returns, for good. Sockets and doorbells that end while
/// they are watched are skipped from then on, so nothing has to be removed in time. Readiness is
/// that of a level, not of an edge: what was not drained is reported again. (The edge is in
/// ZMQ_FD, which this hides and nobody should poll.) Still drain until `.wouldBlock`: a poll costs
/// several system calls.
///
/// `@safe`: `items` is allocated in `init` for `capacity` entries of which `count` are initialised,
/// and holds only sockets that `handles` still calls open when libzmq looks at them.
@safe package struct Poller: ~Copyable {
    /// The most items of a poller: beyond these libzmq 4.3.4 allocates at each poll, and has a
    /// fault in doing so (fixed later by its commit 056f37f3).
    package static let maximumCapacity = 16

    /// Items it has room for.
    package let capacity: Int

    /// Items it has.
    package private(set) var count = 0

    private let items: UnsafeMutablePointer<zmq_pollitem_t>
    private var handles: [SocketHandle?] = []
    private var doorbells: [Doorbell] = []

    /// Makes a poller with room for `capacity` items, 1 to 16.
    package init(capacity: Int = Poller.maximumCapacity) {
        precondition(
            capacity >= 1 && capacity <= Self.maximumCapacity, "A poller has 1 to 16 items.")
        self.capacity = capacity
        unsafe items = .allocate(capacity: capacity)
        handles.reserveCapacity(capacity)
    }

    deinit { unsafe items.deallocate() }

    /// Watches a socket of this thread; returns its index, or `nil` if the poller is full.
    package mutating func add(
        _ socket: borrowing Socket, for events: PollEvents = .readable
    ) -> Int? {
        let item = unsafe zmq_pollitem_t(
            socket: socket.pointer.raw, fd: -1, events: events.rawValue, revents: 0)
        return unsafe append(item, socket.handle)
    }

    /// Watches a doorbell and keeps it alive; returns its index, or `nil` if the poller is full.
    package mutating func add(_ doorbell: Doorbell) -> Int? {
        guard let index = add(fileDescriptor: doorbell.fileDescriptor) else { return nil }
        doorbells.append(doorbell)
        return index
    }

    /// Watches a file descriptor, which its owner keeps open; returns its index, or `nil` if full.
    package mutating func add(
        fileDescriptor: Int32, for events: PollEvents = .readable
    ) -> Int? {
        let item = unsafe zmq_pollitem_t(
            socket: nil, fd: fileDescriptor, events: events.rawValue, revents: 0)
        return unsafe append(item, nil)
    }

    /// Changes what item `index` is watched for; with `[]` a socket is left unread and pushes back.
    package mutating func watch(_ index: Int, for events: PollEvents) {
        precondition(index >= 0 && index < count, "The poller has no such item.")
        unsafe items[index].events = events.rawValue
    }

    /// Waits until an item is ready or `timeoutMilliseconds` passed; negative waits for ever.
    ///
    /// Throws `isTerminated` when the context of a watched socket ends.
    package mutating func poll(timeoutMilliseconds: Int) throws(TransportError) -> PollOutcome {
        for index in 0..<count { skipIfClosed(index) }
        let result = unsafe zmq_poll(items, Int32(count), timeoutMilliseconds)
        if result > 0 { return .ready }
        if result == 0 { return .timedOut }
        // libzmq leaves what it had not come to as it was before; nothing counts as ready.
        let code = zmq_errno()
        for index in 0..<count { unsafe items[index].revents = 0 }
        if code == EINTR { return .interrupted }
        throw TransportError(code: code, operation: "poll")
    }

    /// What the last poll found on item `index`.
    package func readiness(_ index: Int) -> PollEvents {
        precondition(index >= 0 && index < count, "The poller has no such item.")
        return unsafe PollEvents(rawValue: items[index].revents)
    }

    /// Whether the last poll found something to receive on item `index`.
    package func isReadable(_ index: Int) -> Bool { readiness(index).contains(.readable) }

    /// Whether the last poll found room to send on item `index`.
    package func isWritable(_ index: Int) -> Bool { readiness(index).contains(.writable) }

    @unsafe private mutating func append(_ item: zmq_pollitem_t, _ handle: SocketHandle?) -> Int? {
        guard count < capacity else { return nil }
        unsafe (items + count).initialize(to: item)
        handles.append(handle)
        count += 1
        return count - 1
    }

    /// Turns an item whose socket was closed into a file descriptor that poll(2) ignores.
    private mutating func skipIfClosed(_ index: Int) {
        guard let handle = handles[index], handle.pointer == nil else { return }
        handles[index] = nil
        unsafe items[index] = zmq_pollitem_t(socket: nil, fd: -1, events: 0, revents: 0)
    }
}

@available(*, unavailable, message: "A poller stays on the thread of its sockets.")
extension Poller: Sendable {}
