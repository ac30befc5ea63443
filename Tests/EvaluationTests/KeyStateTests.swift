import Events
import TestSupport
import Testing

@testable import Evaluation

/// The stored form of a rule's state for a key.
@Suite struct KeyStateTests {
    private static func number(_ random: inout Seeded) -> Int64 {
        switch random.int(0...4) {
        case 0: .min
        case 1: .max
        default: Int64(bitPattern: random.next())
        }
    }

    private static func scalar(_ random: inout Seeded) -> Scalar {
        switch random.int(0...5) {
        case 0: .unknown
        case 1: .bool(random.chance(0.5))
        case 2: .int(number(&random))
        case 3: .double(Double(Int32(truncatingIfNeeded: random.next())) / 8)
        case 4: .string(["", "ü☂", "a\u{0}b", "river.stage"][random.int(0...3)])
        default: .timestamp(Timestamp(nanoseconds: number(&random)))
        }
    }

    private static func state(_ random: inout Seeded) -> KeyState {
        var header = BlockHeader()
        header.newest = number(&random)
        header.arrival = number(&random)
        header.eventNo = random.next()
        var rule = RuleState()
        rule.flags = random.chance(0.5) ? RuleState.silent : RuleState.pending
        rule.lastUsable = number(&random)
        rule.lastAnchor = number(&random)
        rule.clearSince = number(&random)
        rule.clearPaused = number(&random)
        rule.clearPauseFrom = number(&random)
        rule.clearEvent = random.next()
        let levels = (0..<random.int(0...4)).map { index in
            KeyState.Level(
                name: "level \(index)", severity: Severity.allCases[random.int(0...3)],
                hold: KeyState.Hold(
                    since: number(&random), paused: number(&random), pauseFrom: number(&random)),
                firstEvent: random.next(), readings: Int(number(&random)))
        }
        let status = Status.allCases[random.int(0...3)]
        return KeyState(
            rule: "rule", key: Key(status: status, values: [.string("ü"), .int(-1), .bool(true)]),
            partition: Partition(stream: "river.stage", keyNames: ["station", "n", "flag"]),
            header: header, row: (0..<random.int(0...5)).map { ("f\($0)", scalar(&random)) },
            active: random.chance(0.5) ? nil : ["", "warning"][random.int(0...1)], state: rule,
            levels: levels)
    }

    /// Each property with its name, values included.
    private static func shown(_ state: KeyState) -> String {
        var text = ""
        dump(state, to: &text)
        return text
    }

    @Test func everythingComesBack() throws {
        for seed in 0..<300 {
            var random = Seeded(UInt64(seed))
            let state = KeyStateTests.state(&random)
            let again = try KeyState(bytes: state.encoded())
            #expect(KeyStateTests.shown(again) == KeyStateTests.shown(state), "seed \(seed)")
            #expect(again.encoded() == state.encoded())
        }
    }

    @Test func bytesThatEndEarlyAreMalformed() {
        var random = Seeded(3)
        for _ in 0..<10 {
            let bytes = KeyStateTests.state(&random).encoded()
            for length in 0..<bytes.count {
                #expect(throws: BinaryReader.Malformed.self) {
                    try KeyState(bytes: Array(bytes[..<length]))
                }
            }
        }
    }

    @Test func otherVersionsAreRefused() {
        var random = Seeded(4)
        var bytes = KeyStateTests.state(&random).encoded()
        #expect(throws: Never.self) { try KeyState(bytes: bytes) }
        for version in UInt8.min...UInt8.max where version != bytes[0] {
            bytes[0] = version
            #expect(throws: BinaryReader.Malformed.self) { try KeyState(bytes: bytes) }
            bytes[0] = 1
        }
    }

    /// Damaged bytes are refused, or are some other state that can be stored again.
    @Test func mutatedBytesNeverCrash() throws {
        var refused = 0
        for seed in 0..<3_000 {
            var random = Seeded(UInt64(seed))
            var bytes = KeyStateTests.state(&random).encoded()
            for _ in 0..<random.int(1...4) {
                let place = random.int(0...(bytes.count - 1))
                switch random.int(0...2) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes[place] ^= 1 << UInt8(random.int(0...7))
                default: bytes.remove(at: place)
                }
            }
            guard let state = try? KeyState(bytes: bytes) else {
                refused += 1
                continue
            }
            #expect(state.key.values.count <= state.key.bytes.count)
            #expect(throws: Never.self) { try KeyState(bytes: state.encoded()) }
        }
        #expect((500..<2_900).contains(refused))
    }
}
