import Glibc

/// The daemon's now: wall time at the start plus the time that has passed since, also while the
/// machine slept. It never goes back; a step of the wall clock does not move it.
package struct Timeline: Sendable {
    private let wallAtStart: Int64
    private let passedAtStart: Int64

    /// A timeline that begins now.
    package init() {
        wallAtStart = Timeline.read(CLOCK_REALTIME)
        passedAtStart = Timeline.read(CLOCK_BOOTTIME)
    }

    /// Now in nanoseconds since 1970.
    package var now: Int64 { now(at: elapsed) }

    /// What now is, `elapsed` nanoseconds after the start.
    package func now(at elapsed: Int64) -> Int64 { wallAtStart + elapsed }

    /// Nanoseconds since the start.
    package var elapsed: Int64 { Timeline.read(CLOCK_BOOTTIME) - passedAtStart }

    /// What a publisher with a good clock may believe to be now: the wall clock, where that was set
    /// forward since the start.
    package var latest: Int64 { max(now, Timeline.wall) }

    /// The wall clock in nanoseconds since 1970, steps and all.
    package static var wall: Int64 { read(CLOCK_REALTIME) }

    /// How far the wall clock was stepped since the start, in nanoseconds.
    package var step: Int64 { Timeline.wall - now }

    /// A clock for measuring durations, in nanoseconds.
    package static var monotonic: Int64 { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
