import CZeroMQ
import Glibc

/// Room for one received multipart message, used again for the next.
///
/// It keeps the first frames, eight unless told: no message a feed sends has more that matter, and
/// a peer that sends more only costs their draining. (A client of the recovery protocol asks for
/// as many as it fetches.) Memory of frames is libzmq's, is not copied, and is let
/// go with the next receive, whatever that brings. Nothing is allocated here after `init`.
///
/// What this cannot do: bound what libzmq queues *before* we see it. A message becomes visible
/// with its last frame, so a peer that never ends one costs memory until the process limit.
///
/// `@safe`: the pointers are allocated in `init`, freed in `deinit`, and never leave but as the
/// argument of a closure; `views` holds `keptFrameCount` valid buffers.
@safe package struct MessageBuffer: ~Copyable {
    /// Frames that are kept of a message; later ones are dropped and counted.
    package let maximumKeptFrames: Int

    /// Frames the last message had, kept or not; 0 if nothing was received.
    package private(set) var frameCount = 0

    /// Frames a message may have before it is flagged.
    package let frameLimit: Int

    @usableFromInline let views: UnsafeMutablePointer<UnsafeRawBufferPointer>

    /// One slot a kept frame, and a last one through which the others are drained.
    private let slots: UnsafeMutablePointer<zmq_msg_t>

    /// Slots that may hold memory of libzmq.
    private var occupiedSlots = 0

    /// Makes room for `maximumKeptFrames`, at least 1 (80 bytes each); `frameLimit` is the
    /// number of frames beyond which a message is flagged.
    package init(maximumKeptFrames kept: Int = 8, frameLimit: Int = 64) {
        precondition(kept >= 1, "A message buffer keeps at least one frame.")
        maximumKeptFrames = kept
        self.frameLimit = frameLimit
        unsafe views = .allocate(capacity: kept)
        unsafe views.initialize(
            repeating: UnsafeRawBufferPointer(start: nil, count: 0), count: kept)
        unsafe slots = .allocate(capacity: kept + 1)
        for index in 0...kept { unsafe zmq_msg_init(slots + index) }
    }

    deinit {
        for index in 0...maximumKeptFrames { unsafe zmq_msg_close(slots + index) }
        unsafe slots.deallocate()
        unsafe views.deallocate()
    }

    /// Frames that can be looked at.
    @inlinable package var keptFrameCount: Int { min(frameCount, maximumKeptFrames) }

    /// Whether the message had more frames than `frameLimit`: count it, and do not trust it.
    package var exceedsFrameLimit: Bool { frameCount > frameLimit }

    /// Bytes of frame `index`, which must be kept.
    package func byteCount(ofFrame index: Int) -> Int { unsafe view(index).count }

    /// Lends the bytes of frame `index`, which must be kept; they are gone after the closure.
    @inlinable package func withFrame<Result, Failure: Error>(
        _ index: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe try body(view(index))
    }

    /// Lends the bytes of frame `index` as a span, for readers that keep to safe Swift.
    @inlinable package func withFrameSpan<Result, Failure: Error>(
        _ index: Int, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe try body(view(index).bytes)
    }

    /// A copy of frame `index`, for commands and tests; the hot path lends instead.
    package func copyOfFrame(_ index: Int) -> [UInt8] { unsafe [UInt8](view(index)) }

    /// Lets go of the message and its memory.
    package mutating func clear() {
        frameCount = 0
        release(from: 0)
    }

    @unsafe @usableFromInline func view(_ index: Int) -> UnsafeRawBufferPointer {
        precondition(index >= 0 && index < keptFrameCount, "The message kept no such frame.")
        return unsafe views[index]
    }
}

extension MessageBuffer {
    /// Receives one whole message without waiting; libzmq hands over all of its frames or none.
    mutating func fill(from socket: SocketPointer) throws(TransportError) -> ReceiveOutcome {
        frameCount = 0
        var count = 0
        var hasMore = true
        while hasMore {
            let index = min(count, maximumKeptFrames)
            let slot = unsafe slots + index
            occupiedSlots = max(occupiedSlots, index + 1)
            guard unsafe zmq_msg_recv(slot, socket.raw, ZMQ_DONTWAIT) >= 0 else {
                let code = zmq_errno()
                if code == EINTR && count > 0 { continue }
                release(from: 0)
                if code == EAGAIN && count == 0 { return .wouldBlock }
                if code == EINTR { return .interrupted }
                throw TransportError(code: code, operation: "receive")
            }
            if index < maximumKeptFrames {
                unsafe views[index] = UnsafeRawBufferPointer(
                    start: zmq_msg_data(slot), count: zmq_msg_size(slot))
            }
            hasMore = unsafe zmq_msg_more(slot) != 0
            count += 1
        }
        frameCount = count
        release(from: keptFrameCount)
        return .message
    }

    /// Empties the slots from `first` on, so that a rare large frame does not stay for good.
    private mutating func release(from first: Int) {
        guard first < occupiedSlots else { return }
        for index in first..<occupiedSlots {
            // Closing an initialised message cannot fail, and leaves it to be initialised again.
            unsafe zmq_msg_close(slots + index)
            unsafe zmq_msg_init(slots + index)
        }
        occupiedSlots = first
    }
}
