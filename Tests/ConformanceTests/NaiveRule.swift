import Expressions

/// A rule of the differential test: its conditions are rows' fields, so that a row says freely what
/// each of them is. `a0`… are the levels' `when`, `c0`… their `clear`, `w` and `kind` the `where`.
struct NaiveRule {
    enum Hold {
        case seconds(Int)
        case readings(Int)
    }

    enum Selection {
        case everything, number, text
    }

    struct Level {
        var hold: Hold
        var hasClear: Bool
    }

    var name: String
    var selection: Selection
    var levels: [Level]
    var clearFor: Int
    var noData: (after: Int, action: String)?

    /// As an author would write it.
    var yaml: String {
        var text = "  - rule: \(name)\n    on: s\n    by: k\n"
        switch selection {
        case .everything: break
        case .number: text += "    where: w > 0.5\n"
        case .text: text += "    where: kind == 'x'\n"
        }
        text += "    levels:\n"
        let severities = ["minor", "moderate", "severe", "extreme"]
        for (index, level) in levels.enumerated() {
            var parts = ["when: a\(index) > 0.5", "severity: \(severities[index])"]
            if level.hasClear { parts.append("clear: c\(index) < 0.5") }
            switch level.hold {
            case .seconds(let seconds): parts.append("for: \(seconds)s")
            case .readings(let count): parts.append("for: {readings: \(count)}")
            }
            text += "      l\(index): {\(parts.joined(separator: ", "))}\n"
        }
        text += "    clear_for: \(clearFor)s\n"
        if let noData {
            text += "    no_data: {after: \(noData.after)s, do: \(noData.action)}\n"
        }
        return text
    }
}

/// A row of the differential test: what each condition is on it.
struct NaiveRow: CustomStringConvertible {
    var time: Int
    var key: String
    var whens: [Truth]
    /// What `cN < 0.5` is.
    var clears: [Truth]
    var number: Truth
    var text: Truth

    /// Whether a rule's `where` lets it pass.
    func selected(by selection: NaiveRule.Selection) -> Truth {
        switch selection {
        case .everything: .yes
        case .number: number
        case .text: text
        }
    }

    var description: String {
        func letters(_ truths: [Truth]) -> String {
            truths.map { $0 == .yes ? "T" : $0 == .no ? "F" : "U" }.joined()
        }
        return "\(time) \(key) when \(letters(whens)) clear \(letters(clears)) "
            + "where \(letters([number])) kind \(letters([text]))"
    }
}
