import Testing

@testable import Evaluation

/// The state of a key as one block of memory, and one hold of it.
@Suite struct BlockLayoutTests {
    @Test func partsLieSideBySideAndDoNotOverlap() {
        let many = [Array(repeating: 1, count: 8), Array(repeating: 3, count: 9)]
        for counts in [[], [1], [4, 1, 2]] + many {
            let layout = BlockLayout(levelCounts: counts)
            var free = BlockLayout.standings
            #expect(free >= MemoryLayout<BlockHeader>.size)
            free += counts.count
            for (offset, levels) in zip(layout.rules, counts) {
                #expect(offset >= free && offset < free + 8)
                #expect(offset % MemoryLayout<RuleState>.alignment == 0)
                free =
                    offset + MemoryLayout<RuleState>.stride
                    + levels * MemoryLayout<LevelState>.stride
            }
            #expect(layout.rules.count == counts.count)
            #expect(layout.size >= free && layout.size < free + 8)
            #expect(layout.size % 8 == 0)
        }
    }

    /// Blocks never move, begin as zero, and what is written to one is in no other.
    @Test(arguments: [48, 200, 40_000, 100_000])
    func blocksStayWhereTheyAre(size: Int) {
        var slab = BlockSlab(blockSize: size)
        var places: [UnsafeMutableRawPointer] = []
        for index in 0..<(size > 1_000 ? 9 : 2_000) {
            #expect(slab.append() == index)
            let block = slab[index]
            let bytes = UnsafeRawBufferPointer(start: block, count: size)
            #expect(bytes.first == 0 && bytes.last == 0)
            #expect(Int(bitPattern: block) % 8 == 0)
            block.initializeMemory(as: UInt8.self, repeating: UInt8(index % 251 + 1), count: size)
            places.append(block)
        }
        #expect(slab.count == places.count)
        #expect(slab.bytes >= slab.count * size)
        for (index, place) in places.enumerated() {
            #expect(slab[index] == place)
            let bytes = UnsafeRawBufferPointer(start: place, count: size)
            #expect(bytes.allSatisfy { $0 == UInt8(index % 251 + 1) })
        }
    }

    /// `for: 10m`, TRUE at 0, UNKNOWN at 5, TRUE at 8: due at 13.
    @Test func aPauseMovesTheDueTime() {
        var hold = LevelState()
        #expect(hold.due(10) == nil)
        hold.pause(at: 1)
        #expect(hold.pauseFrom == noTime)
        hold.since = 0
        #expect(hold.due(10) == 10)
        hold.pause(at: 5)
        #expect(hold.due(10) == nil)
        // The pause is on since its first row.
        hold.pause(at: 6)
        hold.resume(at: 8)
        #expect(hold.due(10) == 13)
        hold.resume(at: 20)
        #expect(hold.due(10) == 13)
        // The next row is older than the pause: that takes nothing back.
        hold.pause(at: 30)
        hold.resume(at: 29)
        #expect(hold.due(10) == 13)
        hold.erase()
        #expect(hold.due(10) == nil)
        #expect(hold.paused == 0 && hold.readings == 0 && hold.pauseFrom == noTime)
    }
}
