/// Eight bytes of a payload at a time, the first byte lowest.
///
/// The tests for byte classes give a mask with the high bit of every byte that belongs to the
/// class. Where a comment says "lowest exact", bits above the lowest one may be false.
enum Word {
    @inline(__always)
    static var ones: UInt64 { 0x0101_0101_0101_0101 }

    @inline(__always)
    static var highBits: UInt64 { 0x8080_8080_8080_8080 }

    @inline(__always)
    static var zeros: UInt64 { 0x3030_3030_3030_3030 }

    /// The eight bytes at `place`, which need no alignment.
    @inline(__always)
    static func load(_ place: UnsafeRawPointer) -> UInt64 {
        UInt64(littleEndian: place.loadUnaligned(as: UInt64.self))
    }

    /// Keeps the first `count` bytes, 0...8, and clears the rest.
    @inline(__always)
    static func mask(_ count: Int) -> UInt64 {
        count == 0 ? 0 : UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- 8 &* count)
    }

    /// How many bytes lie before the lowest one a mask tells of; 8 when it tells of none.
    @inline(__always)
    static func bytesBefore(_ mask: UInt64) -> Int { mask.trailingZeroBitCount &>> 3 }

    /// Bytes that end a plain run inside a string: quote, backslash, control, non-ASCII.
    ///
    /// Lowest exact: a borrow starts only at a byte that is itself a stop, and runs upwards.
    @inline(__always)
    static func stops(_ word: UInt64) -> UInt64 {
        let quote = (word ^ 0x2222_2222_2222_2222) &- ones
        let backslash = (word ^ 0x5C5C_5C5C_5C5C_5C5C) &- ones
        let control = word &- 0x2020_2020_2020_2020
        return (quote | backslash | control | word) & highBits
    }

    /// Bytes that are no ASCII digit, of a word from which `zeros` were taken by exclusive or.
    /// All bits exact.
    @inline(__always)
    static func nonDigits(_ digits: UInt64) -> UInt64 {
        (((digits & ~highBits) &+ 0x7676_7676_7676_7676) | digits) & highBits
    }

    /// The number that eight digits (0...9 each, the first lowest) write.
    @inline(__always)
    static func eightDigits(_ digits: UInt64) -> UInt64 {
        let pairs = digits &* 10 &+ (digits &>> 8)
        let low = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
        let high = ((pairs &>> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
        return (low &+ high) &>> 32
    }

    /// The number that the first `count` bytes, 1...8, of eight write.
    @inline(__always)
    static func firstDigits(_ digits: UInt64, _ count: Int) -> UInt64 {
        eightDigits(digits &<< UInt64(truncatingIfNeeded: 64 &- 8 &* count))
    }
}

extension UnsafeRawPointer {
    /// The byte here.
    @inline(__always)
    var byte: UInt8 { load(as: UInt8.self) }
}

/// The ASCII bytes that JSON's grammar names.
enum ASCII {
    @inline(__always) static var tab: UInt8 { 0x09 }
    @inline(__always) static var newline: UInt8 { 0x0A }
    @inline(__always) static var carriageReturn: UInt8 { 0x0D }
    @inline(__always) static var space: UInt8 { 0x20 }
    @inline(__always) static var quote: UInt8 { 0x22 }
    @inline(__always) static var plus: UInt8 { 0x2B }
    @inline(__always) static var comma: UInt8 { 0x2C }
    @inline(__always) static var minus: UInt8 { 0x2D }
    @inline(__always) static var dot: UInt8 { 0x2E }
    @inline(__always) static var slash: UInt8 { 0x2F }
    @inline(__always) static var zero: UInt8 { 0x30 }
    @inline(__always) static var colon: UInt8 { 0x3A }
    @inline(__always) static var leftBracket: UInt8 { 0x5B }
    @inline(__always) static var backslash: UInt8 { 0x5C }
    @inline(__always) static var rightBracket: UInt8 { 0x5D }
    @inline(__always) static var leftBrace: UInt8 { 0x7B }
    @inline(__always) static var rightBrace: UInt8 { 0x7D }
}
