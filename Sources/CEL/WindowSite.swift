public import Expressions

/// A window where it is written, for what is said about its length.
public struct WindowSite: Sendable, Hashable {
    /// What it says of its rows.
    public var aggregate: Aggregate
    /// Nanoseconds.
    public var length: Int64
    /// Where the length stands: UTF-8 offsets in the source, its quotes included.
    public var range: Range<Int>

    /// A window at a place.
    public init(aggregate: Aggregate, length: Int64, range: Range<Int>) {
        self.aggregate = aggregate
        self.length = length
        self.range = range
    }
}
