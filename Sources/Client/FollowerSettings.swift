/// What a follower wants, and its named limits.
package struct FollowerSettings: Sendable {
    /// The channel it follows.
    package var channel = "main"

    /// Beginnings of topics; an escalation that has one of them is shown. None means all.
    package var prefixes: [String] = []

    /// The first `seq` to show; `nil` shows what is said from now on.
    package var since: UInt64?

    /// Escalations asked for at once.
    package var fetchCount = 500

    /// Escalations held back until those before them are here; more are fetched again instead.
    package var maximumHeld = 10_000

    /// Escalations remembered as shown.
    package var maximumRemembered = 65_536

    /// How long no heartbeat means "the warner is silent", and how old its parts may be.
    package var silence: Duration = .seconds(3)

    /// How long an escalation may be held back for others before it: a warning that is here is not
    /// kept from anybody because an older one cannot be had.
    package var patience: Duration = .seconds(3)

    /// Pause before a failed request is tried again.
    package var retryPause: Duration = .milliseconds(250)

    /// Everything from now on.
    package init() {}
}
