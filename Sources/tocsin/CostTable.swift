import Evaluation
import Wire

/// Shows what rules cost in memory, for people and as JSON lines.
struct CostTable {
    /// What each rule costs, in order.
    let costs: [StateCost]

    /// A header, and a line for each rule; none without rules.
    func lines(_ terminal: Terminal) -> [String] {
        guard !costs.isEmpty else { return [] }
        var table = TextTable([
            ("rule", .left), ("stream", .left), ("memory", .right), ("", .left), ("shared", .left),
        ])
        for cost in costs {
            let rows = cost.bytesPerRow
            table.add([
                cost.rule, cost.stream, "\(cost.bytesPerKey) B per key",
                rows.upperBound > 0
                    ? "+ \(rows.lowerBound) to \(rows.upperBound) B per row kept" : "",
                sharing(cost),
            ])
        }
        return table.lines(terminal, indent: 0)
    }

    private func sharing(_ cost: StateCost) -> String {
        var parts: [String] = []
        if !cost.sharedWith.isEmpty {
            parts.append("\(cost.sharedBytesPerKey) B with \(names(cost.sharedWith))")
        }
        for window in cost.windows where !window.sharedWith.isEmpty {
            parts.append("\(window.text) with \(names(window.sharedWith))")
        }
        return parts.joined(separator: "; ")
    }

    /// At most four names: sets of rules share by the hundred.
    private func names(_ rules: [String]) -> String {
        let more = rules.count > 4 ? " and \(rules.count - 4) more" : ""
        return rules.prefix(4).joined(separator: ", ") + more
    }

    /// One JSON object a rule.
    func json() -> [String] {
        costs.map { cost in
            var writer = JSONWriter()
            writer.object { writer in
                writer.key("rule")
                writer.string(cost.rule)
                writer.key("stream")
                writer.string(cost.stream)
                writer.key("bytes_per_key")
                writer.int(cost.bytesPerKey)
                writer.key("shared_bytes_per_key")
                writer.int(cost.sharedBytesPerKey)
                writer.key("shared_with")
                writer.strings(cost.sharedWith)
                writer.key("bytes_per_row")
                writer.int(cost.bytesPerRow.lowerBound)
                writer.key("most_bytes_per_row")
                writer.int(cost.bytesPerRow.upperBound)
                writer.key("windows")
                writer.array { writer in
                    for window in cost.windows {
                        writer.object { writer in
                            writer.key("text")
                            writer.string(window.text)
                            writer.key("shared_with")
                            writer.strings(window.sharedWith)
                        }
                    }
                }
            }
            return writer.text
        }
    }
}
