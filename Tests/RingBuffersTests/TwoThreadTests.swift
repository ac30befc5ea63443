import Foundation
import RingBuffers
import Testing

/// A producer and a consumer on threads of their own, as fast as they can.
@Suite struct TwoThreadTests {
    private final class Result: @unchecked Sendable {
        // Written by the consumer's thread, read after it has ended.
        var read = 0
        var broken = 0
    }

    @Test(arguments: [64, 1 << 12])
    func everythingArrivesOnceAndInOrder(capacity: Int) async {
        let count = 200_000
        let ring = Ring(capacity: capacity)
        let result = Result()
        let ends = DispatchGroup()
        TwoThreadTests.start(ends, ring.producer) { producer in
            for number in 0..<count {
                // Lengths of 16, 24 and 32 bytes, so that laps end in different places.
                let length = 16 + number % 3 * 8
                while true {
                    if let place = producer.reserve(length) {
                        for word in 0..<(length / 8) {
                            place.storeBytes(
                                of: number &* 4 &+ word, toByteOffset: word * 8, as: Int.self)
                        }
                        break
                    }
                    producer.publish()
                    sched_yield()
                }
                producer.commit(length)
                if number % 7 == 0 { producer.publish() }
            }
            producer.publish()
        }
        TwoThreadTests.start(ends, ring.consumer) { consumer in
            while result.read < count {
                let run = consumer.readable()
                guard run.count > 0 else {
                    sched_yield()
                    continue
                }
                var offset = 0
                while offset < run.count {
                    let length = 16 + result.read % 3 * 8
                    for word in 0..<(length / 8)
                    where run.load(fromByteOffset: offset + word * 8, as: Int.self)
                        != result.read &* 4 &+ word
                    {
                        result.broken += 1
                    }
                    offset += length
                    result.read += 1
                }
                consumer.release(run.count)
            }
        }
        await withCheckedContinuation { continuation in
            ends.notify(queue: .global()) { continuation.resume() }
        }
        #expect(result.read == count)
        #expect(result.broken == 0)
    }

    /// Gives an end to a thread of its own.
    private static func start<End: ~Copyable & Sendable>(
        _ group: DispatchGroup, _ end: consuming sending End,
        _ body: @escaping @Sendable (inout End) -> Void
    ) {
        let box = Box(end)
        group.enter()
        Thread.detachNewThread {
            if var end = box.take() { body(&end) }
            group.leave()
        }
    }

    private final class Box<End: ~Copyable & Sendable>: @unchecked Sendable {
        // Taken once, by the thread it is made for.
        private var end: End?

        init(_ end: consuming sending End) { self.end = consume end }

        func take() -> End? { end.take() }
    }
}
