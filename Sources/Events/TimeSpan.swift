/// A length of time in nanoseconds, written in files as `90s`, `15m`, `1h30m`, `7d`, `2w`.
///
/// A plain `Int64` on the hot path; this type is for the places where people write and read it.
public struct TimeSpan: Hashable, Comparable, Sendable {
    /// Length in nanoseconds, never negative when parsed.
    public var nanoseconds: Int64

    /// A span from its nanoseconds.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// A span of whole seconds.
    public static func seconds(_ count: Int64) -> TimeSpan {
        TimeSpan(nanoseconds: count * Timestamp.nanosecondsPerSecond)
    }

    /// Shorter sorts first.
    public static func < (left: TimeSpan, right: TimeSpan) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("w", 604_800_000_000_000), ("d", 86_400_000_000_000), ("h", 3_600_000_000_000),
        ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1),
    ]

    /// The units in which spans are written, the largest first.
    public static var unitNames: [String] { units.map(\.name) }

    /// Reads numbers with units, largest unit first: `1h30m`, `1.5s`, `0s`. Nil when it is not one.
    public init?(_ text: String) {
        var rest = Substring(text)
        var total: Int64 = 0
        var largest = Int64.max
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(number.count)
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let unit = TimeSpan.units.first(where: { $0.name == name }),
                unit.nanoseconds < largest, number.first != ".", number.last != ".",
                let part = TimeSpan.product(number, unit.nanoseconds)
            else { return nil }
            largest = unit.nanoseconds
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow, sum < Int64.max / 4 else { return nil }
            total = sum
        }
        nanoseconds = total
    }

    private static func product(_ number: Substring, _ unit: Int64) -> Int64? {
        if let whole = Int64(number) {
            let (value, overflow) = whole.multipliedReportingOverflow(by: unit)
            return overflow ? nil : value
        }
        guard let fraction = Double(number), fraction * Double(unit) < 4e18 else { return nil }
        return Int64((fraction * Double(unit)).rounded())
    }
}

extension TimeSpan: CustomStringConvertible {
    /// The shortest exact writing, `1h30m`; zero is `0s`.
    public var description: String {
        guard nanoseconds != 0 else { return "0s" }
        var rest = nanoseconds.magnitude
        var text = nanoseconds < 0 ? "-" : ""
        for unit in TimeSpan.units.dropFirst() where rest >= unit.nanoseconds.magnitude {
            text += "\(rest / unit.nanoseconds.magnitude)\(unit.name)"
            rest %= unit.nanoseconds.magnitude
        }
        return text
    }
}
