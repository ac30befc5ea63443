import Events
import Journal
import RingBuffers
import Synchronization
import Transport
import Wire

/// Reads the messages of a feed whose senders are answered, into reports as they are recorded.
final class ReportReader {
    let feed: Configuration.Feed
    let shared: IntakeShared
    private var decoder: FeedDecoder
    private var keys: [[[Int]]]
    private var shapes: [[UInt8]]
    private var spill = Ring(capacity: 2 << 20)

    /// A reader by these declarations.
    init(
        feed: Configuration.Feed, shared: IntakeShared,
        declarations: consuming IntakeDeclarations
    ) {
        self.feed = feed
        self.shared = shared
        keys = declarations.keys
        shapes = declarations.streams.map { RecordedShape($0).encoded() }
        decoder = FeedDecoder(feed: feed, declarations: declarations)
    }

    /// Goes on by other declarations.
    func take(_ declarations: consuming IntakeDeclarations) {
        keys = declarations.keys
        shapes = declarations.streams.map { RecordedShape($0).encoded() }
        decoder.take(declarations)
    }

    /// A complaint about a message that was read, whose bytes are gone.
    func refusal(_ reason: DeadLetterReason) -> FeedDecoder.Refusal {
        FeedDecoder.Refusal(
            reason: reason, payload: UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// What a message is.
    enum Reading {
        case reports([Recording.Report])
        case refused(FeedDecoder.Refusal, elements: Int)
    }

    /// All of a message or nothing of it: who must mend one report sends the message again.
    ///
    /// - Parameter latest: the event time beyond which a report is refused; nil under the event
    ///   clock, where times are what they are.
    func read(
        _ message: borrowing MessageBuffer, behind first: Int, at time: Int64, latest: Int64?
    ) -> Reading {
        shared.counters.bytes.add(message.keptBytes, ordering: .relaxed)
        if case .refused(let refusal) = decoder.open(message, from: first, now: time) {
            return .refused(refusal, elements: 1)
        }
        var reports: [Recording.Report] = []
        var refusal: FeedDecoder.Refusal?
        var isWhole = false
        while !isWhole {
            isWhole = decoder.decode(into: &spill.producer) == .done
            spill.producer.publish()
            while let record = spill.consumer.firstRecord {
                if refusal == nil {
                    refusal = complaint(
                        record, element: reports.count, at: time, latest: latest)
                }
                reports.append(report(record, at: time))
                spill.consumer.release(record.length)
            }
        }
        let elements = decoder.accepted + decoder.rejected
        if let first = decoder.firstRefusal ?? refusal {
            return .refused(first, elements: elements)
        }
        guard !reports.isEmpty else {
            return .refused(decoder.refusal(.empty), elements: 1)
        }
        return .reports(reports)
    }

    /// What evaluation would not take.
    private func complaint(
        _ record: EventRecord, element: Int, at time: Int64, latest: Int64?
    ) -> FeedDecoder.Refusal? {
        // Its time is that of its arrival, also when it is decided after a restart.
        if latest != nil, record.eventTime == EventRecord.timeUnset { record.eventTime = time }
        let stream = decoder.streams[record.stream]
        if let latest, record.eventTime > latest {
            return decoder.refusal(.future, at: .time, of: record, element: element)
        }
        // SQLite's texts end at a NUL: behind one, two names would be taken for the same.
        for field in [stream.id, stream.source].compactMap({ $0 })
        where stream.fields[field].type == .string && record.isPresent(field)
            && record.text(field).contains(0)
        {
            return decoder.refusal(
                .key, .keyNUL, at: .field(field), of: record, element: element)
        }
        for key in keys[record.stream] {
            guard let (field, detail) = complaint(record, key: key, stream) else { continue }
            return decoder.refusal(.key, detail, at: .field(field), of: record, element: element)
        }
        return nil
    }

    /// The field for which a record has no such key: the one that is missing, or the longest.
    private func complaint(
        _ record: EventRecord, key: [Int], _ stream: StreamSchema
    ) -> (field: Int, RefusalDetail)? {
        if let field = key.first(where: { !record.isPresent($0) }) { return (field, .keyAbsent) }
        let sizes = key.map { field in
            switch stream.fields[field].type {
            case .string: (field: field, bytes: record.text(field).count)
            case .bool: (field: field, bytes: 1)
            case .int, .double, .timestamp: (field: field, bytes: 8)
            }
        }
        guard sizes.reduce(0, { $0 + $1.bytes }) > Limits.keyBytes,
            let longest = sizes.max(by: { $0.bytes < $1.bytes })
        else { return nil }
        return (longest.field, .keyLength(bytes: longest.bytes))
    }

    private func report(_ record: EventRecord, at time: Int64) -> Recording.Report {
        let stream = decoder.streams[record.stream]
        return Recording.Report(
            stream: stream.name, status: feed.status,
            source: record.source(stream) ?? feed.name,
            id: stream.id.flatMap { record.word($0, stream) }, arrival: time,
            schema: shapes[record.stream],
            bytes: Array(UnsafeRawBufferPointer(start: record.base, count: record.length)))
    }
}
