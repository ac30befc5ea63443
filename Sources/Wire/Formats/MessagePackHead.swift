/// The head of one MessagePack object: what it is, how long, and where its body begins.
struct MessagePackHead {
    enum Kind {
        case null
        case bool(Bool)
        case unsigned(UInt64)
        case signed(Int64)
        case single(Float)
        case double(Double)
        case text
        case binary
        case array
        case map
        case extended(type: Int8)
    }

    var kind: Kind
    /// Bytes of a text, of binary data or of an extension; objects of an array; pairs of a map.
    var count = 0
    var body: UnsafeRawPointer

    /// The head at `place`; nil when it is cut off or is the byte that no version uses.
    init?(_ place: UnsafeRawPointer, _ end: UnsafeRawPointer) {
        guard place < end else { return nil }
        kind = .null
        body = place + 1
        let byte = place.byte
        switch byte {
        case 0x00...0x7F: kind = .unsigned(UInt64(byte))
        case 0x80...0x8F: (kind, count) = (.map, Int(byte & 0x0F))
        case 0x90...0x9F: (kind, count) = (.array, Int(byte & 0x0F))
        case 0xA0...0xBF: (kind, count) = (.text, Int(byte & 0x1F))
        case 0xC0: break
        case 0xC1: return nil
        case 0xC2, 0xC3: kind = .bool(byte == 0xC3)
        case 0xC4...0xC6: guard takeCount(.binary, 1 << Int(byte - 0xC4), end) else { return nil }
        case 0xC7...0xC9:
            guard takeCount(.null, 1 << Int(byte - 0xC7), end), takeType(end) else { return nil }
        case 0xCA...0xD3: guard takeNumber(byte, end) else { return nil }
        case 0xD4...0xD8:
            count = 1 << Int(byte - 0xD4)
            guard takeType(end) else { return nil }
        case 0xD9...0xDB: guard takeCount(.text, 1 << Int(byte - 0xD9), end) else { return nil }
        case 0xDC, 0xDD: guard takeCount(.array, byte == 0xDC ? 2 : 4, end) else { return nil }
        case 0xDE, 0xDF: guard takeCount(.map, byte == 0xDE ? 2 : 4, end) else { return nil }
        default: kind = .signed(Int64(Int8(bitPattern: byte)))
        }
    }

    /// So many bytes of the body as a big-endian number.
    private mutating func take(_ bytes: Int, _ end: UnsafeRawPointer) -> UInt64? {
        guard end - body >= bytes else { return nil }
        let value = MessagePackHead.number(body, bytes)
        body += bytes
        return value
    }

    /// A big-endian number.
    static func number(_ start: UnsafeRawPointer, _ bytes: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<bytes { value = value << 8 | UInt64((start + index).byte) }
        return value
    }

    private mutating func takeCount(_ kind: Kind, _ bytes: Int, _ end: UnsafeRawPointer) -> Bool {
        guard let value = take(bytes, end) else { return false }
        self.kind = kind
        count = Int(value)
        return true
    }

    private mutating func takeType(_ end: UnsafeRawPointer) -> Bool {
        guard let value = take(1, end) else { return false }
        kind = .extended(type: Int8(truncatingIfNeeded: value))
        return true
    }

    private mutating func takeNumber(_ byte: UInt8, _ end: UnsafeRawPointer) -> Bool {
        // float 32, float 64, then uint and int of 8 to 64 bits.
        let bytes = byte < 0xCC ? 4 << Int(byte - 0xCA) : 1 << Int((byte - 0xCC) & 3)
        guard let value = take(bytes, end) else { return false }
        switch byte {
        case 0xCA: kind = .single(Float(bitPattern: UInt32(truncatingIfNeeded: value)))
        case 0xCB: kind = .double(Double(bitPattern: value))
        case 0xCC...0xCF: kind = .unsigned(value)
        default:
            let shift = UInt64(64 - 8 * bytes)
            kind = .signed(Int64(bitPattern: value << shift) >> Int64(shift))
        }
        return true
    }

    /// Bytes behind the head that belong to the object itself, not to objects inside it.
    var bodyBytes: Int {
        switch kind {
        case .text, .binary, .extended: count
        case .null, .bool, .unsigned, .signed, .single, .double, .array, .map: 0
        }
    }

    /// Objects inside it.
    var objects: Int {
        switch kind {
        case .array: count
        case .map: 2 * count
        case .null, .bool, .unsigned, .signed, .single, .double, .text, .binary,
            .extended:
            0
        }
    }

    /// The place behind the object at `place`; nil after a look at where it goes wrong, which
    /// `failure` then is. Takes no memory, whatever lengths are claimed.
    static func skip(
        _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, failure: inout UnsafeRawPointer
    ) -> UnsafeRawPointer? {
        var place = start
        var pending = 1
        while pending > 0 {
            failure = min(place, end)
            // Each object takes a byte at least, so no more can be left than there are bytes.
            guard let head = MessagePackHead(place, end),
                head.bodyBytes + pending - 1 + head.objects <= end - head.body
            else { return nil }
            place = head.body + head.bodyBytes
            pending += head.objects - 1
        }
        return place
    }
}
