/// What a window says of its rows.
public enum Aggregate: String, CaseIterable, Sendable {
    /// How many rows there are; with a condition, how many make it TRUE.
    case count
    /// Arithmetic mean.
    case avg
    case sum
    case min
    case max
    /// Value of the oldest row.
    case first
    /// Value of the newest row.
    case last
    /// Greatest minus least.
    case range
    /// `increase` over the time from the oldest row to the newest.
    case rate
    /// How far a counter went up: a value below the one before it began again from zero.
    case increase
    /// Newest minus oldest.
    case delta
    /// Slope of the line of least squares.
    case slope
    /// Time since the newest row that makes the condition TRUE.
    case since
    /// Standard deviation of a sample: n - 1.
    case stddev

    /// Rows it needs to have a value.
    public var minimumRows: Int {
        switch self {
        case .count: 0
        case .avg, .sum, .min, .max, .first, .last, .range, .since: 1
        case .rate, .increase, .delta, .slope, .stddev: 2
        }
    }

    /// Whether its argument is a condition.
    public var takesCondition: Bool { self == .count || self == .since }

    /// Whether its value is per time.
    public var isPerTime: Bool { self == .rate || self == .slope }
}

/// A window over the rows of a key, `(t - length, t]` in event time, as an expression asks for it.
public struct WindowCall: Sendable {
    public var aggregate: Aggregate
    /// What is aggregated, a number or a condition of one row; nil: every row counts.
    public var argument: Program?
    /// Canonical text of the argument with the lets in it: equal texts are equal arguments.
    public var argumentText: String
    /// Nanoseconds, more than zero.
    public var length: Int64
    /// Nanoseconds of the time that `rate` and `slope` are per.
    public var per: Int64

    /// A call.
    public init(
        _ aggregate: Aggregate, of argument: Program?, text: String, length: Int64,
        per: Int64 = 1_000_000_000
    ) {
        self.aggregate = aggregate
        self.argument = argument
        argumentText = text
        self.length = length
        self.per = per
    }

    /// Whether two calls ask for the same.
    public func isSame(as other: WindowCall) -> Bool {
        aggregate == other.aggregate && argumentText == other.argumentText
            && length == other.length && per == other.per
    }
}
