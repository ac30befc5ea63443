import Evaluation
import Events
import Expressions

/// Finds levels that nobody meant: never raised, never left, or hidden by the one above.
///
/// It looks at conditions that compare one field with constants and says nothing about others, so
/// what it says is so. Findings are warnings: the rules mean what they say, and run.
struct LadderReview {
    let schema: StreamSchema

    /// Tells what is odd about the levels of a rule, from low to high.
    func review(_ levels: [LevelLoader.Loaded]) {
        let whens = levels.map { Span($0.compiled?.when) }
        for (index, level) in levels.enumerated() {
            let isEnded = ends(level)
            guard let when = whens[index] else { continue }
            guard raises(level, when) else { continue }
            if isEnded { leaves(level, when) }
            for below in levels[..<index].indices {
                hides(level, when, levels[below], whens[below])
            }
        }
    }

    /// Whether some value raises a level.
    private func raises(_ level: LevelLoader.Loaded, _ when: Span) -> Bool {
        guard let cursor = level.whenCursor else { return true }
        guard !when.isEmpty else {
            cursor.warn("this condition is never TRUE")
            return false
        }
        guard let possible = possible(when.cell) else { return true }
        let name = schema.fields[when.cell].name
        if when.contains(possible) {
            cursor.warn(
                "this condition is always TRUE",
                hint: "`\(name)` outside `valid` is UNKNOWN, and all of `valid` raises the level")
            return false
        }
        guard when.intersection(possible).isEmpty else { return true }
        cursor.warn(
            "this condition is never TRUE",
            hint: "`\(name)` outside `valid` is UNKNOWN, and all of it lies outside")
        return false
    }

    /// The values that a field can have; nil where nothing says so. Behind the fields lie windows,
    /// which have no `valid`.
    private func possible(_ cell: Int) -> Span? {
        guard cell < schema.fields.count, let valid = schema.fields[cell].valid else { return nil }
        return Span(
            cell: cell, low: valid.lowerBound, hasLow: true, high: valid.upperBound, hasHigh: true)
    }

    /// Whether some value makes the `clear` of a level TRUE.
    private func ends(_ level: LevelLoader.Loaded) -> Bool {
        guard let cursor = level.clearCursor, let clear = Span(level.compiled?.clear),
            let possible = possible(clear.cell), clear.intersection(possible).isEmpty,
            !clear.isEmpty
        else { return true }
        cursor.warn(
            "this level can never be left",
            hint: "`\(schema.fields[clear.cell].name)` outside `valid` is UNKNOWN, and all of it "
                + "lies outside")
        return false
    }

    /// Whether some value leaves a level, and only such values as do not raise it.
    private func leaves(_ level: LevelLoader.Loaded, _ when: Span) {
        guard let cursor = level.clearCursor, let clear = Span(level.compiled?.clear),
            clear.cell == when.cell
        else { return }
        if clear.isEmpty || when.contains(clear) {
            cursor.warn(
                "this level can never be left",
                hint: "it is left where `when` is FALSE and `clear` is TRUE")
        } else if !when.intersection(clear).isPoint {
            cursor.warn(
                "`clear` is TRUE also where `when` is TRUE",
                hint: "it counts only where `when` is FALSE; hysteresis lies on the other side")
        }
    }

    /// Whether a level is up whenever the one below it is, and as soon.
    private func hides(
        _ level: LevelLoader.Loaded, _ when: Span, _ below: LevelLoader.Loaded, _ lower: Span?
    ) {
        guard let lower, lower.cell == when.cell, when.contains(lower),
            level.hold.isNoLonger(than: below.hold), let cursor = below.whenCursor
        else { return }
        cursor.warn(
            "level `\(below.name)` is never raised: `\(level.name)` above it is TRUE whenever it is",
            hint: "levels are written from low to high")
    }
}

extension Rule.Hold {
    /// Whether it is complete whenever the other one is, both having begun together.
    fileprivate func isNoLonger(than other: Rule.Hold) -> Bool {
        switch (self, other) {
        case (.time(let own), .time(let others)): own <= others
        case (.readings(let own), .readings(let others)): own <= others
        case (.time(0), .readings), (.readings(1), .time): true
        case (.time, .readings), (.readings, .time): false
        }
    }
}

/// The values of one field for which a condition is TRUE, where they are one stretch of numbers.
private struct Span {
    let cell: Int
    var low = -Double.infinity
    /// Whether `low` itself is in it.
    var hasLow = false
    var high = Double.infinity
    var hasHigh = false

    init(cell: Int, low: Double, hasLow: Bool, high: Double, hasHigh: Bool) {
        self.cell = cell
        (self.low, self.hasLow, self.high, self.hasHigh) = (low, hasLow, high, hasHigh)
    }

    /// Nil for conditions that are no comparison, or no range, of one field.
    init?(_ condition: Condition?) {
        guard let condition else { return nil }
        if let comparison = condition.comparison {
            self.init(comparison)
            return
        }
        guard let (left, right) = condition.comparisons, let one = Span(left),
            let other = Span(right), one.cell == other.cell
        else { return nil }
        self = one.intersection(other)
    }

    private init?(_ comparison: Comparison) {
        cell = comparison.cell
        let value: Double
        switch comparison.operand {
        case .double(let double): value = double
        case .int(let int):
            guard let double = Double(exactly: int) else { return nil }
            value = double
        }
        switch comparison.relation {
        case .less: high = value
        case .lessOrEqual: (high, hasHigh) = (value, true)
        case .greater: low = value
        case .greaterOrEqual: (low, hasLow) = (value, true)
        case .equal: (low, hasLow, high, hasHigh) = (value, true, value, true)
        case .notEqual: return nil
        }
    }

    var isEmpty: Bool { low > high || low == high && !(hasLow && hasHigh) }

    /// Whether it is one value at most: where `when` and `clear` share the threshold itself, nothing
    /// is lost.
    var isPoint: Bool { low >= high }

    func intersection(_ other: Span) -> Span {
        var result = self
        if other.low > low || other.low == low && !other.hasLow {
            (result.low, result.hasLow) = (other.low, other.hasLow)
        }
        if other.high < high || other.high == high && !other.hasHigh {
            (result.high, result.hasHigh) = (other.high, other.hasHigh)
        }
        return result
    }

    /// Whether all of the other lies in it.
    func contains(_ other: Span) -> Bool {
        let isAbove = low < other.low || low == other.low && (hasLow || !other.hasLow)
        let isBelow = high > other.high || high == other.high && (hasHigh || !other.hasHigh)
        return isAbove && isBelow
    }
}
