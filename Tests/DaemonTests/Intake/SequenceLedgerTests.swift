import Testing
import Wire

@testable import Daemon

@Suite struct SequenceLedgerTests {
    private func place(_ number: UInt64, epoch: UInt64 = 7) -> PublisherSequence {
        PublisherSequence(epoch: epoch, number: number)
    }

    private func gap(_ from: UInt64, _ through: UInt64, epoch: UInt64 = 7) -> SequenceLedger.Gap {
        SequenceLedger.Gap(epoch: epoch, from: from, through: through, missing: through - from + 1)
    }

    @Test func gapsAreFoundAndFilled() {
        var ledger = SequenceLedger()
        #expect(ledger.note(place(1), source: "a") == .fresh(nil))
        #expect(ledger.note(place(2), source: "a") == .fresh(nil))
        #expect(ledger.note(place(6), source: "a") == .fresh(gap(3, 5)))
        #expect(ledger.note(place(4), source: "a") == .fresh(nil))
        #expect(ledger.note(place(4), source: "a") == .duplicate)
        #expect(ledger.note(place(2), source: "a") == .duplicate)
        #expect(ledger.note(place(7), source: "a") == .fresh(nil))
        let counts = ledger.counts
        #expect(counts.gaps == 1)
        #expect(counts.missing == 3)
        #expect(counts.recovered == 1)
        #expect(counts.duplicates == 2)
        #expect(counts.messages == 7)
    }

    /// What was seen moves with the newest number, over words and beyond the window.
    @Test func everyDistanceIsRemembered() {
        for step in [1, 2, 63, 64, 65, 127, 128, 500, 1000, 1023] as [UInt64] {
            var ledger = SequenceLedger()
            _ = ledger.note(place(5000), source: "a")
            _ = ledger.note(place(5000 + step), source: "a")
            #expect(ledger.note(place(5000), source: "a") == .duplicate, "step \(step)")
            if step > 1 {
                #expect(ledger.note(place(5001), source: "a") == .fresh(nil), "step \(step)")
                #expect(ledger.note(place(5001), source: "a") == .duplicate, "step \(step)")
            }
        }
        var far = SequenceLedger()
        _ = far.note(place(1), source: "a")
        #expect(far.note(place(.max), source: "a") == .fresh(gap(2, .max - 1)))
        // Too far back to be known: a forged number silences nobody.
        #expect(far.note(place(2), source: "a") == .fresh(nil))
        #expect(far.note(place(1), source: "a") == .fresh(nil))
        #expect(far.counts.tooOld == 2)
        #expect(far.counts.duplicates == 0)
    }

    @Test func whatWasSentBeforeWeJoinedIsToldApart() {
        var ledger = SequenceLedger()
        #expect(ledger.note(place(58), source: "a") == .fresh(nil))
        #expect(ledger.counts.beforeJoining == 57)
        #expect(ledger.counts.missing == 0)
        // A new epoch of a publisher we know: nothing of it was before us.
        #expect(ledger.note(place(3, epoch: 8), source: "a") == .fresh(gap(1, 2, epoch: 8)))
        #expect(ledger.counts.restarts == 1)
        // What is left of the old one still counts by its own numbers.
        #expect(ledger.note(place(60), source: "a") == .fresh(gap(59, 59)))
    }

    @Test func sourcesCountApart() {
        var ledger = SequenceLedger()
        for number in 1...10 as ClosedRange<UInt64> {
            #expect(ledger.note(place(number), source: "a") == .fresh(nil))
            #expect(ledger.note(place(number), source: "b") == .fresh(nil))
        }
        #expect(ledger.counts.gaps == 0)
    }

    /// A message of which nothing could be read came all the same.
    @Test func deadLettersAreNoGaps() {
        var ledger = SequenceLedger()
        _ = ledger.note(place(1), source: "a")
        _ = ledger.note(place(2), source: nil)
        #expect(ledger.note(place(3), source: "a") == .fresh(nil))
        _ = ledger.note(place(5), source: nil)
        #expect(
            ledger.note(place(7), source: "a")
                == .fresh(SequenceLedger.Gap(epoch: 7, from: 4, through: 6, missing: 2)))
    }

    /// What cannot be read may come twice under one number, and numbers may be anything: no sum ends
    /// the process.
    @Test func noNumbersEndTheProcess() {
        var ledger = SequenceLedger()
        _ = ledger.note(place(6), source: "a")
        _ = ledger.note(place(7), source: nil)
        _ = ledger.note(place(7), source: nil)
        #expect(ledger.note(place(8), source: "a") == .fresh(nil))
        for source in ["b", "c", "d"] { _ = ledger.note(place(.max), source: source) }
        #expect(ledger.counts.beforeJoining == .max)
        for source in ["b", "c"] {
            _ = ledger.note(place(.max, epoch: 9), source: source)
        }
        #expect(ledger.counts.missing == .max)
    }

    @Test func sourcesAreBounded() {
        var ledger = SequenceLedger()
        for number in 0..<SequenceLedger.sourceLimit + 5 {
            _ = ledger.note(place(1), source: "s\(number)")
        }
        #expect(ledger.counts.unfollowed == 5)
    }
}
