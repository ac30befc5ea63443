public import Synchronization

/// The reading end of a ring: take a run of whole records, work on it, release it when done.
///
/// The consumer owns a run until it releases it and may write into it.
public struct RingConsumer: ~Copyable, Sendable {
    @usableFromInline let storage: RingStorage
    @usableFromInline var position = 0
    @usableFromInline var knownHead = 0

    init(_ storage: RingStorage) { self.storage = storage }

    /// The whole records that lie in one piece from the oldest on; empty when there are none.
    ///
    /// Asking again without releasing gives the same run, perhaps longer.
    @inlinable
    public mutating func readable() -> UnsafeMutableRawBufferPointer {
        knownHead = storage.head.value.load(ordering: .acquiring)
        let mask = storage.capacity - 1
        let place = position & mask
        let lapStart = position - place
        guard knownHead > lapStart + storage.capacity else {
            return UnsafeMutableRawBufferPointer(
                start: storage.base + place, count: knownHead - position)
        }
        // The producer has begun the next lap: this one ends where it said.
        let end = storage.lapEnd.value.load(ordering: .relaxed)
        if end > position {
            return UnsafeMutableRawBufferPointer(
                start: storage.base + place, count: end - position)
        }
        position = lapStart + storage.capacity
        return UnsafeMutableRawBufferPointer(start: storage.base, count: knownHead - position)
    }

    /// Gives back the first `bytes` of the run: the batch is done.
    @inlinable
    public mutating func release(_ bytes: Int) {
        position &+= bytes
        storage.tail.value.store(position, ordering: .releasing)
    }

    /// Whether nothing published is left to read.
    @inlinable
    public var isEmpty: Bool {
        storage.head.value.load(ordering: .acquiring) == position
    }

    /// Bytes published and not yet released.
    public var lag: Int {
        storage.head.value.load(ordering: .relaxed) - position
    }
}
