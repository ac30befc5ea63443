/// Where a document began in a buffer.
struct DocumentMark {
    fileprivate var count: Int
    fileprivate var segments: Int
}

/// The bytes of documents on their way to the decoder, and where in the payload each came from.
///
/// The way back is a list of segments in their order: the bytes from one's start to the next one's
/// were copied from consecutive places, or were all made of what stands at one place.
struct DocumentBuffer: ~Copyable {
    private struct Segment: BitwiseCopyable {
        var start: UInt32
        /// Shifted by one; the lowest bit says that the bytes were copied.
        var place: UInt32
    }

    /// Bytes behind the content that may be read.
    static let padding = 64
    /// Places are kept in 31 bits.
    static let longestPayload = Int(Int32.max) / 32

    private var memory: UnsafeMutableRawPointer
    private var capacity = 4096
    private var count = 0
    private var limit = Int.max
    private var segments: [Segment] = []
    /// Whether copied bytes may hold newlines, which become spaces: a document stays on its line.
    private var hasNewlines = false
    /// Whether something did not fit under the limit: the content is no good then.
    private(set) var isOver = false

    init() {
        memory = .allocate(byteCount: 4096 + DocumentBuffer.padding, alignment: 16)
        memory.initializeMemory(
            as: UInt8.self, repeating: 0, count: 4096 + DocumentBuffer.padding)
    }

    deinit { memory.deallocate() }

    /// The content.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }

    /// The last byte, 0 when there is none.
    var last: UInt8 { count == 0 ? 0 : (UnsafeRawPointer(memory) + (count - 1)).byte }

    /// What a later call of `rewind` goes back to.
    var mark: DocumentMark { DocumentMark(count: count, segments: segments.count) }

    /// Forgets what was written since.
    mutating func rewind(to mark: DocumentMark) {
        count = mark.count
        segments.removeLast(segments.count - mark.segments)
        isOver = false
    }

    mutating func removeAll() {
        count = 0
        segments.removeAll(keepingCapacity: true)
        isOver = false
    }

    /// Empties it for the documents of a payload.
    mutating func begin(payload: UnsafeRawBufferPointer) {
        removeAll()
        limit = payload.count * 16 + 1 << 20
        var found = false
        for byte in payload where byte == ASCII.newline || byte == ASCII.carriageReturn {
            found = true
            break
        }
        hasNewlines = found
    }

    /// Memory for so many bytes, in place of any content.
    mutating func room(for bytes: Int) -> UnsafeMutableRawPointer {
        removeAll()
        if bytes > capacity { grow(to: bytes) }
        return memory
    }

    mutating func append(_ byte: UInt8, at place: Int) {
        guard reserve(1) else { return }
        note(place, copied: false)
        memory.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    mutating func append(_ text: StaticString, at place: Int) {
        append(UnsafeRawPointer(text.utf8Start), text.utf8CodeUnitCount, at: place)
    }

    /// Bytes that were made of what stands at `place`.
    mutating func append(_ start: UnsafeRawPointer, _ length: Int, at place: Int) {
        guard length > 0, reserve(length) else { return }
        note(place, copied: false)
        (memory + count).copyMemory(from: start, byteCount: length)
        count += length
    }

    /// Bytes of the payload, the first of which stands at `place`.
    mutating func copy(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer, at place: Int) {
        let length = end - start
        guard length > 0, reserve(length) else { return }
        note(place, copied: true)
        let target = memory + count
        target.copyMemory(from: start, byteCount: length)
        count += length
        if hasNewlines { DocumentBuffer.blankNewlines(target, length) }
    }

    /// A whole payload, newlines and all.
    mutating func copyAsIs(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
        hasNewlines = false
        copy(start, end, at: 0)
    }

    /// Newlines as spaces; inside texts JSON has none.
    static func blankNewlines(_ start: UnsafeMutableRawPointer, _ length: Int) {
        for index in 0..<length {
            let byte = start.load(fromByteOffset: index, as: UInt8.self)
            if byte == ASCII.newline || byte == ASCII.carriageReturn {
                start.storeBytes(of: ASCII.space, toByteOffset: index, as: UInt8.self)
            }
        }
    }

    private mutating func reserve(_ bytes: Int) -> Bool {
        guard bytes <= limit - count else {
            isOver = true
            return false
        }
        if count + bytes > capacity { grow(to: max(count + bytes, capacity * 2)) }
        return true
    }

    private mutating func grow(to bytes: Int) {
        let larger = UnsafeMutableRawPointer.allocate(
            byteCount: bytes + DocumentBuffer.padding, alignment: 16)
        larger.copyMemory(from: memory, byteCount: count)
        (larger + count).initializeMemory(
            as: UInt8.self, repeating: 0, count: bytes + DocumentBuffer.padding - count)
        memory.deallocate()
        memory = larger
        capacity = bytes
    }
}

// The way back.
extension DocumentBuffer {
    /// Notes where the bytes that follow come from.
    private mutating func note(_ place: Int, copied: Bool) {
        if let last = segments.last {
            let lastPlace = Int(last.place >> 1)
            let expected = copied ? lastPlace + count - Int(last.start) : lastPlace
            if last.place & 1 == (copied ? 1 : 0), expected == place { return }
        }
        segments.append(
            Segment(
                start: UInt32(truncatingIfNeeded: count),
                place: UInt32(truncatingIfNeeded: place) << 1 | (copied ? 1 : 0)))
    }

    /// The place in the payload of the byte at an offset; beyond the content, of the last one.
    func place(of offset: Int) -> Int {
        guard count > 0 else { return 0 }
        let offset = max(0, min(offset, count - 1))
        var low = 0
        var high = segments.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if Int(segments[middle].start) <= offset { low = middle } else { high = middle }
        }
        let segment = segments[low]
        let place = Int(segment.place >> 1)
        return segment.place & 1 == 1 ? place + offset - Int(segment.start) : place
    }
}
