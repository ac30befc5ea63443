import Events
import Expressions

extension Evaluator {
    /// What a detection is told about: the row it was judged on, if there is one.
    struct Occasion {
        let rule: Int
        let block: UnsafeMutableRawPointer
        let selection: Int
        let cause: Detection.Cause
        let time: Int64
        let now: Int64
        let eventNo: UInt64
        /// As the rule sees it, with its windows; nil without one.
        let row: Row?
    }

    /// When a rule is judged, and what brought it about.
    struct Moment {
        /// Event time.
        let time: Int64
        /// The daemon's now.
        let now: Int64
        let eventNo: UInt64
        let cause: Detection.Cause
        /// Whether it is a row of its own: one more reading, and a sign of life.
        let isReading: Bool
    }

    /// Judges a row for the rules of a selection.
    @inline(__always)
    mutating func judge(
        _ index: Int, block blockIndex: Int, _ record: EventRecord, _ row: Row, isUnknown: Bool
    ) {
        let selection = selections + index
        let block = selection.pointee.slab[blockIndex]
        let header = block.assumingMemoryBound(to: BlockHeader.self)
        let time = record.eventTime
        if time < header.pointee.newest {
            guard header.pointee.eventNo == 0 else {
                counters.outOfOrder &+= 1
                comeLate(index, blockIndex, record, row, isUnknown: isUnknown)
                return
            }
        } else if selection.pointee.isTimed, header.pointee.newest != noTime {
            advance(
                index, block, to: time, inclusive: false, now: record.arrival,
                eventNo: record.eventNo)
            expireHeldValue(selection, block, at: time)
        }
        header.pointee.newest = time
        header.pointee.arrival = record.arrival
        if !isUnknown || header.pointee.eventNo != 0 { header.pointee.eventNo = record.eventNo }
        if selection.pointee.keepsRow { keep(record, header) }
        if selection.pointee.windows.seriesCount > 0, !isUnknown {
            enter(index, block, row, at: time)
        }
        let standings = (block + BlockLayout.standings).assumingMemoryBound(to: UInt8.self)
        let looksAtAll = isUnknown || traced != nil
        let moment = Moment(
            time: time, now: record.arrival, eventNo: record.eventNo, cause: .row, isReading: true)
        for position in 0..<selection.pointee.ruleCount {
            let row = extended(row, index, position, block, at: time)
            if !looksAtAll, passesOver(selection, position, standings[position], row) { continue }
            let view = RuleView(selection, position, block)
            judge(view, index, block, moment, row, isUnknown: isUnknown)
            standings[position] = view.standing.rawValue
        }
        if tellsState { tellChanges(index, block, eventNo: record.eventNo) }
        if selection.pointee.isTimed { schedule(index, blockIndex, block) }
    }

    /// A row older than its key's newest judges nothing by itself. Within lateness it enters its
    /// windows at its place, and the key is judged again at its newest row.
    private mutating func comeLate(
        _ index: Int, _ blockIndex: Int, _ late: EventRecord, _ row: Row, isUnknown: Bool
    ) {
        let selection = selections + index
        guard selection.pointee.windows.seriesCount > 0, !isUnknown, !isLate else { return }
        let block = selection.pointee.slab[blockIndex]
        let header = block.assumingMemoryBound(to: BlockHeader.self)
        let newest = header.pointee.newest
        enterLate(index, block, row, at: late.eventTime, newest: newest)
        guard let kept = header.pointee.row else { return }
        let record = EventRecord(base: kept)
        let fields = Row(presence: record.presence, cells: record.cells, base: record.base)
        // What `where` did not let pass is not judged again.
        guard isSelected(selection, fields) else { return }
        // Decided by the event that came, at the time of the row that is judged.
        let moment = Moment(
            time: newest, now: late.arrival, eventNo: late.eventNo, cause: .row, isReading: false)
        for position in 0..<selection.pointee.ruleCount
        where selection.pointee.rules[position].windowCount > 0 {
            let row = extended(fields, index, position, block, at: newest)
            let view = RuleView(selection, position, block)
            // A silence that cleared is over with the next row of the key's, not with an older one.
            guard !view.code.pointee.noDataClears || !view.state.pointee.has(RuleState.silent)
            else { continue }
            judge(view, index, block, moment, row, isUnknown: false)
        }
        selection.settleStandings(block)
        if tellsState { tellChanges(index, block, eventNo: late.eventNo) }
        if selection.pointee.isTimed { schedule(index, blockIndex, block) }
    }

    /// Whether a row changes nothing for a rule, as far as its standing and a glance can tell.
    @inline(__always)
    private func passesOver(
        _ selection: UnsafeMutablePointer<SelectionState>, _ position: Int, _ standing: UInt8,
        _ row: Row
    ) -> Bool {
        guard standing != Standing.moving.rawValue else { return false }
        let code = selection.pointee.rules + position
        let first = selection.pointee.levels + code.pointee.firstLevel
        let truth =
            code.pointee.isComparison
            ? code.pointee.comparison.truth(row) : first.pointee.when.truth(row, scratch)
        if standing == Standing.steady.rawValue { return truth == .yes }
        guard truth == .no else { return false }
        for level in 1..<max(1, code.pointee.levelCount) {
            if (first + level).pointee.when.truth(row, scratch) != .no { return false }
        }
        return true
    }

    /// Judges a row for one rule: holds, rise, leave.
    @inline(__always)
    mutating func judge(
        _ view: RuleView, _ selection: Int, _ block: UnsafeMutableRawPointer,
        _ moment: Moment, _ row: Row, isUnknown: Bool
    ) {
        let time = moment.time
        let active = Int(view.state.pointee.active)
        if view.code.pointee.every > 0 {
            if moment.cause == .every {
                view.state.pointee.flags |= RuleState.seenBetween
            } else {
                view.state.pointee.flags &= ~RuleState.seenBetween
            }
        }
        var highest = -1
        var isUsable = false
        var hasHold = false
        var activeTruth = Truth.unknown
        for level in 0..<view.code.pointee.levelCount {
            let truth = isUnknown ? .unknown : (view.codes + level).pointee.when.truth(row, scratch)
            let state = view.levels + level
            if level == active { activeTruth = truth }
            switch truth {
            case .yes:
                isUsable = true
                hasHold = true
                holdOn(view, level, moment)
                if view.codes[level].isComplete(state.pointee, at: time) { highest = level }
            case .no:
                isUsable = true
                if state.pointee.since != noTime {
                    state.pointee.erase()
                    if view.codes[level].stored { view.markChanged() }
                }
            case .unknown:
                if state.pointee.since != noTime {
                    hasHold = true
                    if state.pointee.pauseFrom == noTime {
                        state.pointee.pauseFrom = time
                        if view.codes[level].stored { view.markChanged() }
                    }
                }
            }
        }
        if highest > active {
            rise(view, to: highest, occasion(view, selection, block, moment, row))
        } else if active >= 0 {
            leaveIfOver(
                view, activeTruth, row, selection, block, moment, isUnknown: isUnknown, &isUsable)
        }
        settlePending(view, hasHold: hasHold, selection, block, moment, row)
        if view.code.pointee.noDataAfter > 0, moment.isReading {
            if !isUsable && !isUnknown { isUsable = makesSomeClearKnown(view, row) }
            if isUsable {
                noteUsable(view, selection, block, moment, row)
            } else if view.state.pointee.lastUsable == noTime {
                // A key that was never usable is silent since it was first heard.
                view.state.pointee.lastUsable = time
            }
        }
        if let traced, traced == view.code.pointee.rule {
            trace(view, block, selection, moment, row, isUnknown: isUnknown)
        }
    }

    private func occasion(
        _ view: RuleView, _ selection: Int, _ block: UnsafeMutableRawPointer,
        _ moment: Moment, _ row: Row
    ) -> Occasion {
        Occasion(
            rule: view.code.pointee.rule, block: block, selection: selection, cause: moment.cause,
            time: moment.time, now: moment.now, eventNo: moment.eventNo, row: row)
    }

    /// A TRUE row: the hold starts, goes on, or ends its pause.
    @inline(__always)
    private func holdOn(_ view: RuleView, _ level: Int, _ moment: Moment) {
        let time = moment.time
        let state = view.levels + level
        let code = view.codes + level
        if state.pointee.since == noTime {
            state.pointee.since = time
            state.pointee.firstEvent = moment.eventNo
            if code.pointee.stored { view.markChanged() }
        } else if state.pointee.pauseFrom != noTime {
            state.pointee.resume(at: time)
            if code.pointee.stored { view.markChanged() }
        }
        if code.pointee.holdFor < 0, moment.isReading,
            state.pointee.readings < code.pointee.holdReadings
        {
            state.pointee.readings += 1
            if code.pointee.stored { view.markChanged() }
        }
    }

    /// The highest level whose hold is complete becomes active.
    mutating func rise(_ view: RuleView, to level: Int, _ occasion: Occasion) {
        let state = view.state
        let hold = view.levels[level]
        let from = Int(state.pointee.active)
        let wasPending = state.pointee.has(RuleState.pending)
        state.pointee.active = Int32(level)
        state.pointee.flags &= ~RuleState.pending
        endClearing(view)
        view.markChanged()
        var since = hold.since
        if from < 0 {
            // A later incident never has the anchor of an earlier one.
            if since <= state.pointee.lastAnchor { since = state.pointee.lastAnchor + 1 }
            state.pointee.lastAnchor = since
        }
        emit(
            occasion, .level(from: name(view, from), to: name(view, level)), level: level,
            since: since, from: hold.firstEvent, wasPending: wasPending)
    }

    /// Only the active level is tested: its `when` FALSE and its `clear` TRUE for `clear_for`.
    @inline(__always)
    private mutating func leaveIfOver(
        _ view: RuleView, _ when: Truth, _ row: Row, _ selection: Int,
        _ block: UnsafeMutableRawPointer, _ moment: Moment, isUnknown: Bool,
        _ isUsable: inout Bool
    ) {
        let state = view.state
        if when == .yes {
            if state.pointee.clearSince != noTime {
                endClearing(view)
                if view.code.pointee.storesClear { view.markChanged() }
            }
            return
        }
        // A row whose `where` is UNKNOWN says nothing about `clear` either.
        let clear =
            isUnknown ? .unknown : clearTruth(view, Int(state.pointee.active), when, row)
        if clear != .unknown { isUsable = true }
        let time = moment.time
        if clear == .no {
            if state.pointee.clearSince != noTime {
                endClearing(view)
                if view.code.pointee.storesClear { view.markChanged() }
            }
        } else if when == .no && clear == .yes {
            if state.pointee.clearSince == noTime {
                state.pointee.clearSince = time
                state.pointee.clearEvent = moment.eventNo
                if view.code.pointee.storesClear { view.markChanged() }
            } else if state.pointee.clearPauseFrom != noTime {
                state.pointee.clearPaused =
                    state.pointee.clearPaused +| max(0, time -| state.pointee.clearPauseFrom)
                state.pointee.clearPauseFrom = noTime
                if view.code.pointee.storesClear { view.markChanged() }
            }
            let elapsed = time -| state.pointee.clearSince -| state.pointee.clearPaused
            if elapsed >= view.code.pointee.clearFor {
                leave(view, occasion(view, selection, block, moment, row), row: row)
            }
        } else if state.pointee.clearSince != noTime, state.pointee.clearPauseFrom == noTime {
            state.pointee.clearPauseFrom = time
            if view.code.pointee.storesClear { view.markChanged() }
        }
    }

    /// `clear` of a level on a row; without one, not `when`.
    @inline(__always)
    private func clearTruth(
        _ view: RuleView, _ level: Int, _ when: @autoclosure () -> Truth, _ row: Row
    ) -> Truth {
        let code = view.codes + level
        return code.pointee.hasClear ? code.pointee.clear.truth(row, scratch) : !when()
    }

    /// Forgets that the active level is seen to have ended.
    func endClearing(_ view: RuleView) {
        view.state.pointee.clearSince = noTime
        view.state.pointee.clearPaused = 0
        view.state.pointee.clearPauseFrom = noTime
    }

    /// The active level is over: the highest lower level whose `when` is TRUE; else the lowest,
    /// unless its `clear` is TRUE; else none.
    mutating func leave(_ view: RuleView, _ occasion: Occasion, row: Row?) {
        let state = view.state
        let from = Int(state.pointee.active)
        var target = (0..<from).last { level in
            row.map { view.codes[level].when.truth($0, scratch) } == .yes
        }
        if target == nil, from > 0 {
            let isOver =
                row.map {
                    clearTruth(view, 0, view.codes.pointee.when.truth($0, scratch), $0)
                } ?? .unknown
            if isOver != .yes { target = 0 }
        }
        let firstEvent = state.pointee.clearEvent
        endClearing(view)
        state.pointee.active = Int32(target ?? -1)
        view.markChanged()
        emit(
            occasion, .level(from: name(view, from), to: target.flatMap { name(view, $0) }),
            level: target ?? -1, since: occasion.time, from: firstEvent, wasPending: false)
    }

    /// Tells when a hold begins or ends while no level is active.
    @inline(__always)
    private mutating func settlePending(
        _ view: RuleView, hasHold: Bool, _ selection: Int, _ block: UnsafeMutableRawPointer,
        _ moment: Moment, _ row: Row
    ) {
        let isPending = hasHold && view.state.pointee.active < 0
        guard isPending != view.state.pointee.has(RuleState.pending) else { return }
        tellPending(view, isPending, occasion(view, selection, block, moment, row))
    }

    /// Enters or leaves the pending state.
    mutating func tellPending(_ view: RuleView, _ isPending: Bool, _ occasion: Occasion) {
        view.state.pointee.flags ^= RuleState.pending
        // Raised: that line says it all.
        guard view.state.pointee.active < 0, tellsPending else { return }
        emit(
            occasion, isPending ? .pending : .calm, level: -1, since: occasion.time,
            from: occasion.eventNo, wasPending: !isPending)
    }

    private func makesSomeClearKnown(_ view: RuleView, _ row: Row) -> Bool {
        for level in 0..<view.code.pointee.levelCount {
            let code = view.codes + level
            if code.pointee.hasClear, code.pointee.clear.truth(row, scratch) != .unknown {
                return true
            }
        }
        return false
    }

    private mutating func noteUsable(
        _ view: RuleView, _ selection: Int, _ block: UnsafeMutableRawPointer,
        _ moment: Moment, _ row: Row
    ) {
        view.state.pointee.lastUsable = moment.time
        guard view.state.pointee.has(RuleState.silent) else { return }
        view.state.pointee.flags &= ~RuleState.silent
        view.markChanged()
        emit(
            occasion(view, selection, block, moment, row), .heard,
            level: Int(view.state.pointee.active), since: moment.time, from: moment.eventNo,
            wasPending: false)
    }

    func name(_ view: RuleView, _ level: Int) -> String? {
        level < 0 ? nil : levelNames[view.code.pointee.rule][level]
    }

    /// Copies the newest row of a key; allocates only when it is longer than any before.
    private func keep(_ record: EventRecord, _ header: UnsafeMutablePointer<BlockHeader>) {
        let length = record.length
        if Int(header.pointee.rowCapacity) < length {
            header.pointee.row?.deallocate()
            let capacity = (length + 15) & ~15
            header.pointee.row = .allocate(byteCount: capacity, alignment: 8)
            header.pointee.rowCapacity = UInt32(capacity)
        }
        header.pointee.row?.copyMemory(from: record.base, byteCount: length)
    }
}
