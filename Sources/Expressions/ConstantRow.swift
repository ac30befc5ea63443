/// Runs programs that read no fields.
public enum ConstantRow {
    /// The value of a program that reads no cell, such as the right side of `level > 2.0 * 3.0`.
    public static func value(of program: Program) -> Value {
        var nothing: UInt64 = 0
        return unsafe withUnsafeBytes(of: &nothing) { bytes in
            guard let start = bytes.baseAddress else { return .unknown }
            let row = unsafe Row(presence: 0, cells: start, base: start)
            return program.value(row, Scratch())
        }
    }
}
