import ArgumentParser
import CFloors

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
        let readings = Readings(count: count, isCalm: true)
        var line = RecordedLine(try Readings.plan(), evaluates: true)
        _ = line.run(readings.bytes)
        let before = floor_allocations()
        let (records, events) = line.run(readings.bytes)
        let allocations = floor_allocations() - before
        print("allocations \(allocations) in \(records) events (\(events) evaluated in all)")
        // A handful for the run itself, none for an event.
        guard records == count, allocations < 32 else { throw ExitCode(1) }
    }
}
