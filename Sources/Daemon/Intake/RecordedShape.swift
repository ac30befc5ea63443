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
        return try read(bytes) { old throws(Misfit) in
            try RecordedShape.rewrite(
                old, try map(old, to: streams[index]), index, streams[index], generation,
                feed: old.feed < feeds ? old.feed : 0)
        }
    }

    /// Whether two records of this shape have the same values, whenever they were said.
    func saysTheSame(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        (try? values(one)) == (try? values(other))
    }

    /// The bytes of each value, nil where it is UNKNOWN.
    private func values(_ bytes: [UInt8]) throws(Misfit) -> [[UInt8]?] {
        try read(bytes) { record throws(Misfit) in
            var values: [[UInt8]?] = []
            for (index, field) in fields.enumerated() {
                guard record.isPresent(index) else {
                    values.append(nil)
                    continue
                }
                values.append(
                    field.type == FieldType.string.rawValue
                        ? Array(try RecordedShape.text(record, index))
                        : withUnsafeBytes(of: record.cell(index)) { Array($0) })
            }
            return values
        }
    }

    /// Looks at the bytes of a record of this shape.
    private func read<Found>(
        _ bytes: [UInt8], _ body: (EventRecord) throws(Misfit) -> Found
    ) throws(Misfit) -> Found {
        var bytes = bytes
        return try bytes.withUnsafeMutableBytes { content in
            Result { () throws(Misfit) in
                guard content.count >= EventRecord.headerBytes + fields.count * 8,
                    let base = content.baseAddress
                else { throw .damaged }
                let record = EventRecord(base: base)
                guard record.length == content.count, record.fieldCount == fields.count else {
                    throw .damaged
                }
                return try body(record)
            }
        }.get()
    }

    /// The bytes of a text cell, which may lie anywhere in a record that is damaged.
    private static func text(
        _ record: EventRecord, _ index: Int
    ) throws(Misfit) -> UnsafeRawBufferPointer {
        let bits = record.cell(index)
        guard Int(bits & 0xFFFF_FFFF) + Int(bits >> 32) <= record.length else { throw .damaged }
        return record.text(index)
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
                guard schema.fields[place].type == .string else {
                    values[place] = old.cell(source)
                    break
                }
                let text = try RecordedShape.text(old, source)
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
