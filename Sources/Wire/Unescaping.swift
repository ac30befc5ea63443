/// Turns the inside of a checked JSON string into the text it stands for.
///
/// A pair of surrogate escapes is one scalar; a surrogate escape without its other half is U+FFFD.
/// The text is never longer than what is written.
enum Unescaping {
    /// Bytes of the text.
    static func length(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Int {
        var place = start
        var length = 0
        while place < end {
            if place.byte == ASCII.backslash {
                let (scalar, after) = scalar(place, end)
                length += width(scalar)
                place = after
            } else {
                length += 1
                place += 1
            }
        }
        return length
    }

    /// The place in what is written of the byte before which the text has so many.
    static func place(
        after count: Int, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer
    ) -> UnsafeRawPointer {
        var place = start
        var left = count
        while left > 0, place < end {
            if place.byte == ASCII.backslash {
                let (scalar, after) = scalar(place, end)
                left -= width(scalar)
                place = after
            } else {
                left -= 1
                place += 1
            }
        }
        return place
    }

    /// Writes exactly `length` bytes.
    static func write(
        _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, to target: UnsafeMutableRawPointer
    ) {
        var place = start
        var target = target
        while place < end {
            if place.byte == ASCII.backslash {
                let (scalar, after) = scalar(place, end)
                target += encode(scalar, target)
                place = after
            } else {
                target.storeBytes(of: place.byte, as: UInt8.self)
                target += 1
                place += 1
            }
        }
    }

    /// The value of a hexadecimal digit, -1 when it is none.
    @inline(__always)
    static func hexDigit(_ byte: UInt8) -> Int {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46: Int(byte) - 0x37
        case 0x61...0x66: Int(byte) - 0x57
        default: -1
        }
    }

    /// The scalar that the escape at `place` writes, and the place behind it.
    private static func scalar(
        _ place: UnsafeRawPointer, _ end: UnsafeRawPointer
    ) -> (scalar: UInt32, after: UnsafeRawPointer) {
        let letter = (place + 1).byte
        switch letter {
        case 0x62: return (0x08, place + 2)
        case 0x66: return (0x0C, place + 2)
        case 0x6E: return (0x0A, place + 2)
        case 0x72: return (0x0D, place + 2)
        case 0x74: return (0x09, place + 2)
        case 0x75: break
        default: return (UInt32(letter), place + 2)
        }
        let unit = unit(place)
        guard unit & 0xF800 == 0xD800 else { return (unit, place + 6) }
        let next = place + 6
        guard unit < 0xDC00, end - next >= 6, next.byte == ASCII.backslash,
            (next + 1).byte == 0x75
        else { return (0xFFFD, next) }
        let low = Unescaping.unit(next)
        guard low & 0xFC00 == 0xDC00 else { return (0xFFFD, next) }
        return (0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF, next + 6)
    }

    /// The four digits of `\uXXXX`.
    private static func unit(_ place: UnsafeRawPointer) -> UInt32 {
        var value = 0
        for index in 2..<6 { value = value << 4 | hexDigit((place + index).byte) }
        return UInt32(truncatingIfNeeded: value)
    }

    private static func width(_ scalar: UInt32) -> Int {
        scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4
    }

    private static func encode(_ scalar: UInt32, _ target: UnsafeMutableRawPointer) -> Int {
        let width = width(scalar)
        func put(_ index: Int, _ bits: UInt32) {
            target.storeBytes(
                of: UInt8(truncatingIfNeeded: bits), toByteOffset: index, as: UInt8.self)
        }
        func continuation(_ shift: UInt32) -> UInt32 { 0x80 | (scalar >> shift & 0x3F) }
        switch width {
        case 1: put(0, scalar)
        case 2:
            put(0, 0xC0 | scalar >> 6)
            put(1, continuation(0))
        case 3:
            put(0, 0xE0 | scalar >> 12)
            put(1, continuation(6))
            put(2, continuation(0))
        default:
            put(0, 0xF0 | scalar >> 18)
            put(1, continuation(12))
            put(2, continuation(6))
            put(3, continuation(0))
        }
        return width
    }
}
