import Synchronization
import Transport

/// An answer of the control socket that takes its time, worked out on a thread of its own while the
/// control thread goes on answering. One at a time.
final class SlowReply: Sendable {
    private struct Work {
        let envelope: [[UInt8]]
        let thread: WorkerThread
    }

    private let work = Mutex<Work?>(nil)
    private let body = Mutex<[UInt8]?>(nil)
    private let bell: Doorbell

    /// No work yet; `bell` wakes the control thread when an answer is there.
    init(bell: Doorbell) { self.bell = bell }

    /// Begins to work out an answer for whom the envelope names; false while another one is.
    func begin(_ envelope: [[UInt8]], _ answer: @escaping @Sendable () -> [UInt8]) -> Bool {
        work.withLock { work in
            guard work == nil else { return false }
            let thread = WorkerThread { [self] in
                let bytes = answer()
                body.withLock { $0 = bytes }
                bell.ring()
            }
            work = Work(envelope: envelope, thread: thread)
            return true
        }
    }

    /// The frames of an answer that is there, once.
    func take() -> [[UInt8]]? {
        guard let body = body.withLock({ $0.take() }) else { return nil }
        return work.withLock { work in
            guard let done = work.take() else { return nil }
            done.thread.join()
            return done.envelope + [body]
        }
    }

    /// The frames of the answer under way, when it is there; nil when none is.
    func finish() -> [[UInt8]]? {
        let thread = work.withLock { $0?.thread }
        guard let thread else { return nil }
        thread.join()
        return work.withLock { work in
            defer { work = nil }
            guard let body = body.withLock({ $0.take() }) else { return nil }
            return work.map { $0.envelope + [body] }
        }
    }
}
