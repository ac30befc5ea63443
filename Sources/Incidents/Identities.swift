import Events

/// The identities of what is said, equal on every node that has the same input.
///
/// Each is the first 128 bits of SHA-256 over an unambiguous encoding: a word that tells the kinds
/// apart, then the parts, text and bytes behind their length, numbers as eight bytes little endian.
enum Identities {
    /// Of (status, rule, key).
    static func subject(
        _ rule: String, _ key: Key, _ digest: IncidentBook.Digest
    ) -> Identity {
        var writer = BinaryWriter()
        writer.write("subject")
        writer.write(rule)
        writer.write(key.bytes)
        return Identity(digest: digest(writer.bytes))
    }

    /// Of (status, rule, key, anchor); the anchor is the event time at which the raising hold began.
    static func incident(
        _ rule: String, _ key: Key, anchor: Timestamp, _ digest: IncidentBook.Digest
    ) -> Identity {
        var writer = BinaryWriter()
        writer.write("incident")
        writer.write(rule)
        writer.write(key.bytes)
        writer.write(anchor.nanoseconds)
        return Identity(digest: digest(writer.bytes))
    }

    /// Of (incident, kind, level, how often it said that).
    static func escalation(
        _ incident: Identity, _ kind: Escalation.Kind, level: String?, count: Int,
        _ digest: IncidentBook.Digest
    ) -> Identity {
        var writer = BinaryWriter()
        writer.write("escalation")
        writer.write(incident.bytes)
        writer.write(kind.rawValue)
        writer.write(level)
        writer.write(Int64(count))
        return Identity(digest: digest(writer.bytes))
    }
}
