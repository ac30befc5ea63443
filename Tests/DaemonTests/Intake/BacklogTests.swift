import Events
import RingBuffers
import Testing

@testable import Daemon

@Suite struct BacklogTests {
    /// A record of `words` cells whose event time is its number.
    private func append(
        _ number: Int64, words: Int = 2, source: String, to backlog: inout Backlog
    ) -> Int {
        let length = EventRecord.headerBytes + words * 8
        let memory = UnsafeMutableRawPointer.allocate(byteCount: length, alignment: 8)
        defer { memory.deallocate() }
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: length)
        let record = EventRecord(base: memory)
        record.writeHeader(
            length: length, generation: 1, kind: .reading, status: 0, feed: 0, stream: 0,
            fieldCount: words, eventTime: number, presence: 0)
        return backlog.append(record, source: source)
    }

    private func times(_ ring: inout Ring) -> [Int64] {
        ring.producer.publish()
        var times: [Int64] = []
        while let record = ring.consumer.firstRecord {
            times.append(record.eventTime)
            ring.consumer.release(record.length)
        }
        return times
    }

    @Test func sourcesTakeTurnsAndKeepTheirOrder() {
        var backlog = Backlog(limit: 1 << 20)
        for number in 0..<4 { _ = append(Int64(number), source: "loud", to: &backlog) }
        _ = append(100, source: "quiet", to: &backlog)
        var ring = Ring(capacity: 4096)
        backlog.drain(into: &ring.producer)
        #expect(times(&ring) == [0, 100, 1, 2, 3])
        let (isEmpty, bytes) = (backlog.isEmpty, backlog.bytes)
        #expect(isEmpty)
        #expect(bytes == 0)
    }

    /// The ring takes what it has room for; the rest follows, nothing twice.
    @Test func aFullRingTakesTheRestLater() {
        var backlog = Backlog(limit: 1 << 20)
        for number in 0..<100 { _ = append(Int64(number), source: "a", to: &backlog) }
        var ring = Ring(capacity: 1024)
        var all: [Int64] = []
        while !backlog.isEmpty {
            backlog.drain(into: &ring.producer)
            let taken = times(&ring)
            #expect(!taken.isEmpty)
            all += taken
        }
        #expect(all == Array(0..<100))
    }

    @Test func theOldestOfTheNoisiestAreShed() {
        let record = EventRecord.headerBytes + 16
        var backlog = Backlog(limit: 640 * record)
        for number in 0..<20 { _ = append(Int64(number), source: "quiet", to: &backlog) }
        var shed = 0
        for number in 0..<5000 {
            shed += append(Int64(1000 + number), source: "loud", to: &backlog)
        }
        let (counted, count, bytes) = (backlog.shed, backlog.count, backlog.bytes)
        let sheddings = backlog.sheddings(limit: 10)
        #expect(counted == shed)
        #expect(count + shed == 5020)
        #expect(bytes <= 640 * record)
        #expect(sheddings.map(\.source) == ["loud"])
        #expect(sheddings.map(\.count) == [shed])
        var ring = Ring(capacity: 1 << 17)
        backlog.drain(into: &ring.producer)
        let left = times(&ring)
        #expect(left.filter { $0 < 1000 } == Array(0..<20))
        // What is left of the flood is its newest, in order.
        let loud = left.filter { $0 >= 1000 }
        #expect(loud == Array(Int64(6000 - loud.count)..<6000))
    }

    /// Sources beyond the limit wait together; nothing is lost uncounted.
    @Test func manySourcesAreBounded() {
        var backlog = Backlog(limit: 1 << 30)
        for number in 0..<Backlog.sourceLimit + 100 {
            _ = append(Int64(number), source: "s\(number)", to: &backlog)
        }
        let count = backlog.count
        #expect(count == Backlog.sourceLimit + 100)
        var ring = Ring(capacity: 1 << 21)
        backlog.drain(into: &ring.producer)
        #expect(times(&ring).sorted() == Array(0..<Int64(Backlog.sourceLimit + 100)))
    }
}
