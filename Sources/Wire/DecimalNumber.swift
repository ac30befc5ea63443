/// A JSON number as written: sign, up to 19 significant digits, a power of ten.
///
/// Made from a token the scanner has checked. Conversions are exact: a `Double` is the one nearest
/// to what is written (ties to even), an integer is what is written or nothing.
struct DecimalNumber {
    var isNegative = false
    /// The first 19 significant digits.
    var mantissa: UInt64 = 0
    /// The power of ten that the mantissa is multiplied with.
    var exponent = 0
    /// Whether digits other than zero lie behind the mantissa's.
    var isTruncated = false

    /// Reads the token from `start` to `end`, which is a number of JSON's grammar.
    init(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
        var place = start
        if place.byte == ASCII.minus {
            isNegative = true
            place += 1
        }
        var digits = 0
        var fraction = 0
        while place < end {
            let digit = place.byte &- ASCII.zero
            if digit < 10 {
                if digits < 19 {
                    mantissa = mantissa &* 10 &+ UInt64(digit)
                    if mantissa != 0 { digits &+= 1 }
                    exponent &-= fraction
                } else {
                    if digit != 0 { isTruncated = true }
                    exponent &+= 1 &- fraction
                }
            } else if place.byte == ASCII.dot {
                fraction = 1
            } else {
                exponent &+= DecimalNumber.exponent(place + 1, end)
                return
            }
            place += 1
        }
    }

    /// The number behind `e`; beyond a trillion it makes no difference any more.
    private static func exponent(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Int {
        var place = start
        let isNegative = place.byte == ASCII.minus
        if isNegative || place.byte == ASCII.plus { place += 1 }
        var value = 0
        while place < end {
            if value < 1 << 40 { value = value * 10 + Int(place.byte &- ASCII.zero) }
            place += 1
        }
        return isNegative ? -value : value
    }

    /// The integer, nil when it is none or does not fit.
    var integer: Int64? {
        if mantissa == 0 { return 0 }
        guard !isTruncated, exponent <= 18 else { return nil }
        var value = mantissa
        var left = exponent
        while left < 0 {
            guard value % 10 == 0 else { return nil }
            value /= 10
            left += 1
        }
        while left > 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = product
            left -= 1
        }
        if isNegative {
            return value <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- value) : nil
        }
        return Int64(exactly: value)
    }

    /// Nanoseconds of so many units, what lies beyond the nanosecond cut off; nil when they do not
    /// fit in an `Int64`.
    func nanoseconds(unit: Int64) -> Int64? {
        var product = UInt128(mantissa) * UInt128(unit.magnitude)
        guard product != 0, exponent >= -38 else { return 0 }
        guard exponent <= 18 else { return nil }
        if exponent < 0 {
            product /= DecimalNumber.power(-exponent)
        } else {
            let (scaled, overflow) = product.multipliedReportingOverflow(
                by: DecimalNumber.power(exponent))
            guard !overflow else { return nil }
            product = scaled
        }
        guard product <= UInt128(Int64.max) else { return nil }
        return isNegative ? -Int64(product) : Int64(product)
    }

    private static func power(_ exponent: Int) -> UInt128 {
        var result: UInt128 = 1
        for _ in 0..<exponent { result *= 10 }
        return result
    }
}

// Decimal to binary.
extension DecimalNumber {
    /// The nearest double; infinite when it is beyond all. `start` and `end` are the token again,
    /// for the rare number that needs all its digits.
    func double(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Double {
        if mantissa <= 1 << 53, exponent >= -22, exponent <= 22, !isTruncated {
            // Both are exact, so one rounding is left (Clinger 1990).
            let value = Double(Int64(mantissa))
            let power = PowersOfTen.shared.doubles[abs(exponent)]
            let result = exponent < 0 ? value / power : value * power
            return isNegative ? -result : result
        }
        if let bits = DecimalNumber.nearest(mantissa, exponent),
            !isTruncated || bits == DecimalNumber.nearest(mantissa + 1, exponent)
        {
            return Double(bitPattern: isNegative ? bits | 1 << 63 : bits)
        }
        return DecimalNumber.slowDouble(start, end)
    }

    @inline(never)
    private static func slowDouble(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Double {
        let token = UnsafeRawBufferPointer(start: start, count: end - start)
        // The grammar was checked, so the conversion has no reason to refuse it.
        return Double(String(decoding: token, as: UTF8.self)) ?? .nan
    }

    /// Bits of the double nearest to `mantissa` × 10^`exponent`; nil when 128 bits of the power of
    /// five cannot tell (Eisel and Lemire 2020, as in fast_float's `compute_float`).
    private static func nearest(_ mantissa: UInt64, _ exponent: Int) -> UInt64? {
        let infinity: UInt64 = 0x7FF << 52
        guard mantissa != 0, exponent >= PowersOfFive.smallest else { return 0 }
        guard exponent <= PowersOfFive.largest else { return infinity }
        let leadingZeros = mantissa.leadingZeroBitCount
        let factor = mantissa &<< UInt64(leadingZeros)
        let five = PowersOfFive.shared[exponent]
        var (high, low) = factor.multipliedFullWidth(by: five.high)
        if high & 0x1FF == 0x1FF {
            let more = factor.multipliedFullWidth(by: five.low).high
            low &+= more
            if more > low { high &+= 1 }
        }
        if low == .max, exponent < -27 || exponent > 55 { return nil }
        let upper = Int(high &>> 63)
        let shift = UInt64(upper + 9)
        var bits = high &>> shift
        var binary = ((217_706 &* exponent) >> 16) + 63 + upper - leadingZeros + 1023
        if binary <= 0 {
            guard binary > -63 else { return 0 }
            bits &>>= UInt64(1 - binary)
            bits = (bits + (bits & 1)) >> 1
            return bits
        }
        if low <= 1, exponent >= -4, exponent <= 23, bits & 3 == 1, bits &<< shift == high {
            bits &= ~1
        }
        bits = (bits + (bits & 1)) >> 1
        if bits >= 2 << 52 {
            bits = 1 << 52
            binary += 1
        }
        return binary >= 0x7FF ? infinity : bits & ~(1 << 52) | UInt64(binary) << 52
    }
}
