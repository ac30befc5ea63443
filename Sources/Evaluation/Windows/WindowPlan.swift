import Events
import Expressions

/// The windows of a selection's rules, each kept once: a series for each argument, a sliding window
/// for each length over it, a slot for each value that is asked of one.
struct WindowPlan {
    /// An argument with the windows over it.
    struct Series {
        /// Canonical text of the argument: its identity.
        let text: String
        /// Nil: every row counts one.
        let argument: Program?
        var windows: [Window]
    }

    /// A length with what has to be kept up to date for it.
    struct Window {
        let length: Int64
        var parts: WindowParts
    }

    /// A value of a window.
    struct Slot: Hashable {
        let series: Int
        let window: Int
        /// Nanoseconds of the window.
        let length: Int64
        let aggregate: Aggregate
        /// Seconds of the time that it is per.
        let per: Double
        /// What it is where the window has no row; nil: UNKNOWN.
        let ofNothing: Double?
    }

    /// What makes a window the same under another plan, in the same selection: a slot's state
    /// follows it, whichever aggregate is asked of it.
    struct Identity: Hashable {
        /// Canonical text of the argument.
        let argument: String
        /// Nanoseconds of the window.
        let length: Int64
    }

    private(set) var series: [Series] = []
    private(set) var slots: [Slot] = []
    /// The slots of each rule's windows, in the order of its cells.
    private(set) var slotsOfRule: [[Int]] = []

    /// The windows of rules that judge the same rows of a stream.
    init(_ rules: [Rule], schema: StreamSchema) {
        for rule in rules {
            slotsOfRule.append(rule.windows.map { slot($0, isRegular: schema.expect != nil) })
        }
    }

    /// The identity of a slot's window.
    func identity(of slot: Slot) -> Identity {
        Identity(argument: series[slot.series].text, length: slot.length)
    }

    private mutating func slot(_ call: WindowCall, isRegular: Bool) -> Int {
        let place =
            series.firstIndex { $0.text == call.argumentText } ?? series.count
        if place == series.count {
            series.append(
                Series(text: call.argumentText, argument: call.argument, windows: []))
        }
        let window =
            series[place].windows.firstIndex { $0.length == call.length }
            ?? series[place].windows.count
        if window == series[place].windows.count {
            series[place].windows.append(Window(length: call.length, parts: []))
        }
        series[place].windows[window].parts.formUnion(WindowParts(call.aggregate))
        let slot = Slot(
            series: place, window: window, length: call.length, aggregate: call.aggregate,
            per: Double(call.per) / 1e9,
            ofNothing: WindowPlan.ofNothing(call, isRegular: isRegular))
        if let known = slots.firstIndex(of: slot) { return known }
        slots.append(slot)
        return slots.count - 1
    }

    /// No rows are none. No reports are a fact, so what sums them up is 0; no readings, where some
    /// are due, are not.
    private static func ofNothing(_ call: WindowCall, isRegular: Bool) -> Double? {
        switch call.aggregate {
        case .count where call.argument == nil: 0
        case .count, .sum: isRegular ? nil : 0
        case _: nil
        }
    }
}

/// The windows of a selection as the inner loop needs them.
struct WindowCode: ~Copyable {
    let plan: WindowPlan
    let seriesCount: Int
    /// Arguments of the series.
    let arguments: UnsafeMutablePointer<Program?>
    let slots: UnsafeMutablePointer<WindowPlan.Slot>
    /// Event time from which on each slot's rows are known: what lies before was not seen by this
    /// run. `noTime` where nothing was missed.
    let since: UnsafeMutablePointer<Int64>
    /// Slots of the rules, one behind another.
    let ofRules: UnsafeMutablePointer<Int>

    init(_ plan: WindowPlan) {
        self.plan = plan
        seriesCount = plan.series.count
        arguments = .allocate(capacity: max(1, plan.series.count))
        for (index, series) in plan.series.enumerated() {
            (arguments + index).initialize(to: series.argument)
        }
        slots = .allocate(capacity: max(1, plan.slots.count))
        since = .allocate(capacity: max(1, plan.slots.count))
        for (index, slot) in plan.slots.enumerated() {
            (slots + index).initialize(to: slot)
            (since + index).initialize(to: noTime)
        }
        let all = plan.slotsOfRule.flatMap { $0 }
        ofRules = .allocate(capacity: max(1, all.count))
        for (index, slot) in all.enumerated() { (ofRules + index).initialize(to: slot) }
    }

    deinit {
        arguments.deinitialize(count: seriesCount).deallocate()
        slots.deallocate()
        since.deallocate()
        ofRules.deallocate()
    }

    /// Nothing before `time` was seen.
    func beginAt(_ time: Int64) {
        for slot in plan.slots.indices { since[slot] = time }
    }
}
