import Foundation
import Glibc
import Synchronization
import Transport

/// Turns SIGINT and SIGTERM into a bell that pollers watch and a flag that loops look at.
///
/// The signals are blocked in every thread and taken by one that waits for nothing else, so no
/// system call is interrupted and no code runs inside a handler. A second signal ends the process.
final class StopSignals: Sendable {
    /// Rings at the first signal, for good; add it to a `Poller` and never drain it.
    let bell: Doorbell

    private let flag = Atomic<Bool>(false)

    /// Whether a signal came.
    var isStopped: Bool { flag.load(ordering: .acquiring) }

    /// Begins to take the signals. Call it before other threads are made: they inherit the mask.
    init() throws {
        bell = try Doorbell()
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let taken = signals
        Thread.detachNewThread { [self] in
            var taken = taken
            var number: Int32 = 0
            while sigwait(&taken, &number) == 0 {
                if flag.exchange(true, ordering: .acquiringAndReleasing) { _exit(128 + number) }
                bell.ring()
            }
        }
    }
}
