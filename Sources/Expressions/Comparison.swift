/// `field OP constant` on one cell of eight bytes: by far the commonest condition.
///
/// An evaluator may take many of these apart and index them, as long as it keeps the rule that a
/// cell which is not known, or holds a double that is not finite, makes the answer UNKNOWN.
@frozen
public struct Comparison: Sendable, Hashable {
    /// What the cell is compared with, and so how its bits are read.
    @frozen
    public enum Operand: Sendable, Hashable {
        /// The cell holds a double; the constant is finite.
        case double(Double)
        /// The cell holds an Int64, a bool as 0 or 1, or nanoseconds.
        case int(Int64)
    }

    @usableFromInline let bits: UInt64
    @usableFromInline let cellIndex: UInt8
    @usableFromInline let orderings: UInt8
    @usableFromInline let isDouble: Bool

    /// Compares cell `cell` with a constant.
    public init(cell: Int, _ relation: Relation, _ operand: Operand) {
        precondition(cell >= 0 && cell < Row.cellLimit, "a row has at most 64 cells")
        cellIndex = UInt8(cell)
        orderings = relation.rawValue
        switch operand {
        case .double(let value):
            bits = value.bitPattern
            isDouble = true
        case .int(let value):
            bits = UInt64(bitPattern: value)
            isDouble = false
        }
    }

    init(bits: UInt64, cell: UInt8, orderings: UInt8, isDouble: Bool) {
        self.bits = bits
        self.cellIndex = cell
        self.orderings = orderings
        self.isDouble = isDouble
    }

    /// Index of the cell.
    public var cell: Int { Int(cellIndex) }

    /// The relation that must hold between the cell and the constant.
    public var relation: Relation { Relation(rawValue: orderings) ?? .equal }

    /// The constant.
    public var operand: Operand {
        isDouble ? .double(Double(bitPattern: bits)) : .int(Int64(bitPattern: bits))
    }

    /// The answer for one row.
    @inlinable
    @inline(__always)
    public func truth(_ row: Row) -> Truth {
        isDouble
            ? Comparison.double(bits, cellIndex, orderings, row)
            : Comparison.int(bits, cellIndex, orderings, row)
    }

    @inlinable
    @inline(__always)
    static func double(_ bits: UInt64, _ cell: UInt8, _ orderings: UInt8, _ row: Row) -> Truth {
        let value = Double(bitPattern: row.word(Int(cell)))
        let known = row.isKnown(Int(cell)) && value.magnitude < .infinity
        let place = Relation.place(value, Double(bitPattern: bits))
        return known ? Truth(orderings &>> place & 1 != 0) : .unknown
    }

    @inlinable
    @inline(__always)
    static func int(_ bits: UInt64, _ cell: UInt8, _ orderings: UInt8, _ row: Row) -> Truth {
        let value = Int64(bitPattern: row.word(Int(cell)))
        let place = Relation.place(value, Int64(bitPattern: bits))
        return row.isKnown(Int(cell)) ? Truth(orderings &>> place & 1 != 0) : .unknown
    }
}
