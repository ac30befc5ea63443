// How a follower decides: a value without sockets or clock. Inputs are what came and when; each
// returns the events that follow from it, in order. `nextRequest` says what to ask next.
//
//              hello                     gone, or hello of another epoch
//   joining ───────────► following ──────────────────────────────────────┐
//      ▲                  │     ▲                                        ▼
//      └──────────────────┘     └──────────── snapshot complete ──── resuming
//        other epoch heard
//
//   cursor   everything up to it was shown, or is known not to concern us
//   head     the newest seq we know of; head > cursor means: fetch from cursor + 1
//   held     what is here but lies beyond the cursor, until what is before it is here, too
//
// Unfiltered, the next seq moves the cursor by itself. With prefixes nobody can tell a filtered
// escalation from a lost one, so each is confirmed by a fetch, whose `next` carries the cursor over
// what was filtered. With several prefixes a round asks for each, and the least `next` counts.
//
// After `gone` the snapshot stands for what lies below the floor, and the log goes on at the floor:
// so a follower sees everything that is kept, in order, and no older word after a newer one.

/// Shows each escalation of a channel once and in order of `seq`, whatever is lost on the way.
package struct FollowerState: ~Copyable {
    enum Phase {
        case joining
        case following
        case resuming(Resumption)
    }

    /// A snapshot under way.
    struct Resumption {
        var position: ChannelPosition
        var prefixIndex = 0
        var after: String?
        var found: [ReceivedEscalation] = []
    }

    /// Fetches under way from one cursor, one a prefix.
    struct Round {
        var from: UInt64
        var prefixIndex = 0
        var next = UInt64.max
    }

    struct Held {
        var escalation: ReceivedEscalation
        var origin: FollowerEvent.Origin
    }

    enum Warner {
        case well
        case silent(since: Duration)
        case stalled(since: Duration)
    }

    let settings: FollowerSettings
    let prefixes: [String]
    let digest: @Sendable ([UInt8]) -> [UInt8]

    var phase = Phase.joining
    /// The epoch of `cursor`; `nil` before the first hello.
    var epoch: UInt64?
    var cursor: UInt64 = 0
    /// The epoch of `held` and `head`.
    var liveEpoch: UInt64?
    var head: UInt64 = 0
    var held: [UInt64: Held] = [:]
    var heldSince: Duration?
    var isImpatient = false
    var round: Round?
    var lastDigest: String?
    var shown: RecentIdentities

    var isAsking = false
    var askAgainAt = Duration.zero
    var failures = 0
    var lastRefusal: String?

    var warner = Warner.well
    var lastHeartbeat: Duration
    var events: [FollowerEvent] = []

    /// A follower that begins at `now`.
    ///
    /// - Parameter digest: SHA-256; handed in because cryptography is an edge of its own.
    package init(
        settings: FollowerSettings, at now: Duration,
        digest: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) {
        precondition(settings.fetchCount > 0, "A fetch asks for at least one escalation.")
        self.settings = settings
        self.digest = digest
        prefixes = settings.prefixes.isEmpty ? [""] : settings.prefixes
        shown = RecentIdentities(capacity: settings.maximumRemembered)
        lastHeartbeat = now
    }

    /// Whether every escalation concerns us, so that gaps and the chain can be checked.
    var isUnfiltered: Bool { settings.prefixes.isEmpty }

    /// An escalation came as it was published.
    package mutating func live(
        _ escalation: ReceivedEscalation, at now: Duration
    ) -> [FollowerEvent] {
        guard escalation.channel == settings.channel else { return [] }
        // Published without the journal: it has no place in the channel; its id is known later.
        guard escalation.seq > 0 else {
            show(escalation, .live)
            return takeEvents()
        }
        if liveEpoch != escalation.epoch { hear(epoch: escalation.epoch) }
        head = max(head, escalation.seq)
        if case .following = phase {
            guard escalation.seq > cursor else { return takeEvents() }
            if isUnfiltered && escalation.seq == cursor + 1 {
                accept(Held(escalation: escalation, origin: .live))
                cursor += 1
                drain()
                settle(at: now)
                return takeEvents()
            }
        }
        hold(escalation, .live, at: now)
        if isImpatient { show(escalation, .live) }
        return takeEvents()
    }

    /// A heartbeat came.
    package mutating func heartbeat(_ beat: Heartbeat, at now: Duration) -> [FollowerEvent] {
        lastHeartbeat = now
        if liveEpoch != beat.epoch { hear(epoch: beat.epoch) }
        head = max(head, beat.head)
        if beat.age > settings.silence {
            switch warner {
            case .stalled: break
            case .well, .silent:
                warner = .stalled(since: now - beat.age)
                events.append(.stalled(age: beat.age))
            }
        } else {
            switch warner {
            case .well: break
            case .silent(let since), .stalled(let since): events.append(.back(after: now - since))
            }
            warner = .well
        }
        return takeEvents()
    }

    /// Time passed; call it a few times a second.
    package mutating func tick(at now: Duration) -> [FollowerEvent] {
        if now - lastHeartbeat >= settings.silence {
            switch warner {
            case .silent: break
            case .well, .stalled:
                warner = .silent(since: lastHeartbeat)
                events.append(.silent(for: now - lastHeartbeat))
            }
        }
        if let heldSince, !isImpatient, now - heldSince >= settings.patience { losePatience() }
        return takeEvents()
    }

    /// Takes note of another epoch; the warner is asked which one is the truth.
    private mutating func hear(epoch heard: UInt64) {
        if liveEpoch != nil {
            releaseHeld()
            head = 0
            phase = .joining
            round = nil
        }
        liveEpoch = heard
    }

    mutating func takeEvents() -> [FollowerEvent] {
        defer { events = [] }
        return events
    }
}
