extension FollowerState {
    /// Keeps an escalation until the cursor comes to it; one that finds no room is fetched later.
    mutating func hold(
        _ escalation: ReceivedEscalation, _ origin: FollowerEvent.Origin, at now: Duration
    ) {
        if let other = held[escalation.seq] {
            if other.escalation.body != escalation.body {
                events.append(.differing(seq: escalation.seq))
            }
            return
        }
        // What was fetched is at most a round's worth and leaves with its end: it always has room.
        guard origin == .fetched || held.count < settings.maximumHeld else { return }
        held[escalation.seq] = Held(escalation: escalation, origin: origin)
        heldSince = heldSince ?? now
    }

    /// Moves the cursor: all that concerns us up to `limit` is held.
    mutating func advance(through limit: UInt64) {
        var expected = cursor + 1
        for seq in held.keys.filter({ $0 <= limit }).sorted() {
            if isUnfiltered && seq > expected { lose(expected...(seq - 1)) }
            if let next = held.removeValue(forKey: seq), seq >= expected { accept(next) }
            expected = max(expected, seq + 1)
        }
        if isUnfiltered && expected <= limit { lose(expected...limit) }
        cursor = max(cursor, limit)
        drain()
    }

    /// Moves the cursor over what follows it without a gap.
    mutating func drain() {
        guard isUnfiltered else { return }
        while let next = held.removeValue(forKey: cursor + 1) {
            accept(next)
            cursor += 1
        }
    }

    /// After progress: whatever is still held begins to wait anew.
    mutating func settle(at now: Duration) {
        heldSince = held.isEmpty ? nil : now
        isImpatient = false
    }

    /// The next escalation in order: checks the chain, and shows it if that was not done before.
    mutating func accept(_ next: Held) {
        let escalation = next.escalation
        if isUnfiltered {
            let isFirst = escalation.seq == 1
            if let lastDigest, escalation.previous != lastDigest {
                events.append(.chainBroken(seq: escalation.seq))
            } else if isFirst && escalation.previous != nil {
                events.append(.chainBroken(seq: escalation.seq))
            }
            lastDigest = Self.hexadecimal(digest(escalation.body))
        }
        show(escalation, next.origin)
    }

    mutating func show(_ escalation: ReceivedEscalation, _ origin: FollowerEvent.Origin) {
        guard shown.insert(escalation.id) else { return }
        events.append(.escalation(escalation, origin))
    }

    /// Shows what is held before what is missing, which goes on being asked for.
    mutating func losePatience() {
        isImpatient = true
        let seqs = held.keys.sorted()
        if case .following = phase, let first = seqs.first, first > cursor + 1 {
            events.append(.overdue((cursor + 1)...(first - 1)))
        }
        showHeld(seqs)
    }

    /// Shows and forgets what is held, because nothing will come before it any more.
    mutating func releaseHeld() {
        showHeld(held.keys.sorted())
        held = [:]
        heldSince = nil
        isImpatient = false
    }

    private mutating func showHeld(_ seqs: [UInt64]) {
        for seq in seqs {
            if let next = held[seq] { show(next.escalation, next.origin) }
        }
    }

    private mutating func lose(_ seqs: ClosedRange<UInt64>) {
        events.append(.missing(seqs))
        lastDigest = nil
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }
}
