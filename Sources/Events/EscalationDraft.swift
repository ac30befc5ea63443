/// An escalation's body with holes for what only the journal knows: its place in a channel.
///
/// The body is one line of JSON with sorted keys. `parts` are its five pieces; between them stand
/// `channel` and `epoch`, then `prev`, then `publisher`, then `seq`. So everything that is decided
/// is encoded once, by the thread that decided it, and what the journal adds it splices in.
public struct EscalationDraft: Sendable {
    /// `Escalation.id`.
    public var id: Identity
    /// `Escalation.incident`.
    public var incident: Identity
    /// `Escalation.severity`: severe and extreme wait for nobody.
    public var severity: Severity
    /// Topics without duplicates, its own first.
    public var topics: [String]
    /// The five pieces of the body, each but the last ending in `,` or `{`.
    public var parts: [[UInt8]]
    /// What the operator's log says of it; nil where it says nothing.
    public var notice: EscalationNotice?

    /// A draft.
    /// - Precondition: there are five parts.
    public init(
        id: Identity, incident: Identity, severity: Severity, topics: [String], parts: [[UInt8]],
        notice: EscalationNotice? = nil
    ) {
        precondition(parts.count == 5, "A draft has five parts around four holes.")
        self.id = id
        self.incident = incident
        self.severity = severity
        self.topics = topics
        self.parts = parts
        self.notice = notice
    }

    /// The whole body.
    ///
    /// `channel` and `publisher` are JSON strings with their quotes; `previous` is the hexadecimal
    /// SHA-256 of the previous body of the channel, nil for the first of an epoch.
    public func body(
        channel: String, epoch: UInt64, previous: String?, publisher: String, seq: UInt64
    ) -> [UInt8] {
        let holes = [
            "\"channel\":\(channel),\"epoch\":\(epoch),",
            "\"prev\":\(previous.map { "\"\($0)\"" } ?? "null"),",
            "\"publisher\":\(publisher),",
            "\"seq\":\(seq),",
        ]
        var body: [UInt8] = []
        body.reserveCapacity(parts.reduce(0) { $0 + $1.count } + 200)
        for (index, part) in parts.enumerated() {
            body += part
            if index < holes.count { body += holes[index].utf8 }
        }
        return body
    }
}
