/// The answer of a condition in Kleene's three-valued logic.
///
/// UNKNOWN stands for everything that could not be computed (a missing field, an overflow, a NaN),
/// so that missing data neither raises nor clears anything.
@frozen
public enum Truth: UInt8, Sendable {
    /// FALSE.
    case no = 0
    /// TRUE.
    case yes = 1
    /// Neither is known.
    case unknown = 2

    /// The truth of a known Boolean.
    @inlinable
    public init(_ value: Bool) { self = value ? .yes : .no }

    /// FALSE if either side is FALSE, TRUE if both are TRUE, else UNKNOWN.
    ///
    /// Both sides are values: nothing is skipped, because nothing has an effect.
    @inlinable
    public static func && (left: Truth, right: Truth) -> Truth {
        // Two bits for each pair, looked up: data decides branches, and would mispredict them.
        look(up: 0b00_10_10_00_00_10_01_00_00_00_00_00, left, right)
    }

    /// TRUE if either side is TRUE, FALSE if both are FALSE, else UNKNOWN.
    @inlinable
    public static func || (left: Truth, right: Truth) -> Truth {
        look(up: 0b00_10_01_10_00_01_01_01_00_10_01_00, left, right)
    }

    @inlinable
    @inline(__always)
    static func look(up table: UInt32, _ left: Truth, _ right: Truth) -> Truth {
        let place = UInt32(left.rawValue) &* 8 &+ UInt32(right.rawValue) &* 2
        return Truth(rawValue: UInt8(truncatingIfNeeded: table &>> place) & 3) ?? .unknown
    }

    /// TRUE for FALSE, FALSE for TRUE, UNKNOWN for UNKNOWN.
    @inlinable
    public static prefix func ! (truth: Truth) -> Truth {
        switch truth {
        case .no: .yes
        case .yes: .no
        case .unknown: .unknown
        }
    }
}

extension Truth: CustomStringConvertible {
    /// `TRUE`, `FALSE` or `UNKNOWN`.
    public var description: String {
        switch self {
        case .yes: "TRUE"
        case .no: "FALSE"
        case .unknown: "UNKNOWN"
        }
    }
}
