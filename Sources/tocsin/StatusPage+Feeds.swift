import Client
import Events

// The feeds: what each brought, and, where there is any, what it lost and what its sequence tells.

extension StatusPage {
    private static let columns: [(title: String, member: String)] = [
        ("frames", "frames"), ("bytes", "bytes"), ("accepted", "accepted"),
        ("rejected", "rejected"),
    ]

    /// Columns that are left out where all is zero.
    private static let losses: [(title: String, member: String)] = [
        ("duplicates", "duplicate"), ("shed", "shed"), ("backlog bytes", "backlog_bytes"),
        ("unanswered", "unanswered"),
    ]

    /// A table of the feeds, and a line for what is not a number.
    func feeds() -> [String] {
        let feeds = status["feeds"].elements
        let told = Self.losses.filter { column in
            feeds.contains { $0[column.member].count ?? 0 > 0 }
        }
        let numbers = (Self.columns + told).map { ($0.title, $0.member, TextTable.Alignment.right) }
        let table = section(
            "Feeds", status["feeds"],
            [
                ("feed", "name", .left), ("pattern", "pattern", .left),
                ("endpoint", "endpoint", .left),
            ] + numbers)
        return table + feeds.flatMap { shedding($0) + sequence($0) }
    }

    private func shedding(_ feed: JSONValue) -> [String] {
        let sources = feed["sheddings"].elements.map {
            "\($0["source"].description.printable) (\(Self.number($0["count"])))"
        }
        guard !sources.isEmpty else { return [] }
        return ["  \(name(feed)): most was shed of \(sources.joined(separator: ", "))"]
    }

    private func sequence(_ feed: JSONValue) -> [String] {
        let counts = feed["sequence"]
        let words: [(member: String, text: String)] = [
            ("missing", "missing in \(Int(clamping: counts["gaps"].count ?? 0).counting("gap"))"),
            ("recovered", "came after all"), ("duplicates", "came twice"),
            ("restarts", "begun anew"), ("before_joining", "sent before we joined"),
            ("too_old", "too far back to tell whether they came twice"),
            ("conflicting", "with the number of another"),
            ("uncounted", "more came without one"),
        ]
        guard counts["messages"].count ?? 0 > 0 else { return [] }
        let parts = words.filter { counts[$0.member].count ?? 0 > 0 }
            .map { "\(Self.number(counts[$0.member])) \($0.text)" }
        let told = parts.isEmpty ? "none missing" : parts.joined(separator: ", ")
        let messages = Self.number(counts["messages"])
        return ["  \(name(feed)): \(messages) messages with a sequence, \(told)"]
    }

    private func name(_ feed: JSONValue) -> String { feed["name"].description.printable }
}
