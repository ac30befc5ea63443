extension Program {
    /// Runs all instructions and returns register 0.
    @inline(never)
    @unsafe
    static func execute(
        _ code: UnsafePointer<Code.View>, _ row: Row, _ scratch: Scratch
    ) -> Register {
        let registers = unsafe scratch.registers
        if unsafe code.pointee.buildsText { scratch.textUsed = 0 }
        let ruled = unsafe code.pointee.isRuled
        var next = unsafe code.pointee.instructions
        let end = unsafe next + code.pointee.count
        while unsafe next < end {
            let step = unsafe next.pointee
            unsafe next += 1
            switch step.opcode {
            case .compareDoubleCell:
                unsafe registers[Int(step.target)] = step.compareDoubleCell(row)
            case .compareIntCell:
                unsafe registers[Int(step.target)] = step.compareIntCell(row)
            case .andDoubleCell:
                unsafe registers[Int(step.target)] =
                    registers[Int(step.target)] && step.compareDoubleCell(row)
            case .andIntCell:
                unsafe registers[Int(step.target)] =
                    registers[Int(step.target)] && step.compareIntCell(row)
            case .orDoubleCell, .orIntCell:
                unsafe registers[Int(step.target)] =
                    registers[Int(step.target)] || step.compareCell(row)
            case .and:
                unsafe registers[Int(step.target)] =
                    registers[Int(step.left)] && registers[Int(step.right)]
            case .or:
                unsafe registers[Int(step.target)] =
                    registers[Int(step.left)] || registers[Int(step.right)]
            case .not:
                unsafe registers[Int(step.target)] = !registers[Int(step.left)]
            case .loadWord, .loadDouble, .loadText:
                unsafe registers[Int(step.target)] = step.load(row, ruled: ruled)
            case .constant:
                unsafe registers[Int(step.target)] = Register(bits: step.immediate, size: 0)
            case .constantText:
                unsafe registers[Int(step.target)] = textRegister(
                    step.immediate, code.pointee.pool)
            case .compareInt, .compareDouble, .compareIntDouble, .compareText:
                unsafe registers[Int(step.target)] = step.compare(
                    registers[Int(step.left)], registers[Int(step.right)], ruled: ruled)
            case .addDouble, .subtractDouble, .multiplyDouble, .divideDouble, .negateDouble:
                unsafe registers[Int(step.target)] = step.doubles(
                    registers[Int(step.left)], registers[Int(step.right)], ruled: ruled)
            case .addInt, .subtractInt, .multiplyInt, .divideInt, .remainderInt, .negateInt:
                unsafe registers[Int(step.target)] = step.integers(
                    registers[Int(step.left)], registers[Int(step.right)])
            case .unknown, .copy, .isKnown, .strictOr, .select, .orElse:
                unsafe registers[Int(step.target)] = step.choose(
                    registers[Int(step.left)], registers[Int(step.right)],
                    registers[Int(step.target)])
            case .intOfDouble, .intOfText, .secondsOfTime, .doubleOfInt, .doubleOfText,
                .sizeOfText, .absoluteInt, .absoluteDouble, .floor, .ceil, .round, .trunc:
                unsafe registers[Int(step.target)] = step.converted(
                    registers[Int(step.left)], ruled: ruled)
            case .rowOfText, .rowOfWord, .column:
                unsafe registers[Int(step.target)] = step.looked(registers[Int(step.left)])
            case .greaterInt, .lesserInt, .greaterDouble, .lesserDouble:
                unsafe registers[Int(step.target)] = step.extreme(
                    registers[Int(step.left)], registers[Int(step.right)])
            case .startsWith, .endsWith, .containsText:
                unsafe registers[Int(step.target)] = step.found(
                    registers[Int(step.left)], registers[Int(step.right)])
            case .concatenate:
                unsafe registers[Int(step.target)] = step.joined(
                    registers[Int(step.left)], registers[Int(step.right)], scratch)
            case .textOfInt, .textOfDouble, .textOfBool, .textOfTime, .textOfDuration, .fixedInt,
                .fixedDouble:
                unsafe registers[Int(step.target)] = step.written(
                    registers[Int(step.left)], scratch)
            }
        }
        return unsafe registers[0]
    }
}

/// A text whose place is an offset and a length behind `start`.
@inline(__always)
@unsafe
private func textRegister(_ word: UInt64, _ start: UnsafeRawPointer) -> Register {
    let address = unsafe UInt(bitPattern: start + Int(word & 0xFFFF_FFFF))
    return Register(bits: UInt64(address), size: Int(word &>> 32))
}

extension Instruction {
    @inline(__always)
    fileprivate func compareDoubleCell(_ row: Row) -> Register {
        let value = Double(bitPattern: row.word(Int(cell)))
        guard row.isKnown(Int(cell)), value.magnitude < .infinity else { return .unknown }
        return holds(at: Relation.place(value, Double(bitPattern: immediate)))
    }

    @inline(__always)
    fileprivate func compareIntCell(_ row: Row) -> Register {
        guard row.isKnown(Int(cell)) else { return .unknown }
        let value = Int64(bitPattern: row.word(Int(cell)))
        return holds(at: Relation.place(value, Int64(bitPattern: immediate)))
    }

    /// Whether the relation holds for two values that stand so towards each other.
    @inline(__always)
    private func holds(at place: UInt8) -> Register {
        Register(bits: UInt64(relation &>> place & 1), size: 0)
    }

    @inline(__always)
    fileprivate func compareCell(_ row: Row) -> Register {
        opcode == .orIntCell ? compareIntCell(row) : compareDoubleCell(row)
    }

    @inline(__always)
    fileprivate func load(_ row: Row, ruled: Bool) -> Register {
        guard row.isKnown(Int(cell)) else { return .unknown }
        let word = row.word(Int(cell))
        if opcode == .loadText { return unsafe textRegister(word, row.base) }
        if opcode == .loadDouble, ruled, !Double(bitPattern: word).isFinite { return .unknown }
        return Register(bits: word, size: 0)
    }

    @inline(__always)
    fileprivate func compare(_ a: Register, _ b: Register, ruled: Bool) -> Register {
        guard a.isKnown, b.isKnown else { return .unknown }
        let place: UInt8
        if opcode == .compareDouble {
            let isOrdered = !a.double.isNaN && !b.double.isNaN
            place = isOrdered ? Relation.place(a.double, b.double) : Relation.unordered
        } else if opcode == .compareInt {
            place = Relation.place(a.int, b.int)
        } else if opcode == .compareText {
            place = unsafe placeOfText(a.text, b.text)
        } else {
            place = exactPlace(a.int, b.double)
        }
        if place == Relation.unordered {
            return ruled ? .unknown : Register(relation == Relation.notEqual.rawValue)
        }
        return holds(at: place)
    }

    /// Equality of texts needs no order, and most pairs differ in length.
    @unsafe
    private func placeOfText(
        _ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer
    ) -> UInt8 {
        guard relation == Relation.equal.rawValue || relation == Relation.notEqual.rawValue else {
            return unsafe textPlace(a, b)
        }
        guard a.count == b.count else { return 0 }
        guard let left = a.baseAddress, let right = b.baseAddress else { return 1 }
        return unsafe equalBytes(left, right, count: a.count) ? 1 : 0
    }

    @inline(__always)
    fileprivate func doubles(_ a: Register, _ b: Register, ruled: Bool) -> Register {
        let result: Double
        if opcode == .negateDouble {
            guard a.isKnown else { return .unknown }
            result = -a.double
        } else {
            guard a.isKnown, b.isKnown else { return .unknown }
            if opcode == .addDouble {
                result = a.double + b.double
            } else if opcode == .subtractDouble {
                result = a.double - b.double
            } else if opcode == .multiplyDouble {
                result = a.double * b.double
            } else {
                result = a.double / b.double
            }
        }
        if ruled, !result.isFinite { return .unknown }
        return Register(bits: result.bitPattern, size: 0)
    }

    fileprivate func integers(_ a: Register, _ b: Register) -> Register {
        guard a.isKnown, opcode == .negateInt || b.isKnown else { return .unknown }
        let (left, right) = (a.int, b.int)
        let (result, overflow): (Int64, Bool)
        if opcode == .addInt {
            (result, overflow) = left.addingReportingOverflow(right)
        } else if opcode == .subtractInt {
            (result, overflow) = left.subtractingReportingOverflow(right)
        } else if opcode == .multiplyInt {
            (result, overflow) = left.multipliedReportingOverflow(by: right)
        } else if opcode == .divideInt {
            (result, overflow) = left.dividedReportingOverflow(by: right)
        } else if opcode == .remainderInt {
            (result, overflow) = left.remainderReportingOverflow(dividingBy: right)
        } else {
            (result, overflow) = Int64(0).subtractingReportingOverflow(left)
        }
        return overflow ? .unknown : Register(result)
    }

    fileprivate func choose(_ a: Register, _ b: Register, _ condition: Register) -> Register {
        if opcode == .copy { return a }
        if opcode == .isKnown { return Register(a.isKnown) }
        if opcode == .strictOr {
            guard a.isKnown, b.isKnown else { return .unknown }
            return a || b
        }
        if opcode == .select {
            guard condition.isKnown else { return .unknown }
            return condition.truth == .yes ? a : b
        }
        if opcode == .orElse {
            if condition.isKnown { return condition }
            return b.isKnown ? a : .unknown
        }
        return .unknown
    }
}
