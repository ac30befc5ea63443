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
        // Another order, one field gone, one new, one of another type.
        let new = StreamSchema(
            name: "incident",
            fields: [
                Field(name: "place", type: .string), Field(name: "note", type: .string),
                Field(name: "share", type: .int), Field(name: "dead", type: .int),
            ])
        let record = try #require(
            shape.record(bytes, under: [other, new], generation: 9, feeds: 1))
        #expect(
            values(record, new) == [
                "place": .string("a place with a long name"), "dead": .int(3),
            ])
        let same = try #require(shape.record(bytes, under: [Self.old], generation: 1, feeds: 1))
        #expect(values(same, Self.old) == values(bytes, Self.old))
        #expect(shape.record(bytes, under: [other], generation: 9, feeds: 1) == nil)
    }

    /// Bytes that are no record of the shape are refused, whatever they are.
    @Test func damageIsRefused() throws {
        let shape = RecordedShape(Self.old)
        let bytes = stored(["who": .string("m1"), "place": .string("here")])
        for cut in 0..<bytes.count {
            #expect(
                shape.record(Array(bytes[..<cut]), under: [Self.old], generation: 1, feeds: 1)
                    == nil)
        }
        var random = Seeded(7)
        for _ in 0..<5000 {
            var bad = bytes
            bad[random.int(0...(bad.count - 1))] = UInt8(random.int(0...255))
            _ = shape.record(bad, under: [Self.old], generation: 1, feeds: 1)
        }
        let encoded = shape.encoded()
        for cut in 0..<encoded.count {
            #expect(throws: BinaryReader.Malformed.self) {
                try RecordedShape(bytes: Array(encoded[..<cut]))
            }
        }
    }
}
