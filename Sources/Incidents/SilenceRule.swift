public import Events

/// The rule behind the separate incident of a silent key: `RULE/no-data`.
public enum SilenceRule {
    /// The silence rule of a rule with `no_data: {do: alert}`.
    public static func of(_ rule: RuleDescription) -> RuleDescription {
        var silence = rule
        silence.name = RuleDescription.silenceName(of: rule.name)
        silence.title = "No data: \(rule.title)"
        let severity = rule.noData?.severity ?? rule.levels[0].severity
        silence.levels = [LevelDescription(name: "active", severity: severity)]
        silence.noData = nil
        silence.cap = rule.noData?.cap ?? .silence(category: rule.cap.category)
        return silence
    }
}
