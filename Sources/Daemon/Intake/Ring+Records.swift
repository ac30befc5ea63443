import Events
import RingBuffers

extension RingProducer {
    /// Commits a copy of a record; false when there is no room right now.
    mutating func put(_ record: EventRecord) -> Bool {
        guard let place = reserve(record.length) else { return false }
        place.copyMemory(from: record.base, byteCount: record.length)
        commit(record.length)
        return true
    }
}

extension RingConsumer {
    /// The oldest record; nil when there is none.
    var firstRecord: EventRecord? {
        mutating get {
            let run = readable()
            return run.isEmpty ? nil : run.baseAddress.map { EventRecord(base: $0) }
        }
    }

    /// Lets everything go that was published.
    mutating func releaseAll() {
        while true {
            let run = readable()
            guard run.count > 0 else { return }
            release(run.count)
        }
    }
}

extension EventRecord {
    /// Who sent it; nil where the stream or the event does not say.
    func source(_ schema: StreamSchema) -> String? {
        schema.source.flatMap { word($0, schema) }
    }

    /// A text or a whole number as text; nil where it is UNKNOWN.
    func word(_ field: Int, _ schema: StreamSchema) -> String? {
        guard isPresent(field) else { return nil }
        switch schema.fields[field].type {
        case .string: return String(decoding: text(field), as: UTF8.self)
        case .int: return String(Int64(bitPattern: cell(field)))
        case .double, .bool, .timestamp: return nil
        }
    }
}
