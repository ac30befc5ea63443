// Text on the hot path is a pointer and a length; comparing it means comparing bytes, which for
// UTF-8 is also the order of code points that CEL asks for.

/// Whether two runs of `count` bytes are equal, eight at a time.
@inlinable
@unsafe
func equalBytes(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, count: Int) -> Bool {
    var index = 0
    while index &+ 8 <= count {
        let a = unsafe left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let b = unsafe right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        if a != b { return false }
        index &+= 8
    }
    while index < count {
        let a = unsafe left.load(fromByteOffset: index, as: UInt8.self)
        let b = unsafe right.load(fromByteOffset: index, as: UInt8.self)
        if a != b { return false }
        index &+= 1
    }
    return true
}

/// Where one text stands towards another, as `Relation.place` has it.
@unsafe
func textPlace(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> UInt8 {
    for index in 0..<min(left.count, right.count) {
        let a = unsafe left[index]
        let b = unsafe right[index]
        if a != b { return Relation.place(a, b) }
    }
    return Relation.place(left.count, right.count)
}

/// Where an integer stands towards a double by their mathematical values.
///
/// Converting the integer would round above 2^53 and call different numbers equal.
func exactPlace(_ left: Int64, _ right: Double) -> UInt8 {
    if right.isNaN { return Relation.unordered }
    if right >= 0x1p63 { return 0 }
    if right < -0x1p63 { return 2 }
    let whole = Int64(right)
    if left != whole { return Relation.place(left, whole) }
    return Relation.place(0, right - Double(whole))
}
