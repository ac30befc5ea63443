// A bounded ring of bytes between one producing and one consuming thread.
//
// Positions only grow; a position's place in memory is its remainder by the capacity, a power of
// two. A record is contiguous: where the rest of a lap is too short for a reservation, the producer
// notes in `lapEnd` where the lap's last record ends and goes on at the start of the next lap. The
// producer is never more than one capacity ahead, so one such note is enough.
//
//        tail (consumer)               head (producer)
//          │                             │
//   ┌──────▼─────────────────────────────▼───────────────┐
//   │ free │ records, whole and 8-aligned │ free          │
//   └─────────────────────────────────────────────────────┘
//
// Memory ordering: the producer writes records, then stores `head` releasing; the consumer loads
// `head` acquiring, reads, then stores `tail` releasing; the producer loads `tail` acquiring before
// it writes into freed memory.

public import Synchronization

/// The memory that both ends share; reached only through its two ends.
public final class RingStorage: @unchecked Sendable {
    // Sendable because each byte of `base` belongs to exactly one end at a time, handed over by the
    // release/acquire pairs above.

    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let capacity: Int
    // One cache line each: the ends do not slow each other down.
    @usableFromInline let head = PaddedCounter()
    @usableFromInline let tail = PaddedCounter()
    @usableFromInline let lapEnd = PaddedCounter()

    init(capacity: Int) {
        precondition(
            capacity >= 64 && capacity.nonzeroBitCount == 1,
            "A ring's capacity is a power of two of at least 64 bytes.")
        self.capacity = capacity
        base = .allocate(byteCount: capacity, alignment: 64)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: capacity)
    }

    deinit { base.deallocate() }
}

/// A counter that shares its cache lines with nothing.
@usableFromInline
final class PaddedCounter: Sendable {
    private let before = (0, 0, 0, 0, 0, 0, 0, 0)
    @usableFromInline let value = Atomic<Int>(0)
    private let after = (0, 0, 0, 0, 0, 0, 0, 0)

    init() {}
}

/// A ring of `capacity` bytes, a power of two: take each of its two ends once, one for each thread.
@frozen
public struct Ring: ~Copyable {
    /// The writing end.
    public var producer: RingProducer
    /// The reading end.
    public var consumer: RingConsumer

    /// An empty ring.
    public init(capacity: Int) {
        let storage = RingStorage(capacity: capacity)
        producer = RingProducer(storage)
        consumer = RingConsumer(storage)
    }
}
