import Glibc
import Synchronization

/// A thread of our own that owns what its body makes: sockets, rings, the engine.
///
/// Blocking polls belong on a thread, never on an actor.
final class WorkerThread: Sendable {
    private let thread: pthread_t

    /// Carries the body into the new thread.
    private final class Start {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts `body`.
    init(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let start = Unmanaged.passRetained(Start(body))
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                start.body()
                return nil
            }, start.toOpaque())
        precondition(code == 0, "The system gives no more threads.")
        self.thread = thread
    }

    /// Waits until the body has returned.
    func join() { pthread_join(thread, nil) }
}

/// Carries one noncopyable value to the thread that will own it.
final class Handoff<Value: ~Copyable & Sendable>: Sendable {
    private let slot: Mutex<Value?>

    /// A handoff with the value in it.
    init(_ value: consuming sending Value) { slot = Mutex(value) }

    /// An empty one, to be filled by `put`.
    init() { slot = Mutex(nil) }

    /// Takes the value; nil when it is not there.
    func take() -> sending Value? { slot.withLock { $0.take() } }

    /// Puts a value in, in place of one that was not taken.
    func put(_ value: consuming sending Value) {
        var value: Value? = consume value
        slot.withLock { $0 = value.take() }
    }
}

/// Where stages report that they are up, or why they cannot be.
final class StartGate: Sendable {
    private let reports = Mutex<[StartFailure?]>([])
    /// Where the configuration names an endpoint.
    let places: [String: String]

    init(places: [String: String]) { self.places = places }

    /// A stage is up.
    func ready() { reports.withLock { $0.append(nil) } }

    /// A stage cannot start.
    func failed(_ failure: StartFailure) { reports.withLock { $0.append(failure) } }

    /// Waits for `count` reports; the failures among them.
    func wait(for count: Int) -> [StartFailure] {
        while true {
            let reports = reports.withLock { $0 }
            if reports.count >= count { return reports.compactMap { $0 } }
            usleep(1000)
        }
    }
}

/// Why the daemon cannot start: a bad configuration or environment.
package struct StartFailure: Error, Sendable, CustomStringConvertible {
    /// One sentence for the operator.
    package let description: String

    /// A failure.
    package init(_ description: String) { self.description = description }
}
