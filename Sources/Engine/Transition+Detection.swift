import Events
import Incidents

extension Transition {
    /// The line of the log for a detection; nil where the log says nothing.
    init?(_ detection: Detection, _ rule: RuleDescription) {
        let from: String
        let to: String
        var name = rule.name
        var levels = rule.levels
        switch detection.change {
        case .pending: (from, to) = ("inactive", "pending")
        case .calm: (from, to) = ("pending", "inactive")
        case .level(let left, let entered):
            from = left ?? (detection.wasPending ? "pending" : "inactive")
            to = entered ?? "inactive"
        case .silent, .heard:
            guard rule.noData?.action == .alert else { return nil }
            let silence = SilenceRule.of(rule)
            (name, levels) = (silence.name, silence.levels)
            (from, to) =
                detection.change == .silent ? ("inactive", "active") : ("active", "inactive")
        }
        let severity = levels.first { $0.name == to } ?? levels.first { $0.name == from }
        self.init(
            time: detection.time, rule: name,
            key: zip(rule.partition.keyNames, detection.key.values).map { ($0, $1) }, from: from,
            to: to,
            severity: severity?.severity, values: detection.values,
            cause: detection.cause.rawValue)
    }
}
