import TestSupport
import Testing

@testable import Evaluation

/// The heap of due times beside a sorted array.
@Suite struct TimerHeapTests {
    /// An entry as a value that can be compared and sorted.
    private struct Due: Comparable {
        var due: Int64
        var selection: UInt32
        var block: UInt32

        init(_ entry: TimerHeap.Entry) {
            (due, selection, block) = (entry.due, entry.selection, entry.block)
        }

        static func < (left: Due, right: Due) -> Bool {
            (left.due, left.selection, left.block) < (right.due, right.selection, right.block)
        }
    }

    @Test func agreesWithASortedArray() {
        for seed in 0..<60 {
            var random = Seeded(UInt64(seed))
            var heap = TimerHeap()
            var model: [Due] = []
            // Few different times and places, so that many entries are equal in part or whole.
            let spread = random.int(1...40)
            for _ in 0..<400 {
                if random.chance(0.55) {
                    let entry = TimerHeap.Entry(
                        due: Int64(random.int(-spread...spread)),
                        selection: UInt32(random.int(0...3)), block: UInt32(random.int(0...3)))
                    heap.push(entry)
                    let due = Due(entry)
                    model.insert(due, at: model.firstIndex { due < $0 } ?? model.count)
                } else {
                    let time = Int64(random.int(-spread...(spread + 1)))
                    let expected = model.first.flatMap { $0.due < time ? $0 : nil }
                    #expect(heap.pop(before: time).map(Due.init) == expected, "seed \(seed)")
                    if expected != nil { model.removeFirst() }
                }
                #expect(heap.first == model.first?.due)
            }
            for expected in model { #expect(heap.pop(before: .max).map(Due.init) == expected) }
            #expect(heap.pop(before: .max) == nil)
            #expect(heap.first == nil)
        }
    }

    @Test func whatIsDueAtTheTimeItselfWaits() {
        var heap = TimerHeap()
        heap.push(TimerHeap.Entry(due: 10, selection: 0, block: 0))
        #expect(heap.pop(before: 10) == nil)
        #expect(heap.pop(before: 11)?.due == 10)
    }

    @Test func forgetsEverything() {
        var heap = TimerHeap()
        for due in 0..<50 { heap.push(TimerHeap.Entry(due: Int64(due), selection: 0, block: 0)) }
        heap.removeAll()
        #expect(heap.first == nil)
        heap.push(TimerHeap.Entry(due: 99, selection: 1, block: 2))
        #expect(heap.first == 99)
        #expect(heap.pop(before: 100)?.block == 2)
        #expect(heap.first == nil)
    }
}
