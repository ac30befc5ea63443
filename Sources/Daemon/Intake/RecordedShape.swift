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

    /// Why a report fits today's declarations no more, as the end of a sentence.
    struct Misfit: Error, Equatable {
        let reason: String
    }

    /// A record of this shape under today's declarations. A field that is new is UNKNOWN, and a
    /// whole number may have become a `double`; a field that says something and is gone, or has
    /// another type, makes the report unfit.
    ///
    /// - Parameter feeds: how many feeds there are; the record keeps its own if it is one of them.
    func fit(
        _ bytes: [UInt8], under streams: [StreamSchema], generation: UInt32, feeds: Int
    ) throws(Misfit) -> [UInt8] {
        guard let index = streams.firstIndex(where: { $0.name == stream }) else {
            throw Misfit(reason: "no rule file declares the stream `\(stream)`")
        }
        guard bytes.count >= EventRecord.headerBytes + fields.count * 8 else { throw .damaged }
        var bytes = bytes
        return try bytes.withUnsafeMutableBytes { content in
            Result { () throws(Misfit) in
                try fit(content, streams[index], index, generation, feeds: feeds)
            }
        }.get()
    }

    private func fit(
        _ content: UnsafeMutableRawBufferPointer, _ schema: StreamSchema, _ index: Int,
        _ generation: UInt32, feeds: Int
    ) throws(Misfit) -> [UInt8] {
        guard let base = content.baseAddress else { throw .damaged }
        let old = EventRecord(base: base)
        guard old.length == content.count, old.fieldCount == fields.count else { throw .damaged }
        return try RecordedShape.rewrite(
            old, try map(old, to: schema), index, schema, generation,
            feed: old.feed < feeds ? old.feed : 0)
    }

    /// Whether two records of this shape have the same values, whenever they were said.
    func saysTheSame(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        values(one) == values(other)
    }

    /// The bytes of each value, nil where it is UNKNOWN; nil for bytes that are no record.
    private func values(_ bytes: [UInt8]) -> [[UInt8]?]? {
        var bytes = bytes
        return bytes.withUnsafeMutableBytes { content -> [[UInt8]?]? in
            guard content.count >= EventRecord.headerBytes + fields.count * 8,
                let base = content.baseAddress
            else { return nil }
            let record = EventRecord(base: base)
            return fields.enumerated().map { index, field in
                guard record.isPresent(index) else { return nil }
                guard field.type == FieldType.string.rawValue else {
                    return withUnsafeBytes(of: record.cell(index)) { Array($0) }
                }
                let cell = record.cell(index)
                let end = Int(cell & 0xFFFF_FFFF) + Int(cell >> 32)
                return end <= content.count ? Array(record.text(index)) : nil
            }
        }
    }

    /// Where a field of today has its value from.
    private enum Cell {
        case same(Int)
        case widened(Int)
        case unknown
    }

    private func map(_ old: EventRecord, to schema: StreamSchema) throws(Misfit) -> [Cell] {
        var cells = [Cell](repeating: .unknown, count: schema.fields.count)
        for (source, field) in fields.enumerated() where old.isPresent(source) {
            guard let place = schema.fields.firstIndex(where: { $0.name == field.name }) else {
                throw Misfit(reason: "`\(stream)` has no field `\(field.name)` any more")
            }
            switch (field.type, schema.fields[place].type) {
            case (let before, let now) where before == now.rawValue: cells[place] = .same(source)
            case (FieldType.int.rawValue, .double): cells[place] = .widened(source)
            case (let before, let now):
                throw Misfit(
                    reason: "`\(field.name)` of `\(stream)` was \(before) and is \(now.rawValue)")
            }
        }
        return cells
    }

    private static func rewrite(
        _ old: EventRecord, _ cells: [Cell], _ index: Int, _ schema: StreamSchema,
        _ generation: UInt32, feed: Int
    ) throws(Misfit) -> [UInt8] {
        let header = EventRecord.headerBytes + cells.count * 8
        var texts: [UInt8] = []
        var presence: UInt64 = 0
        var values = [UInt64](repeating: 0, count: cells.count)
        for (place, cell) in cells.enumerated() {
            switch cell {
            case .unknown: continue
            case .widened(let source):
                values[place] = Double(Int64(bitPattern: old.cell(source))).bitPattern
            case .same(let source):
                let bits = old.cell(source)
                guard schema.fields[place].type == .string else {
                    values[place] = bits
                    break
                }
                guard Int(bits & 0xFFFF_FFFF) + Int(bits >> 32) <= old.length else {
                    throw .damaged
                }
                let text = old.text(source)
                values[place] = UInt64(header + texts.count) | UInt64(text.count) << 32
                texts += text
            }
            presence |= 1 << UInt64(place)
        }
        let length = (header + texts.count + 7) & ~7
        var bytes = [UInt8](repeating: 0, count: length)
        bytes.withUnsafeMutableBytes { content in
            guard let base = content.baseAddress else { return }
            let record = EventRecord(base: base)
            record.writeHeader(
                length: length, generation: generation, kind: .reading, status: old.status,
                feed: feed, stream: index, fieldCount: cells.count,
                eventTime: old.eventTime, presence: presence)
            for (place, value) in values.enumerated() { record.setCell(place, value) }
            UnsafeMutableRawBufferPointer(rebasing: content[header...]).copyBytes(from: texts)
        }
        return bytes
    }
}

extension RecordedShape.Misfit {
    /// The bytes are no report's.
    static let damaged = RecordedShape.Misfit(reason: "its bytes are damaged")
}
