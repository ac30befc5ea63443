public import Synchronization

/// The writing end of a ring: reserve, write, commit, and publish once per batch.
public struct RingProducer: ~Copyable, Sendable {
    @usableFromInline let storage: RingStorage
    @usableFromInline var position = 0
    @usableFromInline var reserved = 0
    @usableFromInline var published = 0
    @usableFromInline var knownTail = 0

    init(_ storage: RingStorage) { self.storage = storage }

    /// Bytes the ring holds at most; one record may take half of them.
    public var capacity: Int { storage.capacity }

    /// Room for a record of at most `bytes`, 8-aligned and contiguous; nil when the ring is full
    /// right now.
    ///
    /// A reservation binds nothing: only `commit` takes room.
    /// - Precondition: `bytes` is at most half the capacity, so that an empty ring always has room.
    @inlinable
    public mutating func reserve(_ bytes: Int) -> UnsafeMutableRawPointer? {
        precondition(bytes <= storage.capacity / 2, "A record takes at most half a ring.")
        let place = position & (storage.capacity - 1)
        if _fastPath(place + bytes <= storage.capacity) {
            guard hasRoom(position + bytes) else { return nil }
            if place == 0 { storage.lapEnd.value.store(position, ordering: .relaxed) }
            reserved = position
            return storage.base + place
        }
        let nextLap = position - place + storage.capacity
        guard hasRoom(nextLap + bytes) else { return nil }
        storage.lapEnd.value.store(position, ordering: .relaxed)
        reserved = nextLap
        return storage.base
    }

    @inlinable
    mutating func hasRoom(_ end: Int) -> Bool {
        if _fastPath(end - knownTail <= storage.capacity) { return true }
        knownTail = storage.tail.value.load(ordering: .acquiring)
        return end - knownTail <= storage.capacity
    }

    /// Keeps the first `bytes` of the last reservation, a multiple of 8.
    @inlinable
    public mutating func commit(_ bytes: Int) {
        position = reserved &+ bytes
        reserved = position
    }

    /// Makes everything committed visible to the consumer.
    @inlinable
    public mutating func publish() {
        guard position != published else { return }
        published = position
        storage.head.value.store(position, ordering: .releasing)
    }

    /// Bytes published and not yet released by the consumer: its lag.
    public var lag: Int {
        published - storage.tail.value.load(ordering: .relaxed)
    }
}
