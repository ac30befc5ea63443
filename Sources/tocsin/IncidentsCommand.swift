import ArgumentParser
import Client
import Glibc
import Wire

/// `tocsin incidents`: what is open now.
struct IncidentsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incidents",
        abstract: "List the open incidents.",
        discussion: """
            Asks the running daemon. When none runs on the state folder, its journal is read \
            instead.

            EXAMPLE
              tocsin incidents
              tocsin incidents --state ./demo-state --json
            """)

    @OptionGroup var daemon: ControlOptions

    @Flag(help: "The daemon's answer as JSON.")
    var json = false

    mutating func run() throws {
        if let answer = try daemon.ask("incidents") {
            let value = try ControlOptions.parsed(answer, member: "incidents")
            if json { return try Output.write(answer + [UInt8(ascii: "\n")]) }
            return try show(value["incidents"].elements.map(IncidentSummary.init))
        }
        guard let folder = daemon.folder else {
            throw CommandFailure(
                .timedOut, "no daemon answers at \(try daemon.endpoint())",
                hint: "with --state its journal can be read without it")
        }
        let incidents = try incidentsFromJournal(folder)
        Output.notice("no daemon runs on \(folder): this is what its journal says")
        guard json else { return try show(incidents) }
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("incidents")
            writer.array { writer in
                for incident in incidents { incident.write(to: &writer) }
            }
        }
        try Output.line(writer.text)
    }

    private func show(_ incidents: [IncidentSummary]) throws {
        let page = IncidentsPage(terminal: Terminal(descriptor: STDOUT_FILENO))
        try Output.line(page.lines(incidents).joined(separator: "\n"))
    }
}

/// Renders open incidents, the gravest first.
struct IncidentsPage {
    let terminal: Terminal

    /// A header line, and a line an incident.
    func lines(_ incidents: [IncidentSummary]) -> [String] {
        guard !incidents.isEmpty else { return ["No incident is open."] }
        let grave = ["extreme", "severe", "moderate", "minor"]
        let sorted = incidents.sorted { left, right in
            let ranks = [left, right].map { grave.firstIndex(of: $0.severity ?? "") ?? 4 }
            if ranks[0] != ranks[1] { return ranks[0] < ranks[1] }
            return (left.rule, left.onset ?? "", left.incident)
                < (right.rule, right.onset ?? "", right.incident)
        }
        var table = TextTable([
            ("", .left), ("severity", .left), ("level", .left), ("what", .left), ("key", .left),
            ("area", .left), ("since", .left), ("last said", .left), ("incident", .left),
        ])
        for incident in sorted {
            let mark = SeverityMark(incident.severity ?? "unknown")
            let level = (incident.level ?? "-") + (incident.isKnown ? "" : " (no data)")
            let status = incident.status == "actual" ? "" : "[\(incident.status.uppercased())] "
            table.add(
                [
                    mark.symbol, mark.word, level, status + incident.title,
                    incident.key.map { "\($0.name) \($0.value)" }.joined(separator: ", "),
                    incident.area ?? "-", EscalationText.clock(incident.onset ?? incident.raised),
                    EscalationText.clock(incident.lastSaid), String(incident.incident.prefix(8)),
                ], styles: [0: mark.style, 1: mark.style, 8: .dim])
        }
        let count = incidents.count == 1 ? "1 incident is open." : "\(incidents.count) are open."
        return [count] + table.lines(terminal)
    }
}
