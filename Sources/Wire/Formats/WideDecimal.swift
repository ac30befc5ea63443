/// A decimal number wide enough to be added exactly: up to 38 digits times a power of ten.
struct WideDecimal {
    private var digits: Int128
    private var exponent: Int

    /// A whole number of units, each a power of ten.
    init(_ digits: Int64, exponent: Int) {
        self.digits = Int128(digits)
        self.exponent = digits == 0 ? 0 : exponent
    }

    /// The number as it is written, nil when it has more than 19 digits.
    init?(_ number: DecimalNumber) {
        guard !number.isTruncated else { return nil }
        digits = number.isNegative ? -Int128(number.mantissa) : Int128(number.mantissa)
        exponent = digits == 0 ? 0 : number.exponent
    }

    /// The exact sum, nil when it has too many digits.
    static func sum(_ left: WideDecimal, _ right: WideDecimal) -> WideDecimal? {
        if left.digits == 0 { return right }
        if right.digits == 0 { return left }
        var result = left
        result.exponent = min(left.exponent, right.exponent)
        guard let first = left.scaled(to: result.exponent),
            let second = right.scaled(to: result.exponent)
        else { return nil }
        let (sum, overflow) = first.addingReportingOverflow(second)
        guard !overflow else { return nil }
        result.digits = sum
        return result
    }

    /// The digits with a lower exponent.
    private func scaled(to lower: Int) -> Int128? {
        guard exponent - lower <= 38 else { return nil }
        var value = digits
        for _ in 0..<(exponent - lower) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = product
        }
        return value
    }

    /// Whether it is less than a whole number.
    func isLess(than whole: Int64) -> Bool {
        if digits <= 0 || exponent > 38 { return digits <= 0 && whole > 0 || digits < 0 }
        if exponent >= 0 {
            return scaled(to: 0).map { $0 < Int128(whole) } ?? false
        }
        // Digits are dropped, which makes a positive number no larger than it is.
        var value = digits
        var left = exponent
        while left < 0, value != 0 {
            value /= 10
            left += 1
        }
        return value < Int128(whole)
    }

    /// The nearest double, or one beside it.
    var double: Double {
        // Beyond a few hundred there is only zero or infinity.
        var value = Double(digits)
        for _ in 0..<min(exponent.magnitude, 800) { value = exponent < 0 ? value / 10 : value * 10 }
        return value
    }

    /// Writes it as a JSON number, without an exponent where that takes no more than 60 bytes.
    func write(to output: inout DocumentBuffer, at place: Int) {
        var value = digits.magnitude
        var power = exponent
        while power < 0, value % 10 == 0 {
            value /= 10
            power += 1
        }
        if digits < 0 { output.append(ASCII.minus, at: place) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { text in
            // From the last digit to the first, with zeros up to the point.
            var first = 64
            func put(_ byte: UInt8) {
                first -= 1
                text[first] = byte
            }
            let fraction = power < 0 && power >= -38 ? -power : 0
            var written = 0
            repeat {
                put(ASCII.zero + UInt8(truncatingIfNeeded: value % 10))
                value /= 10
                written += 1
                if written == fraction { put(ASCII.dot) }
            } while value != 0 || written <= fraction
            guard let start = text.baseAddress else { return }
            output.append(UnsafeRawPointer(start + first), 64 - first, at: place)
        }
        if power > 0 && power <= 18 {
            for _ in 0..<power { output.append(ASCII.zero, at: place) }
        } else if power > 0 || power < -38 {
            output.append(0x65, at: place)
            output.append(text: String(power), at: place)
        }
    }
}

extension DocumentBuffer {
    /// Text that JSON takes as it is.
    mutating func append(text: String, at place: Int) {
        var text = text
        text.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return }
            append(UnsafeRawPointer(start), bytes.count, at: place)
        }
    }
}
