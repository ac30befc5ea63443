import ArgumentParser
import CFloors
import Evaluation

/// `tocsin-bench allocations`: how often decode and evaluation ask for memory in steady state.
struct Allocations: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Count allocations per event in steady state; exits 1 when there are any.",
        discussion: """
            Runs readings through decode, ring and engine until every key and shape is known, then
            runs readings that change no level and counts the calls of malloc and its kin.

            EXAMPLE
              tocsin-bench allocations
            """)

    @Option(help: "Events to count over.")
    var count = 200_000

    func run() throws {
        try measure("thresholds", try Readings.plan())
        try measure("windows and tables", try Readings.windowPlan())
    }

    private func measure(_ name: String, _ plan: Plan) throws {
        let warmUp = Readings(count: count, isCalm: true)
        // Later than all before: an older reading would judge nothing.
        let readings = Readings(count: count, after: count, isCalm: true)
        var line = RecordedLine(plan, evaluates: true)
        _ = line.run(warmUp.bytes)
        let before = floor_allocations()
        let (records, events) = line.run(readings.bytes)
        let allocations = floor_allocations() - before
        print(
            "\(name): allocations \(allocations) in \(records) events (\(events) evaluated in all)")
        // A handful for the run itself, none for an event.
        guard records == count, allocations < 32 else { throw ExitCode(1) }
    }
}
