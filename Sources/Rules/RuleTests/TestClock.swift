import CEL
import Events

/// How a test writes times: `15m` after its start, or `2026-01-01T00:15:00Z`.
struct TestClock {
    /// Nanoseconds since 1970.
    var start: Int64
    /// Nanoseconds between two readings of a series.
    var step: Int64

    /// 2026-01-01T00:00:00Z and a minute.
    static let standard = TestClock(
        start: 1_767_225_600 * Timestamp.nanosecondsPerSecond,
        step: 60 * Timestamp.nanosecondsPerSecond)

    /// This clock with the `start` and `step` that a section gives.
    func with(_ section: Section) -> TestClock {
        var clock = self
        if let start = section["start"].flatMap(TestClock.absolute) { clock.start = start }
        if let step = section["step"]?.duration(positive: true) { clock.step = step }
        return clock
    }

    /// A time, relative or absolute.
    func time(_ cursor: Cursor) -> Int64? {
        guard let text = cursor.string() else { return nil }
        if let span = TimeSpan(text) {
            return within(start &+ span.nanoseconds, cursor)
        }
        guard let time = TimeLiteral.timestamp(text) else {
            return cursor.fail(
                "`\(text)` is not a time",
                hint: "write `15m` for a time after the start, or 2026-01-01T00:15:00Z")
        }
        return within(time, cursor)
    }

    private static func absolute(_ cursor: Cursor) -> Int64? {
        guard let text = cursor.string() else { return nil }
        guard let time = TimeLiteral.timestamp(text) else {
            return cursor.fail(
                "`\(text)` is not an RFC 3339 time", hint: "write it like 2026-01-01T00:00:00Z")
        }
        return time
    }

    private func within(_ time: Int64, _ cursor: Cursor) -> Int64? {
        let range = Timestamp.earliest.nanoseconds..<Timestamp.end.nanoseconds
        guard range.contains(time) else {
            return cursor.fail("an event lies between the years 1900 and 2200")
        }
        return time
    }
}
