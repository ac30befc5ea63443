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
        #expect(ledger.take(place(1), source: "a") == .fresh(nil))
        #expect(ledger.take(place(2), source: "a") == .fresh(nil))
        #expect(ledger.take(place(6), source: "a") == .fresh(gap(3, 5)))
        #expect(ledger.take(place(4), source: "a") == .fresh(nil))
        #expect(ledger.take(place(4), source: "a") == .duplicate)
        #expect(ledger.take(place(2), source: "a") == .duplicate)
        #expect(ledger.take(place(7), source: "a") == .fresh(nil))
        let counts = ledger.counts
        #expect(counts.gaps == 1)
        #expect(counts.missing == 3)
        #expect(counts.recovered == 1)
        #expect(counts.duplicates == 2)
        #expect(counts.messages == 7)
    }

    /// What was seen moves with the newest number, over words and beyond the window.
    @Test func everyDistanceIsRemembered() {
        for step in [1, 2, 63, 64, 65, 127, 128, 200, 254, 255] as [UInt64] {
            var ledger = SequenceLedger()
            _ = ledger.take(place(5000), source: "a")
            _ = ledger.take(place(5000 + step), source: "a")
            #expect(ledger.take(place(5000), source: "a") == .duplicate, "step \(step)")
            if step > 1 {
                #expect(ledger.take(place(5001), source: "a") == .fresh(nil), "step \(step)")
                #expect(ledger.take(place(5001), source: "a") == .duplicate, "step \(step)")
            }
        }
        var far = SequenceLedger()
        _ = far.take(place(1), source: "a")
        #expect(far.take(place(.max), source: "a") == .fresh(gap(2, .max - 1)))
        // Too far back to be known: a forged number silences nobody.
        #expect(far.take(place(2), source: "a") == .fresh(nil))
        #expect(far.take(place(1), source: "a") == .fresh(nil))
        #expect(far.counts.tooOld == 2)
        #expect(far.counts.duplicates == 0)
    }

    @Test func whatWasSentBeforeWeJoinedIsToldApart() {
        var ledger = SequenceLedger()
        #expect(ledger.take(place(58), source: "a") == .fresh(nil))
        #expect(ledger.counts.beforeJoining == 57)
        #expect(ledger.counts.missing == 0)
        // A new epoch of a publisher we know: nothing of it was before us.
        #expect(ledger.take(place(3, epoch: 8), source: "a") == .fresh(gap(1, 2, epoch: 8)))
        #expect(ledger.counts.restarts == 1)
        // What is left of the old one still counts by its own numbers.
        #expect(ledger.take(place(60), source: "a") == .fresh(gap(59, 59)))
    }

    @Test func sourcesCountApart() {
        var ledger = SequenceLedger()
        for number in 1...10 as ClosedRange<UInt64> {
            #expect(ledger.take(place(number), source: "a") == .fresh(nil))
            #expect(ledger.take(place(number), source: "b") == .fresh(nil))
        }
        #expect(ledger.counts.gaps == 0)
    }

    /// A message of which nothing could be read came all the same.
    @Test func deadLettersAreNoGaps() {
        var ledger = SequenceLedger()
        _ = ledger.take(place(1), source: "a")
        _ = ledger.take(place(2), source: nil)
        #expect(ledger.take(place(3), source: "a") == .fresh(nil))
        _ = ledger.take(place(5), source: nil)
        #expect(
            ledger.take(place(7), source: "a")
                == .fresh(SequenceLedger.Gap(epoch: 7, from: 4, through: 6, missing: 2)))
    }

    /// What cannot be read may come twice under one number, and numbers may be anything: no sum ends
    /// the process.
    @Test func noNumbersEndTheProcess() {
        var ledger = SequenceLedger()
        _ = ledger.take(place(6), source: "a")
        _ = ledger.take(place(7), source: nil)
        _ = ledger.take(place(7), source: nil)
        #expect(ledger.take(place(8), source: "a") == .fresh(nil))
        for source in ["b", "c", "d"] { _ = ledger.take(place(.max), source: source) }
        #expect(ledger.counts.beforeJoining == .max)
        for source in ["b", "c"] {
            _ = ledger.take(place(.max, epoch: 9), source: source)
        }
        #expect(ledger.counts.missing == .max)
    }

    /// Numbers sent ahead in a source's name, and numbers that come again with something else in
    /// them, drop nothing of what the source itself says.
    @Test func forgedNumbersDropNothing() {
        var ledger = SequenceLedger()
        _ = ledger.take(place(1), source: "a")
        for number in 2...50 as ClosedRange<UInt64> {
            _ = ledger.note(place(number), digest: 666, source: "a")
        }
        for number in 2...50 as ClosedRange<UInt64> {
            #expect(ledger.take(place(number), source: "a") == .fresh(nil))
        }
        #expect(ledger.counts.conflicting == 49)
        #expect(ledger.counts.duplicates == 0)
        // What somebody else says under a number later does not make it forgotten either.
        #expect(ledger.take(place(51), source: "a") == .fresh(nil))
        #expect(ledger.note(place(51), digest: 666, source: "a") == .fresh(nil))
        #expect(ledger.take(place(51), source: "a") == .duplicate)
    }

    /// Whoever sends greater epochs in a source's name does not make it forgotten while it speaks.
    @Test func forgedEpochsForgetNothing() {
        var ledger = SequenceLedger()
        _ = ledger.take(place(1), source: "a")
        for number in 2...100 as ClosedRange<UInt64> {
            _ = ledger.take(place(1, epoch: 1000 + number), source: "a")
            let finding = ledger.take(place(number), source: "a")
            #expect(finding == .fresh(nil))
        }
        #expect(ledger.take(place(102), source: "a") == .fresh(gap(101, 101)))
    }

    /// Those that spoke last are known, however many others come.
    @Test func sourcesAreBounded() {
        var ledger = SequenceLedger()
        _ = ledger.take(place(1), source: "steady")
        for number in 0..<(SequenceLedger.sourceLimit * 5) {
            _ = ledger.take(place(1), source: "s\(number)")
            if number % 1000 == 0 {
                let next = UInt64(number / 1000 + 2)
                #expect(ledger.take(place(next), source: "steady") == .fresh(nil))
            }
        }
        #expect(ledger.counts.beforeJoining == 0)
        #expect(ledger.counts.gaps == 0)
        #expect(ledger.counts.forgotten >= SequenceLedger.sourceLimit * 3)
        #expect(ledger.take(place(100), source: "steady") != .fresh(nil))
        #expect(ledger.take(place(100), source: "s0") == .fresh(nil))
    }
}

extension SequenceLedger {
    /// Notes a message whose payload follows from its number.
    fileprivate mutating func take(_ sequence: PublisherSequence, source: String?) -> Finding {
        note(sequence, digest: UInt32(truncatingIfNeeded: sequence.number), source: source)
    }
}
