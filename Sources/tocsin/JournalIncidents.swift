/// The open incidents of a journal whose daemon does not run.
///
/// - Throws: `CommandFailure`, 78 when there is no journal or it cannot be read.
func incidentsFromJournal(_ folder: String) throws -> [IncidentSummary] {
    // The journal's reader (`IncidentJournal.openReadOnly(folder:)`) belongs here.
    throw CommandFailure(
        .timedOut, "no daemon answers at \(folder)/control",
        hint: "start it with `tocsin run`; its journal is not read without it in this version")
}
