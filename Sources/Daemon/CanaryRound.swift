/// Decides when a canary is sent, and when it has proven that every stage moves.
///
///     resting ──interval is over──► send, flying ──came back, all threads turned──► proven, resting
///
/// At most one is under way: one that does not come back is waited for, for ever, and nothing is
/// proven in the meantime; a full disk alone excuses it. Pure: it is told the time and what is seen,
/// and asked.
struct CanaryRound: ~Copyable, Sendable {
    /// What to do now.
    enum Step: Sendable, Equatable {
        case wait
        /// Send the canary of this number.
        case send(UInt64)
        /// Every stage has moved since the canary was sent.
        case proven(roundTrip: Int64)
        /// It cannot come back while the disk is full, and all that can move has moved: to begin
        /// anew would help nobody.
        case excused
    }

    private enum State {
        case resting(until: Int64)
        case flying(since: Int64, excused: Int64)
    }

    private let interval: Int64
    private var number: UInt64 = 0
    private var state: State

    /// Rounds that begin `interval` nanoseconds after one another, the first one `now`.
    init(interval: Int64, now: Int64) {
        self.interval = interval
        state = .resting(until: now)
    }

    /// What to do.
    ///
    /// - Parameters:
    ///   - now: nanoseconds of any clock that only goes forward.
    ///   - returned: the newest canary that came back, and when; nil for none.
    ///   - oldestTurn: when the thread turned last that has not turned for the longest time.
    ///   - diskFull: when the journal last found no room on the disk; 0 where it does not.
    mutating func step(
        now: Int64, returned: (number: UInt64, at: Int64)?, oldestTurn: Int64, diskFull: Int64 = 0
    ) -> Step {
        switch state {
        case .resting(let end):
            guard now >= end else { return .wait }
            number += 1
            state = .flying(since: now, excused: now)
            return .send(number)
        case .flying(let since, let excused):
            if let returned, returned.number == number, oldestTurn > since {
                state = .resting(until: since + interval)
                return .proven(roundTrip: returned.at - since)
            }
            guard now >= excused + interval, min(diskFull, oldestTurn) > excused else {
                return .wait
            }
            state = .flying(since: since, excused: now)
            return .excused
        }
    }
}
