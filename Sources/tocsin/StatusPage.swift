import Events
import Client

/// Renders the daemon's status as a page of sections; what it does not tell is left out.
struct StatusPage {
    let status: JSONValue
    let terminal: Terminal

    /// A page of a status.
    init(_ status: JSONValue, terminal: Terminal) {
        self.status = status
        self.terminal = terminal
    }

    /// The page, line by line.
    func lines() -> [String] {
        var lines = head()
        let sections = [
            alarms(), canary(), conservation(), incidents(), deadLetters(), streams(), silence(),
            feeds(), stages(), rules(), ruleErrors(), engine(), journal(),
        ]
        for section in sections where !section.isEmpty { lines += [""] + section }
        return lines
    }

    func title(_ text: String) -> String { terminal.styled(text, .bold) }

    private func head() -> [String] {
        let name = status["publisher"].text?.printable ?? "this daemon"
        var first = terminal.styled("tocsin \(name)", .bold)
        if let version = status["version"].text { first += "  version \(version.printable)" }
        if let seconds = status["uptime_s"].number { first += "  up \(Self.span(seconds))" }
        var second: [String] = []
        if let now = status["now"].text { second.append("now \(EscalationText.clock(now))") }
        if let clock = status["clock"].text { second.append("clock \(clock.printable)") }
        if let started = status["started"].text {
            second.append("started \(EscalationText.clock(started))")
        }
        return [first] + (second.isEmpty ? [] : [second.joined(separator: "  ")])
    }

    /// What is wrong with the daemon itself.
    private func alarms() -> [String] {
        var lines: [String] = []
        if let failing = status["journal"]["failing"].text {
            let sentence = "✗ The journal cannot commit, and nothing is published until it can:"
            lines += [terminal.styled(sentence, .extreme), "  \(failing.printable)"]
        }
        let stranded = Int(clamping: status["recording"]["stranded"].count ?? 0)
        if stranded > 0 {
            let sentence =
                "✗ \(stranded.counting("acknowledged report")) undecided: no rule file declares "
                + "what takes them; the log tells what is missing"
            lines.append(terminal.styled(sentence, .extreme))
        }
        return lines
    }

    /// Whether everything still moves, idle or not.
    private func canary() -> [String] {
        let canary = status["canary"]
        guard let age = canary["age_s"].number else { return [] }
        // One is sent every ten seconds at least.
        guard age <= 30 else {
            let sentence = "✗ The line stands still: no canary came back for \(Self.span(age))"
            return [terminal.styled(sentence, .extreme)]
        }
        guard let trip = canary["round_trip_ms"].number else { return [] }
        let sentence =
            "✓ A canary went through every stage \(Self.span(age)) ago, in \(Int(trip)) ms"
        return [terminal.styled(sentence, .good)]
    }

    private func conservation() -> [String] {
        let law = status["conservation"]
        guard !law.isNull else { return [] }
        var sum = ["accepted", "rejected", "shed", "duplicate"]
            .map { "\(Self.number(law[$0])) \($0)" }.joined(separator: " + ")
        if law["in_flight"].count ?? 0 > 0 {
            sum += " + \(Self.number(law["in_flight"])) on their way"
        }
        let verdict =
            switch law["holds"].flag {
            case true?: terminal.styled("✓ holds: nothing is unaccounted for", .good)
            case false?: terminal.styled("✗ BROKEN: readings are unaccounted for", .extreme)
            case nil: "? unknown"
            }
        return [title("Readings"), "  \(Self.number(law["in"])) in = \(sum)", "  \(verdict)"]
    }

    private func incidents() -> [String] {
        let incidents = status["incidents"]
        guard !incidents.isNull else { return [] }
        let counts = incidents["by_severity"]
        let parts = ["extreme", "severe", "moderate", "minor"].compactMap { name -> String? in
            guard let count = counts[name].count, count > 0 else { return nil }
            let mark = SeverityMark(name)
            return terminal.styled("\(mark.symbol) \(count.grouped) \(name)", mark.style)
        }
        let list = parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
        return [title("Open incidents"), "  \(Self.number(incidents["open"])) open\(list)"]
    }

    /// How many of each kind; `tocsin dead-letters` shows them.
    private func deadLetters() -> [String] {
        guard case .array(let letters) = status["dead_letters"] else { return [] }
        guard !letters.isEmpty else { return [title("Dead letters"), "  ✓ none"] }
        let limit = 10
        var table = TextTable([
            ("count", .right), ("feed", .left), ("stream", .left), ("source", .left),
            ("reason", .left), ("last at", .left),
        ])
        let sorted = letters.sorted { $0["count"].count ?? 0 > $1["count"].count ?? 0 }
        for letter in sorted.prefix(limit) {
            table.add([
                Self.number(letter["count"]), letter["feed"].description,
                letter["stream"].description, letter["source"].description,
                letter["reason"].description, EscalationText.clock(letter["last"]["at"].text),
            ])
        }
        let more = letters.count > limit ? "… and \(letters.count - limit) more kinds; " : ""
        return [title("Dead letters")] + table.lines(terminal)
            + ["  \(more)`tocsin dead-letters` shows what is wrong, and where"]
    }

    private func streams() -> [String] {
        section(
            "Streams", status["streams"],
            [
                ("stream", "name", .left), ("events", "events", .right),
                ("sources", "sources", .right),
                ("rows of sources not followed", "unfollowed", .right),
                ("late", "late", .right), ("out of order", "out_of_order", .right),
            ])
    }

    private func silence() -> [String] {
        var table = TextTable([
            ("stream", .left), ("source", .left), ("silent for", .right), ("events", .right),
        ])
        for stream in status["streams"].elements {
            for source in stream["silent"].elements {
                table.add([
                    stream["name"].description, source["source"].description,
                    source["silent_s"].number.map(Self.span) ?? "-",
                    Self.number(source["events"]),
                ])
            }
        }
        return table.isEmpty ? [] : [title("Sources, longest silent first")] + table.lines(terminal)
    }

    private func stages() -> [String] {
        section(
            "Stages", status["stages"],
            [
                ("stage", "name", .left), ("in", "in", .right), ("out", "out", .right),
                ("lag bytes", "lag_bytes", .right), ("busy", "busy", .right),
            ])
    }

    private func rules() -> [String] {
        let rules = status["rules"]
        guard !rules.isNull else { return [] }
        var lines = section(
            "Rules", rules["list"],
            [
                ("rule", "name", .left), ("stream", "stream", .left), ("keys", "keys", .right),
                ("open", "open", .right),
            ])
        if lines.isEmpty { lines = [title("Rules")] }
        let count = Self.number(rules["count"])
        var summary = "  \(count) rule\(count == "1" ? "" : "s")"
        if let folder = rules["folder"].text { summary += " from \(folder.printable)" }
        if !rules["generation"].isNull { summary += ", generation \(rules["generation"])" }
        lines.insert(summary, at: 1)
        return lines
            + section(
                "Tables", rules["tables"],
                [
                    ("table", "name", .left), ("rows", "rows", .right),
                    ("version", "version", .left),
                ])
    }

    private func ruleErrors() -> [String] {
        let errors = status["rules"]["errors"].elements
        guard !errors.isEmpty else { return [] }
        return [title("✗ The latest rules were refused; the old ones are running")]
            + errors.map { "  " + $0.description.printable }
    }

    private func engine() -> [String] { pairs("Engine", status["engine"]) }

    private func journal() -> [String] { pairs("Journal", status["journal"], plain: ["epoch"]) }

    /// A section of rows, a column for each member that at least one row has.
    func section(
        _ name: String, _ rows: JSONValue,
        _ columns: [(title: String, member: String, alignment: TextTable.Alignment)]
    ) -> [String] {
        let rows = rows.elements
        let present = columns.filter { column in rows.contains { !$0[column.member].isNull } }
        guard !present.isEmpty else { return [] }
        var table = TextTable(present.map { ($0.title, $0.alignment) })
        for row in rows { table.add(present.map { Self.number(row[$0.member]) }) }
        return [title(name)] + table.lines(terminal)
    }

    /// A section of one line: every number there is, by its name.
    private func pairs(_ name: String, _ value: JSONValue, plain: Set<String> = []) -> [String] {
        let words = value.members.map { member in
            let isPlain = plain.contains(member.name)
            let number = isPlain ? member.value.description : Self.number(member.value)
            return "\(member.name.replacing("_", with: " ")) \(number)".printable
        }
        return words.isEmpty ? [] : [title(name), "  " + words.joined(separator: " · ")]
    }

    /// Whole numbers with commas, all else as it reads.
    static func number(_ value: JSONValue) -> String {
        value.count.map(\.grouped) ?? value.description
    }

    /// Seconds as a person counts them: `42 s`, `7 min`, `3 h 20 min`, `5 d 2 h`.
    static func span(_ seconds: Double) -> String {
        let whole = Int(max(0, min(seconds, 1e12)))
        switch whole {
        case 0..<60: return "\(whole) s"
        case 60..<3600: return "\(whole / 60) min"
        case 3600..<86_400: return "\(whole / 3600) h \(whole % 3600 / 60) min"
        case _: return "\(whole / 86_400) d \(whole % 86_400 / 3600) h"
        }
    }
}
