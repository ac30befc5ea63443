package import Transport

/// Everything that says how one daemon runs: what `tocsin.yaml` holds, typed and checked.
///
/// It can be made in code as well; `ConfigurationLoader` makes it from a file and supplies the
/// defaults. Endpoints are the only parts without one.
package struct Configuration: Sendable {
    /// Who speaks in every escalation.
    package var publisher: String
    /// Path of the folder or file with rules; nil when the rules are built in (the demo).
    package var rules: String?
    /// Path of the folder for journal, recording and snapshots.
    package var state: String
    /// What now is.
    package var clock: Clock
    /// Where events come from, in the order of the file.
    package var feeds: [Feed]
    /// Where escalations are published.
    package var escalations: Endpoint
    /// Where missed escalations are fetched.
    package var recovery: Endpoint
    /// Where the `tocsin` command of this host speaks to the daemon.
    package var control: Endpoint
    /// Where the file says so.
    package var places = Places()

    /// What now is for the rules.
    package enum Clock: String, CaseIterable, Sendable {
        /// Wall time at the start, and monotonic time since.
        case wall
        /// The newest event time so far: for replays of the past.
        case event
    }

    /// A configuration.
    package init(
        publisher: String, rules: String?, state: String, clock: Clock = .wall, feeds: [Feed],
        escalations: Endpoint, recovery: Endpoint, control: Endpoint
    ) {
        self.publisher = publisher
        self.rules = rules
        self.state = state
        self.clock = clock
        self.feeds = feeds
        self.escalations = escalations
        self.recovery = recovery
        self.control = control
    }
}
