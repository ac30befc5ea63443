import Testing

@testable import Events

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"),
        (1_767_225_600_000_000_000, "2026-01-01T00:00:00Z"),
        (1_767_226_200_500_000_000, "2026-01-01T00:10:00.5Z"),
        (951_782_400_000_000_000, "2000-02-29T00:00:00Z"),
        (-2_203_891_200_000_000_001, "1900-02-28T23:59:59.999999999Z"),
        (1_000_000_001, "1970-01-01T00:00:01.000000001Z"),
    ])
    func writesTheShortestExactForm(nanoseconds: Int64, text: String) {
        #expect(Timestamp(nanoseconds: nanoseconds).description == text)
    }

    @Test func theRepresentableYearsAre1900To2200() {
        #expect(Timestamp.earliest.description == "1900-01-01T00:00:00Z")
        #expect(Timestamp.end.description == "2200-01-01T00:00:00Z")
    }

    /// Steps through 301 years of days beside a calendar that only knows how long a month is.
    @Test func daysAndDatesAgreeOverAllYears() {
        var day = Timestamp.days(year: 1900, month: 1, day: 1)
        #expect(day == -25_567)
        for year in 1900...2200 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            for (month, length) in lengths.enumerated() {
                for date in 1...length {
                    guard Timestamp.days(year: year, month: month + 1, day: date) == day,
                        Timestamp.date(days: day) == (year, month + 1, date)
                    else {
                        Issue.record("\(year)-\(month + 1)-\(date) is day \(day)")
                        return
                    }
                    day += 1
                }
            }
        }
    }

    @Test func earlierSortsFirst() {
        #expect(Timestamp(nanoseconds: -5) < Timestamp(nanoseconds: 3))
        #expect(Timestamp.earliest < Timestamp.end)
    }
}
