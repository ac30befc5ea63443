public import Events
import Expressions

// Rows enter the windows of their key before they are judged. What a rule reads of its windows are
// cells behind the fields of its stream, put together for each rule in `extendedCells`.

extension Evaluator {
    /// Takes a row into the windows of its key, and slides them to its time.
    @inline(__always)
    func enter(_ index: Int, _ block: UnsafeMutableRawPointer, _ row: Row, at time: Int64) {
        let selection = selections + index
        let series = series(selection, block)
        for place in 0..<selection.pointee.windows.seriesCount {
            if let value = argument(selection, place, row) {
                series[place].append(WindowRow(time: time, value: value))
            }
            series[place].slide(to: time)
        }
    }

    /// Takes a row that came late into the windows as they are at the key's newest row.
    func enterLate(
        _ index: Int, _ block: UnsafeMutableRawPointer, _ row: Row, at time: Int64, newest: Int64
    ) {
        let selection = selections + index
        let series = series(selection, block)
        for place in 0..<selection.pointee.windows.seriesCount {
            guard let value = argument(selection, place, row) else { continue }
            series[place].insert(WindowRow(time: time, value: value), newest: newest)
        }
    }

    /// What a row is to a series; nil where it is UNKNOWN.
    @inline(__always)
    private func argument(
        _ selection: UnsafeMutablePointer<SelectionState>, _ place: Int, _ row: Row
    ) -> Double? {
        guard let argument = selection.pointee.windows.arguments[place] else { return 1 }
        return argument.number(row, scratch)
    }

    /// The series of a key, made when its first row comes.
    @inline(__always)
    private func series(
        _ selection: UnsafeMutablePointer<SelectionState>, _ block: UnsafeMutableRawPointer
    ) -> UnsafeMutablePointer<Series> {
        selection.pointee.series(block) ?? selection.pointee.makeSeries(block)
    }

    /// A row as a rule sees it: with its windows behind the fields. Between rows (`isBetween`) the
    /// windows are as they are at `time`, the fields as they were on the row.
    ///
    /// The next call overwrites it.
    @inline(__always)
    func extended(
        _ row: Row, _ index: Int, _ position: Int, _ block: UnsafeMutableRawPointer,
        at time: Int64, isBetween: Bool = false
    ) -> Row {
        let selection = selections + index
        let code = selection.pointee.rules + position
        guard code.pointee.windowCount > 0 else { return row }
        let fieldCount = selection.pointee.fieldCount
        let cells = extendedCells
        cells.copyMemory(from: row.cells, byteCount: fieldCount &* 8)
        var presence = row.presence
        let series = selection.pointee.series(block)
        for place in 0..<code.pointee.windowCount {
            let number = selection.pointee.windows.ofRules[code.pointee.firstWindow + place]
            guard let series, isKnown(selection, number, at: time) else { continue }
            let slot = selection.pointee.windows.slots[number]
            let value =
                isBetween
                ? series[slot.series].value(slot, between: time)
                : series[slot.series].value(slot, at: time)
            guard let value, value.isFinite else { continue }
            cells.storeBytes(
                of: slot.bits(value), toByteOffset: (fieldCount + place) &* 8, as: UInt64.self)
            presence |= 1 &<< UInt64(fieldCount + place)
        }
        return Row(presence: presence, cells: cells, base: row.base)
    }

    /// The newest row of a key as a rule sees it between rows; nil where none is kept.
    func keptRow(
        _ index: Int, _ position: Int, _ block: UnsafeMutableRawPointer, at time: Int64
    ) -> Row? {
        let header = block.assumingMemoryBound(to: BlockHeader.self)
        guard let base = header.pointee.row else { return nil }
        let record = EventRecord(base: base)
        let fields = Row(presence: record.presence, cells: record.cells, base: record.base)
        return extended(fields, index, position, block, at: time, isBetween: true)
    }

    /// Whether this run has seen a whole window.
    @inline(__always)
    private func isKnown(
        _ selection: UnsafeMutablePointer<SelectionState>, _ slot: Int, at time: Int64
    ) -> Bool {
        let since = selection.pointee.windows.since[slot]
        return since == noTime || time -| selection.pointee.windows.slots[slot].length >= since
    }

    /// An earlier run saw what came before `time`; this one did not.
    public func beginWindows(at time: Int64) {
        for index in plan.selections.indices { selections[index].windows.beginAt(time) }
    }

    /// Goes on with the windows that another evaluator kept, where they are the same: stream, key,
    /// `where`, argument, length. Of the others nothing before `now` was seen. With `keys`, it takes
    /// the rows of these keys only.
    public mutating func adoptWindows(
        of other: borrowing Evaluator, now: Int64, keys: [Key]? = nil
    ) {
        let counterparts = plan.counterparts(in: other.plan)
        for index in plan.selections.indices {
            let windows = selections[index].windows.plan
            guard !windows.series.isEmpty else { continue }
            guard let old = counterparts[index] else {
                selections[index].windows.beginAt(now)
                continue
            }
            let before = other.selections[old].windows.plan
            for (number, slot) in windows.slots.enumerated() {
                selections[index].windows.since[number] =
                    other.since(old, windows.identity(of: slot)) ?? now
            }
            guard let keys else {
                for number in 0..<other.selections[old].slab.count {
                    adopt(index, windows, from: other, old, before, block: number)
                }
                continue
            }
            for key in keys {
                guard let number = other.knownBlock(old, key) else { continue }
                adopt(index, windows, from: other, old, before, block: number)
            }
        }
    }

    private mutating func adopt(
        _ index: Int, _ windows: WindowPlan, from other: borrowing Evaluator, _ old: Int,
        _ before: WindowPlan, block number: Int
    ) {
        let source = other.selections[old].slab[number]
        let newest = source.assumingMemoryBound(to: BlockHeader.self).pointee.newest
        guard let rows = other.selections[old].series(source),
            let blockIndex = block(index, other.key(old, source))
        else { return }
        let target = selections[index].slab[blockIndex]
        let series = series(selections + index, target)
        for (place, content) in windows.series.enumerated() {
            guard let known = before.series.firstIndex(where: { $0.text == content.text })
            else { continue }
            series[place].take(rowsOf: rows[known], at: newest)
        }
    }

    /// Since when a window of a selection is seen; nil when it is not kept.
    func since(_ index: Int, _ window: WindowPlan.Identity) -> Int64? {
        let windows = selections[index].windows.plan
        let slot = windows.slots.firstIndex { windows.identity(of: $0) == window }
        return slot.map { selections[index].windows.since[$0] }
    }
}

extension WindowPlan.Slot {
    /// A value as the bits of its cell.
    @inline(__always)
    fileprivate func bits(_ value: Double) -> UInt64 {
        switch aggregate {
        case .count, .since: UInt64(bitPattern: Int64(value))
        case .avg, .sum, .min, .max, .first, .last, .range, .rate, .increase, .delta, .slope,
            .stddev:
            value.bitPattern
        }
    }
}
