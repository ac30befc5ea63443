import RingBuffers

/// Both ends of a ring in one object: `#expect` cannot look at noncopyable values.
final class RingRig {
    private var ring: Ring

    init(capacity: Int) { ring = Ring(capacity: capacity) }

    func reserve(_ bytes: Int) -> UnsafeMutableRawPointer? { ring.producer.reserve(bytes) }
    func commit(_ bytes: Int) { ring.producer.commit(bytes) }
    func publish() { ring.producer.publish() }
    func read() -> UnsafeMutableRawBufferPointer { ring.consumer.readable() }
    func release(_ bytes: Int) { ring.consumer.release(bytes) }

    /// Reserves and commits a record.
    func write(_ bytes: Int) -> Bool {
        guard reserve(bytes) != nil else { return false }
        commit(bytes)
        return true
    }

    var isEmpty: Bool { ring.consumer.isEmpty }
    var consumerLag: Int { ring.consumer.lag }
    var producerLag: Int { ring.producer.lag }
    var capacity: Int { ring.producer.capacity }
}
