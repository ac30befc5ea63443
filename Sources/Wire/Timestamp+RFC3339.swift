public import Events

// RFC 3339 `date-time`, strictly:
//
//   YYYY-MM-DD ("T" | "t") hh:mm:ss [ "." 1*DIGIT ] ("Z" | "z" | ("+" | "-") hh:mm)
//
// Refused: a missing or spaced-out "T", a missing offset, an offset past 23:59, hour 24, a day the
// month does not have, anything behind the offset, digits outside ASCII. A leap second (`:60`) is
// taken at 23:59 UTC only and is the instant after it. Digits beyond the nanosecond are cut off.

/// What a written time turned out to be.
public enum TimeReading: Hashable, Sendable {
    /// A time between `Timestamp.earliest` and `Timestamp.end`.
    case time(Timestamp)
    /// Correctly written, and outside the years that Tocsin represents.
    case outside
    /// Not a time.
    case unreadable
}

extension Timestamp {
    /// Reads an RFC 3339 `date-time` from exactly these bytes; O(length), no allocation.
    public static func read(rfc3339 bytes: UnsafeRawBufferPointer) -> TimeReading {
        guard let start = bytes.baseAddress, bytes.count >= 20 else { return .unreadable }
        var reader = DateTimeReader(place: start, end: start + bytes.count)
        return reader.read()
    }

    /// Reads an RFC 3339 `date-time`; nil when it is none or lies outside the years 1900 to 2200.
    public init?(rfc3339 text: String) {
        var text = text
        let reading = text.withUTF8 { Timestamp.read(rfc3339: UnsafeRawBufferPointer($0)) }
        guard case .time(let time) = reading else { return nil }
        self = time
    }

    /// A time from nanoseconds since 1970 if it is one that Tocsin represents.
    @inline(__always)
    static func bounded(_ nanoseconds: Int64) -> TimeReading {
        let time = Timestamp(nanoseconds: nanoseconds)
        return time >= .earliest && time < .end ? .time(time) : .outside
    }
}

/// Reads one `date-time` from left to right.
private struct DateTimeReader {
    var place: UnsafeRawPointer
    let end: UnsafeRawPointer

    /// The number of exactly `count` digits, or nil.
    private mutating func digits(_ count: Int) -> Int? {
        guard end - place >= count else { return nil }
        var value = 0
        for _ in 0..<count {
            let digit = place.byte &- ASCII.zero
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
            place += 1
        }
        return value
    }

    /// Takes one byte if it is `byte` in either case.
    private mutating func take(_ byte: UInt8, ignoringCase mask: UInt8 = 0) -> Bool {
        guard place < end, place.byte | mask == byte | mask else { return false }
        place += 1
        return true
    }

    /// Days since 1970 of `YYYY-MM-DD`.
    private mutating func date() -> Int? {
        guard let year = digits(4), take(ASCII.minus), let month = digits(2), take(ASCII.minus),
            let day = digits(2), (1...12).contains(month), day >= 1,
            day <= DateTimeReader.length(of: month, year)
        else { return nil }
        return Timestamp.days(year: year, month: month, day: day)
    }

    private static func length(of month: Int, _ year: Int) -> Int {
        if month == 2 {
            return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        }
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
    }

    /// Nanoseconds of `.ddd`, zero when there is no fraction.
    private mutating func fraction() -> Int? {
        guard take(ASCII.dot) else { return 0 }
        var value = 0
        var weight = 100_000_000
        let start = place
        while place < end, place.byte &- ASCII.zero < 10 {
            value += Int(place.byte &- ASCII.zero) * weight
            weight /= 10
            place += 1
        }
        return place == start ? nil : value
    }

    /// Minutes that `Z` or `±hh:mm` lies east of Greenwich.
    private mutating func offset() -> Int? {
        if take(0x7A, ignoringCase: 0x20) { return 0 }
        let east = take(ASCII.plus)
        guard east || take(ASCII.minus) else { return nil }
        guard let hours = digits(2), hours < 24, take(ASCII.colon), let minutes = digits(2),
            minutes < 60
        else { return nil }
        return (east ? 1 : -1) * (hours * 60 + minutes)
    }

    mutating func read() -> TimeReading {
        guard let days = date(), take(0x74, ignoringCase: 0x20),
            let hour = digits(2), hour < 24, take(ASCII.colon),
            let minute = digits(2), minute < 60, take(ASCII.colon),
            let second = digits(2), second <= 60,
            let fraction = fraction(), let offset = offset(), place == end
        else { return .unreadable }
        let minutes = days * 1440 + hour * 60 + minute - offset
        let minuteOfDay = (hour * 60 + minute - offset + 2880) % 1440
        if second == 60, minuteOfDay != 1439 { return .unreadable }
        // Years 0 to 9999 in seconds fit easily; in nanoseconds only the bounded ones do.
        let seconds = Int64(minutes) * 60 + Int64(second)
        let (whole, overflow) = seconds.multipliedReportingOverflow(
            by: Timestamp.nanosecondsPerSecond)
        if overflow { return .outside }
        let (sum, carry) = whole.addingReportingOverflow(Int64(fraction))
        return carry ? .outside : Timestamp.bounded(sum)
    }
}
