internal import Events

/// The minute of the time read last: most times lie in the minute or on the day of the one before.
struct DayCache {
    /// `YYYY-MM-` and `DDThh:mm` as written; zero: nothing is cached.
    var month: UInt64 = 0
    var minute: UInt64 = 0
    /// Nanoseconds from 1970 to that minute and to the start of its day.
    var minuteStart: Int64 = 0
    var dayStart: Int64 = 0

    /// `DDT` of a word that holds `DDThh:mm`.
    private static var dayMask: UInt64 { 0xFF_FFFF }

    /// Reads an RFC 3339 time in UTC and gives the place of its closing quote.
    ///
    /// Nil when it is anything but the plain form with at most eight digits of fraction: then the
    /// caller reads it in full. 40 bytes from `place` must be readable.
    @inline(__always)
    mutating func read(
        _ place: UnsafeRawPointer, _ nanoseconds: inout Int64
    ) -> UnsafeRawPointer? {
        let first = Word.load(place)
        let second = Word.load(place + 8)
        if _slowPath(first != month || second != minute) {
            guard turn(to: first, second) else { return nil }
        }
        // `:SS`, then `.ddd…` or nothing, then `Z"`.
        let third = Word.load(place + 16)
        let tens = (third &>> 8 & 0xFF) &- 0x30
        let units = (third &>> 16 & 0xFF) &- 0x30
        guard third & 0xFF == 0x3A, tens < 6, units < 10 else { return nil }
        let seconds = Int64(truncatingIfNeeded: tens &* 10 &+ units)
        nanoseconds = minuteStart &+ seconds &* Timestamp.nanosecondsPerSecond
        var after = place + 19
        if _fastPath(after.byte == ASCII.dot) {
            let digits = Word.load(after + 1) ^ Word.zeros
            let count = Word.bytesBefore(Word.nonDigits(digits))
            guard count != 0, count != 8 else { return nil }
            let kept = digits & Word.mask(count)
            nanoseconds &+= Int64(truncatingIfNeeded: Word.eightDigits(kept) &* 10)
            // For milliseconds the place behind is known before the digits are counted.
            after = count == 3 ? place + 23 : place + 20 + count
        }
        guard after.byte == 0x5A, (after + 1).byte == ASCII.quote else { return nil }
        return after + 1
    }

    /// Caches another minute, of the same day or through the strict reader.
    @inline(never)
    private mutating func turn(to first: UInt64, _ second: UInt64) -> Bool {
        let clock = second ^ 0x3030_3A30_3000_0000
        let tensOfHour = clock &>> 24 & 0xFF
        let hour = tensOfHour &* 10 &+ clock &>> 32 & 0xFF
        let tensOfMinute = clock &>> 48 & 0xFF
        let unitsOfMinute = clock &>> 56
        guard first == month, (second ^ minute) & DayCache.dayMask == 0, month != 0,
            tensOfHour < 3, clock &>> 32 & 0xFF < 10, hour < 24, clock &>> 40 & 0xFF == 0,
            tensOfMinute < 6, unitsOfMinute < 10
        else { return turnDay(to: first, second) }
        let minutes = Int64(truncatingIfNeeded: hour &* 60 &+ tensOfMinute &* 10 &+ unitsOfMinute)
        minuteStart = dayStart &+ minutes &* 60_000_000_000
        minute = second
        return true
    }

    private mutating func turnDay(to first: UInt64, _ second: UInt64) -> Bool {
        // The strict reader takes the minute as `YYYY-MM-DDThh:mm:00Z`.
        var text = (first.littleEndian, second.littleEndian, UInt64(0x5A_3030_3A).littleEndian)
        let reading = withUnsafeBytes(of: &text) {
            Timestamp.read(rfc3339: UnsafeRawBufferPointer(rebasing: $0[..<20]))
        }
        guard case .time(let time) = reading else { return false }
        let day: Int64 = 86_400_000_000_000
        var sinceMidnight = time.nanoseconds % day
        if sinceMidnight < 0 { sinceMidnight += day }
        month = first
        minute = second
        minuteStart = time.nanoseconds
        dayStart = time.nanoseconds - sinceMidnight
        return true
    }
}
