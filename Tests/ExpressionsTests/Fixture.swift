import Expressions

/// A small generator with a seed, so that a failing case can be run again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A row that owns its memory; nil is a field that is not known.
final class OwnedRow {
    let row: Row
    private let memory: UnsafeMutableRawPointer

    init(_ values: [Value?]) {
        var cells: [UInt64] = []
        var text: [UInt8] = []
        var presence: UInt64 = 0
        for (index, value) in values.enumerated() {
            if value != nil { presence |= 1 << UInt64(index) }
            switch value {
            case nil, .unknown: cells.append(0)
            case .bool(let bool): cells.append(bool ? 1 : 0)
            case .int(let int), .timestamp(let int), .duration(let int):
                cells.append(UInt64(bitPattern: int))
            case .double(let double): cells.append(double.bitPattern)
            case .string(let string):
                cells.append(
                    UInt64(values.count * 8 + text.count) | UInt64(string.utf8.count) << 32)
                text += Array(string.utf8)
            }
        }
        memory = .allocate(byteCount: max(8, values.count * 8 + text.count), alignment: 8)
        for (index, cell) in cells.enumerated() {
            memory.storeBytes(of: cell, toByteOffset: index * 8, as: UInt64.self)
        }
        for (index, byte) in text.enumerated() {
            memory.storeBytes(of: byte, toByteOffset: values.count * 8 + index, as: UInt8.self)
        }
        row = Row(
            presence: presence, cells: UnsafeRawPointer(memory), base: UnsafeRawPointer(memory))
    }

    deinit { memory.deallocate() }
}

/// The value of `left OPCODE right` on two constants.
func apply(_ opcode: Opcode, _ left: Value, _ right: Value, _ type: ValueType, _ mode: Mode)
    -> Value?
{
    var builder = ProgramBuilder(mode: mode)
    builder.constant(left, into: 0)
    builder.constant(right, into: 1)
    builder.apply(opcode, into: 0, 0, 1)
    return builder.finish(type).map { ConstantRow.value(of: $0) }
}

/// The truth of `left RELATION right` on two constants.
func compare(
    _ opcode: Opcode, _ left: Value, _ relation: Relation, _ right: Value, _ mode: Mode
) -> Value? {
    var builder = ProgramBuilder(mode: mode)
    builder.constant(left, into: 0)
    builder.constant(right, into: 1)
    builder.compare(opcode, relation, into: 0, 0, 1)
    return builder.finish(.bool).map { ConstantRow.value(of: $0) }
}
