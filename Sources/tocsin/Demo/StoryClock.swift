import Client
import Glibc
import Synchronization

/// Lets the feeds take their steps together, and at the pace of the show.
///
///     wall time ─► step due ─► every feed sends ─► the engine has judged all ─► next step
///
/// The daemon's clock is event time, so a feed that ran ahead would make the others look silent.
/// On a machine too slow for the pace the story takes longer and stays the same.
final class StoryClock: Sendable {
    private struct State {
        /// The last step each feed has sent; -1 before the first.
        var sentSteps: [Int]
        /// Readings sent by all.
        var readings: UInt64 = 0
        /// When the story began.
        var began: Stopwatch?
    }

    private let interval: Duration
    private let stop: StopSignals
    private let judged: @Sendable () -> UInt64
    private let state: Mutex<State>

    /// A clock that stands at the beginning.
    ///
    /// - Parameters:
    ///   - length: how long the story takes.
    ///   - judged: readings that the engine has judged so far.
    init(
        feeds: Int, length: Duration, stop: StopSignals, judged: @escaping @Sendable () -> UInt64
    ) {
        interval = length / Story.lastStep
        self.stop = stop
        self.judged = judged
        state = Mutex(State(sentSteps: Array(repeating: -1, count: feeds)))
    }

    /// The story begins.
    func start() { state.withLock { $0.began = Stopwatch() } }

    /// The last step that all feeds have sent; -1 before the first.
    var step: Int { state.withLock { $0.sentSteps.min() ?? -1 } }

    /// Readings sent by all feeds.
    var readings: UInt64 { state.withLock(\.readings) }

    /// Whether all that was sent has been judged.
    var isSettled: Bool { judged() >= readings }

    /// Waits until a step is due and everything before it is judged; false when the story stops.
    func wait(for step: Int) -> Bool {
        while !stop.isStopped {
            let began = state.withLock(\.began)
            let left = began.map { interval * step - $0.elapsed } ?? interval
            if began != nil, left <= .zero, self.step >= step - 1, isSettled { return true }
            usleep(UInt32(min(max(left.inSeconds, 0.001), 0.05) * 1e6))
        }
        return false
    }

    /// A feed has sent a step, so many readings.
    func finish(_ step: Int, feed: Int, readings: Int) {
        state.withLock { state in
            state.sentSteps[feed] = step
            state.readings += UInt64(readings)
        }
    }
}
