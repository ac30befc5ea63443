import Events
import Expressions

extension Evaluator {
    /// Completes what falls due before `now`, nanoseconds since 1970, and brings detections of one
    /// tick into the order of time, rule, key.
    ///
    /// What is due exactly at `now` waits: a row that arrives at that instant decides. With
    /// `isEnd`, nothing will arrive any more, and it completes too.
    /// `horizon` is how far now goes on from here without an event: what repeats itself all the way
    /// there is not told each time.
    public mutating func advance(
        to now: Int64, eventNo: UInt64, isEnd: Bool = false, horizon: Int64? = nil
    ) {
        let before = detections.count
        while let entry = timers.pop(before: isEnd ? now + 1 : now) {
            let selection = Int(entry.selection)
            let block = selections[selection].slab[Int(entry.block)]
            let header = block.assumingMemoryBound(to: BlockHeader.self)
            guard header.pointee.scheduled == entry.due else { continue }
            header.pointee.scheduled = .max
            if let horizon, selections[selection].hasEvery {
                skipAhead(selections + selection, block, to: header.pointee.clock(at: horizon))
            }
            advance(
                selection, block, to: header.pointee.clock(at: now), inclusive: isEnd, now: now,
                eventNo: eventNo)
            if tellsState { tellChanges(selection, block, eventNo: eventNo) }
            schedule(selection, Int(entry.block), block)
        }
        if detections.count - before > 1 { sortDetections(from: before, byTime: true) }
    }

    /// What a key waits for between rows.
    private enum Due {
        case held, silence, every
    }

    /// Completes what falls due on the key's clock up to `time`, each at its own time.
    mutating func advance(
        _ index: Int, _ block: UnsafeMutableRawPointer, to time: Int64, inclusive: Bool,
        now: Int64, eventNo: UInt64
    ) {
        let selection = selections + index
        while true {
            var earliest = Int64.max
            var found = (position: 0, due: Due.held)
            for position in 0..<selection.pointee.ruleCount {
                let view = RuleView(selection, position, block)
                if let due = heldDue(view, selection, block), due < earliest {
                    earliest = due
                    found = (position, .held)
                }
                if let due = silenceDue(view), due < earliest {
                    earliest = due
                    found = (position, .silence)
                }
                if let due = everyDue(view, selection, block), due < earliest {
                    earliest = due
                    found = (position, .every)
                }
            }
            guard earliest < time || inclusive && earliest == time else { return }
            let view = RuleView(selection, found.position, block)
            // What is held is what the latest judgement saw: its windows are not moved on.
            let seen =
                view.state.pointee.has(RuleState.seenBetween)
                ? selection.pointee.judged(block)[found.position]
                : block.assumingMemoryBound(to: BlockHeader.self).pointee.newest
            func occasion(_ cause: Detection.Cause) -> Occasion {
                Occasion(
                    rule: view.code.pointee.rule, block: block, selection: index, cause: cause,
                    time: earliest, now: now, eventNo: eventNo,
                    row: keptRow(index, found.position, block, at: seen))
            }
            switch found.due {
            case .held: complete(view, occasion(.held))
            case .silence: fallSilent(view, occasion(.noData))
            case .every:
                judgeBetweenRows(view, index, block, at: earliest, now: now, eventNo: eventNo)
            }
            selection.settleStandings(block)
        }
    }

    /// When the next `for` or `clear_for` of a rule completes, the value being held; nil when none
    /// runs or the value is no longer held by then.
    @inline(__always)
    private func heldDue(
        _ view: RuleView, _ selection: UnsafeMutablePointer<SelectionState>,
        _ block: UnsafeMutableRawPointer
    ) -> Int64? {
        let heldFor = selection.pointee.heldFor
        guard heldFor > 0 else { return nil }
        let active = Int(view.state.pointee.active)
        var earliest = Int64.max
        for level in max(0, active + 1)..<max(active + 1, view.code.pointee.levelCount) {
            let length = view.codes[level].holdFor
            if length >= 0, let due = view.levels[level].due(length) {
                earliest = min(earliest, due)
            }
        }
        if active >= 0, view.state.pointee.clearSince != noTime,
            view.state.pointee.clearPauseFrom == noTime
        {
            let due =
                view.state.pointee.clearSince +| view.state.pointee.clearPaused
                +| view.code.pointee.clearFor
            earliest = min(earliest, due)
        }
        let newest = block.assumingMemoryBound(to: BlockHeader.self).pointee.newest
        return earliest <= newest +| heldFor ? earliest : nil
    }

    @inline(__always)
    private func silenceDue(_ view: RuleView) -> Int64? {
        guard view.code.pointee.noDataAfter > 0, view.state.pointee.lastUsable != noTime,
            !view.state.pointee.has(RuleState.silent)
        else { return nil }
        return view.state.pointee.lastUsable +| view.code.pointee.noDataAfter
    }

    /// The first UTC multiple of `every` behind the key's newest row and latest judgement.
    @inline(__always)
    private func everyDue(
        _ view: RuleView, _ selection: UnsafeMutablePointer<SelectionState>,
        _ block: UnsafeMutableRawPointer
    ) -> Int64? {
        let every = view.code.pointee.every
        // A silence that cleared is over with the next usable row, not with what was said before it.
        let isOver = view.code.pointee.noDataClears && view.state.pointee.has(RuleState.silent)
        guard every > 0, !isOver else { return nil }
        let header = block.assumingMemoryBound(to: BlockHeader.self)
        let time = max(header.pointee.newest, selection.pointee.judged(block)[view.position])
        guard header.pointee.eventNo != 0, time != noTime else { return nil }
        let rest = time % every
        return time -| (rest < 0 ? rest + every : rest) +| every
    }

    /// Skips judgements that change nothing: so long after the newest row that all windows are empty
    /// and all that could run has run out. A wrong stamp would otherwise cost a judgement for each
    /// multiple up to it.
    private func skipAhead(
        _ selection: UnsafeMutablePointer<SelectionState>, _ block: UnsafeMutableRawPointer,
        to time: Int64
    ) {
        let newest = block.assumingMemoryBound(to: BlockHeader.self).pointee.newest
        for position in 0..<selection.pointee.ruleCount {
            let every = selection.pointee.rules[position].every
            let judged = selection.pointee.judged(block) + position
            guard every > 0, judged.pointee >= newest +| rest(selection, position) else { continue }
            judged.pointee = max(judged.pointee, time -| every)
        }
    }

    /// Nanoseconds after a row from which on nothing moves in a rule.
    private func rest(
        _ selection: UnsafeMutablePointer<SelectionState>, _ position: Int
    ) -> Int64 {
        let code = selection.pointee.rules + position
        var longest: Int64 = 0
        for place in 0..<code.pointee.windowCount {
            let slot = selection.pointee.windows.ofRules[code.pointee.firstWindow + place]
            longest = max(longest, selection.pointee.windows.slots[slot].length)
        }
        // Each `for` in its time, and a way down the ladder a level at a time.
        var rest = longest +| selection.pointee.heldFor +| code.pointee.noDataAfter
        for level in 0..<code.pointee.levelCount {
            let hold = (selection.pointee.levels + code.pointee.firstLevel + level).pointee.holdFor
            rest = rest +| max(0, hold) +| code.pointee.clearFor
        }
        return rest +| 2 * code.pointee.every
    }

    /// Judges a key at a time of the rule's own: its windows as they are by now, its fields as on the
    /// newest row, as long as that is held; where readings are due, they are UNKNOWN after that.
    private mutating func judgeBetweenRows(
        _ view: RuleView, _ index: Int, _ block: UnsafeMutableRawPointer, at time: Int64,
        now: Int64, eventNo: UInt64
    ) {
        let selection = selections + index
        selection.pointee.judged(block)[view.position] = time
        guard let kept = keptRow(index, view.position, block, at: time) else { return }
        let isUnknown = !isSelected(selection, kept)
        let heldFor = selection.pointee.heldFor
        let newest = block.assumingMemoryBound(to: BlockHeader.self).pointee.newest
        var row = kept
        if heldFor > 0, time > newest +| heldFor {
            // The key itself stays known, and what stands behind the fields: the windows.
            var known = ~UInt64(0) << selection.pointee.fieldCount
            for cell in plan.stages[selection.pointee.stage].by { known |= 1 &<< UInt64(cell) }
            row = Row(presence: kept.presence & known, cells: kept.cells, base: kept.base)
        }
        judge(
            view, index, block,
            Moment(time: time, now: now, eventNo: eventNo, cause: .every, isReading: false), row,
            isUnknown: isUnknown)
    }

    /// Whether `where` let the newest row pass.
    func isSelected(_ selection: UnsafeMutablePointer<SelectionState>, _ row: Row) -> Bool {
        selection.pointee.whole?.truth(row, scratch) ?? .yes == .yes
    }

    /// A `for` or `clear_for` completes between rows.
    private mutating func complete(_ view: RuleView, _ occasion: Occasion) {
        let active = Int(view.state.pointee.active)
        let highest = (0..<view.code.pointee.levelCount).last {
            view.levels[$0].holds && view.codes[$0].isComplete(view.levels[$0], at: occasion.time)
        }
        if let highest, highest > active {
            rise(view, to: highest, occasion)
        } else {
            leave(view, occasion, row: occasion.row)
            if view.hasHold, view.state.pointee.active < 0 {
                tellPending(view, true, occasion)
            }
        }
    }

    /// No usable row for `no_data.after`.
    private mutating func fallSilent(_ view: RuleView, _ occasion: Occasion) {
        view.state.pointee.flags |= RuleState.silent
        view.markChanged()
        emit(
            occasion, .silent, level: Int(view.state.pointee.active),
            since: view.state.pointee.lastUsable, from: occasion.eventNo, wasPending: false)
        guard view.code.pointee.noDataClears else { return }
        for level in 0..<view.code.pointee.levelCount { view.levels[level].erase() }
        endClearing(view)
        let active = Int(view.state.pointee.active)
        if active >= 0 {
            view.state.pointee.active = -1
            emit(
                occasion, .level(from: name(view, active), to: nil), level: -1,
                since: occasion.time, from: occasion.eventNo, wasPending: false)
        } else if view.state.pointee.has(RuleState.pending) {
            tellPending(view, false, occasion)
        }
    }

    /// A row comes after the value had ceased to be held: since then the key was UNKNOWN.
    @inline(__always)
    func expireHeldValue(
        _ selection: UnsafeMutablePointer<SelectionState>, _ block: UnsafeMutableRawPointer,
        at time: Int64
    ) {
        let heldFor = selection.pointee.heldFor
        guard heldFor > 0 else { return }
        let end = block.assumingMemoryBound(to: BlockHeader.self).pointee.newest +| heldFor
        guard time > end else { return }
        for position in 0..<selection.pointee.ruleCount {
            let view = RuleView(selection, position, block)
            // What is judged without rows is not UNKNOWN without them.
            guard view.code.pointee.every == 0 else { continue }
            for level in 0..<view.code.pointee.levelCount where view.levels[level].holds {
                (view.levels + level).pointee.pause(at: end)
                if view.codes[level].stored { view.markChanged() }
            }
            if view.state.pointee.clearSince != noTime,
                view.state.pointee.clearPauseFrom == noTime
            {
                view.state.pointee.clearPauseFrom = end
                if view.code.pointee.storesClear { view.markChanged() }
            }
        }
        selection.settleStandings(block)
    }

    /// Enters a block into the timer heap if it wants to be looked at earlier than it is.
    @inline(__always)
    mutating func schedule(_ index: Int, _ blockIndex: Int, _ block: UnsafeMutableRawPointer) {
        let selection = selections + index
        let header = block.assumingMemoryBound(to: BlockHeader.self)
        var earliest = Int64.max
        for position in 0..<selection.pointee.ruleCount {
            let view = RuleView(selection, position, block)
            if let due = heldDue(view, selection, block) { earliest = min(earliest, due) }
            if let due = silenceDue(view) { earliest = min(earliest, due) }
            if let due = everyDue(view, selection, block) { earliest = min(earliest, due) }
        }
        guard earliest != .max else { return }
        let due = header.pointee.now(at: earliest)
        guard due < header.pointee.scheduled else { return }
        header.pointee.scheduled = due
        timers.push(
            TimerHeap.Entry(due: due, selection: UInt32(index), block: UInt32(blockIndex)))
    }

    /// Whether a `for` or `clear_for` that storage keeps runs, however far its due time lies: were
    /// the newest row not known after a restart, the value would seem to have ceased to be held.
    func runs(_ index: Int, _ block: UnsafeMutableRawPointer) -> Bool {
        let selection = selections + index
        for position in 0..<selection.pointee.ruleCount {
            let view = RuleView(selection, position, block)
            let state = view.state.pointee
            if view.code.pointee.storesClear, state.clearSince != noTime,
                state.clearPauseFrom == noTime
            {
                return true
            }
            for level in 0..<view.code.pointee.levelCount
            where level != Int(state.active) && view.codes[level].stored
                && view.levels[level].holds
            {
                return true
            }
        }
        return false
    }
}
