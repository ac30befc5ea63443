import Events

/// The ids of a stream's events that were here within its `keep`: who says a thing twice is heard
/// once.
///
/// A key is remembered as its bytes, in order of arrival, in rings that grow to what is needed and no
/// further than the stream's `max`; the oldest makes room. O(1) and, once it has grown, without
/// allocation.
struct DuplicateTable: ~Copyable {
    /// A key that was here.
    private struct Entry: BitwiseCopyable {
        var hash: UInt64
        /// Position of its first byte; positions only grow.
        var start: Int
        var length: Int
        var arrival: Int64
    }

    private let keep: Int64
    private let limit: Int
    /// By number modulo its capacity; numbers only grow.
    private var entries: UnsafeMutablePointer<Entry>
    private var capacity: Int
    private var oldest = 0
    private var next = 0
    /// Numbers of entries plus one by hash, 0 where there is none; twice as many as entries.
    private var slots: UnsafeMutablePointer<Int>
    private var bytes: UnsafeMutablePointer<UInt8>
    private var byteCapacity: Int
    private var nextByte = 0

    /// A table that remembers at most `limit` keys for `keep` nanoseconds.
    init(keep: Int64, limit: Int) {
        let slots = UnsafeMutablePointer<Int>.allocate(capacity: 128)
        slots.initialize(repeating: 0, count: 128)
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 4096)
        bytes.initialize(repeating: 0, count: 4096)
        self.keep = keep
        self.limit = max(1, limit)
        entries = .allocate(capacity: 64)
        capacity = 64
        self.slots = slots
        self.bytes = bytes
        byteCapacity = 4096
    }

    deinit {
        entries.deallocate()
        slots.deallocate()
        bytes.deallocate()
    }

    /// Bytes of keys that are remembered at most, a power of two and more than any key has.
    private static let byteLimit = 64 << 20

    /// Where the oldest key begins.
    private var firstByte: Int {
        count == 0 ? nextByte : entries[oldest & (capacity - 1)].start
    }

    /// Keys that are remembered.
    var count: Int { next - oldest }

    /// Whether a key was here within `keep`; from now on it was.
    mutating func isRepeated(_ key: UnsafeRawBufferPointer, arrival: Int64) -> Bool {
        while oldest < next, arrival - entries[oldest & (capacity - 1)].arrival >= keep {
            forgetOldest()
        }
        let hash = DuplicateTable.hash(key)
        if find(key, hash) { return true }
        if count == limit { forgetOldest() }
        if count == capacity { growEntries() }
        while nextByte + key.count - firstByte > byteCapacity {
            if byteCapacity < DuplicateTable.byteLimit {
                growBytes(from: firstByte)
            } else {
                forgetOldest()
            }
        }
        for (offset, byte) in key.enumerated() {
            bytes[(nextByte + offset) & (byteCapacity - 1)] = byte
        }
        entries[next & (capacity - 1)] = Entry(
            hash: hash, start: nextByte, length: key.count, arrival: arrival)
        nextByte += key.count
        enter(next, hash)
        next += 1
        return false
    }

    private func find(_ key: UnsafeRawBufferPointer, _ hash: UInt64) -> Bool {
        let mask = capacity * 2 - 1
        var slot = DuplicateTable.slot(hash, mask)
        while slots[slot] > 0 {
            let entry = entries[(slots[slot] - 1) & (capacity - 1)]
            if entry.hash == hash, entry.length == key.count, isEqual(entry, key) { return true }
            slot = (slot + 1) & mask
        }
        return false
    }

    private func isEqual(_ entry: Entry, _ key: UnsafeRawBufferPointer) -> Bool {
        for offset in 0..<key.count
        where bytes[(entry.start + offset) & (byteCapacity - 1)] != key[offset] {
            return false
        }
        return true
    }

    private func enter(_ number: Int, _ hash: UInt64) {
        let mask = capacity * 2 - 1
        var slot = DuplicateTable.slot(hash, mask)
        while slots[slot] > 0 { slot = (slot + 1) & mask }
        slots[slot] = number + 1
    }

    /// Takes the oldest key out, and moves up what stood behind it for want of its slot.
    private mutating func forgetOldest() {
        let mask = capacity * 2 - 1
        var hole = DuplicateTable.slot(entries[oldest & (capacity - 1)].hash, mask)
        while slots[hole] != oldest + 1 { hole = (hole + 1) & mask }
        oldest += 1
        var slot = (hole + 1) & mask
        while slots[slot] > 0 {
            let home = DuplicateTable.slot(entries[(slots[slot] - 1) & (capacity - 1)].hash, mask)
            if (slot - home) & mask >= (slot - hole) & mask {
                slots[hole] = slots[slot]
                hole = slot
            }
            slot = (slot + 1) & mask
        }
        slots[hole] = 0
    }

    private mutating func growEntries() {
        let larger = UnsafeMutablePointer<Entry>.allocate(capacity: capacity * 2)
        for number in oldest..<next {
            larger[number & (capacity * 2 - 1)] = entries[number & (capacity - 1)]
        }
        entries.deallocate()
        entries = larger
        capacity *= 2
        slots.deallocate()
        slots = .allocate(capacity: capacity * 2)
        slots.initialize(repeating: 0, count: capacity * 2)
        for number in oldest..<next { enter(number, entries[number & (capacity - 1)].hash) }
    }

    private mutating func growBytes(from first: Int) {
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: byteCapacity * 2)
        larger.initialize(repeating: 0, count: byteCapacity * 2)
        for position in first..<nextByte {
            larger[position & (byteCapacity * 2 - 1)] = bytes[position & (byteCapacity - 1)]
        }
        bytes.deallocate()
        bytes = larger
        byteCapacity *= 2
    }

    // FNV-1a: keys are compared as a whole, so that a collision costs time only.
    private static func hash(_ key: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in key { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash ^ hash >> 32
    }

    private static func slot(_ hash: UInt64, _ mask: Int) -> Int {
        Int(truncatingIfNeeded: hash) & mask
    }
}
