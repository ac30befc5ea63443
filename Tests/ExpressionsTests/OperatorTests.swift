import Expressions
import Testing

@Suite struct OperatorTests {
    static let integerCases: [(Opcode, Int64, Int64, Int64?)] = [
        (.addInt, .max, 1, nil), (.addInt, 2, 3, 5), (.addInt, .min, -1, nil),
        (.subtractInt, .min, 1, nil), (.subtractInt, 2, 3, -1), (.multiplyInt, .max, 2, nil),
        (.multiplyInt, -4, 3, -12), (.divideInt, .min, -1, nil), (.divideInt, 7, 0, nil),
        (.divideInt, -7, 2, -3), (.remainderInt, .min, -1, nil), (.remainderInt, 7, 0, nil),
        (.remainderInt, -7, 2, -1), (.negateInt, .min, 0, nil), (.negateInt, 5, 0, -5),
    ]

    @Test(arguments: integerCases)
    func integers(_ opcode: Opcode, _ left: Int64, _ right: Int64, _ result: Int64?) {
        for mode in Mode.allCases {
            let expected = result.map { Value.int($0) } ?? .unknown
            #expect(apply(opcode, .int(left), .int(right), .int, mode) == expected)
            #expect(apply(opcode, .unknown, .int(right), .int, mode) == .unknown)
            if opcode != .negateInt {
                #expect(apply(opcode, .int(left), .unknown, .int, mode) == .unknown)
            }
        }
    }

    static let doubleCases: [(Opcode, Double, Double, Double)] = [
        (.addDouble, 1e308, 1e308, .infinity), (.addDouble, 1.5, 2, 3.5),
        (.subtractDouble, -1e308, 1e308, -.infinity), (.multiplyDouble, 1e200, 1e200, .infinity),
        (.divideDouble, 1, 0, .infinity), (.divideDouble, -1, 0, -.infinity),
        (.divideDouble, 0, 0, .nan), (.divideDouble, 1, 4, 0.25), (.negateDouble, 2, 0, -2),
    ]

    @Test(arguments: doubleCases)
    func doubles(_ opcode: Opcode, _ left: Double, _ right: Double, _ result: Double) {
        let ruled = apply(opcode, .double(left), .double(right), .double, .rule)
        #expect(ruled == (result.isFinite ? .double(result) : .unknown))
        guard case .double(let ieee) = apply(opcode, .double(left), .double(right), .double, .ieee)
        else {
            Issue.record("no double")
            return
        }
        #expect(ieee == result || (ieee.isNaN && result.isNaN))
    }

    static func holds<T: Comparable>(_ relation: Relation, _ a: T, _ b: T) -> Bool {
        switch relation {
        case .less: a < b
        case .lessOrEqual: a <= b
        case .equal: a == b
        case .notEqual: a != b
        case .greaterOrEqual: a >= b
        case .greater: a > b
        }
    }

    @Test(arguments: Relation.allCases)
    func comparisons(_ relation: Relation) {
        let ints: [Int64] = [.min, -1, 0, 1, 1 << 53, .max]
        for a in ints {
            for b in ints {
                let expected = Value.bool(Self.holds(relation, a, b))
                #expect(compare(.compareInt, .int(a), relation, .int(b), .rule) == expected)
            }
        }
        let doubles: [Double] = [-.infinity, -1, -0.0, 0.0, 0x1p-1074, 1, .infinity, .nan]
        for a in doubles {
            for b in doubles {
                let expected = Value.bool(Self.holds(relation, a, b))
                let ieee = compare(.compareDouble, .double(a), relation, .double(b), .ieee)
                #expect(ieee == expected, "\(a) \(relation) \(b)")
                let ruled = compare(.compareDouble, .double(a), relation, .double(b), .rule)
                #expect(ruled == (a.isFinite && b.isFinite ? expected : .unknown))
            }
        }
        let texts = [
            "", "a", "ab", "b", "é", "z", "\u{10000}", "\u{FFFF}", "longer than eight bytes",
        ]
        for a in texts {
            for b in texts {
                let order = Array(a.unicodeScalars.map(\.value))
                let other = Array(b.unicodeScalars.map(\.value))
                let rank = order == other ? 0 : (order.lexicographicallyPrecedes(other) ? -1 : 1)
                let expected = Value.bool(Self.holds(relation, rank, 0))
                let answer = compare(.compareText, .string(a), relation, .string(b), .rule)
                #expect(answer == expected, "\(a) \(relation) \(b)")
            }
        }
    }

    static let mixedCases: [(Int64, Double, Int)] = [
        (9_007_199_254_740_992, 0x1p53, 0), (9_007_199_254_740_993, 0x1p53, 1),
        (9_007_199_254_740_991, 0x1p53, -1),
        (.max, 0x1p63, -1), (.min, -0x1p63, 0), (.min, -0x1.0000000000001p63, 1), (3, 2.5, 1),
        (2, 2.5, -1), (-2, -2.5, 1), (-3, -2.5, -1), (0, -0.0, 0), (0, 0x1p-1074, -1),
        (5, .infinity, -1), (5, -.infinity, 1),
    ]

    @Test(arguments: mixedCases)
    func intsAndDoublesCompareExactly(_ int: Int64, _ double: Double, _ rank: Int) {
        for relation in Relation.allCases {
            let expected = Value.bool(Self.holds(relation, rank, 0))
            let answer = compare(.compareIntDouble, .int(int), relation, .double(double), .ieee)
            #expect(answer == expected, "\(int) \(relation) \(double)")
        }
    }

    @Test func knownIsNeverUnknown() {
        #expect(apply(.isKnown, .unknown, .unknown, .bool, .rule) == .bool(false))
        #expect(apply(.isKnown, .int(0), .unknown, .bool, .rule) == .bool(true))
    }

    @Test func fieldsThatAreNotFiniteAreUnknownInRules() {
        for value in [Double.nan, .infinity, -.infinity] {
            let owned = OwnedRow([.double(value)])
            for relation in Relation.allCases {
                let comparison = Comparison(cell: 0, relation, .double(1))
                #expect(comparison.truth(owned.row) == .unknown)
                var builder = ProgramBuilder(mode: .rule)
                builder.compare(comparison, into: 0)
                #expect(builder.finish(.bool)?.run(owned.row, Scratch()) == .unknown)
            }
            var builder = ProgramBuilder(mode: .rule)
            builder.load(0, .double, into: 0)
            #expect(builder.finish(.double)?.value(owned.row, Scratch()) == .unknown)
        }
    }

    @Test func textIsJoinedWithinTheLimit() {
        var builder = ProgramBuilder(mode: .rule)
        builder.load(0, .string, into: 0)
        builder.load(1, .string, into: 1)
        builder.apply(.concatenate, into: 0, 0, 1)
        builder.apply(.concatenate, into: 0, 0, 1)
        let program = builder.finish(.string)
        let owned = OwnedRow([.string("river "), .string("Jamuna")])
        #expect(program?.value(owned.row, Scratch()) == .string("river JamunaJamuna"))
        #expect(program?.value(owned.row, Scratch(textLimit: 12)) == .unknown)
        let tight = Scratch(textLimit: 30)
        #expect(program?.value(owned.row, tight) == .string("river JamunaJamuna"))
        #expect(program?.value(owned.row, tight) == .string("river JamunaJamuna"))
        #expect(program?.value(OwnedRow([.string("x"), nil]).row, Scratch()) == .unknown)
    }

    @Test func limitsGiveNoProgram() {
        var registers = ProgramBuilder(mode: .rule)
        registers.constant(.int(1), into: Program.registerLimit)
        #expect(registers.isOverLimit && registers.finish(.int) == nil)
        var steps = ProgramBuilder(mode: .rule)
        for _ in 0...Program.instructionLimit { steps.constant(.int(1), into: 0) }
        #expect(steps.finish(.int) == nil)
    }
}
