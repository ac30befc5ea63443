import Evaluation
import Events
import TestSupport

/// Random rules and random rows for them. Each condition is a field of its own, so that a row says
/// freely what each is: `a0`… are the levels' `when`, `c0`… their `clear`, `w` the `where`.
struct Scenario {
    /// What random rules and rows may have.
    struct Range {
        /// Holds that storage does not keep, and `no_data`.
        var isWild: Bool
        /// Nominal interval in seconds; nil for a stream that is judged by its rows only.
        var expect: Int?
    }

    let plan: Plan
    let batch: Batch

    init(_ range: Range, _ random: inout Seeded) throws {
        let fields = (0..<3).map { "a\($0): double, c\($0): double" }.joined(separator: ", ")
        var text = """
            version: 1
            streams:
              s:
                time: t
                \(range.expect.map { "expect: \($0)s" } ?? "idle: 5m")
                fields: {k: string, w: double, \(fields)}
            rules:

            """
        for index in 0..<4 { text += Scenario.rule("r\(index)", range, &random) }
        plan = try RuleText.plan(text)
        batch = Scenario.rows(plan, range, &random)
    }

    private static func rule(_ name: String, _ range: Range, _ random: inout Seeded) -> String {
        let count = random.int(1...3)
        var text = "  - rule: \(name)\n    on: s\n    by: k\n    levels:\n"
        for level in 0..<count {
            var parts = ["when: a\(level) > 0.5", "severity: \(Severity.allCases[level].name)"]
            if random.chance(0.5) { parts.append("clear: c\(level) < 0.5") }
            // A hold that storage does not keep may outlive a higher level's: only the top has one.
            let mayBeShort = range.isWild || level == count - 1
            switch random.int(mayBeShort ? 0...9 : 3...9) {
            case 0...2: parts.append("for: \(range.isWild ? random.int(0...9) : 0)s")
            case 3...7: parts.append("for: \(random.int(10...40))s")
            default: parts.append("for: {readings: \(random.int(2...4))}")
            }
            text += "      l\(level): {\(parts.joined(separator: ", "))}\n"
        }
        if random.chance(0.4) { text += "    where: w > 0.5\n" }
        let shortest = range.isWild ? 1 : 10
        text += "    clear_for: \(random.chance(0.5) ? 0 : random.int(shortest...40))s\n"
        text += "    lifetime: \(random.int(40...300))s\n"
        if range.isWild, random.chance(0.5) {
            let action = ["hold", "alert", "clear"][random.int(0...2)]
            text += "    no_data: {after: \(random.int(5...60))s, do: \(action)}\n"
        }
        text += "    labels: {first: a0}\n    message: {en: {headline: \"${a0} at ${k}\"}}\n"
        return text
    }

    /// Rows whose conditions tend to stay as they are, so that holds have a chance to complete.
    private static func rows(
        _ plan: Plan, _ range: Range, _ random: inout Seeded
    ) -> Batch {
        var batch = Batch(plan.streams)
        var now = 1_000
        var newest: [String: Int] = [:]
        var values: [String: [String: Scalar]] = [:]
        for _ in 0..<random.int(20...40) {
            now += random.chance(0.15) ? random.int(10...90) : random.int(0...6)
            let key = random.chance(0.7) ? "k" : "l"
            // A key's rows come once an interval, in order, and no two at one time.
            let spacing = range.isWild ? random.int(-5...1) : range.expect ?? 1
            now = max(now, newest[key].map { $0 + spacing } ?? now)
            let time = range.isWild && random.chance(0.2) ? now - random.int(0...8) : now
            newest[key] = time
            var row = values[key] ?? [:]
            for name in plan.streams[0].fields.map(\.name)
            where row[name] == nil || random.chance(0.3) {
                row[name] =
                    random.chance(0.2)
                    ? .unknown : .double(random.chance(0.5) ? 0 : Double(random.int(1...9)))
            }
            row["k"] = .string(key)
            if random.chance(0.7) { row["w"] = .double(1) }
            values[key] = row
            batch.add(at: seconds(time), row, status: .actual)
        }
        return batch
    }
}
