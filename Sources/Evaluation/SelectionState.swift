import Events
import Expressions

/// A selection at work: its rules flattened for the inner loop, and the state of its keys.
struct SelectionState: ~Copyable {
    /// A rule as the inner loop needs it.
    struct RuleCode {
        /// Index in the plan.
        var rule: Int
        /// Offset of its `RuleState` in a block.
        var offset: Int
        var firstLevel: Int
        var levelCount: Int
        var clearFor: Int64
        /// Whether storage keeps a running `clear_for`.
        var storesClear: Bool
        /// Nanoseconds to silence; 0 without `no_data`.
        var noDataAfter: Int64
        var noDataClears: Bool
        /// Nanoseconds between two judgements without a row; 0: none.
        var every: Int64
        /// Its windows: how many, and where their slots begin in `WindowCode.ofRules`.
        var windowCount: Int
        var firstWindow: Int
        /// Whether its only level's condition is `comparison`.
        var isComparison: Bool
        var comparison: Comparison
    }

    /// A level as the inner loop needs it.
    struct LevelCode {
        var when: Condition
        var clear: Condition
        var hasClear: Bool
        /// Nanoseconds, or -1 where TRUE rows are counted.
        var holdFor: Int64
        var holdReadings: Int
        /// Whether storage keeps a running hold of this level.
        var stored: Bool
    }

    let stage: Int
    let stream: Int
    /// All of `where`, for rows whose selecting field is UNKNOWN.
    let whole: Condition?
    /// What is left to judge on rows that the dispatch index found.
    let residual: Condition
    let hasResidual: Bool
    let rules: UnsafeMutablePointer<RuleCode>
    let ruleCount: Int
    let levels: UnsafeMutablePointer<LevelCode>
    let levelCount: Int
    /// Nanoseconds a value is held after its row; 0 when a key is judged by its rows only.
    let heldFor: Int64
    /// Whether something may fall due between rows.
    let isTimed: Bool
    /// Whether blocks keep a copy of the newest row.
    let keepsRow: Bool
    let hasNoData: Bool
    let hasEvery: Bool
    /// Fields of the stream.
    let fieldCount: Int
    let windows: WindowCode
    /// Offset in a block of the address of its series.
    let seriesOffset: Int
    /// Offset in a block of the times at which rules were last judged without a row.
    let everyOffset: Int

    /// Block of each key of the stage, plus one; zero when it has none.
    var blockOf = FlatArray<UInt32>()
    var slab: BlockSlab

    init(plan: Plan, selection index: Int) {
        let selection = plan.selections[index]
        let chosen = selection.rules.map { plan.rules[$0] }
        // From locals alone: reading `self` before it is whole miscompiles (Swift 6.3).
        let stream = plan.stages[selection.stage].stream
        let shape = SelectionShape(plan, selection)
        slab = BlockSlab(blockSize: shape.layout.size)
        stage = selection.stage
        self.stream = stream
        whole = chosen.first?.where
        residual = selection.residual ?? .always(.yes)
        hasResidual = selection.residual != nil
        ruleCount = chosen.count
        levelCount = chosen.reduce(0) { $0 + $1.levels.count }
        (rules, levels) = SelectionState.code(chosen, indexes: selection.rules, shape.layout)
        heldFor = shape.heldFor
        hasNoData = shape.hasNoData
        hasEvery = shape.hasEvery
        isTimed = shape.isTimed
        keepsRow = shape.keepsRow
        fieldCount = plan.streams[stream].fields.count
        windows = WindowCode(shape.windows)
        seriesOffset = shape.layout.series
        everyOffset = shape.layout.every
    }

    private static func code(
        _ chosen: [Rule], indexes: [Int], _ layout: BlockLayout
    ) -> (UnsafeMutablePointer<RuleCode>, UnsafeMutablePointer<LevelCode>) {
        let rules = UnsafeMutablePointer<RuleCode>.allocate(capacity: chosen.count)
        let levels = UnsafeMutablePointer<LevelCode>.allocate(
            capacity: chosen.reduce(0) { $0 + $1.levels.count })
        var level = 0
        var window = 0
        for (position, rule) in chosen.enumerated() {
            let noData = rule.description.noData
            let only = rule.levels.count == 1 ? rule.levels[0].when.comparison : nil
            (rules + position).initialize(
                to: RuleCode(
                    rule: indexes[position], offset: layout.rules[position], firstLevel: level,
                    levelCount: rule.levels.count, clearFor: rule.clearFor,
                    storesClear: rule.clearFor >= SelectionState.storedHold,
                    noDataAfter: noData?.after ?? 0, noDataClears: noData?.action == .clear,
                    every: rule.every, windowCount: rule.windows.count, firstWindow: window,
                    isComparison: only != nil,
                    comparison: only ?? Comparison(cell: 0, .equal, .int(0))))
            window += rule.windows.count
            for step in rule.levels {
                (levels + level).initialize(to: LevelCode(step))
                level += 1
            }
        }
        return (rules, levels)
    }

    deinit {
        for index in 0..<slab.count {
            slab[index].assumingMemoryBound(to: BlockHeader.self).pointee.row?.deallocate()
            guard let series = series(slab[index]) else { continue }
            series.deinitialize(count: windows.seriesCount).deallocate()
        }
        rules.deinitialize(count: ruleCount).deallocate()
        levels.deinitialize(count: levelCount).deallocate()
    }

    /// When each rule of a block was last judged without a row; `noTime` before that. Only where some
    /// rule is.
    @inline(__always)
    func judged(_ block: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Int64> {
        (block + everyOffset).assumingMemoryBound(to: Int64.self)
    }

    /// The series of a block; nil without windows, or before its first row.
    @inline(__always)
    func series(_ block: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Series>? {
        guard windows.seriesCount > 0 else { return nil }
        let address = block.load(fromByteOffset: seriesOffset, as: UInt.self)
        return UnsafeMutablePointer(bitPattern: address)
    }

    /// Gives a block its series.
    func makeSeries(_ block: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Series> {
        let made = UnsafeMutablePointer<Series>.allocate(capacity: windows.seriesCount)
        for (index, plan) in windows.plan.series.enumerated() {
            (made + index).initialize(to: Series(plan, limit: Limits.rowsPerWindow))
        }
        block.storeBytes(of: UInt(bitPattern: made), toByteOffset: seriesOffset, as: UInt.self)
        return made
    }

    /// Shorter holds are not stored: a restart loses at most that.
    static let storedHold: Int64 = 10_000_000_000

    /// A new block for a key; its index.
    mutating func addBlock(key: Int) -> Int {
        blockOf.extend(to: key + 1, filler: 0)
        let index = slab.append()
        blockOf[key] = UInt32(index + 1)
        let block = slab[index]
        var header = BlockHeader()
        header.key = UInt32(key)
        block.bindMemory(to: BlockHeader.self, capacity: 1).initialize(to: header)
        for position in 0..<ruleCount {
            let code = rules[position]
            let state = block + code.offset
            state.bindMemory(to: RuleState.self, capacity: 1).initialize(to: RuleState())
            (state + MemoryLayout<RuleState>.stride)
                .bindMemory(to: LevelState.self, capacity: code.levelCount)
                .initialize(repeating: LevelState(), count: code.levelCount)
            let standing: Standing = code.noDataAfter > 0 ? .moving : .idle
            block.storeBytes(
                of: standing.rawValue, toByteOffset: BlockLayout.standings + position,
                as: UInt8.self)
            if hasEvery { judged(block)[position] = noTime }
        }
        return index
    }
}

extension SelectionState.LevelCode {
    init(_ level: Rule.Level) {
        when = level.when
        clear = level.clear ?? .always(.unknown)
        hasClear = level.clear != nil
        switch level.hold {
        case .time(let nanoseconds):
            holdFor = nanoseconds
            holdReadings = 0
            stored = nanoseconds >= SelectionState.storedHold
        case .readings(let count):
            holdFor = -1
            holdReadings = count
            stored = count > 1
        }
    }

    /// Whether a hold that runs is complete at `time`.
    @inline(__always)
    func isComplete(_ state: LevelState, at time: Int64) -> Bool {
        holdFor >= 0
            ? time -| state.since -| state.paused >= holdFor : state.readings >= holdReadings
    }
}

extension UnsafeMutablePointer<SelectionState> {
    /// Brings the standings of a block up to date, after what was not a row of its own.
    func settleStandings(_ block: UnsafeMutableRawPointer) {
        for position in 0..<pointee.ruleCount {
            block.storeBytes(
                of: RuleView(self, position, block).standing.rawValue,
                toByteOffset: BlockLayout.standings + position, as: UInt8.self)
        }
    }
}

/// One rule's state in a block, with the levels behind it.
struct RuleView {
    /// Place among the selection's rules.
    let position: Int
    let code: UnsafeMutablePointer<SelectionState.RuleCode>
    let state: UnsafeMutablePointer<RuleState>
    let levels: UnsafeMutablePointer<LevelState>
    let codes: UnsafeMutablePointer<SelectionState.LevelCode>

    @inline(__always)
    init(
        _ selection: UnsafeMutablePointer<SelectionState>, _ position: Int,
        _ block: UnsafeMutableRawPointer
    ) {
        self.position = position
        code = selection.pointee.rules + position
        let place = block + code.pointee.offset
        state = place.assumingMemoryBound(to: RuleState.self)
        levels = (place + MemoryLayout<RuleState>.stride).assumingMemoryBound(
            to: LevelState.self)
        codes = selection.pointee.levels + code.pointee.firstLevel
    }

    /// What a row can do to this state.
    @inline(__always)
    var standing: Standing {
        let active = state.pointee.active
        if code.pointee.noDataAfter > 0 { return .moving }
        if active < 0 { return hasHold || state.pointee.has(RuleState.pending) ? .moving : .idle }
        guard code.pointee.levelCount == 1, levels.pointee.holds,
            state.pointee.clearSince == noTime,
            levels.pointee.readings >= codes.pointee.holdReadings
        else { return .moving }
        return .steady
    }

    /// Notes a change that storage keeps.
    @inline(__always)
    func markChanged() { state.pointee.flags |= RuleState.changed }

    /// Whether some hold runs, paused or not.
    @inline(__always)
    var hasHold: Bool {
        for index in 0..<code.pointee.levelCount where levels[index].since != noTime {
            return true
        }
        return false
    }
}
