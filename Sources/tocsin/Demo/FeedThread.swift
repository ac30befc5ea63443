import Client
import Foundation
import Synchronization
import Transport

/// A feed's thread, with its own ZeroMQ socket: sends what the feed has to say, step by step.
final class FeedThread: Sendable {
    private let failure = Mutex<TransportError?>(nil)
    private let ended = DispatchSemaphore(value: 0)

    /// Starts the thread; it ends with the story, or soon after the clock says so.
    init<Feed: DemoFeed>(
        _ feed: Feed, number: Int, to endpoint: Endpoint, clock: StoryClock, stop: StopSignals
    ) {
        Thread.detachNewThread { [self] in
            defer { ended.signal() }
            do throws(TransportError) {
                try Self.send(feed, number, to: endpoint, clock, stop)
            } catch {
                failure.withLock { $0 = error }
                stop.stop()
            }
        }
    }

    /// Waits for the end of the thread, also a second time; why it failed, if it did.
    func join() -> TransportError? {
        ended.wait()
        ended.signal()
        return failure.withLock { $0 }
    }

    private static func send(
        _ feed: some DemoFeed, _ number: Int, to endpoint: Endpoint, _ clock: StoryClock,
        _ stop: StopSignals
    ) throws(TransportError) {
        // Push loses nothing: it waits for a daemon that is slow.
        var publisher = try Publisher(
            context: try ZeroMQContext(), endpoint: endpoint, binds: false, pattern: .push,
            linger: .milliseconds(200))
        let topic = Array(feed.topic.utf8)
        story: for step in 0...Story.lastStep {
            guard clock.wait(for: step) else { break }
            let payloads = feed.payloads(at: step)
            for payload in payloads {
                while try publisher.send(
                    frames: [topic, payload], timeoutMilliseconds: 50) != .sent
                {
                    if stop.isStopped { break story }
                }
            }
            clock.finish(step, feed: number, readings: payloads.count)
        }
        _ = publisher.finish()
    }
}
