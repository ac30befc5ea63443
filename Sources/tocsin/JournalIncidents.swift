import Client
import Daemon
import Events
import Incidents
import Journal
import Wire

/// The open incidents of a journal whose daemon does not run.
///
/// - Throws: `CommandFailure`, 78 when there is no journal or it cannot be read.
func incidentsFromJournal(_ folder: String) throws -> [IncidentSummary] {
    do throws(JournalError) {
        let open = try IncidentJournal.openReadOnly(folder: folder).openIncidents()
        return open.compactMap { stored in
            guard let incident = try? Incident(bytes: stored.state) else { return nil }
            var writer = JSONWriter()
            incident.write(to: &writer)
            return JSONValue(writer.bytes).map(IncidentSummary.init)
        }
    } catch {
        throw CommandFailure(
            .configuration, "no daemon answers in \(folder), and its journal cannot be read",
            hint: error.description)
    }
}
