import Events
import Testing

@Suite struct BinaryCodecTests {
    private let scalars: [Scalar] = [
        .unknown, .bool(true), .bool(false), .int(.min), .int(-1), .double(-0.0),
        .double(.leastNonzeroMagnitude), .string(""), .string("ü\u{0}☂"),
        .timestamp(.earliest), .timestamp(.end),
    ]

    private var written: [UInt8] {
        var writer = BinaryWriter()
        writer.write(UInt8(200))
        writer.write(true)
        writer.write(Int64.min)
        writer.write(UInt64.max)
        writer.write(count: 0)
        writer.write("text")
        writer.write([UInt8](0...255))
        writer.write(String?.none)
        writer.write(String?.some(""))
        writer.write(scalars.enumerated().map { (name: "n\($0)", value: $1) })
        return writer.bytes
    }

    private func read(_ bytes: [UInt8]) throws(BinaryReader.Malformed) -> [(String, Scalar)] {
        var reader = BinaryReader(bytes)
        #expect(try reader.byte() == 200)
        #expect(try reader.bool())
        #expect(try reader.int() == .min)
        #expect(try reader.unsigned() == .max)
        #expect(try reader.count() == 0)
        #expect(try reader.text() == "text")
        #expect(try reader.data() == [UInt8](0...255))
        #expect(try reader.optionalText() == nil)
        #expect(try reader.optionalText() == "")
        let pairs = try reader.pairs().map { ($0.name, $0.value) }
        #expect(reader.isAtEnd)
        return pairs
    }

    @Test func everythingComesBack() throws {
        let pairs = try read(written)
        #expect(pairs.map(\.1) == scalars)
        #expect(pairs.map(\.0) == scalars.indices.map { "n\($0)" })
        if case .double(let zero) = pairs[5].1 { #expect(zero.sign == .minus) }
    }

    @Test func bytesThatEndEarlyAreMalformed() {
        for length in 0..<written.count {
            // The parts before the cut are read as they were; the cut itself is refused.
            #expect(throws: BinaryReader.Malformed.self) {
                try read(Array(written[..<length]))
            }
        }
    }

    @Test func garbageIsReadOrRefusedButNeverTrusted() {
        var state: UInt64 = 42
        for _ in 0..<5_000 {
            let bytes = (0..<24).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56) & (state & 1 == 0 ? 0xFF : 7)
            }
            var reader = BinaryReader(bytes)
            var rounds = 0
            do throws(BinaryReader.Malformed) {
                while !reader.isAtEnd {
                    rounds += 1
                    switch rounds % 5 {
                    case 0: _ = try reader.pairs()
                    case 1: _ = try reader.scalar()
                    case 2: _ = try reader.optionalText()
                    case 3: _ = try reader.data()
                    default: _ = try reader.byte()
                    }
                }
            } catch {
                #expect(error.offset <= bytes.count)
            }
        }
    }

    @Test func aCountNeverPromisesMoreThanThereIs() {
        var writer = BinaryWriter()
        writer.write(count: 0x7FFF_FFFF)
        writer.write(UInt8(0))
        var reader = BinaryReader(writer.bytes)
        #expect(throws: BinaryReader.Malformed.self) { try reader.count() }
    }

    @Test func identitiesAreTheirHexadecimalDigits() throws {
        let identity = Identity(digest: [UInt8](0..<32))
        #expect(identity.description == "000102030405060708090a0b0c0d0e0f")
        #expect(Identity(hex: identity.description) == identity)
        #expect(Identity(hex: "00") == nil)
        #expect(Identity(hex: String(repeating: "g", count: 32)) == nil)
        #expect(Identity(hex: String(repeating: "+1", count: 16)) == nil)
    }
}
