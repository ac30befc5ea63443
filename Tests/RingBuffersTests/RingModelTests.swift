import RingBuffers
import Testing

/// The ring beside a plain list of what was committed.
@Suite struct RingModelTests {
    /// A small fixed generator, so that a failure can be run again.
    private struct Random {
        var state: UInt64

        mutating func below(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
    }

    /// Writes a record: its length, then bytes that say which one it is.
    private static func fill(_ place: UnsafeMutableRawPointer, length: Int, number: Int) {
        place.storeBytes(of: length, as: Int.self)
        for offset in 8..<length {
            place.storeBytes(
                of: UInt8(truncatingIfNeeded: number &+ offset), toByteOffset: offset,
                as: UInt8.self)
        }
    }

    private static func isIntact(
        _ run: UnsafeMutableRawBufferPointer, at offset: Int, length: Int, number: Int
    ) -> Bool {
        guard run.loadUnaligned(fromByteOffset: offset, as: Int.self) == length else {
            return false
        }
        return (8..<length).allSatisfy {
            run[offset + $0] == UInt8(truncatingIfNeeded: number &+ $0)
        }
    }

    @Test(arguments: [64, 128, 256, 1024])
    func agreesWithAList(capacity: Int) {
        for seed in 0..<60 {
            var random = Random(state: UInt64(seed))
            let ring = RingRig(capacity: capacity)
            var model: [(length: Int, number: Int)] = []
            var published = 0
            var number = 0
            for _ in 0..<400 {
                switch random.below(10) {
                case 0...4:
                    let length = 8 + random.below(capacity / 16) * 8
                    let asked = min(capacity / 2, length + random.below(8))
                    guard let place = ring.reserve(asked) else {
                        #expect(!model.isEmpty, "an empty ring always has room")
                        continue
                    }
                    RingModelTests.fill(place, length: length, number: number)
                    // Sometimes the record is not wanted after all.
                    guard random.below(5) > 0 else { continue }
                    ring.commit(length)
                    model.append((length, number))
                    number += 1
                case 5...6:
                    ring.publish()
                    published = model.count
                default:
                    let run = ring.read()
                    var offset = 0
                    var taken = 0
                    while offset < run.count {
                        let record = model[taken]
                        guard
                            RingModelTests.isIntact(
                                run, at: offset, length: record.length, number: record.number)
                        else {
                            Issue.record("seed \(seed): record \(record.number) is not intact")
                            return
                        }
                        offset += record.length
                        taken += 1
                        if random.below(4) == 0 { break }
                    }
                    #expect(taken <= published)
                    #expect(taken > 0 || published == 0, "what was published can be read")
                    ring.release(offset)
                    model.removeFirst(taken)
                    published -= taken
                    #expect(ring.isEmpty || published > 0)
                }
            }
        }
    }
}
