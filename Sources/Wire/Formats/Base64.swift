/// Base64 of RFC 4648, section 4: padded, no bytes beside the alphabet, no bits left over.
enum Base64 {
    private static let alphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    /// Decodes a text into at most three bytes for each four of it; nil when it is no base64.
    static func decode(_ text: Token, into target: UnsafeMutableRawPointer) -> Int? {
        var place = text.start
        guard (text.end - place) % 4 == 0 else { return nil }
        var count = 0
        while place < text.end {
            var bits: UInt32 = 0
            var digits = 0
            while digits < 4, let digit = digit((place + digits).byte) {
                bits = bits << 6 | digit
                digits += 1
            }
            guard digits == 4 || place + 4 == text.end && digits >= 2 else { return nil }
            for index in digits..<4 {
                guard (place + index).byte == 0x3D else { return nil }
                bits <<= 6
            }
            let bytes = digits - 1
            // What is left of the last digit must be zero, so that each text has one writing.
            guard bits & (1 << UInt32(8 * (3 - bytes)) - 1) == 0 else { return nil }
            for index in 0..<bytes {
                target.storeBytes(
                    of: UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * index)),
                    toByteOffset: count, as: UInt8.self)
                count += 1
            }
            place += 4
        }
        return count
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x41...0x5A: UInt32(byte) - 0x41
        case 0x61...0x7A: UInt32(byte) - 0x61 + 26
        case 0x30...0x39: UInt32(byte) - 0x30 + 52
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }

    /// Writes bytes as base64.
    static func write(
        _ start: UnsafeRawPointer, _ count: Int, to output: inout DocumentBuffer, at offset: Int
    ) {
        var index = 0
        while index < count {
            var bits: UInt32 = 0
            let bytes = min(3, count - index)
            for byte in 0..<3 {
                bits = bits << 8 | (byte < bytes ? UInt32((start + index + byte).byte) : 0)
            }
            for digit in 0..<4 {
                let value = Int(bits >> UInt32(18 - 6 * digit) & 63)
                let byte = digit <= bytes ? alphabet.utf8Start[value] : 0x3D
                output.append(byte, at: offset)
            }
            index += 3
        }
    }
}
