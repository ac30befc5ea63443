import Events
import Testing

@Suite struct KeyTests {
    private let tuples: [[Scalar]] = [
        [], [.string("")], [.string("a"), .string("")], [.string(""), .string("a")],
        [.string("naïve ☂")], [.int(0)], [.int(-1)], [.int(.min), .int(.max)],
        [.bool(true)], [.bool(false), .string("\u{0}\u{1}")], [.string("1"), .int(1), .bool(true)],
        [.string(String(repeating: "x", count: 128))],
    ]

    @Test func valuesComeBackAsTheyWere() {
        for tuple in tuples {
            for status in Status.allCases {
                let key = Key(status: status, values: tuple)
                #expect(key.values == tuple)
                #expect(key.status == status)
                #expect(key.bytes.count <= Key.encodedLimit)
                #expect(Key(bytes: key.bytes) == key)
            }
        }
    }

    @Test func differentTuplesHaveDifferentBytes() {
        let keys = tuples.flatMap { tuple in
            Status.allCases.map { Key(status: $0, values: tuple).bytes }
        }
        #expect(Set(keys).count == keys.count)
    }

    @Test func statusComesFirstInTheOrder() {
        let actual = Key(status: .actual, values: [.string("z")])
        let exercise = Key(status: .exercise, values: [.string("a")])
        #expect(Key.precedes(actual, exercise))
        #expect(!Key.precedes(exercise, actual))
        #expect(!Key.precedes(actual, actual))
        let small = Key(status: .actual, values: [.int(2)])
        #expect(Key.precedes(small, Key(status: .actual, values: [.int(10)])))
    }

    /// Stored bytes may be damaged: whatever they are, asking for the values ends.
    @Test func valuesOfGarbageEnd() {
        let whole = Key(status: .actual, values: [.string("abc"), .int(7), .bool(true)]).bytes
        for length in 0..<whole.count {
            #expect(Key(bytes: Array(whole[..<length])).values.count <= 3)
        }
        var state: UInt64 = 1
        for _ in 0..<2_000 {
            let bytes = (0..<12).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56) % 11
            }
            #expect(Key(bytes: bytes).values.count <= 12)
        }
    }
}
