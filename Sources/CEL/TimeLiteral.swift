/// What `timestamp('…')` and `duration('…')` accept, computed when a rule is checked.
public enum TimeLiteral {
    /// Nanoseconds since 1970 of an RFC 3339 time; nil if it is none or lies outside 1678 to 2261,
    /// the years that 64 bits of nanoseconds hold.
    public static func timestamp(_ text: String) -> Int64? {
        var reader = Reader(bytes: Array(text.utf8))
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2),
            reader.take("-"), let day = reader.number(2), reader.take("Tt"),
            let hour = reader.number(2), reader.take(":"), let minute = reader.number(2),
            reader.take(":"), let second = reader.number(2)
        else { return nil }
        guard (1...12).contains(month), (1...days(month, of: year)).contains(day), hour < 24,
            minute < 60, second < 60
        else { return nil }
        var fraction = 0
        if reader.take(".") {
            guard let nanoseconds = reader.fraction() else { return nil }
            fraction = nanoseconds
        }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        let date = days(year: year, month: month, day: day)
        let seconds = date * 86_400 + hour * 3600 + minute * 60 + second - offset * 60
        let (whole, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (result, carry) = whole.addingReportingOverflow(Int64(fraction))
        return overflow || carry ? nil : result
    }

    /// Nanoseconds of a duration such as `1h30m`, `-1.5s` or `250ms`, in CEL's units.
    static func duration(_ text: String) -> Int64? {
        var reader = Reader(bytes: Array(text.utf8))
        let sign: Int64 = reader.take("-") ? -1 : 1
        if sign == 1 { _ = reader.take("+") }
        if reader.rest == "0" { return 0 }
        var total: Int64 = 0
        guard !reader.isAtEnd else { return nil }
        while !reader.isAtEnd {
            guard let part = reader.durationPart() else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow else { return nil }
            total = sum
        }
        return sign * total
    }

    private static func days(_ month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    /// Days from 1970-01-01 to a proleptic Gregorian date; years start on 1 March inside, so that
    /// the leap day is the last of its year.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

/// Reads a time from the left, one piece at a time.
private struct Reader {
    let bytes: [UInt8]
    var position = 0

    var isAtEnd: Bool { position == bytes.count }
    var rest: String { String(decoding: bytes[position...], as: UTF8.self) }

    mutating func take(_ choices: String) -> Bool {
        guard position < bytes.count, choices.utf8.contains(bytes[position]) else { return false }
        position += 1
        return true
    }

    /// Exactly so many digits.
    mutating func number(_ width: Int) -> Int? {
        guard position + width <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[position..<position + width] {
            guard byte.isDigit else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        position += width
        return value
    }

    /// One to nine digits behind a point, as nanoseconds of a second.
    mutating func fraction() -> Int? {
        var (value, width) = (0, 0)
        while position < bytes.count, bytes[position].isDigit {
            guard width < 9 else { return nil }
            value = value * 10 + Int(bytes[position] - 0x30)
            width += 1
            position += 1
        }
        guard width > 0 else { return nil }
        for _ in width..<9 { value *= 10 }
        return value
    }

    /// `Z` or `+05:30`, in minutes east.
    mutating func offset() -> Int? {
        if take("Zz") { return 0 }
        let sign: Int
        if take("+") {
            sign = 1
        } else if take("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }

    /// A number with a unit, such as `1.5h`; digits beyond a nanosecond are cut off.
    mutating func durationPart() -> Int64? {
        var whole: Int64 = 0
        let start = position
        while position < bytes.count, bytes[position].isDigit {
            let (tens, overflow) = whole.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int64(bytes[position] - 0x30))
            guard !overflow, !carry else { return nil }
            whole = sum
            position += 1
        }
        var decimals: [Int64] = []
        var hasDigits = position > start
        if take(".") {
            while position < bytes.count, bytes[position].isDigit {
                decimals.append(Int64(bytes[position] - 0x30))
                position += 1
            }
            hasDigits = hasDigits || !decimals.isEmpty
        }
        guard hasDigits, let unit = unit() else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
        var fraction: Int64 = 0
        var scale = unit
        for digit in decimals {
            // The unit's remainder after each decimal: exact for s and below, and for m and h in
            // the digits that nanoseconds can hold.
            fraction += digit * (scale / 10)
            scale /= 10
        }
        let (sum, carry) = product.addingReportingOverflow(fraction)
        return overflow || carry ? nil : sum
    }

    private mutating func unit() -> Int64? {
        let units: [(String, Int64)] = [
            ("ns", 1), ("us", 1000), ("µs", 1000), ("ms", 1_000_000), ("h", 3_600_000_000_000),
            ("m", 60_000_000_000), ("s", 1_000_000_000),
        ]
        for (name, length) in units {
            let end = position + name.utf8.count
            guard end <= bytes.count, bytes[position..<end].elementsEqual(name.utf8) else {
                continue
            }
            position = end
            return length
        }
        return nil
    }
}
