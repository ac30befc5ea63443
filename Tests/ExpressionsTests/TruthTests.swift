import Expressions
import Testing

@Suite struct TruthTests {
    static let values: [Truth] = [.no, .yes, .unknown]

    @Test func kleeneTables() {
        let and: [[Truth]] = [[.no, .no, .no], [.no, .yes, .unknown], [.no, .unknown, .unknown]]
        let or: [[Truth]] = [
            [.no, .yes, .unknown], [.yes, .yes, .yes], [.unknown, .yes, .unknown],
        ]
        for (i, left) in Self.values.enumerated() {
            for (j, right) in Self.values.enumerated() {
                #expect((left && right) == and[i][j], "\(left) && \(right)")
                #expect((left || right) == or[i][j], "\(left) || \(right)")
            }
        }
        #expect(Self.values.map { !$0 } == [.yes, .no, .unknown])
    }

    @Test func programsAgreeWithTheTables() {
        func value(_ truth: Truth) -> Value {
            truth == .unknown ? .unknown : .bool(truth == .yes)
        }
        for left in Self.values {
            #expect(apply(.not, value(left), .unknown, .bool, .rule) == value(!left))
            for right in Self.values {
                #expect(
                    apply(.and, value(left), value(right), .bool, .rule) == value(left && right))
                #expect(apply(.or, value(left), value(right), .bool, .rule) == value(left || right))
                let strict =
                    left == .unknown || right == .unknown ? Truth.unknown : (left || right)
                #expect(apply(.strictOr, value(left), value(right), .bool, .rule) == value(strict))
            }
        }
    }

    @Test func ternaryTakesOnlyTheChosenSide() {
        func select(_ condition: Value, _ yes: Value, _ no: Value) -> Value? {
            var builder = ProgramBuilder(mode: .rule)
            builder.constant(condition, into: 0)
            builder.constant(yes, into: 1)
            builder.constant(no, into: 2)
            builder.apply(.select, into: 0, 1, 2)
            return builder.finish(.int).map { ConstantRow.value(of: $0) }
        }
        #expect(select(.bool(true), .int(1), .unknown) == .int(1))
        #expect(select(.bool(false), .unknown, .int(2)) == .int(2))
        #expect(select(.bool(true), .unknown, .int(2)) == .unknown)
        #expect(select(.unknown, .int(1), .int(1)) == .unknown)
    }
}
