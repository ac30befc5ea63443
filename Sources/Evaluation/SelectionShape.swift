import Events

/// What the rules of a selection need kept for a key, decided once: by it blocks are laid out, and
/// from it is told what a key costs.
struct SelectionShape {
    let windows: WindowPlan
    let layout: BlockLayout
    /// Nanoseconds a value is held after its row; 0 when a key is judged by its rows only.
    let heldFor: Int64
    let hasNoData: Bool
    let hasEvery: Bool
    /// Whether something may fall due between rows.
    let isTimed: Bool
    /// Whether blocks keep a copy of the newest row.
    let keepsRow: Bool

    /// The shape of a selection of a plan.
    init(_ plan: Plan, _ selection: Plan.Selection) {
        let rules = selection.rules.map { plan.rules[$0] }
        let stream = plan.streams[plan.stages[selection.stage].stream]
        windows = WindowPlan(rules, schema: stream)
        hasEvery = rules.contains { $0.every > 0 }
        hasNoData = rules.contains { $0.description.noData != nil }
        heldFor = (stream.expect ?? 0) * 3
        isTimed = heldFor > 0 || hasNoData || hasEvery
        let judgesAgain = !windows.series.isEmpty && stream.lateness > 0
        keepsRow = isTimed || judgesAgain
        layout = BlockLayout(
            levelCounts: rules.map(\.levels.count), hasWindows: !windows.series.isEmpty,
            hasEvery: hasEvery)
    }
}
