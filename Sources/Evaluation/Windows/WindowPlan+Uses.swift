import Events
public import Expressions

extension WindowPlan {
    /// Which rules ask for each slot, and in which words: the first one's, since all mean the same.
    func uses(by rules: [Rule]) -> [(text: String, rules: [String])] {
        var uses = slots.map { _ in (text: "", rules: [String]()) }
        for (rule, slots) in zip(rules, slotsOfRule) {
            for (call, slot) in zip(rule.windows, slots) {
                if uses[slot].rules.isEmpty { uses[slot].text = call.text }
                uses[slot].rules.append(rule.description.name)
            }
        }
        return uses
    }
}

extension WindowCall {
    /// The call as a rule writes it, `slope(level, '30m', '1h')`, with the lets it names behind it.
    public var text: String {
        let lines = argumentText.split(separator: "\n").map(String.init)
        var parts = lines.prefix(1) + ["'\(TimeSpan(nanoseconds: length))'"]
        if aggregate.isPerTime, per != Timestamp.nanosecondsPerSecond {
            parts.append("'\(TimeSpan(nanoseconds: per))'")
        }
        let call = "\(aggregate.rawValue)(\(parts.joined(separator: ", ")))"
        let lets = lines.dropFirst().joined(separator: ", ")
        return lets.isEmpty ? call : "\(call) with \(lets)"
    }
}
