/// What a follower tells its owner.
package enum FollowerEvent: Sendable, Hashable {
    /// How an escalation came.
    package enum Origin: Sendable, Hashable {
        /// As it was published.
        case live
        /// Asked for, because it was said before we came or was missed.
        case fetched
        /// As the latest word on an open incident, where what came before is no longer kept.
        case snapshot
    }

    /// The next escalation, shown once and in order of `seq`.
    case escalation(ReceivedEscalation, Origin)
    /// The warner answered for the first time; what follows `cursor` will be shown.
    case joined(epoch: UInt64, cursor: UInt64)
    /// No heartbeat for this long: nothing we hear, or do not hear, can be relied upon.
    case silent(for: Duration)
    /// Heartbeats come, but the engine or the journal behind them has stood still this long.
    case stalled(age: Duration)
    /// The warner is well again, after this long.
    case back(after: Duration)
    /// The recovery endpoint does not answer; it goes on being asked.
    case unanswered(RecoveryFailure)
    /// The recovery endpoint answers again.
    case answered
    /// The recovery endpoint refuses what was asked.
    case refused(code: String, message: String)
    /// These have not come and could not be had in time: what follows is shown before them.
    case overdue(ClosedRange<UInt64>)
    /// The warner has these no longer.
    case notKept(ClosedRange<UInt64>)
    /// The warner says these never were, although `seq` has no holes.
    case missing(ClosedRange<UInt64>)
    /// The SHA-256 of the body before `seq` is not what its `prev` says: something was changed.
    case chainBroken(seq: UInt64)
    /// Two copies of one escalation differ.
    case differing(seq: UInt64)
    /// The journal began anew: `seq` starts over, open incidents are shown again.
    case newEpoch(from: UInt64, to: UInt64)
    /// A message that is none.
    case unreadable(topic: String)
}

extension FollowerEvent {
    /// Whether it says that what was received cannot be trusted.
    package var isCorruption: Bool {
        switch self {
        case .missing, .chainBroken, .differing: true
        case .escalation, .joined, .silent, .stalled, .back, .unanswered, .answered, .refused,
            .overdue, .notKept, .newEpoch, .unreadable:
            false
        }
    }
}
