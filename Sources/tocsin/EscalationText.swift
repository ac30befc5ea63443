import Client
import Foundation

// An escalation as a person reads it: one line what, one line why and until when.
//
//   2026-01-01 00:10:00Z  ▲▲   SEVERE    ALERT warning           River above flood stage · station KE-001
//                                       Stage is 5.21 m · area KE030 Nakuru · until 06:10:00Z

/// Renders bodies of escalations for a terminal, tolerant of what is missing or new.
struct EscalationText {
    let terminal: Terminal
    /// Languages of messages, the preferred first; `en` and then any other follow.
    let languages: [String]

    /// The languages an environment asks for: `sw_KE.UTF-8` is `sw-KE`, `sw_KE`, `sw`.
    static func languages(of environment: [String: String]) -> [String] {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"]
        guard let value = names.lazy.compactMap({ environment[$0] }).first(where: { !$0.isEmpty }),
            let locale = value.split(whereSeparator: { $0 == "." || $0 == "@" }).first,
            let language = locale.split(separator: "_").first
        else { return [] }
        return [String(locale).replacing("_", with: "-"), String(locale), String(language)]
    }

    /// One or two lines for a body, without the last line end; the body itself if it is no JSON.
    func lines(_ body: [UInt8]) -> String {
        guard let value = JSONValue(body) else {
            return String(decoding: body, as: UTF8.self).printable
        }
        return lines(value)
    }

    /// One or two lines for a body that was parsed.
    func lines(_ value: JSONValue) -> String {
        let mark = SeverityMark(value["kind"].text == "clear" ? nil : value["severity"].text)
        // A refresh changes nothing: its event lies back, and what counts is when it was said.
        let isRefresh = value["kind"].text == "refresh"
        let said = value["sent"].text
        let time = Self.clock(isRefresh ? said : value["event_time"].text ?? said)
        var first = time.padded(to: 20) + "  "
        first += terminal.styled(mark.symbol.padded(to: 3), mark.style) + "  "
        first += terminal.styled(mark.word.padded(to: 8), mark.style) + "  "
        first += terminal.styled(kind(value).padded(to: 22), .bold) + "  "
        first += exercise(value) + subject(value)
        let rest = details(value, time)
        guard !rest.isEmpty else { return first }
        return first + "\n" + String(repeating: " ", count: 37) + rest.joined(separator: " · ")
    }

    /// What kind of escalation it is, in plain words.
    func kind(_ value: JSONValue) -> String {
        let level = value["level"].text
        let previous = value["previous_level"].text
        switch value["kind"].text {
        case "alert": return level.map { "ALERT \($0.printable)" } ?? "ALERT"
        case "update":
            if let level, let previous, level != previous {
                return "UPDATE \(previous.printable) → \(level.printable)"
            }
            return flags(value).contains("no-data") ? "UPDATE no data" : "UPDATE"
        case "refresh": return level.map { "STILL \($0.printable)" } ?? "STILL"
        case "clear": return "ALL CLEAR"
        case "cancel": return "CANCELLED"
        case let kind: return (kind ?? "?").uppercased().printable
        }
    }

    func exercise(_ value: JSONValue) -> String {
        guard let status = value["status"].text, status != "actual" else { return "" }
        return terminal.styled("[\(status.uppercased().printable)]", .bold) + " "
    }

    func subject(_ value: JSONValue) -> String {
        let title = value["title"].text ?? value["rule"]["name"].text ?? "?"
        let key = value["key"].members.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
        return [title, key].filter { !$0.isEmpty }.map(\.printable).joined(separator: " · ")
    }

    private func details(_ value: JSONValue, _ time: String) -> [String] {
        var parts: [String] = []
        if let headline = headline(value) { parts.append(headline.printable) }
        let area = [value["area"]["code"].text, value["area"]["name"].text].compactMap(\.self)
        if !area.isEmpty { parts.append("area " + area.joined(separator: " ").printable) }
        let words = flags(value).filter { $0 != "no-data" || value["kind"].text != "update" }
        parts += words.map { "(\($0.replacing("-", with: " ")))".printable }
        if let expires = value["expires"].text, value["kind"].text != "clear",
            value["kind"].text != "cancel"
        {
            parts.append("until " + Self.clock(expires, after: time))
        }
        return parts
    }

    private func flags(_ value: JSONValue) -> [String] {
        value["flags"].elements.compactMap(\.text)
    }

    private func headline(_ value: JSONValue) -> String? {
        let messages = value["message"]
        let spoken = (languages + ["en"]).map { messages[$0] } + messages.members.map(\.value)
        return spoken.lazy.compactMap { $0["headline"].text }.first { !$0.isEmpty }
    }

    /// `2026-01-01T00:10:00.25Z` as `2026-01-01 00:10:00Z`; the day is left out where it is the
    /// same as that of `other`.
    static func clock(_ text: String?, after other: String? = nil) -> String {
        guard let text, text.count >= 20, text.hasSuffix("Z") else { return text?.printable ?? "-" }
        let day = text.prefix(10)
        let time = text.dropFirst(11).prefix(8) + "Z"
        if let other, other.hasPrefix(day) { return String(time) }
        return "\(day) \(time)".printable
    }
}

/// A severity as symbol, word and colour; `nil` is the all-clear.
struct SeverityMark {
    let symbol: String
    let word: String
    let style: Style

    /// The mark of a severity's name; an unknown one keeps its word.
    init(_ severity: String?) {
        (symbol, word, style) =
            switch severity {
            case nil: ("✓", "", .good)
            case "minor": ("△", "MINOR", .minor)
            case "moderate": ("▲", "MODERATE", .moderate)
            case "severe": ("▲▲", "SEVERE", .severe)
            case "extreme": ("▲▲▲", "EXTREME", .extreme)
            case let other?: ("?", other.uppercased().printable, .plain)
            }
    }
}
