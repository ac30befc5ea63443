import ArgumentParser
import CFloors
import Daemon
import Foundation
import Glibc

/// Measures the parts of the line and the whole of it, in one run beside floors in C.
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tocsin-bench",
        abstract: "Measure ring, decode, conditions and the whole line beside floors in C.",
        discussion: """
            Prints nanoseconds per event, the ratio to the floor measured in the same run, and a
            checksum of what was computed. Exits 1 when a count is wrong or a ratio lies below half
            of the one it is named with.

            EXAMPLE
              tocsin-bench --smoke
              tocsin-bench allocations
            """,
        subcommands: [Measure.self, Allocations.self], defaultSubcommand: Measure.self)
}

/// `tocsin-bench measure`.
struct Measure: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure all parts (the default).")

    @Flag(help: "A tenth of the work: for continuous integration.")
    var smoke = false

    func run() throws {
        let scale = smoke ? 1 : 10
        var results = [
            RingBenchmark.run(count: 1_000_000 * scale),
            ConditionBenchmark.run(count: 100_000 * scale),
        ]
        let lines = Readings(count: 100_000 * scale)
        results.append(try DecodeBenchmark.run(lines))
        results.append(try EngineBenchmark.run(lines))
        results.append(try LineBenchmark.run(Readings(count: 100_000 * scale, isCalm: true)))
        print("part               ns/event     floor    ratio     named  checksum")
        var isGood = true
        for result in results {
            print(result.line)
            isGood = isGood && result.isGood
        }
        guard isGood else { throw ExitCode(1) }
    }
}

/// What one part came to.
struct Measured {
    /// What was measured.
    var part: String
    /// Nanoseconds per event, ours and the floor's.
    var ours: Double
    var floor: Double
    /// The ratio floor / ours it is expected to reach; half of it is the least that passes.
    var expected: Double
    /// What was computed, and what it must be.
    var checksum: UInt64
    var wanted: UInt64

    var ratio: Double { floor / ours }

    var isGood: Bool { checksum == wanted && ratio >= expected / 2 }

    var line: String {
        let verdict =
            checksum != wanted ? "  WRONG, wanted \(wanted)" : ratio < expected / 2 ? "  SLOW" : ""
        return part.padding(toLength: 17, withPad: " ", startingAt: 0)
            + String(
                format: "%10.1f %9.1f %8.2f %9.2f  %llu%@", ours, floor, ratio, expected,
                checksum, verdict as NSString)
    }

    /// Nanoseconds that `body` takes per event: the best of three, since the machine is shared.
    static func best<Result>(of count: Int, _ body: () throws -> Result) rethrows -> (
        Double, Result
    ) {
        var best = Double.infinity
        var last: Result?
        for _ in 0..<3 {
            let start = Timeline.monotonic
            last = try body()
            best = min(best, Double(Timeline.monotonic - start) / Double(count))
        }
        guard let last else { preconditionFailure("There are three rounds.") }
        return (best, last)
    }
}
