/// Powers of ten in memory of their own, reached without a bounds check or a reference count.
struct PowersOfTen: @unchecked Sendable {
    // Sendable because the memory is written once, here, and lives as long as the program.

    static let shared = PowersOfTen()

    /// 10^0 to 10^22: those that a double holds exactly.
    let doubles: UnsafePointer<Double>
    /// 10^0 to 10^8.
    let integers: UnsafePointer<UInt64>

    private init() {
        let doubles = UnsafeMutablePointer<Double>.allocate(capacity: 23)
        let integers = UnsafeMutablePointer<UInt64>.allocate(capacity: 9)
        var power = 1.0
        for index in 0..<23 {
            doubles[index] = power
            power *= 10
        }
        for index in 0..<9 { integers[index] = UInt64(doubles[index]) }
        self.doubles = UnsafePointer(doubles)
        self.integers = UnsafePointer(integers)
    }
}

/// Reads the numbers that measurements are, a word of digits at a time.
///
/// Each function gives the place behind the number, or nil for everything it does not read, right
/// or wrong: an exponent, too many digits, a leading zero, no digit. What follows must not go on as
/// a number; whether it may follow at all is seen by the next literal. 32 bytes from `place` must be
/// readable.
enum InPlaceNumber {
    /// Whether a number cannot end before this byte: `.`, a digit, `e`, `E`, and `/`, which never
    /// follows a number anyway.
    @inline(__always)
    private static func goesOn(_ byte: UInt8) -> Bool {
        byte &- ASCII.dot < 12 || byte | 0x20 == 0x65
    }

    /// A number of at most eight bytes beside its sign, dot and digits in one word; the byte behind
    /// it is `next`.
    @inline(__always)
    static func readShort(
        _ place: UnsafeRawPointer, _ powers: PowersOfTen, before next: UInt8,
        _ number: inout Double
    ) -> UnsafeRawPointer? {
        let isNegative = place.byte == ASCII.minus
        // Both words are loaded before the sign is known.
        let first = place + (isNegative ? 1 : 0)
        let digits = (isNegative ? Word.load(place + 1) : Word.load(place)) ^ Word.zeros
        let stops = Word.nonDigits(digits)
        let whole = Word.bytesBefore(stops)
        let magnitude: Double
        let after: UnsafeRawPointer
        if _fastPath((first + whole).byte == ASCII.dot) {
            // The second stop ends the number; taking the dot out leaves its digits in a row.
            let length = Word.bytesBefore(stops & (stops &- 1))
            let left = ((stops & (0 &- stops)) &>> 7) &- 1
            let shifted = digits &>> 8
            let row = ((digits ^ shifted) & left) ^ shifted
            let places = length &- 1 &- whole
            guard whole != 0, places > 0 else { return nil }
            after = first + length
            magnitude =
                Double(Int64(truncatingIfNeeded: Word.firstDigits(row, length &- 1)))
                / powers.doubles[places]
        } else {
            guard whole != 0 else { return nil }
            after = first + whole
            magnitude = Double(Int64(truncatingIfNeeded: Word.firstDigits(digits, whole)))
        }
        guard digits & 0xFF != 0 || whole == 1, after.byte == next else { return nil }
        let sign: UInt64 = isNegative ? 1 &<< 63 : 0
        number = Double(bitPattern: magnitude.bitPattern | sign)
        return after
    }

    /// A number of at most eight digits on each side of the dot.
    @inline(__always)
    static func read(
        _ place: UnsafeRawPointer, _ powers: PowersOfTen, _ number: inout Double
    ) -> UnsafeRawPointer? {
        let isNegative: UInt64 = place.byte == ASCII.minus ? 1 : 0
        var after = place + Int(truncatingIfNeeded: isNegative)
        let digits = Word.load(after) ^ Word.zeros
        let count = Word.bytesBefore(Word.nonDigits(digits))
        guard count != 0, digits & 0xFF != 0 || count == 1 else { return nil }
        var mantissa = Word.firstDigits(digits, count)
        after += count
        var places = 0
        if after.byte == ASCII.dot {
            let fraction = Word.load(after + 1) ^ Word.zeros
            places = Word.bytesBefore(Word.nonDigits(fraction))
            guard places != 0 else { return nil }
            mantissa = mantissa &* powers.integers[places] &+ Word.firstDigits(fraction, places)
            after += places &+ 1
        }
        guard mantissa <= 1 << 53, !goesOn(after.byte) else { return nil }
        // Both are exact, so one rounding is left.
        let magnitude = Double(Int64(truncatingIfNeeded: mantissa)) / powers.doubles[places]
        number = Double(bitPattern: magnitude.bitPattern | isNegative &<< 63)
        return after
    }

    /// An integer of at most sixteen digits without dot and exponent.
    @inline(__always)
    static func readLong(
        _ place: UnsafeRawPointer, _ powers: PowersOfTen, _ number: inout Int64
    ) -> UnsafeRawPointer? {
        let isNegative = place.byte == ASCII.minus
        var after = place + (isNegative ? 1 : 0)
        let digits = Word.load(after) ^ Word.zeros
        let count = Word.bytesBefore(Word.nonDigits(digits))
        guard count != 0, digits & 0xFF != 0 || count == 1 else { return nil }
        var magnitude = Word.firstDigits(digits, count)
        after += count
        if count == 8 {
            let more = Word.load(after) ^ Word.zeros
            let places = Word.bytesBefore(Word.nonDigits(more))
            if places != 0 {
                magnitude =
                    magnitude &* powers.integers[places] &+ Word.firstDigits(more, places)
                after += places
            }
        }
        guard !goesOn(after.byte) else { return nil }
        let value = Int64(truncatingIfNeeded: magnitude)
        number = isNegative ? 0 &- value : value
        return after
    }

    /// Skips a number of at most seven digits on each side of the dot.
    @inline(__always)
    static func skip(_ place: UnsafeRawPointer) -> UnsafeRawPointer? {
        var after = place + (place.byte == ASCII.minus ? 1 : 0)
        let digits = Word.load(after) ^ Word.zeros
        let count = Word.bytesBefore(Word.nonDigits(digits))
        guard count != 0, digits & 0xFF != 0 || count == 1 else { return nil }
        after += count
        if after.byte == ASCII.dot {
            let places = Word.bytesBefore(Word.nonDigits(Word.load(after + 1) ^ Word.zeros))
            guard places != 0 else { return nil }
            after += places &+ 1
        }
        return goesOn(after.byte) ? nil : after
    }
}
