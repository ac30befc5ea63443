internal import Events
internal import RingBuffers

/// Where a text cell's bytes stand in the payload, and how many they become.
struct TextSpan: BitwiseCopyable {
    var start: UnsafeRawPointer
    /// Bytes as written, without the quotes.
    var written: Int
    /// Bytes of the text; fewer than written when there are escapes.
    var count: Int
}

/// One event's values on their way from the payload into the ring.
///
/// Texts stay where they are in the payload until the record is written, so the record is reserved
/// at its true size, its texts lie in the order of the fields whatever the order of the members,
/// and equal events have equal bytes.
struct EventRow {
    /// Four more than there are fields.
    let cells: UnsafeMutablePointer<UInt64>
    let texts: UnsafeMutablePointer<TextSpan>
    /// Bit i set = cell i is known.
    var presence: UInt64 = 0
    /// Nanoseconds since 1970, or `EventRecord.timeUnset`.
    var time = EventRecord.timeUnset
    let textLimit: Int
    /// For texts with escapes that must be looked at before they are written.
    let scratch: UnsafeMutableRawPointer
    let scratchBytes: Int
    /// The texts that pairs are looked for in, where they have escapes.
    var pairTexts: PairTextMemory

    /// Bytes a reservation has beyond its record: texts are copied in blocks of sixteen bytes.
    static let slack = 24

    /// Forgets the last event. What its cells held counts no more: only presence tells.
    @inline(__always)
    mutating func clear() {
        presence = 0
        time = EventRecord.timeUnset
    }

    /// Fills a cell.
    @inline(__always)
    mutating func put(_ index: Int, _ bits: UInt64) {
        cells[index] = bits
        presence |= 1 &<< UInt64(truncatingIfNeeded: index)
    }

    /// Writes the record and commits it; false: the ring is full.
    ///
    /// - Parameter readable: end of the memory that may be read behind a text.
    @inline(__always)
    func write(
        _ plan: UnsafePointer<StreamPlan>, _ ring: inout RingProducer,
        readable: UnsafeRawPointer
    ) -> Bool {
        let count = plan.pointee.fieldCount
        let present = presence & plan.pointee.textFields
        var length = EventRecord.headerBytes &+ count &* 8
        var left = present
        while left != 0 {
            let index = left.trailingZeroBitCount
            left &= left &- 1
            length &+= texts[index].count
        }
        length = (length &+ 7) & ~7
        guard let base = ring.reserve(length &+ EventRow.slack) else { return false }
        writeHeader(base, plan, length)
        var target = base + EventRecord.headerBytes
        writeCells(target, count, isComplete: presence == plan.pointee.allFields)
        target += count &* 8
        left = present
        while left != 0 {
            let index = left.trailingZeroBitCount
            left &= left &- 1
            let text = texts[index]
            let size = UInt64(truncatingIfNeeded: text.count)
            let cell = UInt64(truncatingIfNeeded: target - base) | size &<< 32
            base.storeBytes(
                of: cell, toByteOffset: EventRecord.headerBytes &+ index &* 8, as: UInt64.self)
            EventRow.copy(text, to: target, readable)
            target += text.count
        }
        // Zeroes what is left of the last word, and then some of the slack.
        if present != 0 { target.storeBytes(of: 0, as: UInt64.self) }
        ring.commit(length)
        return true
    }

    @inline(__always)
    private func writeHeader(
        _ base: UnsafeMutableRawPointer, _ plan: UnsafePointer<StreamPlan>, _ length: Int
    ) {
        let first = UInt64(truncatingIfNeeded: length) | plan.pointee.generation
        base.storeBytes(of: first, as: UInt64.self)
        base.storeBytes(of: plan.pointee.head, toByteOffset: 8, as: UInt64.self)
        base.storeBytes(of: time, toByteOffset: 16, as: Int64.self)
        base.storeBytes(of: 0, toByteOffset: 24, as: UInt64.self)
        base.storeBytes(of: 0, toByteOffset: 32, as: UInt64.self)
        base.storeBytes(of: presence, toByteOffset: 40, as: UInt64.self)
    }

    @inline(__always)
    private func writeCells(
        _ target: UnsafeMutableRawPointer, _ count: Int, isComplete: Bool
    ) {
        var index = 0
        if _fastPath(isComplete) {
            // Four at a time: what is too much is overwritten by the texts or lies in the slack.
            let source = UnsafeRawPointer(cells)
            while index < count {
                let offset = index &* 8
                let low = (source + offset).loadUnaligned(as: SIMD2<UInt64>.self)
                let high = (source + offset + 16).loadUnaligned(as: SIMD2<UInt64>.self)
                (target + offset).storeBytes(of: low, as: SIMD2<UInt64>.self)
                (target + offset + 16).storeBytes(of: high, as: SIMD2<UInt64>.self)
                index &+= 4
            }
            return
        }
        var bits = presence
        while index < count {
            let cell = cells[index] & (0 &- (bits & 1))
            target.storeBytes(of: cell, toByteOffset: index &* 8, as: UInt64.self)
            bits &>>= 1
            index &+= 1
        }
    }

    @inline(__always)
    private static func copy(
        _ text: TextSpan, to target: UnsafeMutableRawPointer, _ readable: UnsafeRawPointer
    ) {
        if _fastPath(
            text.written == text.count && text.count <= 16 && text.start + 16 <= readable)
        {
            let block = text.start.loadUnaligned(as: SIMD2<UInt64>.self)
            target.storeBytes(of: block, as: SIMD2<UInt64>.self)
        } else {
            copyLong(text, to: target)
        }
    }

    @inline(never)
    private static func copyLong(_ text: TextSpan, to target: UnsafeMutableRawPointer) {
        if text.written == text.count {
            target.copyMemory(from: text.start, byteCount: text.count)
        } else {
            Unescaping.write(text.start, text.start + text.written, to: target)
        }
    }
}
