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
        return silence
    }

    /// A detection with what a message about silence says instead of the rule's own words.
    static func shown(_ detection: Detection, _ rule: RuleDescription) -> Detection {
        var shown = detection
        let key = detection.key.values.map(\.description).joined(separator: ", ")
        let languages = detection.message.isEmpty ? ["en"] : detection.message.map(\.language)
        shown.message = languages.map { language in
            let words =
                switch language.prefix(2) {
                case "fr": "Pas de données "
                case "es": "Sin datos"
                default: "No data"
                }
            let subject = key.isEmpty ? rule.title : "\(rule.title) (\(key))"
            return (language, [("headline", "\(words): \(subject)")])
        }
        return shown
    }
}
