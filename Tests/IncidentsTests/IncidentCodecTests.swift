import Events
import Testing

@testable import Incidents

/// The stored form of an incident.
@Suite struct IncidentCodecTests {
    /// Incidents with everything an incident can have, and with as little as one can have.
    private func incidents() -> [Incident] {
        var rig = BookRig([BookRig.rule(noData: .hold), BookRig.rule("other", by: [])])
        rig.move(nil, "watch", at: 10, area: "KE030")
        rig.move("watch", "top", at: 20, area: "ü☂")
        rig.advance(to: 200)
        rig.apply(BookRig.detection(.silent, at: 300, cause: .noData))
        var bare = BookRig.detection(
            .level(from: nil, to: "watch"), at: 10, rule: 1,
            key: Key(status: .exercise, values: []))
        (bare.values, bare.labels, bare.message) = ([], [], [])
        rig.apply(bare)
        var full = BookRig.detection(
            .level(from: nil, to: "watch"), at: 10, rule: 0, key: BookRig.key("b", .test))
        full.values = [
            ("a", .unknown), ("b", .bool(true)), ("c", .int(.min)), ("d", .double(-0.5)),
            ("e", .string("\u{0}")), ("f", .timestamp(.end)),
        ]
        full.message = [
            ("en", [("headline", "H"), ("description", ""), ("instruction", "I")]), ("sw", []),
        ]
        rig.apply(full)
        return rig.book.openIncidents
    }

    private func shown(_ incident: Incident) -> String {
        var text = ""
        dump(incident, to: &text)
        return text
    }

    @Test func everythingComesBack() throws {
        let incidents = incidents()
        #expect(incidents.count == 3)
        for incident in incidents {
            let again = try Incident(bytes: incident.encoded())
            #expect(shown(again) == shown(incident))
            #expect(again.encoded() == incident.encoded())
        }
    }

    @Test func bytesThatEndEarlyAreMalformed() {
        for incident in incidents() {
            let bytes = incident.encoded()
            for length in 0..<bytes.count {
                #expect(throws: BinaryReader.Malformed.self) {
                    try Incident(bytes: Array(bytes[..<length]))
                }
            }
        }
    }

    @Test func otherVersionsAreRefused() {
        var bytes = incidents()[0].encoded()
        #expect(throws: Never.self) { try Incident(bytes: bytes) }
        let version = bytes[0]
        for other in UInt8.min...UInt8.max where other != version {
            bytes[0] = other
            #expect(throws: BinaryReader.Malformed.self) { try Incident(bytes: bytes) }
        }
    }

    /// Damaged bytes are refused, or are some other incident that a book can go on with.
    @Test func mutatedBytesNeverCrash() {
        var state: UInt64 = 9
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let originals = incidents().map { $0.encoded() }
        var read = 0
        for _ in 0..<3_000 {
            var bytes = originals[random(originals.count)]
            for _ in 0...random(3) {
                let place = random(bytes.count)
                switch random(3) {
                case 0: bytes[place] = UInt8(random(256))
                case 1: bytes[place] ^= 1 << UInt8(random(8))
                default: bytes.remove(at: place)
                }
            }
            guard let incident = try? Incident(bytes: bytes) else { continue }
            read += 1
            var rig = BookRig([BookRig.rule(noData: .hold)])
            rig.book.restore([incident])
            _ = rig.book.openIncidents.map { $0.key.values }
            #expect(rig.book.openCount == 1)
            #expect(throws: Never.self) { try Incident(bytes: incident.encoded()) }
        }
        #expect((100..<2_900).contains(read))
    }
}
