/// The fields of one event as a program reads them: where they lie, not what they mean.
///
/// It is a view without ownership, so that judging an event copies and counts nothing. The caller
/// answers for the memory: `cells` is 8-aligned and holds a cell for every index a program reads,
/// every text cell points at bytes behind `base`, and both outlive the call.
@frozen
@safe
public struct Row {
    /// Bit i set = cell i is known; clear = the field is UNKNOWN.
    public let presence: UInt64
    /// First of the 8-byte cells: double bits, Int64, 0 or 1, nanoseconds, or text (low half: byte
    /// offset from `base`, high half: length in bytes).
    public let cells: UnsafeRawPointer
    /// What the offsets of text cells count from.
    public let base: UnsafeRawPointer

    /// A view of cells that lie at `cells`, with text behind `base`.
    @inlinable
    @unsafe
    public init(presence: UInt64, cells: UnsafeRawPointer, base: UnsafeRawPointer) {
        self.presence = presence
        unsafe self.cells = cells
        unsafe self.base = base
    }

    /// Whether cell `index` is known.
    @inlinable
    public func isKnown(_ index: Int) -> Bool {
        presence &>> UInt64(truncatingIfNeeded: index) & 1 == 1
    }

    /// The eight bytes of cell `index`, whether it is known or not.
    @inlinable
    public func word(_ index: Int) -> UInt64 {
        unsafe cells.load(fromByteOffset: index &* 8, as: UInt64.self)
    }

    /// First byte of a text cell.
    @inlinable
    @unsafe
    public func textStart(_ word: UInt64) -> UnsafeRawPointer {
        unsafe base + Int(word & 0xFFFF_FFFF)
    }

    /// Cells a row can have: the presence bitmap is one word.
    @inlinable
    public static var cellLimit: Int { 64 }
}
