/// `field == literal`, on which rules can be looked up instead of asked one by one.
public struct Selector: Sendable, Hashable {
    /// A value that can be a key of an index; doubles cannot.
    public enum Literal: Sendable, Hashable {
        /// TRUE or FALSE.
        case bool(Bool)
        /// An integer, or a timestamp's nanoseconds.
        case int(Int64)
        /// UTF-8 bytes.
        case string([UInt8])
    }

    /// Index of the cell.
    public let cell: Int
    /// What the cell must hold.
    public let literal: Literal

    /// Selects the rows whose cell `cell` holds `literal`.
    public init(cell: Int, literal: Literal) {
        self.cell = cell
        self.literal = literal
    }
}
