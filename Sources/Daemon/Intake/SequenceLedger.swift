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

        /// Where a number stands among those that were here.
        enum Place {
            /// Ahead of all; this was the last before.
            case ahead(of: UInt64)
            case seen
            /// Among them, and not here before.
            case missed
            /// Too far back to tell.
            case tooOld
        }

        /// An epoch of which one message was here.
        init(_ sequence: PublisherSequence) {
            epoch = sequence.epoch
            highest = sequence.number
            seen[0] = 1
        }

        /// Notes a number, and where it stood.
        mutating func take(_ number: UInt64) -> Place {
            guard number <= highest else {
                defer { advance(to: number) }
                return .ahead(of: highest)
            }
            let back = highest - number
            guard back < window else { return .tooOld }
            guard !has(back) else { return .seen }
            set(back)
            return .missed
        }
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
        let known = sources[source]?.firstIndex { $0.epoch == sequence.epoch }
        if let known, let place = sources[source]?[known].take(sequence.number) {
            return finding(place, sequence)
        }
        guard sources[source] != nil || sources.count < SequenceLedger.sourceLimit else {
            counts.unfollowed += 1
            return .fresh(nil)
        }
        return begin(sequence, of: source)
    }

    private mutating func finding(
        _ place: Epoch.Place, _ sequence: PublisherSequence
    ) -> Finding {
        switch place {
        case .ahead(let last):
            return .fresh(gap(sequence.epoch, from: last + 1, through: sequence.number - 1))
        case .missed: counts.recovered += 1
        case .tooOld: counts.tooOld += 1
        case .seen:
            counts.duplicates += 1
            return .duplicate
        }
        return .fresh(nil)
    }

    /// The first message of an epoch.
    private mutating func begin(_ sequence: PublisherSequence, of source: String) -> Finding {
        var epochs = sources[source] ?? []
        let isRestart = epochs.contains { $0.epoch < sequence.epoch }
        epochs.append(Epoch(sequence))
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
