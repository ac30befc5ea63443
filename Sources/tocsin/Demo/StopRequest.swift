import Foundation
import Synchronization
import Transport

/// The wish to stop, from Ctrl-C, SIGTERM or a terminal that closes: a flag for loops and a bell
/// for pollers.
///
/// Unlike `StopSignals` it also takes SIGHUP, and a second signal does not end the process at
/// once: the demo has a folder to remove, which takes it less than a second.
final class StopRequest: Sendable {
    /// Rings at the first signal, for good.
    let bell: Doorbell

    private let flag = Atomic<Bool>(false)

    /// Whether to stop.
    var isStopped: Bool { flag.load(ordering: .acquiring) }

    /// Begins to take the signals. Call it before other threads are made: they inherit the mask.
    init() throws {
        bell = try Doorbell()
        let signals = SignalWaiter()
        Thread.detachNewThread { [self] in
            while true {
                _ = signals.next()
                stop()
            }
        }
    }

    /// Asks all who look to stop.
    func stop() {
        flag.store(true, ordering: .releasing)
        bell.ring()
    }
}
