public import Events

// Topics of an escalation, each ending in `/` and at most 240 bytes:
//
//   actual/hazard/HAZARD/SEVERITY/AREA/RULE/KEY/
//   actual/area/AREA/HAZARD/SEVERITY/RULE/KEY/
//   actual/severity/SEVERITY/HAZARD/AREA/RULE/KEY/
//
// An absent component is `-`; bytes outside [A-Za-z0-9._-] are percent-encoded; key components are
// joined by `,`. What does not fit becomes `~` and 16 hexadecimal digits of its hash.

/// The topics an escalation goes out under: its own, and every one its incident used before.
public enum EscalationTopics {
    /// All topics, its own first, none twice.
    public static func all(of escalation: Escalation) -> [String] {
        var topics: [String] = []
        let rule = encoded(escalation.ruleName)
        let key = encoded(escalation.key)
        for route in escalation.routes {
            for topic in topicsOf(route, escalation.status, rule: rule, key: key)
            where !topics.contains(topic) {
                topics.append(topic)
            }
        }
        return topics
    }

    private static func topicsOf(
        _ route: Escalation.Route, _ status: Status, rule: String, key: String
    ) -> [String] {
        let hazard = encoded(route.hazard)
        let severity = route.severity.name
        let area = fitted(encoded(route.area ?? ""), within: 64)
        let root = status.name
        let fixed = "\(root)/severity/\(severity)/\(hazard)/\(area)/\(rule)//".utf8.count
        let key = fitted(key, within: Limits.topicBytes - fixed)
        return [
            "\(root)/hazard/\(hazard)/\(severity)/\(area)/\(rule)/\(key)/",
            "\(root)/area/\(area)/\(hazard)/\(severity)/\(rule)/\(key)/",
            "\(root)/severity/\(severity)/\(hazard)/\(area)/\(rule)/\(key)/",
        ]
    }

    private static func encoded(_ key: Key) -> String {
        let components = key.values.map { encoded($0.description) }
        return components.isEmpty ? "-" : components.joined(separator: ",")
    }

    /// Percent-encodes what is not in `[A-Za-z0-9._-]`; empty text is `-`.
    static func encoded(_ text: String) -> String {
        guard !text.isEmpty else { return "-" }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "%"))
                bytes += Hexadecimal.text([byte]).uppercased().utf8
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The component, or a stand-in of 17 bytes where it is longer than `limit`.
    private static func fitted(_ component: String, within limit: Int) -> String {
        guard component.utf8.count > limit else { return component }
        // FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in component.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return "~"
            + Hexadecimal.text((0..<8).map { UInt8(truncatingIfNeeded: hash >> (56 - 8 * $0)) })
    }
}
