// Times may lie three hundred years apart, and an Int64 of nanoseconds spans 292: sums and
// differences of times stop at the ends instead of trapping. A hostile stamp then gives a hold that is
// complete or not, as its arithmetic says, and never a crash.

infix operator +| : AdditionPrecedence
infix operator -| : AdditionPrecedence

extension Int64 {
    /// The sum, or the end of the range it lies beyond.
    @inline(__always)
    static func +| (left: Int64, right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? (right < 0 ? .min : .max) : sum
    }

    /// The difference, or the end of the range it lies beyond.
    @inline(__always)
    static func -| (left: Int64, right: Int64) -> Int64 {
        let (difference, overflow) = left.subtractingReportingOverflow(right)
        return overflow ? (right < 0 ? .max : .min) : difference
    }
}
