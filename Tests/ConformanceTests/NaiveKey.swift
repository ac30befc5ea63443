import Expressions

/// What levels, holds, silence and time mean for one rule and one key, carried out as slowly and
/// plainly as possible: the whole history of the key is kept, and every question is answered by
/// reading it again, second by second. All times are whole seconds.
struct NaiveKey {
    /// What the conditions were from `time` on.
    struct Moment {
        var time: Int
        /// nil: UNKNOWN between rows, no row.
        var isRow: Bool
        var whens: [Truth]
        /// Whether each level is seen to have ended: `when` FALSE and `clear` TRUE.
        var ended: [Truth]
        /// Each level's `clear`.
        var clears: [Truth]
    }

    let rule: NaiveRule
    /// Nominal interval of the stream.
    let expect: Int?
    private(set) var log: [String] = []

    private var history: [Moment] = []
    /// History before this index was erased by `no_data: clear`.
    private var holdsFrom = 0
    /// History before this index belongs to another active level.
    private var clearFrom = 0
    private var active: Int?
    private var isPending = false
    private var isSilent = false
    private var newest: Int?
    /// Whether some row passed `where`.
    private var isKnown = false
    private var arrival = 0
    private var now: Int?
    private var lastUsable = 0
    /// The first second of the key's clock that has not been looked at.
    private var ahead = 0

    init(_ rule: NaiveRule, expect: Int?) {
        self.rule = rule
        self.expect = expect
    }

    /// A row of any key arrives; `mine` says whether it is this key's.
    mutating func take(_ row: NaiveRow, mine: Bool) {
        let before = now ?? row.time
        now = max(before, row.time)
        // A tick looks at what is due before its second; on the key's clock.
        if let newest { look(until: newest + (max(before, row.time) - arrival)) }
        let selected = row.selected(by: rule.selection)
        guard mine, selected != .no else { return }
        // Rows whose `where` is UNKNOWN begin a key's silence, but not its order.
        if let newest, row.time < newest, isKnown { return }
        if selected == .yes { isKnown = true }
        if let newest {
            look(until: row.time)
            expire(newest, before: row.time)
        } else {
            lastUsable = row.time
        }
        newest = row.time
        arrival = now ?? row.time
        ahead = row.time
        judge(row, isUnknown: selected == .unknown)
    }

    /// The replay ends: what is due at its last second completes.
    mutating func finish() {
        guard let newest, let now else { return }
        look(until: newest + (now - arrival) + 1)
    }

    /// Looks at each second of the key's clock before `limit`, the value being held.
    private mutating func look(until limit: Int) {
        guard ahead < limit else { return }
        for second in ahead..<limit {
            if let expect, let newest, second > newest, second <= newest + 3 * expect {
                complete(at: second)
            }
            if let noData = rule.noData, !isSilent, second >= lastUsable + noData.after {
                fallSilent(at: second)
            }
        }
        ahead = limit
    }

    /// Where the value ceased to be held before the next row, the key was UNKNOWN since.
    private mutating func expire(_ newest: Int, before time: Int) {
        guard let expect, time > newest + 3 * expect else { return }
        let unknown = rule.levels.map { _ in Truth.unknown }
        history.append(
            Moment(
                time: newest + 3 * expect, isRow: false, whens: unknown, ended: unknown,
                clears: unknown))
    }

    private mutating func judge(_ row: NaiveRow, isUnknown: Bool) {
        let count = rule.levels.count
        var whens = Array(row.whens[..<count])
        var clears = (0..<count).map { rule.levels[$0].hasClear ? row.clears[$0] : !whens[$0] }
        var usable = !isUnknown && whens.contains { $0 != .unknown }
        for level in 0..<count where rule.levels[level].hasClear && row.clears[level] != .unknown {
            if !isUnknown { usable = true }
        }
        if isUnknown {
            whens = whens.map { _ in .unknown }
            clears = whens
        }
        history.append(
            Moment(
                time: row.time, isRow: true, whens: whens,
                ended: (0..<count).map { NaiveKey.ended(whens[$0], clears[$0]) }, clears: clears))
        let wasPending = isPending
        step(at: row.time, cause: "row", wasPending: wasPending)
        settlePending(at: row.time, cause: "row")
        if usable {
            lastUsable = row.time
            if isSilent {
                isSilent = false
                tellSilence("active", "inactive", at: row.time, cause: "row")
            }
        }
    }

    /// `when` FALSE and `clear` TRUE ends it; `when` TRUE or `clear` FALSE does not.
    private static func ended(_ when: Truth, _ clear: Truth) -> Truth {
        if when == .yes || clear == .no { return .no }
        return when == .no && clear == .yes ? .yes : .unknown
    }

    private mutating func complete(at second: Int) {
        let before = active
        step(at: second, cause: "held", wasPending: isPending)
        if before != active { settlePending(at: second, cause: "held") }
    }

    /// Rise, else leave and land.
    private mutating func step(at second: Int, cause: String, wasPending: Bool) {
        let complete = rule.levels.indices.last { isComplete($0, at: second) }
        if let complete, complete > (active ?? -1) {
            let from = active.map { "l\($0)" } ?? (wasPending ? "pending" : "inactive")
            tell(from, "l\(complete)", at: second, cause: cause)
            active = complete
            isPending = false
            clearFrom = history.count - 1
            return
        }
        guard let level = active, let since = endedSince(level, at: second),
            since >= rule.clearFor
        else { return }
        let newest = history[history.count - 1]
        var target = (0..<level).last { newest.whens[$0] == .yes }
        if target == nil, level > 0, newest.clears[0] != .yes { target = 0 }
        tell("l\(level)", target.map { "l\($0)" } ?? "inactive", at: second, cause: cause)
        active = target
        clearFrom = history.count
    }

    /// Whether a level's hold is complete, `when` being TRUE.
    private func isComplete(_ level: Int, at second: Int) -> Bool {
        guard let run = run(of: history[holdsFrom...].map { ($0.time, $0.whens[level], $0.isRow) })
        else { return false }
        guard history.last?.whens[level] == .yes else { return false }
        switch rule.levels[level].hold {
        case .seconds(let length): return second - run.since - run.paused >= length
        case .readings(let count): return run.readings >= count
        }
    }

    /// For how long the active level is seen to have ended; nil while it is not.
    private func endedSince(_ level: Int, at second: Int) -> Int? {
        guard clearFrom < history.count, history.last?.ended[level] == .yes,
            let run = run(of: history[clearFrom...].map { ($0.time, $0.ended[level], $0.isRow) })
        else { return nil }
        return second - run.since - run.paused
    }

    /// The latest run without FALSE that began with TRUE: when, how long UNKNOWN, how many TRUE
    /// rows.
    private func run(
        of moments: [(time: Int, truth: Truth, isRow: Bool)]
    ) -> (since: Int, paused: Int, readings: Int)? {
        let start = (moments.lastIndex { $0.truth == .no } ?? -1) + 1
        guard let first = moments[start...].firstIndex(where: { $0.truth == .yes }) else {
            return nil
        }
        var paused = 0
        var pauseFrom: Int?
        for moment in moments[first...] {
            if moment.truth == .yes {
                if let from = pauseFrom { paused += moment.time - from }
                pauseFrom = nil
            } else if pauseFrom == nil {
                pauseFrom = moment.time
            }
        }
        let readings = moments[first...].count { $0.truth == .yes && $0.isRow }
        return (moments[first].time, paused, readings)
    }

    private mutating func settlePending(at second: Int, cause: String) {
        let holds = rule.levels.indices.contains { level in
            run(of: history[holdsFrom...].map { ($0.time, $0.whens[level], $0.isRow) }) != nil
        }
        let pending = active == nil && holds
        guard pending != isPending else { return }
        isPending = pending
        guard active == nil else { return }
        tell(
            pending ? "inactive" : "pending", pending ? "pending" : "inactive", at: second,
            cause: cause)
    }

    private mutating func fallSilent(at second: Int) {
        isSilent = true
        tellSilence("inactive", "active", at: second, cause: "no data")
        guard rule.noData?.action == "clear" else { return }
        holdsFrom = history.count
        if let level = active {
            active = nil
            tell("l\(level)", "inactive", at: second, cause: "no data")
        } else {
            settlePending(at: second, cause: "no data")
        }
    }

    private mutating func tellSilence(
        _ from: String, _ to: String, at second: Int, cause: String
    ) {
        guard rule.noData?.action == "alert" else { return }
        log.append("\(second) \(rule.name)/no-data[k] \(from)→\(to) \(cause)")
    }

    private mutating func tell(_ from: String, _ to: String, at second: Int, cause: String) {
        log.append("\(second) \(rule.name)[k] \(from)→\(to) \(cause)")
    }
}
