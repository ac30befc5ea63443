public import Events

// The body of an escalation: one line of UTF-8 JSON with sorted keys.
//
//   area, category?, certainty, channel*, epoch*, event_time, evidence, expires, flags, hazard, id,
//   incident, key, kind, labels, level, message, onset, prev*, previous_level, publisher*,
//   references, response_type?, rule, sent, seq*, severity, status, subject, title, to, urgency,
//   values
//
// Members with * are the journal's: the draft has a hole there.

/// Encodes escalations as drafts: their topics, and their body but for its place in a channel.
public enum EscalationEncoder {
    /// The draft of an escalation.
    public static func draft(of escalation: Escalation) -> EscalationDraft {
        EscalationDraft(
            id: escalation.id, incident: escalation.incident, severity: escalation.severity,
            topics: EscalationTopics.all(of: escalation), parts: parts(of: escalation),
            notice: EscalationNotice(escalation))
    }

    private static func parts(of escalation: Escalation) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var writer = JSONWriter()
        writer.object { writer in
            writeArea(escalation, &writer)
            writer.expectSplice()
            parts.append(writer.takePart())
            writeWhat(escalation, &writer)
            writer.expectSplice()
            parts.append(writer.takePart())
            writer.key("previous_level")
            writer.string(orNull: escalation.previousLevel)
            writer.expectSplice()
            parts.append(writer.takePart())
            writeOrigin(escalation, &writer)
            writer.expectSplice()
            parts.append(writer.takePart())
            writeSeverity(escalation, &writer)
        }
        parts.append(writer.takePart())
        return parts
    }

    private static func writeArea(_ escalation: Escalation, _ writer: inout JSONWriter) {
        writer.key("area")
        if let area = escalation.area {
            writer.object { writer in
                writer.key("code")
                writer.string(area)
            }
        } else {
            writer.null()
        }
        if let category = escalation.cap.category {
            writer.key("category")
            writer.string(category)
        }
        writer.key("certainty")
        writer.string(escalation.cap.certainty)
    }

    private static func writeWhat(_ escalation: Escalation, _ writer: inout JSONWriter) {
        writer.key("event_time")
        writer.string(escalation.eventTime.description)
        writer.key("evidence")
        writer.object { writer in
            writer.key("from")
            writer.int(escalation.evidence.lowerBound)
            writer.key("to")
            writer.int(escalation.evidence.upperBound)
        }
        writer.key("expires")
        writer.string(escalation.expires.description)
        writer.key("flags")
        writer.strings(escalation.flags)
        writer.key("hazard")
        writer.string(escalation.hazard)
        writer.key("id")
        writer.string(escalation.id.description)
        writer.key("incident")
        writer.string(escalation.incident.description)
        writer.key("key")
        writer.object(zip(escalation.keyNames, escalation.key.values).map { ($0, $1) })
        writer.key("kind")
        writer.string(escalation.kind.rawValue)
        writer.key("labels")
        writer.object(escalation.labels)
        writer.key("level")
        writer.string(orNull: escalation.level)
        writer.key("message")
        writer.object { writer in
            for (language, parts) in escalation.message.sorted(by: {
                $0.language.precedesInBytes($1.language)
            }) {
                writer.key(language)
                writer.object(parts.map { ($0.name, .string($0.text)) })
            }
        }
        writer.key("onset")
        writer.string(escalation.onset.description)
    }

    private static func writeOrigin(_ escalation: Escalation, _ writer: inout JSONWriter) {
        writer.key("references")
        writer.array { writer in
            for reference in escalation.references { writer.string(reference.description) }
        }
        if !escalation.cap.responseTypes.isEmpty {
            writer.key("response_type")
            writer.array { writer in
                for type in escalation.cap.responseTypes { writer.string(type) }
            }
        }
        writer.key("rule")
        writer.object { writer in
            writer.key("hash")
            writer.string(escalation.ruleHash)
            writer.key("name")
            writer.string(escalation.ruleName)
            writer.key("source")
            guard let source = escalation.provenance else { return writer.null() }
            let members = [
                ("confidence", source.confidence), ("region", source.region),
                ("title", source.title), ("url", source.url),
            ]
            writer.object(
                members.compactMap { name, text in text.map { (name, .string($0)) } })
        }
        writer.key("sent")
        writer.string(escalation.sent.description)
    }

    private static func writeSeverity(_ escalation: Escalation, _ writer: inout JSONWriter) {
        writer.key("severity")
        writer.string(escalation.severity.name)
        writer.key("status")
        writer.string(escalation.status.name)
        writer.key("subject")
        writer.string(escalation.subject.description)
        writer.key("title")
        writer.string(escalation.title)
        writer.key("to")
        writer.array { _ in }
        writer.key("urgency")
        writer.string(escalation.cap.urgency)
        writer.key("values")
        writer.object(escalation.values)
    }
}
