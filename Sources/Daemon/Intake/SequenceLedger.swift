import Wire

/// What the sequence frames of a feed tell: which messages are missing, which came twice, whose
/// publisher began anew.
///
/// A publisher counts its messages within an epoch, from 1 (or 0) on; with each start it takes a
/// greater epoch. Numbers are looked at by source, or for the whole feed where one publisher speaks
/// for many sources. Bounded: the sources, and the epochs of each, that spoke last, and 256 numbers
/// below the newest. A message is dropped only where one with its number and its payload was here:
/// else whoever forges numbers would silence a source.
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
        /// Messages with the number of another one; they are taken.
        var conflicting = 0
        /// New epochs of a source that had one.
        var restarts = 0
        /// Messages without a sequence behind one with it: what is missing among them is not told.
        var uncounted = 0
        /// Sources that were forgotten for others that spoke later.
        var forgotten = 0
    }

    /// Sources that are known at least, and at most twice as many.
    static let sourceLimit = 5_000
    private static let epochsPerSource = 4
    private static let window: UInt64 = 256

    private(set) var counts = Counts()
    private var sources: [String: [Epoch]] = [:]
    /// Those that have not spoken since `sources` was full.
    private var quiet: [String: [Epoch]] = [:]
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
        /// Count of the source's messages when it was heard last.
        var heard: Int
        /// Bit i of word w: number `highest - (64 w + i)` was here.
        var seen = [UInt64](repeating: 0, count: Int(window / 64))
        /// Of those that were, the payload's digest at the number modulo the window.
        var digests = [UInt32](repeating: 0, count: Int(window))

        /// Where a number stands among those that were here.
        enum Place {
            /// Ahead of all; this was the last before.
            case ahead(of: UInt64)
            /// It was here, with this payload or with another.
            case seen(isSame: Bool)
            /// Among them, and not here before.
            case missed
            /// Too far back to tell.
            case tooOld
        }

        /// An epoch of which one message was here.
        init(_ sequence: PublisherSequence, digest: UInt32, heard: Int) {
            epoch = sequence.epoch
            highest = sequence.number
            self.heard = heard
            seen[0] = 1
            digests[Int(sequence.number % window)] = digest
        }

        /// Notes a number, and where it stood.
        mutating func take(_ number: UInt64, digest: UInt32) -> Place {
            let slot = Int(number % window)
            guard number <= highest else {
                defer {
                    advance(to: number)
                    digests[slot] = digest
                }
                return .ahead(of: highest)
            }
            let back = highest - number
            guard back < window else { return .tooOld }
            guard !has(back) else { return .seen(isSame: digests[slot] == digest) }
            set(back)
            digests[slot] = digest
            return .missed
        }
    }

    /// Notes a message with this digest of its payload; `source` is nil where it could not be told.
    mutating func note(
        _ sequence: PublisherSequence, digest: UInt32, source: String?
    ) -> Finding {
        counts.messages += 1
        guard let source else {
            if !unattributed.contains(sequence) {
                if unattributed.count == 64 { unattributed.removeFirst() }
                unattributed.append(sequence)
            }
            return .fresh(nil)
        }
        recall(source)
        let known = sources[source]?.firstIndex { $0.epoch == sequence.epoch }
        if let known, let place = sources[source]?[known].take(sequence.number, digest: digest) {
            sources[source]?[known].heard = counts.messages
            return finding(place, sequence)
        }
        return begin(sequence, digest, of: source)
    }

    /// Notes a message without a sequence among messages with one.
    mutating func noteUncounted() { counts.uncounted += 1 }

    /// Makes sure that a source has a place among those that spoke last.
    private mutating func recall(_ source: String) {
        guard sources[source] == nil else { return }
        let known = quiet.removeValue(forKey: source)
        if sources.count == SequenceLedger.sourceLimit {
            counts.forgotten += quiet.count
            quiet = sources
            sources = [:]
        }
        sources[source] = known ?? []
    }

    private mutating func finding(
        _ place: Epoch.Place, _ sequence: PublisherSequence
    ) -> Finding {
        switch place {
        case .ahead(let last):
            return .fresh(gap(sequence.epoch, from: last + 1, through: sequence.number - 1))
        case .missed: counts.recovered += 1
        case .tooOld: counts.tooOld += 1
        case .seen(isSame: false): counts.conflicting += 1
        case .seen(isSame: true):
            counts.duplicates += 1
            return .duplicate
        }
        return .fresh(nil)
    }

    /// The first message of an epoch.
    private mutating func begin(
        _ sequence: PublisherSequence, _ digest: UInt32, of source: String
    ) -> Finding {
        var epochs = sources[source] ?? []
        let isRestart = epochs.contains { $0.epoch < sequence.epoch }
        if epochs.count == SequenceLedger.epochsPerSource {
            let oldest = epochs.indices.min { epochs[$0].heard < epochs[$1].heard }
            if let oldest { epochs.remove(at: oldest) }
        }
        epochs.append(Epoch(sequence, digest: digest, heard: counts.messages))
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
