/// The partition of a rule's state: status, then the ordered tuple of the rule's `by` values.
///
/// `bytes` is the unambiguous encoding that tables, hashes and storage use:
/// `status` then for each component `1 length bytes…` (text, as received), `2` and eight bytes big
/// endian (int), or `3` and one byte (bool).
public struct Key: Hashable, Sendable {
    /// The encoding above.
    public var bytes: [UInt8]

    /// A key from its encoding.
    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// Tag bytes of the components.
    @frozen
    public enum Tag {
        @inlinable public static var text: UInt8 { 1 }
        @inlinable public static var int: UInt8 { 2 }
        @inlinable public static var bool: UInt8 { 3 }
    }

    /// The most bytes an encoding can have: status, and per component at most two bytes beside the
    /// value's own.
    @inlinable
    public static var encodedLimit: Int { 1 + 128 + 2 * 64 }

    /// A key from its parts; text longer than 255 bytes cannot occur under `Limits.keyBytes`.
    public init(status: Status, values: [Scalar]) {
        bytes = [status.rawValue]
        for value in values {
            switch value {
            case .string(let text):
                let utf8 = Array(text.utf8.prefix(255))
                bytes.append(Tag.text)
                bytes.append(UInt8(utf8.count))
                bytes += utf8
            case .int(let number):
                bytes.append(Tag.int)
                for shift in stride(from: 56, through: 0, by: -8) {
                    bytes.append(UInt8(truncatingIfNeeded: number >> shift))
                }
            case .bool(let flag):
                bytes += [Tag.bool, flag ? 1 : 0]
            case .unknown, .double, .timestamp:
                preconditionFailure("A key holds text, int and bool only; check refuses others.")
            }
        }
    }

    /// The implicit first component.
    public var status: Status { bytes.first.flatMap(Status.init(rawValue:)) ?? .actual }

    /// The `by` values in order; of bytes that are no encoding, those before the first surprise.
    public var values: [Scalar] {
        var result: [Scalar] = []
        var index = 1
        while index + 1 < bytes.count {
            switch bytes[index] {
            case Tag.text:
                let start = index + 2
                let end = start + Int(bytes[index + 1])
                guard end <= bytes.count else { return result }
                result.append(.string(String(decoding: bytes[start..<end], as: UTF8.self)))
                index = end
            case Tag.int:
                guard index + 8 < bytes.count else { return result }
                let number = bytes[(index + 1)...(index + 8)].reduce(Int64(0)) {
                    $0 << 8 | Int64($1)
                }
                result.append(.int(number))
                index += 9
            default:
                result.append(.bool(bytes[index + 1] != 0))
                index += 2
            }
        }
        return result
    }

    /// Byte order of the encodings: the order in which equal-time decisions are told.
    public static func precedes(_ left: Key, _ right: Key) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
