/// A point on the UTC time line, in nanoseconds since 1970-01-01T00:00:00Z.
///
/// Leap seconds have no instant of their own: 23:59:60 is the instant after it (POSIX time). The
/// representable years are 1900 to 2200, which leaves room to add any duration without overflow.
@frozen
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Nanoseconds since 1970-01-01T00:00:00Z; negative before.
    public var nanoseconds: Int64

    /// A time from its nanoseconds since 1970-01-01T00:00:00Z.
    @inlinable
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Earlier in time sorts first.
    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The first instant an event may carry, 1900-01-01T00:00:00Z.
    public static let earliest = Timestamp(nanoseconds: -2_208_988_800 * nanosecondsPerSecond)

    /// The first instant an event may no longer carry, 2200-01-01T00:00:00Z.
    public static let end = Timestamp(nanoseconds: 7_258_118_400 * nanosecondsPerSecond)

    /// Nanoseconds in a second.
    @inlinable
    public static var nanosecondsPerSecond: Int64 { 1_000_000_000 }

    /// Days from 1970-01-01 to a proleptic Gregorian date.
    ///
    /// Counts years from 1 March, so that the leap day is the last of its year.
    @inlinable
    public static func days(year: Int, month: Int, day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The proleptic Gregorian date of a number of days since 1970-01-01.
    static func date(days: Int) -> (year: Int, month: Int, day: Int) {
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
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with the shortest exact fraction: `2026-01-01T00:10:00.5Z`.
    public var description: String {
        let (seconds, fraction) = nanoseconds.floorDivided(by: Timestamp.nanosecondsPerSecond)
        let (days, secondOfDay) = seconds.floorDivided(by: 86_400)
        let date = Timestamp.date(days: Int(days))
        var text = "\(date.year.padded(4))-\(date.month.padded(2))-\(date.day.padded(2))T"
        text += "\(Int(secondOfDay / 3600).padded(2)):\(Int(secondOfDay / 60 % 60).padded(2)):"
        text += Int(secondOfDay % 60).padded(2)
        if fraction != 0 {
            var digits = Int(fraction).padded(9)
            while digits.hasSuffix("0") { digits.removeLast() }
            text += "." + digits
        }
        return text + "Z"
    }
}

extension Int64 {
    /// Quotient rounded down, and the remainder that is then never negative.
    func floorDivided(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension Int {
    fileprivate func padded(_ width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.utf8.count)) + digits
    }
}
