/// The powers of five that make a decimal number binary: for each decimal exponent from -342 to 308
/// the 128 leading bits of 5^q, truncated for q >= 0 and rounded up for q < 0.
///
/// This is the table of Lemire, "Number parsing at a gigabyte per second" (2021), computed once
/// instead of written down: 651 entries of two words, the upper word first.
struct PowersOfFive: Sendable {
    static let smallest = -342
    static let largest = 308

    /// Computed at first use, in less than a millisecond.
    static let shared = PowersOfFive()

    private let words: [UInt64]

    /// The upper and lower half of 5^q's leading bits.
    @inline(__always)
    subscript(q: Int) -> (high: UInt64, low: UInt64) {
        let place = (q - PowersOfFive.smallest) * 2
        return (words[place], words[place + 1])
    }

    private init() {
        var words = Array(repeating: UInt64(0), count: 651 * 2)
        func set(_ q: Int, _ bits: UInt128) {
            let place = (q - PowersOfFive.smallest) * 2
            words[place] = UInt64(truncatingIfNeeded: bits >> 64)
            words[place + 1] = UInt64(truncatingIfNeeded: bits)
        }
        // 5^n = n-th product; its bits are read at its top.
        var power = Digits(word: 1)
        // floor(2^scale / 5^n): any smaller scale is a shift of it, as floors of floors agree.
        var reciprocal = Digits(powerOfTwo: PowersOfFive.scale)
        set(0, power.top128())
        for n in 1...342 {
            power.multiply(by: 5)
            reciprocal.divide(by: 5)
            if n <= PowersOfFive.largest { set(n, power.top128()) }
            let z = power.bitWidth
            let bits = n <= 27 ? z + 127 : 2 * z + 128
            var quotient = reciprocal
            quotient.shiftRight(by: PowersOfFive.scale - bits)
            quotient.increment()
            set(-n, quotient.top128())
        }
        self.words = words
    }

    private static let scale = 1856
}

/// A natural number of any size in 32-bit digits, lowest first; just what the table needs.
private struct Digits {
    private var digits: [UInt32]

    init(word: UInt32) { digits = [word] }

    init(powerOfTwo exponent: Int) {
        digits = Array(repeating: 0, count: exponent / 32 + 1)
        digits[exponent / 32] = 1 << UInt32(exponent % 32)
    }

    /// The smallest z with 2^z >= self, which for a power of five above 1 is its length in bits.
    var bitWidth: Int {
        var count = digits.count
        while count > 0, digits[count - 1] == 0 { count -= 1 }
        return count == 0 ? 0 : count * 32 - digits[count - 1].leadingZeroBitCount
    }

    mutating func multiply(by factor: UInt32) {
        var carry: UInt64 = 0
        for index in digits.indices {
            let product = UInt64(digits[index]) * UInt64(factor) + carry
            digits[index] = UInt32(truncatingIfNeeded: product)
            carry = product >> 32
        }
        if carry != 0 { digits.append(UInt32(carry)) }
    }

    mutating func divide(by divisor: UInt32) {
        var remainder: UInt64 = 0
        for index in digits.indices.reversed() {
            let dividend = remainder << 32 | UInt64(digits[index])
            digits[index] = UInt32(truncatingIfNeeded: dividend / UInt64(divisor))
            remainder = dividend % UInt64(divisor)
        }
    }

    mutating func shiftRight(by count: Int) {
        digits.removeFirst(min(count / 32, digits.count))
        let bits = UInt32(count % 32)
        guard bits != 0 else { return }
        for index in digits.indices {
            let above = index + 1 < digits.count ? digits[index + 1] : 0
            digits[index] = digits[index] >> bits | above << (32 - bits)
        }
    }

    mutating func increment() {
        for index in digits.indices {
            digits[index] &+= 1
            if digits[index] != 0 { return }
        }
        digits.append(1)
    }

    /// The 128 leading bits, the highest of them set.
    func top128() -> UInt128 {
        let width = bitWidth
        var result: UInt128 = 0
        for index in 0..<128 {
            let place = width - 1 - index
            let bit = place < 0 ? 0 : digits[place / 32] >> UInt32(place % 32) & 1
            result = result << 1 | UInt128(bit)
        }
        return result
    }
}
