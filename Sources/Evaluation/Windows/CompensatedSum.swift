/// A sum of doubles that keeps what rounding takes away: Neumaier's, as good after ten million
/// additions and subtractions as after ten. https://doi.org/10.1002/zamm.19740540106
struct CompensatedSum {
    private var sum = 0.0
    private var lost = 0.0

    /// The sum.
    @inline(__always)
    var value: Double { sum + lost }

    /// Adds a number; subtract by adding its opposite.
    @inline(__always)
    mutating func add(_ number: Double) {
        let next = sum + number
        lost +=
            sum.magnitude >= number.magnitude ? (sum - next) + number : (number - next) + sum
        sum = next
    }
}
