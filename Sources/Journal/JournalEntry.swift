package import Events

/// One decision to make durable, as it comes from the evaluation thread.
package enum JournalEntry: Sendable {
    /// A message to publish. One whose id is already stored is suppressed.
    case escalation(EscalationDraft)
    /// An incident is open and its state is now this; the state is opaque here.
    case incident(subject: Identity, incident: Identity, state: [UInt8])
    /// The incident of this subject is open no more.
    case incidentClosed(subject: Identity)
    /// The state of a rule for a key, such as a running hold, is now this; nil deletes it.
    case state(rule: String, key: Key, bytes: [UInt8]?)
    /// A rule that watches for silence heard a key for the first time.
    case keyHeard(KnownKey)
    /// A rule was withdrawn: its states and known keys go, its incidents stay.
    case ruleForgotten(rule: String)
}

/// What one commit makes durable: all of it or nothing.
package struct JournalBatch: Sendable {
    /// The decisions, in the order in which they fell.
    package var entries: [JournalEntry]
    /// The number of the first event that had no part in them yet.
    package var nextEventNo: UInt64
    /// The number of the last recorded report that had; 0 before the first.
    package var recorded: UInt64

    /// A batch.
    package init(entries: [JournalEntry], nextEventNo: UInt64, recorded: UInt64 = 0) {
        self.entries = entries
        self.nextEventNo = nextEventNo
        self.recorded = recorded
    }
}

/// A committed escalation: what may now be published.
package struct PublishedItem: Sendable, Hashable {
    /// Its place in the channel.
    package let seq: UInt64
    /// Its topics, its own first.
    package let topics: [String]
    /// The exact bytes that every replay will repeat.
    package let body: [UInt8]
    /// What the operator's log says of it; nil where it says nothing.
    package let notice: EscalationNotice?
}

/// Where a channel stands.
package struct JournalPosition: Sendable, Hashable {
    /// Grows whenever continuity is not proven.
    package let epoch: UInt64
    /// The newest seq, 0 when there is none yet.
    package let head: UInt64
    /// The oldest seq that can still be fetched; head + 1 when there is none.
    package let floor: UInt64

    /// A position.
    package init(epoch: UInt64, head: UInt64, floor: UInt64) {
        self.epoch = epoch
        self.head = head
        self.floor = floor
    }
}

/// What a fresh start is given to go on from; everything is sorted by its bytes.
package struct RecoveredDecisions: Sendable {
    /// The number of the first event whose decisions are not stored; 1 in a new journal.
    package let nextEventNo: UInt64
    /// The number of the last recorded report whose decisions are stored; 0 when there is none.
    package let recorded: UInt64
    /// Open incidents by subject.
    package let incidents: [(subject: Identity, state: [UInt8])]
    /// States by rule, then key.
    package let states: [(rule: String, key: Key, bytes: [UInt8])]
    /// Known keys by rule, then key.
    package let knownKeys: [KnownKey]
}

/// An open incident as the journal holds it.
package struct OpenIncident: Sendable, Hashable {
    /// `Incident.subject`.
    package let subject: Identity
    /// `Incident.id`.
    package let incident: Identity
    /// Opaque here.
    package let state: [UInt8]
    /// The `nextEventNo` of the batch that wrote it last.
    package let eventNo: UInt64

    /// An open incident.
    package init(subject: Identity, incident: Identity, state: [UInt8], eventNo: UInt64) {
        self.subject = subject
        self.incident = incident
        self.state = state
        self.eventNo = eventNo
    }
}

/// An escalation under the one topic that the asker knows it by.
package struct TopicItem: Sendable, Hashable {
    /// The first of its topics that starts with the asked prefix.
    package let topic: String
    /// The exact bytes that were published.
    package let body: [UInt8]
}
