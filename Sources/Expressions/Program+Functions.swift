// The functions of the language, one instruction each. An operand that is UNKNOWN, a text that is no
// number, a number that does not fit: the result is UNKNOWN, which is CEL's error in a condition.

extension Instruction {
    /// A number out of one operand.
    func converted(_ a: Register, ruled: Bool) -> Register {
        guard a.isKnown else { return .unknown }
        switch opcode {
        case .intOfDouble:
            // The ends themselves are outside: CEL refuses what only rounding brings into range.
            guard a.double > -0x1p63, a.double < 0x1p63 else { return .unknown }
            return Register(Int64(a.double))
        case .intOfText: return unsafe parsedInt(a.text).map { Register($0) } ?? .unknown
        case .secondsOfTime:
            let (seconds, rest) = a.int.quotientAndRemainder(dividingBy: 1_000_000_000)
            return Register(rest < 0 ? seconds - 1 : seconds)
        case .sizeOfText:
            // Every code point has one byte that is not a continuation.
            return unsafe Register(Int64(a.text.count { $0 & 0xC0 != 0x80 }))
        case .absoluteInt:
            return a.int == .min ? .unknown : Register(abs(a.int))
        case _:
            guard let value = unsafe double(a) else { return .unknown }
            if ruled, !value.isFinite { return .unknown }
            return Register(bits: value.bitPattern, size: 0)
        }
    }

    @unsafe
    private func double(_ a: Register) -> Double? {
        switch opcode {
        case .doubleOfInt: Double(a.int)
        case .doubleOfText: unsafe Double(String(decoding: a.text, as: UTF8.self))
        case .absoluteDouble: a.double.magnitude
        case .floor: a.double.rounded(.down)
        case .ceil: a.double.rounded(.up)
        case .round: a.double.rounded(.toNearestOrAwayFromZero)
        case .trunc: a.double.rounded(.towardZero)
        case _: preconditionFailure("\(opcode) gives no double")
        }
    }

    /// A row of a table, or what stands in it.
    func looked(_ a: Register) -> Register {
        guard a.isKnown,
            let view = unsafe UnsafePointer<Table.View>(bitPattern: UInt(immediate))
        else { return .unknown }
        if opcode == .column {
            return unsafe view.pointee.cells[Int(a.int) * view.pointee.columns + Int(cell)]
        }
        return unsafe view.pointee.row(of: a, isText: opcode == .rowOfText)
    }

    /// The greater or lesser of two numbers.
    func extreme(_ a: Register, _ b: Register) -> Register {
        guard a.isKnown, b.isKnown else { return .unknown }
        switch opcode {
        case .greaterInt: return a.int >= b.int ? a : b
        case .lesserInt: return a.int <= b.int ? a : b
        case .greaterDouble: return a.double >= b.double ? a : b
        case _: return a.double <= b.double ? a : b
        }
    }

    /// Whether one text stands in another, at a place or anywhere.
    func found(_ a: Register, _ b: Register) -> Register {
        guard a.isKnown, b.isKnown else { return .unknown }
        guard a.size >= b.size else { return Register(false) }
        guard b.size > 0 else { return Register(true) }
        switch opcode {
        case .startsWith: return Register(unsafe isAt(0, a, b))
        case .endsWith: return Register(unsafe isAt(a.size - b.size, a, b))
        case _: return Register((0...(a.size - b.size)).contains { unsafe isAt($0, a, b) })
        }
    }

    @unsafe
    private func isAt(_ offset: Int, _ a: Register, _ b: Register) -> Bool {
        guard let text = unsafe a.text.baseAddress, let part = unsafe b.text.baseAddress else {
            return false
        }
        return unsafe equalBytes(text + offset, part, count: b.size)
    }

    /// One text behind another.
    func joined(_ a: Register, _ b: Register, _ scratch: Scratch) -> Register {
        guard a.isKnown, b.isKnown else { return .unknown }
        guard let room = unsafe scratch.reserveText(a.size + b.size) else { return .unknown }
        if let from = unsafe a.text.baseAddress {
            unsafe room.copyMemory(from: from, byteCount: a.size)
        }
        if let from = unsafe b.text.baseAddress {
            unsafe (room + a.size).copyMemory(from: from, byteCount: b.size)
        }
        return Register(bits: UInt64(UInt(bitPattern: room)), size: a.size + b.size)
    }

    /// A value as text.
    func written(_ a: Register, _ scratch: Scratch) -> Register {
        guard a.isKnown else { return .unknown }
        let text =
            switch opcode {
            case .textOfInt: String(a.int)
            case .textOfDouble: Decimal.shortest(a.double)
            case .textOfBool: a.truth == .yes ? "true" : "false"
            case .textOfTime: CivilTime.rfc3339(a.int)
            case .textOfDuration: CivilTime.seconds(a.int) + "s"
            case .fixedInt: Decimal.fixed(Double(a.int), decimals: Int(immediate))
            case _: Decimal.fixed(a.double, decimals: Int(immediate))
            }
        let bytes = Array(text.utf8)
        guard let room = unsafe scratch.reserveText(bytes.count) else { return .unknown }
        for (index, byte) in bytes.enumerated() {
            unsafe room.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
        }
        return Register(bits: UInt64(UInt(bitPattern: room)), size: bytes.count)
    }
}

/// A decimal integer, with a sign or without; nil for anything else and for one that does not fit.
@unsafe
private func parsedInt(_ text: UnsafeRawBufferPointer) -> Int64? {
    guard let sign = unsafe text.first else { return nil }
    let isNegative = sign == UInt8(ascii: "-")
    let start = isNegative || sign == UInt8(ascii: "+") ? 1 : 0
    guard start < text.count else { return nil }
    var value: Int64 = 0
    for index in start..<text.count {
        let byte = unsafe text[index]
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        let digit = Int64(byte - UInt8(ascii: "0"))
        let (tens, tooBig) = value.multipliedReportingOverflow(by: 10)
        let (next, tooFar) =
            isNegative
            ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
        if tooBig || tooFar { return nil }
        value = next
    }
    return value
}
