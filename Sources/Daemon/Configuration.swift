package import Events
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

    /// What now is for the rules.
    package enum Clock: String, CaseIterable, Sendable {
        /// Wall time at the start, and monotonic time since.
        case wall
        /// The newest event time so far: for replays of the past.
        case event
    }

    /// A socket that events come from.
    package struct Feed: Hashable, Sendable {
        /// Unique in the configuration; the source of events that name none.
        package var name: String
        /// Where, and which side waits.
        package var endpoint: Attachment
        /// What kind of socket it is.
        package var pattern: Pattern
        /// Topic prefixes that a `sub` socket asks for; none asks for all. A `pull` socket gets
        /// what it is sent.
        package var topics: [String]
        /// Whether its events speak of the world, of an exercise or of a test.
        package var status: Status
        /// What is refused before it is decoded.
        package var limits: FeedLimits

        /// Where a socket waits, or whom it calls.
        package enum Attachment: Hashable, Sendable {
            case bind(Endpoint)
            case connect(Endpoint)
        }

        /// The kinds of sockets that feed.
        package enum Pattern: String, CaseIterable, Sendable {
            case sub, pull
        }

        /// A feed.
        package init(
            name: String, endpoint: Attachment, pattern: Pattern = .sub, topics: [String] = [],
            status: Status = .actual, limits: FeedLimits = FeedLimits()
        ) {
            self.name = name
            self.endpoint = endpoint
            self.pattern = pattern
            self.topics = topics
            self.status = status
            self.limits = limits
        }
    }

    /// What a feed may bring; beyond it, a dead letter with the limit's name.
    package struct FeedLimits: Hashable, Sendable {
        /// Bytes of a frame.
        package var frameBytes: Int
        /// Nesting of a document.
        package var depth: Int
        /// Bytes of a text.
        package var textBytes: Int
        /// Readings in a frame.
        package var readings: Int

        /// Limits, by default those of the core.
        package init(
            frameBytes: Int = Limits.frameBytes, depth: Int = Limits.depth,
            textBytes: Int = Limits.textBytes, readings: Int = Limits.readingsPerFrame
        ) {
            self.frameBytes = frameBytes
            self.depth = depth
            self.textBytes = textBytes
            self.readings = readings
        }
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
