import Events
import TestSupport
import Testing

@testable import Daemon

@Suite struct RecordedShapeTests {
    private static let old = StreamSchema(
        name: "incident",
        fields: [
            Field(name: "who", type: .string), Field(name: "dead", type: .int),
            Field(name: "share", type: .double), Field(name: "place", type: .string),
        ])

    /// A record of the old declarations, as it was stored.
    private func stored(_ values: [String: Scalar]) -> [UInt8] {
        var batch = Batch([Self.old])
        batch.add(stream: 0, at: 1_000, values)
        var bytes: [UInt8] = []
        batch.withRecords(0..<1) { bytes = Array($0) }
        return bytes
    }

    private func values(_ bytes: [UInt8], _ schema: StreamSchema) -> [String: Scalar] {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
        defer { memory.deallocate() }
        memory.copyBytes(from: bytes)
        guard let base = memory.baseAddress else { return [:] }
        let record = EventRecord(base: base)
        #expect(record.length == bytes.count)
        #expect(record.eventTime == 1_000)
        return Dictionary(
            uniqueKeysWithValues: record.values(schema).map { ($0.name, $0.value) })
    }

    @Test func itIsReadUnderOtherDeclarations() throws {
        let shape = try RecordedShape(bytes: RecordedShape(Self.old).encoded())
        #expect(shape == RecordedShape(Self.old))
        let bytes = stored([
            "who": .string("m1"), "dead": .int(3), "share": .double(0.5),
            "place": .string("a place with a long name"),
        ])
        let other = StreamSchema(name: "other", fields: [])
        // Another order, one new field, one that was a whole number.
        let new = StreamSchema(
            name: "incident",
            fields: [
                Field(name: "place", type: .string), Field(name: "note", type: .string),
                Field(name: "share", type: .double), Field(name: "dead", type: .double),
                Field(name: "who", type: .string),
            ])
        let record = try shape.fit(bytes, under: [other, new], generation: 9, feeds: 1)
        #expect(
            values(record, new) == [
                "place": .string("a place with a long name"), "dead": .double(3),
                "share": .double(0.5), "who": .string("m1"),
            ])
        let same = try shape.fit(bytes, under: [Self.old], generation: 1, feeds: 1)
        #expect(values(same, Self.old) == values(bytes, Self.old))
    }

    /// A stream that is gone, and a value that has another type now, are told; a value that is
    /// UNKNOWN has no type.
    @Test func whatFitsNoMoreIsTold() throws {
        let shape = RecordedShape(Self.old)
        let bytes = stored(["who": .string("m1"), "share": .double(0.5)])
        func fit(_ schema: StreamSchema) throws(RecordedShape.Misfit) -> [UInt8] {
            try shape.fit(bytes, under: [schema], generation: 1, feeds: 1)
        }
        #expect(throws: RecordedShape.Misfit(reason: "no rule file declares the stream `incident`"))
        {
            try fit(StreamSchema(name: "other", fields: []))
        }
        let misfit = RecordedShape.Misfit(reason: "`share` of `incident` was double and is int")
        #expect(throws: misfit) {
            try fit(
                StreamSchema(
                    name: "incident",
                    fields: [Field(name: "who", type: .string), Field(name: "share", type: .int)]))
        }
        #expect(throws: RecordedShape.Misfit(reason: "`incident` has no field `share` any more")) {
            try fit(StreamSchema(name: "incident", fields: [Field(name: "who", type: .string)]))
        }
        // What was UNKNOWN may have any type, or be gone.
        let today = StreamSchema(
            name: "incident",
            fields: [
                Field(name: "who", type: .string), Field(name: "dead", type: .bool),
                Field(name: "share", type: .double),
            ])
        #expect(values(try fit(today), today) == ["who": .string("m1"), "share": .double(0.5)])
    }

    /// Bytes that are no record of the shape are refused, whatever they are.
    @Test func damageIsRefused() throws {
        let shape = RecordedShape(Self.old)
        let bytes = stored(["who": .string("m1"), "place": .string("here")])
        for cut in 0..<bytes.count {
            #expect(throws: RecordedShape.Misfit.damaged) {
                try shape.fit(
                    Array(bytes[..<cut]), under: [Self.old], generation: 1, feeds: 1)
            }
        }
        var random = Seeded(7)
        for _ in 0..<5000 {
            var bad = bytes
            bad[random.int(0...(bad.count - 1))] = UInt8(random.int(0...255))
            _ = try? shape.fit(bad, under: [Self.old], generation: 1, feeds: 1)
        }
        let encoded = shape.encoded()
        for cut in 0..<encoded.count {
            #expect(throws: BinaryReader.Malformed.self) {
                try RecordedShape(bytes: Array(encoded[..<cut]))
            }
        }
    }
}
