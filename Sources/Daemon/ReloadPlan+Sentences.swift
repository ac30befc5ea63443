import Engine
import Evaluation
import Events

extension ReloadPlan.Rules {
    /// How many rules there are afterwards.
    var count: Int { new.count + changed.count + rekeyed.count + unchanged.count }
}

extension ReloadPlan {
    /// What shares a fate: how many, and some names.
    private struct Group {
        let fate: String
        var names: [String] = []
        let count: Int

        /// Names in one sentence; the answer of the control socket has more.
        static let limit = 5

        init(_ fate: String, count: Int) {
            self.fate = fate
            self.count = count
        }

        init(_ fate: String, _ names: [String], count: Int? = nil) {
            self.fate = fate
            self.names = names
            self.count = count ?? names.count
        }

        var text: String {
            guard !names.isEmpty else { return "\(count) \(fate)" }
            let shown = names.prefix(Group.limit)
            let more = count > shown.count ? ", …" : ""
            return "\(count) \(fate) (\(shown.joined(separator: ", "))\(more))"
        }
    }

    /// The plan for the log: a sentence each for rules, windows, incidents and holds.
    var sentences: [String] {
        [
            sentence(
                "Rules",
                [
                    Group("new", rules.new), Group("changed", rules.changed),
                    Group("begun anew, its `on` or `by` being another", rules.rekeyed),
                    Group("removed", rules.removed),
                    Group("unchanged", count: rules.unchanged.count),
                ]),
            sentence(
                "Windows",
                [
                    Group("kept", count: names(.kept).count),
                    Group("new, UNKNOWN for one length of it", names(.new)),
                    Group("dropped", names(.dropped)),
                ]),
            sentence(
                "Incidents",
                [
                    Group("kept", count: kept.count),
                    Group("whose level is gone", names(landing), count: landing.count),
                    Group("cancelled", names(cancelled), count: cancelled.count),
                ]),
            sentence(
                "Running holds",
                [Group("kept", count: holds.kept), Group("dropped", count: holds.dropped)]),
        ]
    }

    private func sentence(_ what: String, _ groups: [Group]) -> String {
        let words = groups.filter { $0.count > 0 }.map(\.text)
        return "\(what): \(words.isEmpty ? "none" : words.joined(separator: ", "))."
    }

    private func names(_ outcome: WindowFate.Outcome) -> [String] {
        windows.filter { $0.outcome == outcome }.map { window in
            "\(window.text) of \(window.rules.joined(separator: ", "))"
        }
    }

    private func names(_ incidents: Incidents) -> [String] {
        incidents.named.prefix(Group.limit).map { incident in
            let key = incident.key.values.map(\.description).joined(separator: ",")
            return key.isEmpty ? incident.rule : "\(incident.rule) \(key)"
        }
    }
}
