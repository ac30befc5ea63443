/// A Boolean expression in the form the evaluator asks, once an event and rule: its inner loop.
///
/// Most conditions of rules are a threshold, a range or a name. Those are recognised when the
/// condition is compiled and answered in place, without a call; the rest run their program. All
/// forms of a condition give the same answer for every row.
@frozen
public struct Condition: Sendable {
    @usableFromInline let test: Test
    /// Owns the memory whose addresses `test` holds.
    @usableFromInline let details: Details?

    @inlinable
    init(test: Test, details: Details?) {
        self.test = test
        self.details = details
    }

    /// The answer for one row: a few nanoseconds unless it needs its program.
    ///
    /// Asked of an element of an array in place (`conditions[i].truth(…)`) it touches no reference
    /// count.
    @inlinable
    @inline(__always)
    public func truth(_ row: Row, _ scratch: Scratch) -> Truth {
        // The caller's condition keeps the memory behind the addresses in `test`: a release never
        // moves ahead of a load through a pointer or of a call (SE-0366's lexical lifetimes).
        test.truth(row, scratch)
    }
}

extension Condition {
    /// What a condition looks like to its compiler.
    public enum Shape: Sendable {
        /// The same for every row.
        case settled(Truth)
        /// One comparison of a cell with a constant.
        case one(Comparison)
        /// Two of them, joined by `&&`: a range.
        case both(Comparison, Comparison)
        /// A text cell that is (or, for `isIn` false, is not) one of some literals.
        case text(cell: Int, literals: [[UInt8]], isIn: Bool)
        /// Anything else: the program decides.
        case general
    }

    /// What a condition keeps beside its inner loop.
    @usableFromInline
    final class Details: Sendable {
        let program: Program?
        let literals: Code?
        let selectors: [Selector]
        let residual: Condition?

        init(_ program: Program?, _ literals: Code?, _ selectors: [Selector], _ rest: Condition?) {
            self.program = program
            self.literals = literals
            self.selectors = selectors
            self.residual = rest
        }
    }

    /// A condition that is the same for every row.
    public static func always(_ truth: Truth) -> Condition {
        Condition(test: Test(settled: truth), details: nil)
    }

    /// A compiled condition; `program` answers for every row what `shape` answers.
    ///
    /// `selectors` are conjuncts of it and `residual` is the conjunction of the others.
    public init(
        _ shape: Shape, program: Program, selectors: [Selector] = [], residual: Condition? = nil
    ) {
        precondition(program.type == .bool, "a condition is a Boolean program")
        var literals: Code?
        let test: Test
        switch shape {
        case .settled(let truth):
            test = Test(settled: truth)
        case .one(let comparison):
            test = Test(comparison)
        case .both(let left, let right):
            test = Test(left, right)
        case .text(let cell, let texts, let isIn):
            let table = Condition.table(texts)
            literals = table
            let start = unsafe UInt(bitPattern: table.view.pointee.pool)
            test = Test(texts: start, count: texts.count, first: texts.first, cell, isIn)
        case .general:
            test = unsafe Test(program: UInt(bitPattern: program.code.view))
        }
        self.init(test: test, details: Details(program, literals, selectors, residual))
    }

    /// Literals in stable memory: a table of places (offset and length), then the bytes.
    private static func table(_ texts: [[UInt8]]) -> Code {
        var places: [UInt8] = []
        var bytes: [UInt8] = []
        for text in texts {
            let place = UInt64(texts.count * 8 + bytes.count) | UInt64(text.count) << 32
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                places.append(UInt8(truncatingIfNeeded: place >> shift))
            }
            bytes += text
        }
        return Code([], pool: places + bytes, mode: .rule)
    }
}
