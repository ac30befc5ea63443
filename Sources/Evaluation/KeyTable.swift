/// Keys of a stage, by their encoded bytes: open addressing, dense indexes in order of arrival.
///
/// Probing depends on the hash, but nothing is ever listed in its order. Grows by doubling; a known
/// key costs no allocation.
/// - Complexity: O(1) expected per look-up.
struct KeyTable: ~Copyable {
    private var slots: UnsafeMutablePointer<Slot>
    private var mask: Int
    private var offsets = FlatArray<UInt64>()
    private var bytes = FlatArray<UInt8>()
    /// Number of keys.
    private(set) var count = 0

    private struct Slot {
        /// High half of the hash: tells most strangers apart without touching the bytes.
        var tag: UInt32
        /// Index of the key plus one; zero is free.
        var entry: UInt32
    }

    init() {
        mask = 63
        slots = .allocate(capacity: 64)
        slots.initialize(repeating: Slot(tag: 0, entry: 0), count: 64)
        offsets.append(0)
    }

    deinit { slots.deallocate() }

    /// A fixed hash of a key's bytes, the same on every machine and in every run.
    @inline(__always)
    static func hash(_ key: UnsafeRawBufferPointer) -> UInt64 {
        var rest = key.count
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: rest)
        // An empty buffer may have no address: it is the same key.
        guard var place = key.baseAddress else { return mix(state) }
        while rest >= 8 {
            state = mix(state ^ place.loadUnaligned(as: UInt64.self))
            place += 8
            rest -= 8
        }
        var last: UInt64 = 0
        if rest >= 4 {
            last = UInt64(place.loadUnaligned(as: UInt32.self))
            last |= UInt64((place + (rest - 4)).loadUnaligned(as: UInt32.self)) &<< 32
        } else if rest > 0 {
            last = UInt64(place.load(as: UInt8.self))
            last |= UInt64(place.load(fromByteOffset: rest / 2, as: UInt8.self)) &<< 8
            last |= UInt64(place.load(fromByteOffset: rest - 1, as: UInt8.self)) &<< 16
        }
        return mix(state ^ last)
    }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        return product.high ^ product.low
    }

    /// Index of a key; nil when it is unknown.
    @inline(__always)
    func find(_ key: UnsafeRawBufferPointer, hash: UInt64) -> Int? {
        let tag = UInt32(truncatingIfNeeded: hash &>> 32)
        var place = Int(truncatingIfNeeded: hash) & mask
        while true {
            let slot = slots[place]
            if slot.entry == 0 { return nil }
            if slot.tag == tag, equals(Int(slot.entry) - 1, key) { return Int(slot.entry) - 1 }
            place = (place + 1) & mask
        }
    }

    @inline(__always)
    private func equals(_ index: Int, _ key: UnsafeRawBufferPointer) -> Bool {
        let start = Int(offsets[index])
        guard Int(offsets[index + 1]) - start == key.count else { return false }
        let known = UnsafeRawPointer(bytes.base + start)
        guard let other = key.baseAddress else { return true }
        var offset = 0
        while offset + 8 <= key.count {
            if (known + offset).loadUnaligned(as: UInt64.self)
                != (other + offset).loadUnaligned(as: UInt64.self)
            {
                return false
            }
            offset += 8
        }
        while offset < key.count {
            if known.load(fromByteOffset: offset, as: UInt8.self)
                != other.load(fromByteOffset: offset, as: UInt8.self)
            {
                return false
            }
            offset += 1
        }
        return true
    }

    /// Adds a key that `find` did not find; its index.
    mutating func insert(_ key: UnsafeRawBufferPointer, hash: UInt64) -> Int {
        if (count + 1) * 4 > (mask + 1) * 3 { grow() }
        let index = count
        count += 1
        for byte in key { bytes.append(byte) }
        offsets.append(UInt64(bytes.count))
        place(Slot(tag: UInt32(truncatingIfNeeded: hash &>> 32), entry: UInt32(count)), hash)
        return index
    }

    /// The encoded bytes of a key.
    func bytes(of index: Int) -> [UInt8] {
        let start = Int(offsets[index])
        return Array(
            UnsafeBufferPointer(
                start: bytes.base + start, count: Int(offsets[index + 1]) - start))
    }

    private mutating func place(_ slot: Slot, _ hash: UInt64) {
        var place = Int(truncatingIfNeeded: hash) & mask
        while slots[place].entry != 0 { place = (place + 1) & mask }
        slots[place] = slot
    }

    private mutating func grow() {
        slots.deallocate()
        let capacity = (mask + 1) * 2
        mask = capacity - 1
        slots = .allocate(capacity: capacity)
        slots.initialize(repeating: Slot(tag: 0, entry: 0), count: capacity)
        for index in 0..<count {
            let start = Int(offsets[index])
            let hash = KeyTable.hash(
                UnsafeRawBufferPointer(
                    start: bytes.base + start, count: Int(offsets[index + 1]) - start))
            place(
                Slot(tag: UInt32(truncatingIfNeeded: hash &>> 32), entry: UInt32(index + 1)), hash)
        }
    }
}
