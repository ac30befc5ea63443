// Wakes a consumer that sleeps in poll(2) when a producer on another thread has put something into
// a ring. While the consumer is awake, ringing costs a fence and a load, and no system call.
//
//   producer                              consumer
//   1 publish the item                    a asleep = true                (prepareToSleep)
//   2 fence, sequentially consistent      b fence, sequentially consistent
//   3 load asleep;                        c look at the ring again:
//     if true, swap in false                  not empty: cancelSleep, go on
//     and, if that took true, write           empty: poll the bell, then drain, look at the ring
//
// No wake-up is lost: the fences 2 and b are in one total order. If 2 is first, c sees the item and
// the consumer does not sleep. If b is first, 3 sees asleep and writes, which ends the poll even
// when the write comes before it. A write that comes late, after its sleeper woke for another
// reason, stays in the pipe and ends the next poll early, for nothing: harmless.
// `drain` reads the pipe before the consumer looks at the ring, so an item whose write it swallowed
// was published earlier still, and is seen.
//
// Any number of producers, one consumer. The file is a pipe and not an eventfd because Swift's
// Glibc module does not show eventfd(2); as only the producer that took `asleep` writes, the pipe
// holds a few bytes at most.

import Glibc
import Synchronization

/// Wakes one sleeping thread; free of system calls while it is awake.
///
/// A bell is born armed: one that nobody prepares or drains rings once and stays readable, which
/// makes it a stop signal.
package final class Doorbell: Sendable {
    /// Why a wait came back.
    package enum WaitOutcome: Sendable, Hashable {
        /// Somebody rang; the bell is drained, look at the ring.
        case rung
        /// The timeout passed.
        case timedOut
        /// A signal came first; look at the stop flag.
        case interrupted
    }

    /// What a poller watches for readability; open as long as the bell lives.
    package let fileDescriptor: Int32

    private let writeDescriptor: Int32
    private let asleep = Atomic<Bool>(true)

    /// Makes a bell; throws if the process has no files left.
    package init() throws(TransportError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw TransportError(code: errno, operation: "make a doorbell")
        }
        fileDescriptor = ends[0]
        writeDescriptor = ends[1]
        for end in ends {
            guard fcntl(end, F_SETFL, O_NONBLOCK) == 0, fcntl(end, F_SETFD, FD_CLOEXEC) == 0
            else { throw TransportError(code: errno, operation: "make a doorbell") }
        }
    }

    deinit {
        close(fileDescriptor)
        close(writeDescriptor)
    }

    /// Wakes the consumer if it sleeps; call it after publishing. From any thread.
    package func ring() {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        guard asleep.load(ordering: .relaxed),
            asleep.exchange(false, ordering: .acquiringAndReleasing)
        else { return }
        var byte: UInt8 = 1
        // EAGAIN means that the pipe is full, hence readable; a signal must not swallow the ring.
        while unsafe write(writeDescriptor, &byte, 1) < 0 && errno == EINTR {}
    }

    /// Announces sleep. Look at the ring again after this and before polling.
    package func prepareToSleep() {
        asleep.store(true, ordering: .relaxed)
        atomicMemoryFence(ordering: .sequentiallyConsistent)
    }

    /// Takes the announcement back, because the ring was not empty or another item was ready.
    package func cancelSleep() { asleep.store(false, ordering: .relaxed) }

    /// Ends a sleep and takes all rings so far. Call it whenever the bell is readable, or the next
    /// poll will not sleep; look at the ring after it.
    package func drain() {
        asleep.store(false, ordering: .relaxed)
        var bytes: UInt64 = 0
        while true {
            let count = unsafe read(fileDescriptor, &bytes, MemoryLayout<UInt64>.size)
            if count < 0 && errno == EINTR { continue }
            guard count == MemoryLayout<UInt64>.size else { return }
        }
    }

    /// Sleeps until the bell rings or `timeoutMilliseconds` passed, and drains it; negative waits
    /// for ever. For a consumer that has nothing else to poll, between `prepareToSleep` and the
    /// next look at the ring.
    package func wait(timeoutMilliseconds: Int32) -> WaitOutcome {
        var item = pollfd(fd: fileDescriptor, events: Int16(POLLIN), revents: 0)
        let result = unsafe poll(&item, 1, timeoutMilliseconds)
        if result > 0 {
            drain()
            return .rung
        }
        cancelSleep()
        return result == 0 ? .timedOut : .interrupted
    }
}
