import Client
import Events
import Wire

/// An open incident as `tocsin incidents` shows it, from the daemon or from its journal.
struct IncidentSummary: Sendable, Equatable {
    /// Its identity, 32 hexadecimal digits.
    var incident: String
    /// The rule that raised it.
    var rule: String
    /// The rule's title.
    var title: String
    /// What it is about: names and values of the rule's key.
    var key: [(name: String, value: String)]
    /// The active level.
    var level: String?
    /// CAP's word.
    var severity: String?
    /// False when its readings stopped, so that nobody knows whether it still holds.
    var isKnown = true
    /// The code of its area.
    var area: String?
    /// When it began, by event time.
    var onset: String?
    /// When it was raised, by event time.
    var raised: String?
    /// When it was last spoken of.
    var lastSaid: String?
    /// The latest headline.
    var headline: String?
    /// `actual`, `exercise`, `test` or `system`.
    var status = "actual"

    /// An incident with the parts that all have.
    init(
        incident: String, rule: String, title: String, key: [(name: String, value: String)] = []
    ) {
        self.incident = incident
        self.rule = rule
        self.title = title
        self.key = key
    }

    /// Reads a member of the daemon's answer; what is missing is left out.
    init(_ value: JSONValue) {
        self.init(
            incident: value["incident"].description, rule: value["rule"].description,
            title: value["title"].text ?? value["rule"].description,
            key: value["key"].members.map { ($0.name, $0.value.description) })
        level = value["level"].text
        severity = value["severity"].text
        isKnown = value["known"].flag ?? true
        area = value["area"].text ?? value["area"]["code"].text
        onset = value["onset"].text
        raised = value["raised"].text
        lastSaid = value["last_said"].text
        headline = value["headline"].text
        status = value["status"].text ?? "actual"
    }

    static func == (left: IncidentSummary, right: IncidentSummary) -> Bool {
        left.json == right.json
    }

    /// The incident as the daemon writes it: sorted keys.
    var json: String {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.text
    }

    /// Writes the incident as one JSON object.
    func write(to writer: inout JSONWriter) {
        let texts = [
            ("headline", headline), ("incident", incident), ("key", nil), ("known", nil),
            ("last_said", lastSaid), ("level", level), ("onset", onset), ("raised", raised),
            ("rule", rule), ("severity", severity), ("status", status), ("title", title),
        ]
        writer.object { writer in
            writer.key("area")
            writer.string(orNull: area)
            for (name, text) in texts {
                writer.key(name)
                switch name {
                case "key": writer.object(key.map { ($0.name, .string($0.value)) })
                case "known": writer.bool(isKnown)
                case _: writer.string(orNull: text)
                }
            }
        }
    }
}
