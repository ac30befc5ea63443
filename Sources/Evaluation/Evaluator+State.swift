public import Events
import Expressions

extension Evaluator {
    /// Collects what storage must know of a block since it was last told.
    mutating func tellChanges(
        _ index: Int, _ block: UnsafeMutableRawPointer, eventNo: UInt64
    ) {
        let selection = selections + index
        let header = block.assumingMemoryBound(to: BlockHeader.self)
        // A running hold is told again once a nominal interval: what a restart finds is then at
        // most that much older than what was known.
        let isDue =
            selection.pointee.heldFor > 0
            && header.pointee.newest &- header.pointee.stored >= selection.pointee.heldFor / 3
            && runs(index, block)
        var told = false
        for position in 0..<selection.pointee.ruleCount {
            let view = RuleView(selection, position, block)
            let isChanged = view.state.pointee.has(RuleState.changed)
            guard isChanged || isDue else { continue }
            let isKept = isKept(view, newest: header.pointee.newest)
            guard isChanged || isKept else { continue }
            view.state.pointee.flags &= ~RuleState.changed
            told = true
            if isKept {
                let state = keyState(view, index, block).stored(view)
                changes.append((eventNo, .changed(state)))
            } else {
                let name = plan.rules[view.code.pointee.rule].description.name
                changes.append((eventNo, .gone(rule: name, key: key(index, block))))
            }
        }
        if told { header.pointee.stored = header.pointee.newest }
    }

    /// Whether a restart needs the rule's state for a key.
    private func isKept(_ view: RuleView, newest: Int64) -> Bool {
        if view.state.pointee.active >= 0 || view.state.pointee.has(RuleState.silent) {
            return true
        }
        // A row of this very time could still raise an incident of the same anchor.
        if view.state.pointee.lastAnchor >= newest { return true }
        for level in 0..<view.code.pointee.levelCount
        where view.codes[level].stored && view.levels[level].since != noTime {
            return true
        }
        return false
    }

    func keyState(
        _ view: RuleView, _ selection: Int, _ block: UnsafeMutableRawPointer
    ) -> KeyState {
        let header = block.assumingMemoryBound(to: BlockHeader.self).pointee
        let description = plan.rules[view.code.pointee.rule].description
        let levels = description.levels.enumerated().map { index, level in
            let state = view.levels[index]
            return KeyState.Level(
                name: level.name, severity: level.severity,
                hold: KeyState.Hold(
                    since: state.since, paused: state.paused, pauseFrom: state.pauseFrom),
                firstEvent: state.firstEvent, readings: state.readings)
        }
        return KeyState(
            rule: description.name, key: key(selection, block), partition: description.partition,
            header: header, row: row(selections[selection].stream, header),
            active: name(view, Int(view.state.pointee.active)), state: view.state.pointee,
            levels: levels)
    }

    private func row(_ stream: Int, _ header: BlockHeader) -> [(name: String, value: Scalar)] {
        guard let base = header.row else { return [] }
        return EventRecord(base: base).values(plan.streams[stream])
    }

    /// Everything another evaluator needs to go on, for every rule and key, in order of rule and
    /// first hearing. - Complexity: O(keys).
    public func states() -> [KeyState] {
        var result: [KeyState] = []
        for index in plan.selections.indices {
            for blockIndex in 0..<selections[index].slab.count {
                let block = selections[index].slab[blockIndex]
                for position in 0..<selections[index].ruleCount {
                    result.append(
                        keyState(RuleView(selections + index, position, block), index, block))
                }
            }
        }
        return result
    }

    /// How a stored state fits the plan in force.
    public enum Restoration: Sendable {
        /// It goes on.
        case restored
        /// The rule is gone, or its stream or `by` changed: what was open is withdrawn.
        case withdrawn
    }

    /// Takes up the state of a rule for a key where it was left.
    ///
    /// At a start (`isStart`) silence counts anew from `now`; at a change of plan it goes on. A level
    /// that is gone lands on a lower one, which is told as a detection. `isRuleChanged` says that
    /// storage may have to keep more or less of it than before.
    public mutating func restore(
        _ stored: KeyState, now: Int64, isStart: Bool, isRuleChanged: Bool
    ) -> Restoration {
        guard let place = places[stored.rule],
            plan.rules[place.rule].description.partition == stored.partition,
            let blockIndex = block(place.selection, stored.key)
        else { return .withdrawn }
        let index = place.selection
        let block = selections[index].slab[blockIndex]
        let header = block.assumingMemoryBound(to: BlockHeader.self)
        if stored.newest >= header.pointee.newest {
            header.pointee.newest = stored.newest
            header.pointee.arrival = stored.arrival
            header.pointee.eventNo = stored.eventNo
            header.pointee.stored = stored.newest
            if selections[index].keepsRow {
                restoreRow(stored.row, selections[index].stream, header)
            }
        }
        let view = RuleView(selections + index, place.position, block)
        fill(view, from: stored)
        if selections[index].hasEvery {
            // What was judged up to now is not judged again.
            selections[index].judged(block)[place.position] = header.pointee.clock(
                at: max(now, header.pointee.arrival))
        }
        if view.code.pointee.noDataAfter > 0 {
            if isStart, !stored.silent {
                view.state.pointee.lastUsable =
                    header.pointee.clock(at: max(now, header.pointee.arrival))
            } else if stored.lastUsable == noTime {
                view.state.pointee.lastUsable = header.pointee.newest
            }
        }
        if tellsState, view.code.pointee.noDataAfter > 0, stored.lastUsable == noTime {
            // The rule did not watch for silence before.
            let known = KnownKey(
                rule: stored.rule, partition: stored.partition, key: stored.key)
            changes.append((stored.eventNo, .heard(known)))
        }
        if let active = stored.active { land(view, index, block, active, stored, now: now) }
        if isRuleChanged && stored.isKept || isStart && runsUnstored(view) { view.markChanged() }
        if tellsState, view.state.pointee.has(RuleState.changed) {
            tellChanges(index, block, eventNo: header.pointee.eventNo)
        }
        (selections + index).settleStandings(block)
        if selections[index].isTimed { schedule(index, blockIndex, block) }
        return .restored
    }

    /// Whether a hold or `clear_for` runs that is too short for storage under this plan, and would
    /// end without storage being told.
    private func runsUnstored(_ view: RuleView) -> Bool {
        if !view.code.pointee.storesClear, view.state.pointee.clearSince != noTime { return true }
        return (0..<view.code.pointee.levelCount).contains {
            !view.codes[$0].stored && view.levels[$0].since != noTime
        }
    }

    /// Takes up a key that a `no_data` rule knows: its silence counts from `now`.
    public mutating func restore(_ known: KnownKey, now: Int64) {
        guard let place = places[known.rule],
            plan.rules[place.rule].description.noData != nil,
            plan.rules[place.rule].description.partition == known.partition,
            let blockIndex = block(place.selection, known.key)
        else { return }
        let index = place.selection
        let block = selections[index].slab[blockIndex]
        let header = block.assumingMemoryBound(to: BlockHeader.self)
        if header.pointee.newest == noTime {
            header.pointee.newest = now
            header.pointee.arrival = now
        }
        let view = RuleView(selections + index, place.position, block)
        if view.state.pointee.lastUsable == noTime {
            view.state.pointee.lastUsable =
                header.pointee.clock(at: max(now, header.pointee.arrival))
        }
        schedule(index, blockIndex, block)
    }

    /// The block of a key in a selection; nil when it has none.
    func knownBlock(_ index: Int, _ key: Key) -> Int? {
        let selection = selections + index
        let known = key.bytes.withUnsafeBytes { bytes in
            (stages + selection.pointee.stage).pointee.keys.find(bytes, hash: KeyTable.hash(bytes))
        }
        guard let known, known < selection.pointee.blockOf.count,
            selection.pointee.blockOf[known] > 0
        else { return nil }
        return Int(selection.pointee.blockOf[known]) - 1
    }

    /// The block of a key in a selection, made when it has none; nil when the keys are full.
    mutating func block(_ index: Int, _ key: Key) -> Int? {
        let selection = selections + index
        let stage = stages + selection.pointee.stage
        return key.bytes.withUnsafeBytes { bytes in
            let hash = KeyTable.hash(bytes)
            let known =
                stage.pointee.keys.find(bytes, hash: hash)
                ?? stage.pointee.keys.insert(bytes, hash: hash)
            if known < selection.pointee.blockOf.count, selection.pointee.blockOf[known] > 0 {
                return Int(selection.pointee.blockOf[known]) - 1
            }
            guard selection.pointee.slab.count < plan.selections[index].maximumKeys else {
                return nil
            }
            return selection.pointee.addBlock(key: known)
        }
    }

    private func fill(_ view: RuleView, from stored: KeyState) {
        let description = plan.rules[view.code.pointee.rule].description
        let watches = view.code.pointee.noDataAfter > 0
        view.state.pointee.flags = stored.silent && watches ? RuleState.silent : 0
        view.state.pointee.lastUsable = stored.lastUsable
        view.state.pointee.lastAnchor = stored.lastAnchor
        for (index, level) in description.levels.enumerated() {
            guard let old = stored.levels.first(where: { $0.name == level.name }) else { continue }
            view.levels[index].since = old.hold.since
            view.levels[index].paused = old.hold.paused
            view.levels[index].pauseFrom = old.hold.pauseFrom
            view.levels[index].firstEvent = old.firstEvent
            view.levels[index].readings = old.readings
        }
        if let active = stored.active,
            let index = description.levels.firstIndex(where: { $0.name == active })
        {
            view.state.pointee.active = Int32(index)
            view.state.pointee.clearSince = stored.clear.since
            view.state.pointee.clearPaused = stored.clear.paused
            view.state.pointee.clearPauseFrom = stored.clear.pauseFrom
            view.state.pointee.clearEvent = stored.clearEvent
        }
        if view.state.pointee.active < 0, stored.active == nil, view.hasHold {
            view.state.pointee.flags |= RuleState.pending
        }
    }

    /// An active level that the plan no longer has lands on a lower one.
    private mutating func land(
        _ view: RuleView, _ selection: Int, _ block: UnsafeMutableRawPointer, _ active: String,
        _ stored: KeyState, now: Int64
    ) {
        guard view.state.pointee.active < 0 else { return }
        let header = block.assumingMemoryBound(to: BlockHeader.self).pointee
        let rule = plan.rules[view.code.pointee.rule]
        let severity = stored.levels.first { $0.name == active }?.severity ?? .minor
        let lower = rule.description.levels.indices.filter {
            rule.description.levels[$0].severity <= severity
        }
        let occasion = Occasion(
            rule: view.code.pointee.rule, block: block, selection: selection, cause: .plan,
            time: header.newest, now: now, eventNo: header.eventNo,
            row: keptRow(selection, view.position, block, at: header.newest))
        let row = occasion.row
        var target = lower.last { level in
            row.map { rule.levels[level].when.truth($0, scratch) } == .yes
        }
        if target == nil, lower.contains(0) {
            let when = row.map { rule.levels[0].when.truth($0, scratch) } ?? .unknown
            let clear = rule.levels[0].clear
            let isOver =
                row.map { clear?.truth($0, scratch) ?? !when } ?? .unknown
            if isOver != .yes { target = 0 }
        }
        view.state.pointee.active = Int32(target ?? -1)
        view.markChanged()
        emit(
            occasion, .level(from: active, to: target.flatMap { name(view, $0) }),
            level: target ?? -1, since: occasion.time, from: occasion.eventNo, wasPending: false)
    }

    private func restoreRow(
        _ row: [(name: String, value: Scalar)], _ stream: Int,
        _ header: UnsafeMutablePointer<BlockHeader>
    ) {
        let fields = plan.streams[stream].fields
        let texts = row.reduce(0) { sum, entry in
            if case .string(let text) = entry.value {
                sum + (text.utf8.count + 7) & ~7
            } else {
                sum
            }
        }
        let length = EventRecord.headerBytes + fields.count * 8 + texts
        header.pointee.row?.deallocate()
        let base = UnsafeMutableRawPointer.allocate(byteCount: length, alignment: 8)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: length)
        header.pointee.row = base
        header.pointee.rowCapacity = UInt32(length)
        let record = EventRecord(base: base)
        var presence: UInt64 = 0
        var end = EventRecord.headerBytes + fields.count * 8
        for (index, field) in fields.enumerated() {
            guard let value = row.first(where: { $0.name == field.name })?.value else { continue }
            switch (value, field.type) {
            case (.string(let text), .string):
                let bytes = Array(text.utf8)
                for (offset, byte) in bytes.enumerated() {
                    base.storeBytes(of: byte, toByteOffset: end + offset, as: UInt8.self)
                }
                record.setCell(index, UInt64(end) | UInt64(bytes.count) << 32)
                end += (bytes.count + 7) & ~7
            case (.int(let number), .int): record.setCell(index, UInt64(bitPattern: number))
            case (.double(let number), .double): record.setCell(index, number.bitPattern)
            case (.bool(let flag), .bool): record.setCell(index, flag ? 1 : 0)
            case (.timestamp(let time), .timestamp):
                record.setCell(index, UInt64(bitPattern: time.nanoseconds))
            default: continue  // The field has another type now: UNKNOWN until the next row.
            }
            presence |= 1 << UInt64(index)
        }
        record.writeHeader(
            length: length, generation: plan.generation, kind: .reading, status: 1, feed: 0,
            stream: stream, fieldCount: fields.count, eventTime: header.pointee.newest,
            presence: presence)
    }
}

extension KeyState {
    /// Whether there is something in it that storage may hold.
    fileprivate var isKept: Bool {
        active != nil || silent || levels.contains { $0.hold.since != noTime }
    }

    /// The part that storage keeps: a short hold begins and ends without being told, and would be
    /// found again as it was long ago.
    fileprivate func stored(_ view: RuleView) -> KeyState {
        var state = self
        for index in levels.indices where !view.codes[index].stored {
            state.levels[index].hold = .none
            state.levels[index].readings = 0
        }
        if !view.code.pointee.storesClear { state.clear = .none }
        return state
    }
}
