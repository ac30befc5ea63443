import RingBuffers
import Testing

@Suite struct ByteRingTests {
    @Test func anEmptyRingHasNothingToRead() {
        let ring = RingRig(capacity: 64)
        #expect(ring.read().isEmpty)
        #expect(ring.isEmpty)
        #expect(ring.consumerLag == 0)
        #expect(ring.producerLag == 0)
        #expect(ring.capacity == 64)
    }

    @Test func whatIsNotPublishedIsNotSeen() throws {
        let ring = RingRig(capacity: 64)
        try #require(ring.reserve(16)).storeBytes(of: 1, as: Int.self)
        ring.commit(16)
        #expect(ring.read().isEmpty)
        ring.publish()
        #expect(ring.read().count == 16)
        #expect(ring.producerLag == 16)
    }

    @Test func aReservationThatIsNotCommittedTakesNoRoom() throws {
        let ring = RingRig(capacity: 64)
        for _ in 0..<10 { #expect(ring.reserve(32) != nil) }
        ring.publish()
        #expect(ring.read().isEmpty)
        let first = try #require(ring.reserve(32))
        ring.commit(8)
        let second = try #require(ring.reserve(32))
        #expect(second == first + 8, "a commit keeps only what it says")
    }

    @Test func aFullRingSaysSoUntilSomethingIsReleased() {
        let ring = RingRig(capacity: 64)
        for _ in 0..<4 {
            #expect(ring.reserve(16) != nil)
            ring.commit(16)
        }
        #expect(ring.reserve(8) == nil)
        ring.publish()
        #expect(ring.read().count == 64)
        #expect(ring.reserve(8) == nil, "reading alone makes no room")
        ring.release(16)
        #expect(ring.reserve(16) != nil)
        #expect(ring.reserve(24) == nil)
    }

    @Test func aRecordIsNeverSplitAtTheEndOfALap() throws {
        let ring = RingRig(capacity: 64)
        let start = try #require(ring.reserve(32))
        ring.commit(32)
        #expect(ring.reserve(24) != nil)
        ring.commit(24)
        ring.publish()
        ring.release(ring.read().count)
        // 8 bytes are left in the lap: a record of 16 goes to the start.
        let wrapped = try #require(ring.reserve(16))
        #expect(wrapped == start)
        ring.commit(16)
        ring.publish()
        let run = ring.read()
        #expect(run.baseAddress == start)
        #expect(run.count == 16)
        ring.release(16)
        #expect(ring.isEmpty)
    }

    @Test func aWrapThatIsNotCommittedLeavesTheLapAsItWas() throws {
        let ring = RingRig(capacity: 64)
        _ = ring.reserve(32)
        ring.commit(32)
        _ = ring.reserve(16)
        ring.commit(16)
        ring.publish()
        ring.release(ring.read().count)
        // 16 bytes are left: 24 would wrap, but 16 are taken, in this lap.
        #expect(ring.reserve(24) != nil)
        let place = try #require(ring.reserve(16))
        place.storeBytes(of: 7, as: Int.self)
        ring.commit(16)
        _ = ring.reserve(8)
        ring.commit(8)
        ring.publish()
        let run = ring.read()
        #expect(run.count == 16)
        #expect(run.load(as: Int.self) == 7)
        ring.release(16)
        #expect(ring.read().count == 8)
    }

    @Test func aRunMayBeReleasedInParts() {
        let ring = RingRig(capacity: 128)
        for _ in 0..<4 {
            _ = ring.reserve(16)
            ring.commit(16)
        }
        ring.publish()
        for left in [64, 48, 32, 16] {
            #expect(ring.read().count == left)
            #expect(ring.read().count == left, "asking again changes nothing")
            #expect(ring.consumerLag == left)
            ring.release(16)
        }
        #expect(ring.isEmpty)
    }

    @Test func aRecordOfMoreThanHalfARingIsABug() async {
        await #expect(processExitsWith: .failure) {
            let ring = RingRig(capacity: 64)
            _ = ring.reserve(40)
        }
    }

    @Test func aCapacityThatIsNoPowerOfTwoIsABug() async {
        await #expect(processExitsWith: .failure) { _ = RingRig(capacity: 96) }
        await #expect(processExitsWith: .failure) { _ = RingRig(capacity: 32) }
    }
}
