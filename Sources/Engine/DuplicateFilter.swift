import Evaluation
import Events

/// Tells events that were here before from new ones, on streams that name an `id`.
///
/// What is compared is (status, source, id): the same id of another source, or said in an exercise,
/// is another event. An event whose id is UNKNOWN is new; one that evaluation refuses, because a
/// rule has no key for it, leaves its id free for the one that is mended.
struct DuplicateFilter: ~Copyable, @unchecked Sendable {
    // Sendable because its memory is its own and no copy of it exists.

    private struct Stream: ~Copyable {
        let name: String
        let cells: Cells
        /// Bit i set = without cell i the event is refused.
        var required: UInt64
        let keep: Int64
        let limit: Int
        var table: DuplicateTable
        var repeated: UInt64 = 0
    }

    /// Where an event says what it is known by.
    private struct Cells: BitwiseCopyable, Equatable {
        /// -1: the stream names no id.
        var id = -1
        var idIsText = false
        /// -1: events are their feed's.
        var source = -1
        var sourceIsText = false
    }

    private let streams: UnsafeMutablePointer<Stream>
    private let count: Int
    private let key: UnsafeMutableRawPointer
    /// Events dropped of each feed, by its index.
    private(set) var byFeed: [UInt64] = []

    /// A filter that has seen nothing.
    init(_ plan: Plan) {
        let (schemas, keys) = (plan.streams, plan.unconditionalKeys)
        let streams = UnsafeMutablePointer<Stream>.allocate(capacity: max(1, schemas.count))
        for (index, schema) in schemas.enumerated() {
            (streams + index).initialize(
                to: Stream(
                    name: schema.name, cells: DuplicateFilter.cells(schema),
                    required: keys[index].joined().reduce(0) { $0 | 1 << UInt64($1) },
                    keep: schema.keep,
                    limit: schema.keepCount,
                    table: DuplicateTable(keep: schema.keep, limit: schema.keepCount)))
        }
        self.streams = streams
        count = schemas.count
        key = .allocate(byteCount: 2 * (Limits.textBytes + 16), alignment: 8)
    }

    deinit {
        streams.deinitialize(count: count).deallocate()
        key.deallocate()
    }

    private static func cells(_ schema: StreamSchema) -> Cells {
        guard let id = schema.id else { return Cells() }
        return Cells(
            id: id, idIsText: schema.fields[id].type == .string, source: schema.source ?? -1,
            sourceIsText: schema.source.map { schema.fields[$0].type == .string } ?? false)
    }

    /// Goes on under other declarations: a stream of the same name and limits forgets nothing.
    mutating func replace(_ plan: Plan) {
        var next = DuplicateFilter(plan)
        for index in 0..<next.count {
            for old in 0..<count
            where DuplicateFilter.isSame(next.streams + index, streams + old) {
                let required = (next.streams + index).pointee.required
                swap(&(next.streams + index).pointee, &(streams + old).pointee)
                (next.streams + index).pointee.required = required
                break
            }
        }
        next.byFeed = byFeed
        self = next
    }

    private static func isSame(
        _ one: UnsafeMutablePointer<Stream>, _ other: UnsafeMutablePointer<Stream>
    ) -> Bool {
        one.pointee.cells == other.pointee.cells && one.pointee.keep == other.pointee.keep
            && one.pointee.limit == other.pointee.limit && one.pointee.name == other.pointee.name
    }

    /// Events dropped of a stream.
    func repeated(stream index: Int) -> UInt64 { streams[index].repeated }

    /// Whether an event was here before, where one of its kind `mayDrop`; from now on it was.
    @inline(__always)
    mutating func isRepeated(_ record: EventRecord, mayDrop: Bool) -> Bool {
        guard streams[record.stream].cells.id >= 0, look(record), mayDrop else { return false }
        count(record)
        return true
    }

    @inline(never)
    private mutating func look(_ record: EventRecord) -> Bool {
        let stream = streams + record.stream
        guard record.presence & stream.pointee.required == stream.pointee.required,
            let length = encode(record, stream.pointee.cells)
        else { return false }
        let content = UnsafeRawBufferPointer(start: key, count: length)
        return stream.pointee.table.isRepeated(content, arrival: record.arrival)
    }

    /// Counts an event that is dropped.
    private mutating func count(_ record: EventRecord) {
        streams[record.stream].repeated += 1
        while byFeed.count <= record.feed { byFeed.append(0) }
        byFeed[record.feed] += 1
    }

    /// Writes status, source and id into `key`; their length, nil where the id is UNKNOWN.
    private func encode(_ record: EventRecord, _ cells: Cells) -> Int? {
        guard record.isPresent(cells.id) else { return nil }
        key.storeBytes(of: record.status, as: UInt8.self)
        var length = 1
        if cells.source >= 0, record.isPresent(cells.source) {
            append(record, cells.source, isText: cells.sourceIsText, &length)
        } else {
            // No text is as long: a feed is not taken for a source.
            append(UInt64.max, &length)
            append(UInt64(record.feed), &length)
        }
        append(record, cells.id, isText: cells.idIsText, &length)
        return length
    }

    private func append(
        _ record: EventRecord, _ cell: Int, isText: Bool, _ length: inout Int
    ) {
        guard isText else { return append(record.cell(cell), &length) }
        let text = record.text(cell)
        append(UInt64(text.count), &length)
        if let start = text.baseAddress {
            (key + length).copyMemory(from: start, byteCount: text.count)
        }
        length += text.count
    }

    private func append(_ word: UInt64, _ length: inout Int) {
        key.storeBytes(of: word, toByteOffset: length, as: UInt64.self)
        length += 8
    }
}
