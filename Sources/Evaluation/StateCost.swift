import Events
import Expressions

/// What the state of a rule costs in memory: for each key, and for each row that its windows keep.
///
/// Counted from the layout itself: block, copy of the newest row, windows, key table, timer. What
/// is not known before there are data is taken as usual: texts of 16 bytes, tables filled to their
/// mean. What sources, feeds and open incidents need is not in it.
public struct StateCost: Sendable, Hashable {
    /// A window of the rule.
    public struct Window: Sendable, Hashable {
        /// The window as the rule writes it.
        public var text: String
        /// Other rules that read the same rows over the same length.
        public var sharedWith: [String]
    }

    /// Name of the rule.
    public var rule: String
    /// Name of its stream.
    public var stream: String
    /// Bytes for each key, the shared ones included.
    public var bytesPerKey: Int
    /// Of these, bytes that are there once for the rule and for `sharedWith`.
    public var sharedBytesPerKey: Int
    /// Other rules that judge the same rows for the same keys.
    public var sharedWith: [String]
    /// Bytes for each row that its windows keep for a key, beyond the first eight: from a ring that
    /// is full to one that has just grown to twice its size, of a window whose every row is an
    /// extreme. 0 without windows.
    public var bytesPerRow: ClosedRange<Int>
    /// Its windows, in the order in which it names them.
    public var windows: [Window]
}

extension Plan {
    /// What each rule costs, in order.
    public var costs: [StateCost] {
        var costs: [(rule: Int, cost: StateCost)] = []
        for selection in selections {
            let shape = SelectionShape(self, selection)
            let chosen = selection.rules.map { rules[$0] }
            let readers = WindowReaders(shape.windows)
            for (position, rule) in selection.rules.enumerated() {
                costs.append((rule, cost(position, chosen, selection, shape, readers)))
            }
        }
        return costs.sorted { $0.rule < $1.rule }.map(\.cost)
    }

    private func cost(
        _ position: Int, _ chosen: [Rule], _ selection: Selection, _ shape: SelectionShape,
        _ readers: WindowReaders
    ) -> StateCost {
        let rule = chosen[position]
        let series = readers.series.filter { $0.positions.contains(position) }
        let windows = readers.windows.filter { $0.positions.contains(position) }
        let own =
            MemoryLayout<RuleState>.stride + rule.levels.count * MemoryLayout<LevelState>.stride
            + (shape.hasEvery ? 8 : 0)
        let base = baseBytes(selection, shape)
        let bytes = (series + windows).reduce(0) { $0 + $1.bytesPerKey }
        let shared = (series + windows).filter { $0.positions.count > 1 }
            .reduce(0) { $0 + $1.bytesPerKey }
        let others = chosen.indices.filter { $0 != position }.map { chosen[$0].description.name }
        let rows = series.count * MemoryLayout<WindowRow>.stride
        let extremes = windows.reduce(0) { $0 + $1.extremes } * 8
        return StateCost(
            rule: rule.description.name, stream: streams[rule.stream].name,
            bytesPerKey: base + own + bytes,
            sharedBytesPerKey: others.isEmpty ? 0 : base + shared, sharedWith: others,
            bytesPerRow: rows...(2 * (rows + extremes)),
            windows: zip(rule.windows, shape.windows.slotsOfRule[position]).map { call, slot in
                let slot = shape.windows.slots[slot]
                let users = readers.windows.first {
                    $0.series == slot.series && $0.window == slot.window
                }
                return StateCost.Window(
                    text: call.text,
                    sharedWith: (users?.positions ?? []).filter { $0 != position }
                        .map { chosen[$0].description.name })
            })
    }

    /// What a key costs a selection whatever its rules ask: its entry in the table, the head of its
    /// block, its newest row, its timer.
    private func baseBytes(_ selection: Selection, _ shape: SelectionShape) -> Int {
        let stage = stages[selection.stage]
        let fields = streams[stage.stream].fields
        var bytes = KeyTable.bytesPerKey + MemoryLayout<UInt32>.stride
        bytes += 1
        for cell in stage.by {
            switch fields[cell].type {
            case .string: bytes += 2 + StateCost.usualText
            case .bool: bytes += 2
            case .int, .double, .timestamp: bytes += 9
            }
        }
        // The head up to the first rule's state: header and standings.
        bytes += shape.layout.rules[0]
        if !shape.windows.series.isEmpty {
            bytes += MemoryLayout<UInt>.stride
            bytes += StateCost.heapPadding
        }
        if shape.isTimed { bytes += MemoryLayout<TimerHeap.Entry>.stride }
        if shape.keepsRow {
            let texts = fields.count { $0.type == .string } * StateCost.usualText
            bytes += StateCost.allocated(EventRecord.headerBytes + fields.count * 8 + texts)
        }
        return bytes
    }
}

extension StateCost {
    /// Bytes of a text of which nothing is known.
    fileprivate static let usualText = 16
    /// Bytes that an allocation costs beside what is asked for.
    fileprivate static let heapPadding = 16

    /// Bytes that the heap takes for an allocation: a header, then multiples of 16.
    fileprivate static func allocated(_ bytes: Int) -> Int { max(32, (bytes + 8 + 15) & ~15) }
}

extension KeyTable {
    /// Bytes for each key beside its own: slots filled between three eighths and three quarters,
    /// and the place of its bytes.
    static var bytesPerKey: Int { 16 + MemoryLayout<UInt64>.stride }
}

/// Which rules of a selection read each series and each window of it, and what these cost.
private struct WindowReaders {
    struct Part {
        var series: Int
        /// Nil: the series itself, with the ring of its rows.
        var window: Int?
        /// Places of its rules among the selection's.
        var positions: [Int] = []
        var bytesPerKey: Int
        /// Queues of indexes, in the worst case one for each row.
        var extremes = 0
    }

    var series: [Part] = []
    var windows: [Part] = []

    init(_ plan: WindowPlan) {
        for (place, content) in plan.series.enumerated() {
            let ring = StateCost.allocated(8 * MemoryLayout<WindowRow>.stride)
            series.append(
                Part(series: place, bytesPerKey: MemoryLayout<Series>.stride + ring))
            for (number, window) in content.windows.enumerated() {
                let extremes = [WindowParts.least, .greatest].count { window.parts.contains($0) }
                let queues = extremes * StateCost.allocated(8 * MemoryLayout<Int>.stride)
                windows.append(
                    Part(
                        series: place, window: number,
                        bytesPerKey: MemoryLayout<SlidingWindow>.stride + queues,
                        extremes: extremes))
            }
        }
        for (position, slots) in plan.slotsOfRule.enumerated() {
            for slot in slots.map({ plan.slots[$0] }) { note(position, slot) }
        }
    }

    private mutating func note(_ position: Int, _ slot: WindowPlan.Slot) {
        if !series[slot.series].positions.contains(position) {
            series[slot.series].positions.append(position)
        }
        for index in windows.indices
        where windows[index].series == slot.series && windows[index].window == slot.window
            && !windows[index].positions.contains(position)
        {
            windows[index].positions.append(position)
        }
    }
}
