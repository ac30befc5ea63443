/// Time since a beginning, on a clock that only goes forward.
package struct Stopwatch: Sendable {
    private let start = ContinuousClock.now

    /// Begins now.
    package init() {}

    /// Time since the beginning.
    package var elapsed: Duration { ContinuousClock.now - start }
}

extension Duration {
    /// Seconds, with their fraction.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
