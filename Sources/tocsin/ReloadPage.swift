import Client
import Events

/// Renders what a reload does, or would do, as a page of sections.
struct ReloadPage {
    private let plan: JSONValue
    private let terminal: Terminal

    /// Incidents shown of each fate; `--json` has more.
    private static let incidentLimit = 20

    /// A page of the daemon's answer to `reload`.
    init(_ plan: JSONValue, terminal: Terminal) {
        self.plan = plan
        self.terminal = terminal
    }

    /// The page, line by line.
    func lines() -> [String] {
        switch plan["outcome"].text {
        case "reloaded": told("The rules were reloaded.")
        case "rehearsed": told("A dry run: nothing was changed. A reload now would do this.")
        case "refused":
            problems("problems") + [
                "\(refusals(plan["problems"].elements.count)); the old rules go on."
            ]
        case _:
            [
                (plan["sentence"].text?.printable ?? "The daemon does not say what came of it.")
                    + " The old rules go on."
            ]
        }
    }

    private func refusals(_ count: Int) -> String {
        let errors = plan["problems"].elements.count { $0["severity"].text == "error" }
        let warnings = count - errors
        return errors.counting("error")
            + (warnings > 0 ? " and \(warnings.counting("warning"))" : "")
    }

    private func told(_ headline: String) -> [String] {
        var lines = problems("warnings") + [terminal.styled(headline, .bold)]
        for section in [rules(), windows(), incidents(), holds()] { lines += [""] + section }
        return lines
    }

    /// Problems as `tocsin check` shows them.
    private func problems(_ member: String) -> [String] {
        plan[member].elements.flatMap { problem in
            (problem["text"].text ?? problem["message"].description)
                .split(separator: "\n", omittingEmptySubsequences: false)
                .map { String($0).printable }
        }
    }

    private func title(_ name: String, _ parts: [(count: Int, what: String)]) -> String {
        let words = parts.filter { $0.count > 0 }.map { "\(UInt64($0.count).grouped) \($0.what)" }
        return terminal.styled(name.padded(to: 10), .bold) + "  "
            + (words.isEmpty ? "none" : words.joined(separator: ", "))
    }

    private func rules() -> [String] {
        let fates = [
            ("new", "new", ""), ("changed", "changed", "keeps its state"),
            ("rekeyed", "begun anew", "its `on` or `by` is another"),
            ("removed", "removed", ""),
        ]
        let counts = (fates.map { ($0.0, $0.1) } + [("unchanged", "unchanged")]).map {
            (count: plan["rules"][$0.0].elements.count, what: $0.1)
        }
        var table = TextTable([("", .left), ("rule", .left), ("", .left)])
        for (member, what, note) in fates {
            for rule in plan["rules"][member].elements {
                table.add([what, rule.description, note], styles: [2: .dim])
            }
        }
        return [title("Rules", counts)] + (table.isEmpty ? [] : table.lines(terminal))
    }

    private func windows() -> [String] {
        let windows = plan["windows"].elements
        let counts = ["kept", "new", "dropped"].map { (outcome: String) in
            (count: windows.count { $0["outcome"].text == outcome }, what: outcome)
        }
        var table = TextTable([
            ("", .left), ("window", .left), ("of", .left), ("keys", .right), ("", .left),
        ])
        for window in windows {
            let knownFrom = window["known_from"].text.map { "UNKNOWN until \($0)" }
            table.add([
                window["outcome"].description, window["text"].description,
                window["rules"].description,
                window["outcome"].text == "new" ? "-" : window["keys"].count?.grouped ?? "-",
                knownFrom ?? "",
            ])
        }
        return [title("Windows", counts)] + (table.isEmpty ? [] : table.lines(terminal))
    }

    private func incidents() -> [String] {
        let fates = [
            ("kept", "kept"), ("landing", "whose level is gone"), ("cancelled", "cancelled"),
        ]
        let counts = fates.map {
            (count: Int(plan["incidents"][$0.0]["count"].count ?? 0), what: $0.1)
        }
        var table = TextTable([
            ("", .left), ("severity", .left), ("rule", .left), ("key", .left), ("level", .left),
        ])
        var more: [String] = []
        for (fate, counted) in zip(["landing", "cancelled"], counts.dropFirst()) {
            let named = plan["incidents"][fate]["list"].elements.prefix(Self.incidentLimit)
            for incident in named {
                let mark = SeverityMark(incident["severity"].text ?? "unknown")
                let key = incident["key"].members.map { "\($0.name) \($0.value)" }
                let next = incident["next_level"].text ?? "none"
                table.add(
                    [
                        fate, "\(mark.symbol) \(mark.word)", incident["rule"].description,
                        key.joined(separator: ", "), "\(incident["level"]) → \(next)",
                    ], styles: [1: mark.style])
            }
            if counted.count > named.count {
                more.append("  … and \(counted.count - named.count) more \(counted.what)")
            }
        }
        return [title("Incidents", counts)] + (table.isEmpty ? [] : table.lines(terminal)) + more
    }

    private func holds() -> [String] {
        [
            title(
                "Holds",
                [("kept", "kept"), ("dropped", "dropped")].map {
                    (count: Int(plan["holds"][$0.0].count ?? 0), what: $0.1)
                })
        ]
    }
}
