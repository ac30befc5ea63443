/// One of the six comparisons.
///
/// The raw value is the set of orderings for which it holds (bit 0: less, bit 1: equal, bit 2:
/// greater), so that testing it needs no branch.
@frozen
public enum Relation: UInt8, Sendable, CaseIterable {
    /// `<`
    case less = 0b001
    /// `==`
    case equal = 0b010
    /// `<=`
    case lessOrEqual = 0b011
    /// `>`
    case greater = 0b100
    /// `!=`
    case notEqual = 0b101
    /// `>=`
    case greaterOrEqual = 0b110

    /// The relation that holds for (b, a) where this one holds for (a, b).
    public var mirrored: Relation {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        case .equal: .equal
        case .notEqual: .notEqual
        }
    }

    /// The relation that holds exactly where this one, between ordered values, does not.
    public var negated: Relation {
        switch self {
        case .less: .greaterOrEqual
        case .lessOrEqual: .greater
        case .greater: .lessOrEqual
        case .greaterOrEqual: .less
        case .equal: .notEqual
        case .notEqual: .equal
        }
    }

    /// Where `left` stands towards `right`: 0 less, 1 equal, 2 greater, the bit of the raw value
    /// that says whether a relation holds. Values that a NaN makes unordered must not come here.
    ///
    /// A Bool is one byte that is 0 or 1. Reading it as such keeps the compiler from making a
    /// branch of it, which would mispredict, because the data decide it.
    @inlinable
    @inline(__always)
    static func place<T: Comparable>(_ left: T, _ right: T) -> UInt8 {
        unsafe unsafeBitCast(left > right, to: UInt8.self)
            &+ unsafeBitCast(left >= right, to: UInt8.self)
    }

    /// The place that no relation but `!=` has: one side is a NaN.
    @inlinable
    static var unordered: UInt8 { 3 }
}

extension Relation: CustomStringConvertible {
    /// The operator as CEL writes it.
    public var description: String {
        switch self {
        case .less: "<"
        case .lessOrEqual: "<="
        case .equal: "=="
        case .notEqual: "!="
        case .greaterOrEqual: ">="
        case .greater: ">"
        }
    }
}
