/// Times as text, without a calendar library: UTC, proleptic Gregorian.
enum CivilTime {
    /// Nanoseconds in a second.
    static let second: Int64 = 1_000_000_000

    /// RFC 3339 in UTC with the shortest exact fraction: `2026-01-01T00:10:00.5Z`.
    static func rfc3339(_ nanoseconds: Int64) -> String {
        let (seconds, fraction) = floorDivide(nanoseconds, by: second)
        let (days, secondOfDay) = floorDivide(seconds, by: 86_400)
        let date = date(days: Int(days))
        let clock = [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60]
        return "\(padded(Int64(date.year), 4))-\(padded(Int64(date.month), 2))"
            + "-\(padded(Int64(date.day), 2))T"
            + clock.map { padded($0, 2) }.joined(separator: ":") + decimals(fraction) + "Z"
    }

    /// A duration in seconds with the shortest exact fraction: `-1.5`.
    static func seconds(_ nanoseconds: Int64) -> String {
        let magnitude = nanoseconds.magnitude
        let whole = String(magnitude / UInt64(second))
        let sign = nanoseconds < 0 ? "-" : ""
        return sign + whole + decimals(Int64(magnitude % UInt64(second)))
    }

    /// The date of a number of days since 1970-01-01. Years start on 1 March inside, so that the
    /// leap day is the last of its year.
    private static func date(days: Int) -> (year: Int, month: Int, day: Int) {
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    /// Quotient rounded down, and the remainder that is then never negative.
    private static func floorDivide(
        _ value: Int64, by divisor: Int64
    ) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// `.5` for half a second in nanoseconds, nothing for none.
    private static func decimals(_ nanoseconds: Int64) -> String {
        guard nanoseconds != 0 else { return "" }
        var digits = padded(nanoseconds, 9)
        while digits.hasSuffix("0") { digits.removeLast() }
        return "." + digits
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
