/// Writes values as bytes, little endian, text and lists behind their length: the form in which
/// state is stored. Read back by `BinaryReader` in the same order.
public struct BinaryWriter {
    /// What has been written.
    public private(set) var bytes: [UInt8] = []

    /// An empty writer.
    public init() {}

    /// One byte.
    public mutating func write(_ value: UInt8) { bytes.append(value) }

    /// A Boolean as one byte.
    public mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }

    /// Eight bytes.
    public mutating func write(_ value: Int64) { write(UInt64(bitPattern: value)) }

    /// Eight bytes.
    public mutating func write(_ value: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }

    /// A count, four bytes.
    public mutating func write(count: Int) {
        for shift in stride(from: 0, to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: count >> shift))
        }
    }

    /// UTF-8 behind its length.
    public mutating func write(_ value: String) { write(Array(value.utf8)) }

    /// Bytes behind their length.
    public mutating func write(_ value: [UInt8]) {
        write(count: value.count)
        bytes += value
    }

    /// Presence, then the text.
    public mutating func write(_ value: String?) {
        write(value != nil)
        if let value { write(value) }
    }

    /// A tag, then the value.
    public mutating func write(_ value: Scalar) {
        switch value {
        case .unknown: write(UInt8(0))
        case .bool(let flag):
            write(UInt8(1))
            write(flag)
        case .int(let number):
            write(UInt8(2))
            write(number)
        case .double(let number):
            write(UInt8(3))
            write(number.bitPattern)
        case .string(let text):
            write(UInt8(4))
            write(text)
        case .timestamp(let time):
            write(UInt8(5))
            write(time.nanoseconds)
        }
    }

    /// Names and values behind their count.
    public mutating func write(_ pairs: [(name: String, value: Scalar)]) {
        write(count: pairs.count)
        for pair in pairs {
            write(pair.name)
            write(pair.value)
        }
    }
}

/// Reads what `BinaryWriter` wrote; total: bytes that are too short or wrong throw.
public struct BinaryReader {
    /// The bytes end early, or hold what was never written.
    public struct Malformed: Error {
        /// Where reading stopped.
        public let offset: Int

        /// A complaint about the byte at `offset`.
        public init(offset: Int) { self.offset = offset }
    }

    private let bytes: [UInt8]
    private var offset = 0

    /// A reader at the start of `bytes`.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether everything has been read.
    public var isAtEnd: Bool { offset == bytes.count }

    private mutating func take(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - offset else { throw Malformed(offset: offset) }
        defer { offset += count }
        return bytes[offset..<(offset + count)]
    }

    /// One byte.
    public mutating func byte() throws(Malformed) -> UInt8 {
        guard let byte = try take(1).first else { throw Malformed(offset: offset) }
        return byte
    }

    /// A Boolean.
    public mutating func bool() throws(Malformed) -> Bool { try byte() != 0 }

    /// Eight bytes.
    public mutating func unsigned() throws(Malformed) -> UInt64 {
        try take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Eight bytes.
    public mutating func int() throws(Malformed) -> Int64 { Int64(bitPattern: try unsigned()) }

    /// A count, four bytes, never more than the bytes that are left.
    public mutating func count() throws(Malformed) -> Int {
        let value = try take(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard value <= bytes.count - offset else { throw Malformed(offset: offset) }
        return value
    }

    /// Bytes behind their length.
    public mutating func data() throws(Malformed) -> [UInt8] { Array(try take(try count())) }

    /// Text behind its length.
    public mutating func text() throws(Malformed) -> String {
        String(decoding: try take(try count()), as: UTF8.self)
    }

    /// Presence, then the text.
    public mutating func optionalText() throws(Malformed) -> String? {
        try bool() ? try text() : nil
    }

    /// A tag, then the value.
    public mutating func scalar() throws(Malformed) -> Scalar {
        switch try byte() {
        case 0: return .unknown
        case 1: return .bool(try bool())
        case 2: return .int(try int())
        case 3: return .double(Double(bitPattern: try unsigned()))
        case 4: return .string(try text())
        case 5: return .timestamp(Timestamp(nanoseconds: try int()))
        default: throw Malformed(offset: offset)
        }
    }

    /// Names and values behind their count.
    public mutating func pairs() throws(Malformed) -> [(name: String, value: Scalar)] {
        var result: [(name: String, value: Scalar)] = []
        for _ in 0..<(try count()) { result.append((try text(), try scalar())) }
        return result
    }
}
