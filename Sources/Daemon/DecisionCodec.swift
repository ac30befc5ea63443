import Events
import Journal
import RingBuffers

// A record in the ring between evaluation and journal, and between journal and publish:
//
//   offset size
//        0    4   length of the whole record in bytes, a multiple of 8
//        4    4   length of the content
//        8    …   content, written by BinaryWriter: a kind byte, then the parts
//
// Kinds towards the journal: 1 escalation, 2 incident, 3 incident closed, 4 state, 5 state gone,
// 6 key heard, 7 rule forgotten, 8 boundary: all that one event decided has been written, 9 canary.
// Kinds towards publish: 1 escalation (seq, topics, body), 2 canary.

/// What travels to the journal.
enum JournalMessage {
    case entry(JournalEntry)
    /// Everything decided by events before `nextEventNo`, and by recorded reports through
    /// `recorded`, has been told.
    case boundary(nextEventNo: UInt64, recorded: UInt64)
    /// A canary, to be committed and handed on.
    case canary(UInt64)

    func encoded() -> [UInt8] {
        var writer = BinaryWriter()
        switch self {
        case .entry(.escalation(let draft)):
            writer.write(UInt8(1))
            writer.write(draft.id.bytes)
            writer.write(draft.incident.bytes)
            writer.write(draft.severity.rawValue)
            writer.write(count: draft.topics.count)
            for topic in draft.topics { writer.write(topic) }
            for part in draft.parts { writer.write(part) }
            writer.write(draft.notice?.encoded() ?? [])
        case .entry(.incident(let subject, let incident, let state)):
            writer.write(UInt8(2))
            writer.write(subject.bytes)
            writer.write(incident.bytes)
            writer.write(state)
        case .entry(.incidentClosed(let subject)):
            writer.write(UInt8(3))
            writer.write(subject.bytes)
        case .entry(.state(let rule, let key, let bytes)):
            writer.write(UInt8(bytes == nil ? 5 : 4))
            writer.write(rule)
            writer.write(key.bytes)
            if let bytes { writer.write(bytes) }
        case .entry(.keyHeard(let known)):
            writer.write(UInt8(6))
            writer.write(known.rule)
            writer.write(known.partition.text)
            writer.write(known.key.bytes)
        case .entry(.ruleForgotten(let rule)):
            writer.write(UInt8(7))
            writer.write(rule)
        case .boundary(let nextEventNo, let recorded):
            writer.write(UInt8(8))
            writer.write(nextEventNo)
            writer.write(recorded)
        case .canary(let number):
            writer.write(UInt8(9))
            writer.write(number)
        }
        return writer.bytes
    }

    init(bytes: [UInt8]) throws(BinaryReader.Malformed) {
        var reader = BinaryReader(bytes)
        switch try reader.byte() {
        case 1:
            let id = Identity(digest: try reader.data())
            let incident = Identity(digest: try reader.data())
            let severity = Severity(rawValue: try reader.byte()) ?? .extreme
            var topics: [String] = []
            for _ in 0..<(try reader.count()) { topics.append(try reader.text()) }
            var parts: [[UInt8]] = []
            for _ in 0..<5 { parts.append(try reader.data()) }
            let notice = try EscalationNotice(bytes: try reader.data(), severity: severity)
            self = .entry(
                .escalation(
                    EscalationDraft(
                        id: id, incident: incident, severity: severity, topics: topics,
                        parts: parts, notice: notice)))
        case 2:
            self = .entry(
                .incident(
                    subject: Identity(digest: try reader.data()),
                    incident: Identity(digest: try reader.data()), state: try reader.data()))
        case 3: self = .entry(.incidentClosed(subject: Identity(digest: try reader.data())))
        case 4:
            self = .entry(
                .state(
                    rule: try reader.text(), key: Key(bytes: try reader.data()),
                    bytes: try reader.data()))
        case 5:
            self = .entry(
                .state(rule: try reader.text(), key: Key(bytes: try reader.data()), bytes: nil))
        case 6:
            self = .entry(
                .keyHeard(
                    KnownKey(
                        rule: try reader.text(), partition: Partition(text: try reader.text()),
                        key: Key(bytes: try reader.data()))))
        case 7: self = .entry(.ruleForgotten(rule: try reader.text()))
        case 8:
            self = .boundary(
                nextEventNo: try reader.unsigned(), recorded: try reader.unsigned())
        case 9: self = .canary(try reader.unsigned())
        default: throw BinaryReader.Malformed(offset: 0)
        }
    }
}

/// What travels to publish.
enum PublishMessage {
    /// A committed escalation; its seq stands in its body too.
    case escalation(seq: UInt64, topics: [String], body: [UInt8])
    /// A canary that was committed.
    case canary(UInt64)

    init(_ item: PublishedItem) {
        self = .escalation(seq: item.seq, topics: item.topics, body: item.body)
    }

    func encoded() -> [UInt8] {
        var writer = BinaryWriter()
        switch self {
        case .escalation(let seq, let topics, let body):
            writer.write(UInt8(1))
            writer.write(seq)
            writer.write(count: topics.count)
            for topic in topics { writer.write(topic) }
            writer.write(body)
        case .canary(let number):
            writer.write(UInt8(2))
            writer.write(number)
        }
        return writer.bytes
    }

    init(bytes: [UInt8]) throws(BinaryReader.Malformed) {
        var reader = BinaryReader(bytes)
        switch try reader.byte() {
        case 1:
            let seq = try reader.unsigned()
            var topics: [String] = []
            for _ in 0..<(try reader.count()) { topics.append(try reader.text()) }
            self = .escalation(seq: seq, topics: topics, body: try reader.data())
        case 2: self = .canary(try reader.unsigned())
        default: throw BinaryReader.Malformed(offset: 0)
        }
    }
}

extension RingProducer {
    /// Puts content into the ring; false when there is no room right now.
    mutating func put(_ content: [UInt8]) -> Bool {
        let length = (8 + content.count + 7) & ~7
        guard let place = reserve(length) else { return false }
        place.storeBytes(of: UInt32(length), as: UInt32.self)
        place.storeBytes(of: UInt32(content.count), toByteOffset: 4, as: UInt32.self)
        content.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress {
                (place + 8).copyMemory(from: start, byteCount: bytes.count)
            }
        }
        commit(length)
        return true
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Calls `body` with the content of each record of a run until it returns false; the bytes of
    /// the records it was given.
    func forEachContent<Failure>(
        _ body: ([UInt8]) throws(Failure) -> Bool
    ) throws(Failure) -> Int {
        guard let start = baseAddress else { return 0 }
        var offset = 0
        while offset < count {
            let length = Int(start.load(fromByteOffset: offset, as: UInt32.self))
            let size = Int(start.load(fromByteOffset: offset + 4, as: UInt32.self))
            let content = Array(UnsafeRawBufferPointer(start: start + offset + 8, count: size))
            offset += length
            if try !body(content) { break }
        }
        return offset
    }
}
