import Foundation
import Glibc
import Synchronization
import Transport

/// Turns signals into a bell that pollers watch and a flag that loops look at.
///
/// The signals are blocked in every thread and taken by one that waits for nothing else, so no
/// system call is interrupted and no code runs inside a handler.
final class StopSignals: Sendable {
    /// Rings at the first signal, for good; add it to a `Poller` and never drain it.
    let bell: Doorbell

    private let flag = Atomic<Bool>(false)

    /// Whether to stop.
    var isStopped: Bool { flag.load(ordering: .acquiring) }

    /// Begins to take the signals. Call it before other threads are made: they inherit the mask.
    ///
    /// A second signal ends the process, unless it has something to clean up (`isPatient`).
    init(_ signals: [Int32] = [SIGINT, SIGTERM], isPatient: Bool = false) throws {
        bell = try Doorbell()
        let waiter = SignalWaiter(signals)
        Thread.detachNewThread { [self] in
            while true {
                let number = waiter.next()
                if isStopped && !isPatient { _exit(128 + number) }
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
