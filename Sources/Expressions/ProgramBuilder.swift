/// Puts a program together, instruction by instruction.
///
/// The language's compiler is its only intended caller: it has checked types and decides registers;
/// the builder keeps literals, chooses the cheaper opcodes and enforces the limits.
public struct ProgramBuilder {
    /// The mode of the program to be.
    public let mode: Mode
    /// Whether a limit was passed: then there will be no program.
    public private(set) var isOverLimit = false
    private var steps: [Instruction] = []
    private var pool: [UInt8] = []
    private var tables: [Table] = []

    /// An empty program in a mode.
    public init(mode: Mode) { self.mode = mode }

    /// target := cell `cell`, which holds a `type`.
    public mutating func load(_ cell: Int, _ type: ValueType, into target: Int) {
        let opcode: Opcode =
            switch type {
            case .bool, .int, .timestamp, .duration: .loadWord
            case .double: .loadDouble
            case .string: .loadText
            case .row: preconditionFailure("no cell holds a row of a table")
            }
        append(opcode, into: target, cell: cell)
    }

    /// target := a constant.
    public mutating func constant(_ value: Value, into target: Int) {
        switch value {
        case .unknown: append(.unknown, into: target)
        case .bool(let bool): append(.constant, into: target, immediate: bool ? 1 : 0)
        case .int(let int), .timestamp(let int), .duration(let int):
            append(.constant, into: target, immediate: UInt64(bitPattern: int))
        case .double(let double):
            if mode == .rule, !double.isFinite {
                append(.unknown, into: target)
            } else {
                append(.constant, into: target, immediate: double.bitPattern)
            }
        case .string(let string):
            let bytes = Array(string.utf8)
            let place = UInt64(pool.count) | UInt64(bytes.count) << 32
            pool += bytes
            append(.constantText, into: target, immediate: place)
        }
    }

    /// target := left RELATION right by one of the comparing opcodes.
    public mutating func compare(
        _ opcode: Opcode, _ relation: Relation, into target: Int, _ left: Int, _ right: Int
    ) {
        append(opcode, into: target, left, right, relation: relation)
    }

    /// target := the answer of a comparison of one cell with a constant.
    public mutating func compare(_ comparison: Comparison, into target: Int) {
        precondition(mode == .rule || !comparison.isDouble, "IEEE doubles compare in registers")
        append(
            comparison.isDouble ? .compareDoubleCell : .compareIntCell, into: target,
            relation: comparison.relation, cell: comparison.cell, immediate: comparison.bits)
    }

    /// target := target AND (or OR) the answer of a comparison of one cell with a constant.
    public mutating func combine(_ comparison: Comparison, isAnd: Bool, into target: Int) {
        precondition(mode == .rule || !comparison.isDouble, "IEEE doubles compare in registers")
        let opcode: Opcode =
            isAnd
            ? (comparison.isDouble ? .andDoubleCell : .andIntCell)
            : (comparison.isDouble ? .orDoubleCell : .orIntCell)
        append(
            opcode, into: target, relation: comparison.relation, cell: comparison.cell,
            immediate: comparison.bits)
    }

    /// target := an operation on two registers; operations on one ignore `right`.
    public mutating func apply(_ opcode: Opcode, into target: Int, _ left: Int, _ right: Int = 0) {
        append(opcode, into: target, left, right)
    }

    /// target := a number as text with so many decimals, 0 to 15.
    public mutating func fixed(_ opcode: Opcode, decimals: Int, into target: Int, _ number: Int) {
        precondition((0...Decimal.decimalsLimit).contains(decimals), "checked by the front end")
        append(opcode, into: target, number, immediate: UInt64(decimals))
    }

    /// target := the row of a table whose key is in register `key`.
    public mutating func lookUp(_ table: Table, into target: Int, _ key: Int) {
        append(
            table.keyType == .string ? .rowOfText : .rowOfWord, into: target, key,
            immediate: address(of: table))
    }

    /// target := the value in a column of a table's row, whose number is in register `row`.
    public mutating func read(_ column: Int, of table: Table, into target: Int, _ row: Int) {
        append(.column, into: target, row, cell: column, immediate: address(of: table))
    }

    private mutating func address(of table: Table) -> UInt64 {
        if !tables.contains(where: { $0 === table }) { tables.append(table) }
        return unsafe UInt64(UInt(bitPattern: table.view))
    }

    /// The program, whose result of type `type` is in register 0; nil if a limit was passed.
    public func finish(_ type: ValueType) -> Program? {
        guard !isOverLimit else { return nil }
        return Program(
            type: type, mode: mode, code: Code(steps, pool: pool, mode: mode, tables: tables))
    }

    private mutating func append(
        _ opcode: Opcode, into target: Int, _ left: Int = 0, _ right: Int = 0,
        relation: Relation = .equal, cell: Int = 0, immediate: UInt64 = 0
    ) {
        let registers = 0..<Program.registerLimit
        guard registers.contains(target), registers.contains(left), registers.contains(right),
            (0..<Row.cellLimit).contains(cell), steps.count < Program.instructionLimit
        else {
            isOverLimit = true
            return
        }
        steps.append(
            Instruction(
                immediate: immediate, opcode: opcode, relation: relation.rawValue,
                target: UInt8(target), left: UInt8(left), right: UInt8(right), cell: UInt8(cell)))
    }
}
