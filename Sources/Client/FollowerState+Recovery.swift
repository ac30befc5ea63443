extension FollowerState {
    /// What to ask now; `nil` when nothing is needed, or an answer is still awaited.
    ///
    /// Every request is followed by one call of `reply` or of `failed`.
    package mutating func nextRequest(at now: Duration) -> RecoveryRequest? {
        guard !isAsking, now >= askAgainAt else { return nil }
        let request: RecoveryRequest
        switch phase {
        case .joining:
            request = .hello
        case .following:
            guard let epoch, head > cursor || round != nil else { return nil }
            let current = round ?? Round(from: cursor + 1)
            round = current
            request = .fetch(
                channel: settings.channel, epoch: epoch, from: current.from,
                prefix: prefixes[current.prefixIndex], max: settings.fetchCount)
        case .resuming(let resumption):
            request = .snapshot(
                channel: settings.channel, prefix: prefixes[resumption.prefixIndex],
                after: resumption.after)
        }
        isAsking = true
        return request
    }

    /// The answer to the request came.
    package mutating func reply(_ reply: RecoveryReply, at now: Duration) -> [FollowerEvent] {
        isAsking = false
        if failures > 0 { events.append(.answered) }
        failures = 0
        switch reply {
        case .hello(_, _, let channels):
            if let position = channels[settings.channel] {
                located(position, at: now, isGone: false)
            } else {
                refuse("channel", "the warner has no channel \"\(settings.channel)\"", at: now)
            }
        case .gone(let position):
            located(position, at: now, isGone: true)
        case .fetched(let epoch, let next, let newest, let items):
            fetched(epoch, next: next, newest: newest, items, at: now)
        case .snapshot(let epoch, _, let after, let items):
            snapshot(epoch, after: after, items, at: now)
        case .refused(let code, let message):
            refuse(code, message, at: now)
        }
        return takeEvents()
    }

    /// The request was given up; it will be made again.
    package mutating func failed(_ failure: RecoveryFailure, at now: Duration) -> [FollowerEvent] {
        isAsking = false
        failures += 1
        askAgainAt = now + settings.retryPause
        if failures == 1 { events.append(.unanswered(failure)) }
        return takeEvents()
    }

    private mutating func refuse(_ code: String, _ message: String, at now: Duration) {
        askAgainAt = now + settings.retryPause * 4
        guard lastRefusal != code + message else { return }
        lastRefusal = code + message
        events.append(.refused(code: code, message: message))
    }

    /// The warner said where it stands.
    private mutating func located(_ position: ChannelPosition, at now: Duration, isGone: Bool) {
        if liveEpoch != position.epoch {
            releaseHeld()
            liveEpoch = position.epoch
            head = 0
        }
        head = max(head, position.head)
        round = nil
        guard let known = epoch else { return join(position, at: now) }
        if position.epoch != known {
            events.append(.newEpoch(from: known, to: position.epoch))
            phase = .resuming(Resumption(position: position))
        } else if cursor + 1 < position.floor {
            events.append(.notKept((cursor + 1)...(position.floor - 1)))
            phase = .resuming(Resumption(position: position))
        } else {
            phase = .following
            // A warner that says "gone" of what it has must not be asked in a tight loop.
            if isGone { askAgainAt = now + settings.retryPause }
            drain()
            settle(at: now)
        }
    }

    private mutating func join(_ position: ChannelPosition, at now: Duration) {
        epoch = position.epoch
        phase = .following
        if let since = settings.since {
            let first = max(since, 1)
            if first < position.floor { events.append(.notKept(first...(position.floor - 1))) }
            cursor = max(first, position.floor) - 1
        } else {
            // What came since we listen is ours, although the warner counts it as said.
            cursor = min(position.head, (held.keys.min() ?? .max) - 1)
        }
        events.append(.joined(epoch: position.epoch, cursor: cursor))
        for seq in held.keys where seq <= cursor { held.removeValue(forKey: seq) }
        drain()
        settle(at: now)
    }

    private mutating func fetched(
        _ itemsEpoch: UInt64, next: UInt64, newest: UInt64, _ items: [ReceivedEscalation],
        at now: Duration
    ) {
        guard case .following = phase, var current = round else { return }
        guard itemsEpoch == epoch else {
            round = nil
            phase = .joining
            return
        }
        for item in items where item.epoch == itemsEpoch && item.seq > cursor {
            hold(item, .fetched, at: now)
        }
        head = max(head, newest)
        current.next = min(current.next, next)
        current.prefixIndex += 1
        guard current.prefixIndex == prefixes.count else {
            round = current
            return
        }
        round = nil
        if current.next > cursor + 1 {
            advance(through: current.next - 1)
            settle(at: now)
        } else if head > cursor {
            // No progress: what the head promises is not readable yet.
            askAgainAt = now + settings.retryPause
        }
    }

    private mutating func snapshot(
        _ itemsEpoch: UInt64, after: String?, _ items: [ReceivedEscalation], at now: Duration
    ) {
        guard case .resuming(var resumption) = phase else { return }
        guard itemsEpoch == resumption.position.epoch else {
            phase = .joining
            return
        }
        resumption.found += items
        resumption.after = after
        if after == nil { resumption.prefixIndex += 1 }
        guard resumption.prefixIndex == prefixes.count else {
            phase = .resuming(resumption)
            return
        }
        let position = resumption.position
        let found = resumption.found.sorted { ($0.epoch, $0.seq) < ($1.epoch, $1.seq) }
        for item in found {
            let willBeFetched = item.epoch == position.epoch && item.seq >= position.floor
            let wasPassed = item.epoch == epoch && item.seq <= cursor
            if !willBeFetched && !wasPassed { show(item, .snapshot) }
        }
        epoch = position.epoch
        cursor = position.floor - 1
        lastDigest = nil
        phase = .following
        drain()
        settle(at: now)
    }
}
