import Events
import Testing

@Suite struct TimeSpanTests {
    @Test(arguments: [
        ("0s", 0), ("90s", 90_000_000_000), ("15m", 900_000_000_000),
        ("1h30m", 5_400_000_000_000), ("7d", 604_800_000_000_000), ("2w", 1_209_600_000_000_000),
        ("1w1d1h1m1s1ms1us1ns", 694_861_001_001_001), ("1.5s", 1_500_000_000),
        ("0.25m", 15_000_000_000),
        ("250ms", 250_000_000), ("3ns", 3),
    ])
    func reads(text: String, nanoseconds: Int64) {
        #expect(TimeSpan(text)?.nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        "", "s", "5", "5 s", "-5s", "+5s", "1m1h", "1m1m", "1y", "1.s", ".5s", "1..5s", "1.5.5s",
        "5S",
        "٣s", "1h 30m", "1e3s", "99999999999w", "9223372036854775807ns", "99999999999999999999s",
        "5s!",
        "0x5s", "1mo", "inf",
    ])
    func refuses(text: String) {
        #expect(TimeSpan(text) == nil)
    }

    @Test(arguments: [
        (0, "0s"), (5_400_000_000_000, "1h30m"), (604_800_000_000_000, "7d"), (1, "1ns"),
        (-90_000_000_000, "-1m30s"), (1_001_000_000, "1s1ms"),
    ])
    func writes(nanoseconds: Int64, text: String) {
        #expect(TimeSpan(nanoseconds: nanoseconds).description == text)
    }

    @Test func whatIsWrittenIsReadAgain() {
        var value: Int64 = 1
        while value < Int64.max / 8 {
            let span = TimeSpan(nanoseconds: value)
            #expect(TimeSpan(span.description) == span)
            value = value &* 7 &+ 3
        }
    }

    @Test func shorterSortsFirst() {
        #expect(TimeSpan.seconds(59) < TimeSpan("1m")!)
        #expect(TimeSpan.seconds(60) == TimeSpan("1m")!)
    }
}
