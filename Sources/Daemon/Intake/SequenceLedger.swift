import Wire

/// What the sequence frames of a feed tell: which messages are missing, which came twice, whose
/// publisher began anew.
///
/// A publisher counts its messages within an epoch, from 1 (or 0) on; with each start it takes a
/// greater epoch. Numbers are looked at by source, or for the whole feed where one publisher speaks
/// for many sources. Bounded: `sourceLimit` sources, the newest epochs of each, and 1024 numbers
/// below the newest. A message is dropped only for a number that was seen: one below those is taken,
/// or else whoever forges a high number would silence a source.
struct SequenceLedger: Sendable {
    /// What a message's number says.
    enum Finding: Equatable {
        /// It is new; before it others may be missing.
        case fresh(Gap?)
        /// It was here before.
        case duplicate
    }

    /// Messages that were sent and are not here.
    struct Gap: Equatable, Sendable {
        var epoch: UInt64
        var from: UInt64
        var through: UInt64
        /// How many of them are missing: some may have come and said nothing of their source.
        var missing: UInt64
    }

    /// What is told of a feed.
    struct Counts: Equatable, Sendable {
        /// Messages with a sequence.
        var messages = 0
        /// Runs of missing messages.
        var gaps = 0
        /// Messages missing in them.
        var missing = 0
        /// Messages sent in an epoch before we heard its first: a PUB drops what comes before the
        /// subscription, and what came while we did not run is not counted otherwise.
        var beforeJoining = 0
        /// Messages that were missing and came after all.
        var recovered = 0
        /// Messages that came twice.
        var duplicates = 0
        /// Messages whose number lies too far back to tell whether they came before; they are taken.
        var tooOld = 0
        /// New epochs of a source that had one.
        var restarts = 0
        /// Messages of sources beyond the limit.
        var unfollowed = 0
    }

    static let sourceLimit = 10_000
    private static let epochsPerSource = 4
    private static let window: UInt64 = 1024

    private(set) var counts = Counts()
    private var sources: [String: [Epoch]] = [:]
    /// Messages that named no source, since nothing of them could be decoded: no gap either.
    private var unattributed: [PublisherSequence] = []

    /// Adds to a count that a forged number cannot make overflow.
    private static func add(_ number: UInt64, to count: inout Int) {
        let (sum, isOver) = count.addingReportingOverflow(Int(clamping: number))
        count = isOver ? .max : sum
    }

    /// The numbers of one epoch of a source.
    fileprivate struct Epoch {
        let epoch: UInt64
        var highest: UInt64
        /// Bit i of word w: number `highest - (64 w + i)` was here.
        var seen = [UInt64](repeating: 0, count: Int(window / 64))
    }

    /// Notes a message; `source` is nil where it could not be told.
    mutating func note(_ sequence: PublisherSequence, source: String?) -> Finding {
        counts.messages += 1
        guard let source else {
            if !unattributed.contains(sequence) {
                if unattributed.count == 64 { unattributed.removeFirst() }
                unattributed.append(sequence)
            }
            return .fresh(nil)
        }
        var epochs = sources[source] ?? []
        if let index = epochs.firstIndex(where: { $0.epoch == sequence.epoch }) {
            let finding = note(sequence.number, &epochs[index])
            sources[source] = epochs
            return finding
        }
        guard !epochs.isEmpty || sources.count < SequenceLedger.sourceLimit else {
            counts.unfollowed += 1
            return .fresh(nil)
        }
        let isRestart = epochs.contains { $0.epoch < sequence.epoch }
        var epoch = Epoch(epoch: sequence.epoch, highest: sequence.number)
        epoch.seen[0] = 1
        epochs.append(epoch)
        epochs.sort { $0.epoch < $1.epoch }
        if epochs.count > SequenceLedger.epochsPerSource { epochs.removeFirst() }
        sources[source] = epochs
        let before = sequence.number > 0 ? sequence.number - 1 : 0
        guard isRestart else {
            SequenceLedger.add(before, to: &counts.beforeJoining)
            return .fresh(nil)
        }
        counts.restarts += 1
        return .fresh(gap(sequence.epoch, from: 1, through: before))
    }

    private mutating func note(_ number: UInt64, _ epoch: inout Epoch) -> Finding {
        if number > epoch.highest {
            let from = epoch.highest + 1
            epoch.advance(to: number)
            return .fresh(gap(epoch.epoch, from: from, through: number - 1))
        }
        let back = epoch.highest - number
        guard back < SequenceLedger.window else {
            counts.tooOld += 1
            return .fresh(nil)
        }
        guard !epoch.has(back) else {
            counts.duplicates += 1
            return .duplicate
        }
        epoch.set(back)
        counts.recovered += 1
        return .fresh(nil)
    }

    private mutating func gap(_ epoch: UInt64, from: UInt64, through: UInt64) -> Gap? {
        guard from <= through else { return nil }
        let here = unattributed.count {
            $0.epoch == epoch && $0.number >= from && $0.number <= through
        }
        let span = through - from + 1
        let missing = span - min(span, UInt64(here))
        guard missing > 0 else { return nil }
        counts.gaps += 1
        SequenceLedger.add(missing, to: &counts.missing)
        return Gap(epoch: epoch, from: from, through: through, missing: missing)
    }
}

extension SequenceLedger.Epoch {
    fileprivate func has(_ back: UInt64) -> Bool {
        seen[Int(back / 64)] >> (back % 64) & 1 == 1
    }

    fileprivate mutating func set(_ back: UInt64) { seen[Int(back / 64)] |= 1 << (back % 64) }

    /// Makes a greater number the highest, and moves what was seen away from it.
    fileprivate mutating func advance(to number: UInt64) {
        let distance = number - highest
        highest = number
        let words = Int(clamping: distance / 64)
        let bits = distance % 64
        for index in stride(from: seen.count - 1, through: 0, by: -1) {
            let source = index - words
            var word: UInt64 = source >= 0 ? seen[source] << bits : 0
            if bits > 0, source >= 1 { word |= seen[source - 1] >> (64 - bits) }
            seen[index] = word
        }
        seen[0] |= 1
    }
}
