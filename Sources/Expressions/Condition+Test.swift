extension Condition {
    /// The inner loop itself: three words without references, so that reading it counts nothing.
    ///
    /// Its small parts are packed into one word, because a condition is read far more often than it
    /// is made and every part apart would be a load of its own. The addresses in it are those of
    /// memory that `details` of the same condition owns.
    ///
    ///     tag     bits  0-7   kind
    ///                   8-15  truth, of `settled`
    ///                  16-23  cell          32-39  cell of the second comparison
    ///                  24-31  orderings     40-47  orderings of the second
    ///                     48  is a double      49  the second is
    ///     first   the constant; text: address of the literal; texts: address of the table of
    ///             literals; program: address of the code's view
    ///     second  the second constant; text: length of the literal; texts: number of literals
    @usableFromInline
    @frozen
    struct Test: Sendable {
        @usableFromInline
        @frozen
        enum Kind: UInt8, Sendable {
            case double, int, doubles, ints, comparisons, text, texts, settled, program
        }

        @usableFromInline let first: UInt64
        @usableFromInline let second: UInt64
        @usableFromInline let tag: UInt64
    }
}

extension Condition.Test {
    init(settled truth: Truth) {
        let tag = UInt64(Kind.settled.rawValue) | UInt64(truth.rawValue) << 8
        self.init(first: 0, second: 0, tag: tag)
    }

    init(_ one: Comparison) {
        self.init(one.isDouble ? .double : .int, one, nil)
    }

    init(_ left: Comparison, _ right: Comparison) {
        let kind: Kind
        switch (left.isDouble, right.isDouble) {
        case (true, true): kind = .doubles
        case (false, false): kind = .ints
        case (true, false), (false, true): kind = .comparisons
        }
        self.init(kind, left, right)
    }

    init(program address: UInt) {
        self.init(first: UInt64(address), second: 0, tag: UInt64(Kind.program.rawValue))
    }

    init(texts table: UInt, count: Int, first text: [UInt8]?, _ cell: Int, _ isIn: Bool) {
        let relation = isIn ? Relation.equal : .notEqual
        if count == 1, let text {
            // Behind the only entry of the table.
            let place = Comparison(cell: cell, relation, .int(Int64(bitPattern: UInt64(table + 8))))
            self.init(.text, place, Comparison(cell: 0, .equal, .int(Int64(text.count))))
        } else {
            let place = Comparison(cell: cell, relation, .int(Int64(bitPattern: UInt64(table))))
            self.init(.texts, place, Comparison(cell: 0, .equal, .int(Int64(count))))
        }
    }

    private init(_ kind: Kind, _ left: Comparison, _ right: Comparison?) {
        var tag = UInt64(kind.rawValue)
        tag |= UInt64(left.cellIndex) << 16 | UInt64(left.orderings) << 24
        tag |= left.isDouble ? 1 << 48 : 0
        if let right {
            tag |= UInt64(right.cellIndex) << 32 | UInt64(right.orderings) << 40
            tag |= right.isDouble ? 1 << 49 : 0
        }
        self.init(first: left.bits, second: right?.bits ?? 0, tag: tag)
    }

    /// The byte of the tag that begins at a bit.
    @inlinable
    @inline(__always)
    func part(_ shift: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: tag &>> shift) }

    @inlinable
    var kind: Kind { Kind(rawValue: part(0)) ?? .program }

    var firstComparison: Comparison {
        Comparison(bits: first, cell: part(16), orderings: part(24), isDouble: part(48) & 1 == 1)
    }

    var secondComparison: Comparison {
        Comparison(bits: second, cell: part(32), orderings: part(40), isDouble: part(49) & 1 == 1)
    }

    @inlinable
    @inline(__always)
    func truth(_ row: Row, _ scratch: Scratch) -> Truth {
        // The commonest kind is asked for first: a predicted branch costs less than a jump table.
        if part(0) == 0 { return Comparison.double(first, part(16), part(24), row) }
        switch kind {
        case .double: return Comparison.double(first, part(16), part(24), row)
        case .int: return Comparison.int(first, part(16), part(24), row)
        case .doubles:
            return Comparison.double(first, part(16), part(24), row)
                && Comparison.double(second, part(32), part(40), row)
        case .ints:
            return Comparison.int(first, part(16), part(24), row)
                && Comparison.int(second, part(32), part(40), row)
        case .comparisons: return mixedTruth(row)
        case .text: return textTruth(row)
        case .texts: return textsTruth(row)
        case .settled: return Truth(rawValue: part(8)) ?? .unknown
        case .program: return programTruth(row, scratch)
        }
    }

    @usableFromInline
    func mixedTruth(_ row: Row) -> Truth {
        firstComparison.truth(row) && secondComparison.truth(row)
    }

    @inlinable
    func textTruth(_ row: Row) -> Truth {
        let cell = Int(part(16))
        guard row.isKnown(cell) else { return .unknown }
        let word = row.word(cell)
        guard word &>> 32 == second else { return Truth(part(24) != 0b010) }
        guard let literal = unsafe UnsafeRawPointer(bitPattern: UInt(first)) else {
            return .unknown
        }
        let isEqual = unsafe equalBytes(row.textStart(word), literal, count: Int(second))
        return Truth(isEqual == (part(24) == 0b010))
    }

    @inlinable
    func textsTruth(_ row: Row) -> Truth {
        let cell = Int(part(16))
        guard row.isKnown(cell), let table = unsafe UnsafeRawPointer(bitPattern: UInt(first))
        else { return .unknown }
        let word = row.word(cell)
        let start = unsafe row.textStart(word)
        var isFound = false
        for index in 0..<Int(second) {
            let place = unsafe table.load(fromByteOffset: index &* 8, as: UInt64.self)
            guard place &>> 32 == word &>> 32 else { continue }
            let literal = unsafe table + Int(place & 0xFFFF_FFFF)
            if unsafe equalBytes(start, literal, count: Int(place &>> 32)) {
                isFound = true
                break
            }
        }
        return Truth(isFound == (part(24) == 0b010))
    }

    @usableFromInline
    func programTruth(_ row: Row, _ scratch: Scratch) -> Truth {
        guard let view = unsafe UnsafePointer<Code.View>(bitPattern: UInt(first)) else {
            return .unknown
        }
        return unsafe Program.execute(view, row, scratch).truth
    }
}
