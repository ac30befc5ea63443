/// A compiled expression: straight-line register bytecode.
///
/// There are no jumps: both sides of a ternary and of `&&` are computed, which is allowed because
/// nothing has an effect and errors are values (UNKNOWN). A run is therefore total, takes time
/// linear in the length of the program, and allocates nothing.
public struct Program: Sendable {
    /// The type of the result.
    public let type: ValueType
    /// How the program treats numbers that are not finite.
    public let mode: Mode
    let code: Code

    /// Registers a program may use; the result is in register 0.
    public static let registerLimit = 256
    /// Instructions a program may have.
    public static let instructionLimit = 8192

    /// Instructions one run executes.
    public var instructionCount: Int { unsafe code.view.pointee.count }

    /// The answer of a Boolean program for one row.
    public func run(_ row: Row, _ scratch: Scratch) -> Truth {
        precondition(type == .bool, "only a Boolean program has a truth")
        return unsafe Program.execute(code.view, row, scratch).truth
    }

    /// The number a program of numbers gives for one row, of a condition 1 or 0; nil for UNKNOWN.
    @inline(__always)
    public func number(_ row: Row, _ scratch: Scratch) -> Double? {
        let result = unsafe Program.execute(code.view, row, scratch)
        guard result.isKnown else { return nil }
        return type == .double ? result.double : Double(result.int)
    }

    /// The result of a program of any type for one row; text is copied out.
    public func value(_ row: Row, _ scratch: Scratch) -> Value {
        let result = unsafe Program.execute(code.view, row, scratch)
        guard result.isKnown else { return .unknown }
        switch type {
        case .bool: return .bool(result.truth == .yes)
        case .int: return .int(result.int)
        case .double: return .double(result.double)
        case .string: return unsafe .string(String(decoding: result.text, as: UTF8.self))
        case .timestamp: return .timestamp(result.int)
        case .duration: return .duration(result.int)
        case .row: return .int(result.int)
        }
    }
}
