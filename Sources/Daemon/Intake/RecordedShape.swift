import Events

// What is stored beside recorded reports, so that they can be read under other declarations, by
// BinaryWriter: the stream's name, the number of fields, and of each its name and type.

/// The fields that a recorded report has, in order of its cells.
struct RecordedShape: Equatable {
    let stream: String
    private let fields: [FieldShape]

    private struct FieldShape: Equatable {
        var name: String
        var type: String
    }

    /// The shape of a stream's records.
    init(_ schema: StreamSchema) {
        stream = schema.name
        fields = schema.fields.map { FieldShape(name: $0.name, type: $0.type.rawValue) }
    }

    /// Reads what `encoded` wrote.
    init(bytes: [UInt8]) throws(BinaryReader.Malformed) {
        var reader = BinaryReader(bytes)
        stream = try reader.text()
        var fields: [FieldShape] = []
        for _ in 0..<(try reader.count()) {
            fields.append(FieldShape(name: try reader.text(), type: try reader.text()))
        }
        self.fields = fields
    }

    /// The bytes stored for it.
    func encoded() -> [UInt8] {
        var writer = BinaryWriter()
        writer.write(stream)
        writer.write(count: fields.count)
        for field in fields {
            writer.write(field.name)
            writer.write(field.type)
        }
        return writer.bytes
    }

    /// A record of this shape under today's declarations; nil when its stream is no more or the
    /// bytes are none. A field that is new, or has another type, is UNKNOWN.
    ///
    /// - Parameter feeds: how many feeds there are; the record keeps its own if it is one of them.
    func record(
        _ bytes: [UInt8], under streams: [StreamSchema], generation: UInt32, feeds: Int
    ) -> [UInt8]? {
        guard let index = streams.firstIndex(where: { $0.name == stream }),
            bytes.count >= EventRecord.headerBytes + fields.count * 8
        else { return nil }
        let schema = streams[index]
        var bytes = bytes
        return bytes.withUnsafeMutableBytes { content in
            guard let base = content.baseAddress else { return nil }
            let old = EventRecord(base: base)
            guard old.length == content.count, old.fieldCount == fields.count else { return nil }
            return RecordedShape.rewrite(
                old, fields: map(to: schema), index, schema, generation,
                feed: old.feed < feeds ? old.feed : 0)
        }
    }

    /// For each field of the schema the cell it had; nil where it had none.
    private func map(to schema: StreamSchema) -> [Int?] {
        schema.fields.map { field in
            fields.firstIndex(of: FieldShape(name: field.name, type: field.type.rawValue))
        }
    }

    private static func rewrite(
        _ old: EventRecord, fields: [Int?], _ index: Int, _ schema: StreamSchema,
        _ generation: UInt32, feed: Int
    ) -> [UInt8]? {
        let cells = EventRecord.headerBytes + fields.count * 8
        var texts: [UInt8] = []
        var presence: UInt64 = 0
        var values = [UInt64](repeating: 0, count: fields.count)
        for (place, source) in fields.enumerated() {
            guard let source, old.isPresent(source) else { continue }
            presence |= 1 << UInt64(place)
            guard schema.fields[place].type == .string else {
                values[place] = old.cell(source)
                continue
            }
            let cell = old.cell(source)
            guard Int(cell & 0xFFFF_FFFF) + Int(cell >> 32) <= old.length else { return nil }
            let text = old.text(source)
            values[place] = UInt64(cells + texts.count) | UInt64(text.count) << 32
            texts += text
        }
        let length = (cells + texts.count + 7) & ~7
        var bytes = [UInt8](repeating: 0, count: length)
        bytes.withUnsafeMutableBytes { content in
            guard let base = content.baseAddress else { return }
            let record = EventRecord(base: base)
            record.writeHeader(
                length: length, generation: generation, kind: .reading, status: old.status,
                feed: feed, stream: index, fieldCount: fields.count,
                eventTime: old.eventTime, presence: presence)
            for (place, value) in values.enumerated() { record.setCell(place, value) }
            UnsafeMutableRawBufferPointer(rebasing: content[cells...]).copyBytes(from: texts)
        }
        return bytes
    }
}
