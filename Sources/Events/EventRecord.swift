// An event as bytes, 8-aligned, little endian, without references: it may lie in a ring, in shared
// memory or in a file.
//
//   offset size
//        0    4   length of the whole record in bytes, a multiple of 8
//        4    4   schema generation: which set of declarations the cells follow
//        8    1   kind (EventKind)
//        9    1   status (Status)
//       10    2   feed: index of the feed in the configuration
//       12    2   stream: index of the stream in the generation's declarations
//       14    2   number of cells
//       16    8   event time, nanoseconds since 1970; `timeUnset` until the sequencer stamps arrival
//       24    8   arrival, nanoseconds since 1970, stamped by the sequencer
//       32    8   event_no, stamped by the sequencer; until then the number of an acknowledged report
//                 in the recording, 0 for everything else
//       40    8   presence: bit i set = cell i is known
//       48  8*n   cells: double bits | Int64 | 0 or 1 | nanoseconds | text (low half: offset from the
//                 record's start, high half: length in bytes)
//        …    …   text bytes, UTF-8, in no particular order
//
// Cells that are not present hold zero, so that equal events have equal bytes.

/// What an event in the one order is.
public enum EventKind: UInt8, Sendable {
    /// Refused by the sequencer, or here before: it is skipped.
    case refused = 0
    /// A measured value or a report.
    case reading = 1
    /// The passing of time.
    case tick = 2
    /// A change of the compiled rules.
    case plan = 3
}

/// A view of one record's bytes.
///
/// The caller answers for the memory: `base` is 8-aligned and valid for `length` bytes while the
/// view is used.
@frozen
public struct EventRecord {
    /// First byte of the record.
    public let base: UnsafeMutableRawPointer

    /// A view of the record that starts at `base`.
    @inlinable
    public init(base: UnsafeMutableRawPointer) { self.base = base }

    /// Bytes before the first cell.
    @inlinable
    public static var headerBytes: Int { 48 }

    /// The event time of a record whose stream takes arrival for time, before it is stamped.
    @inlinable
    public static var timeUnset: Int64 { .min }

    /// Length of the record in bytes.
    @inlinable
    public var length: Int { Int(base.load(as: UInt32.self)) }

    /// Which declarations the cells follow.
    @inlinable
    public var generation: UInt32 { base.load(fromByteOffset: 4, as: UInt32.self) }

    /// Raw value of `EventKind`.
    @inlinable
    public var kind: UInt8 {
        get { base.load(fromByteOffset: 8, as: UInt8.self) }
        nonmutating set { base.storeBytes(of: newValue, toByteOffset: 8, as: UInt8.self) }
    }

    /// Raw value of `Status`.
    @inlinable
    public var status: UInt8 { base.load(fromByteOffset: 9, as: UInt8.self) }

    /// Index of the feed in the configuration.
    @inlinable
    public var feed: Int { Int(base.load(fromByteOffset: 10, as: UInt16.self)) }

    /// Index of the stream in its generation's declarations.
    @inlinable
    public var stream: Int { Int(base.load(fromByteOffset: 12, as: UInt16.self)) }

    /// Number of cells.
    @inlinable
    public var fieldCount: Int { Int(base.load(fromByteOffset: 14, as: UInt16.self)) }

    /// Event time in nanoseconds since 1970.
    @inlinable
    public var eventTime: Int64 {
        get { base.load(fromByteOffset: 16, as: Int64.self) }
        nonmutating set { base.storeBytes(of: newValue, toByteOffset: 16, as: Int64.self) }
    }

    /// Arrival in nanoseconds since 1970.
    @inlinable
    public var arrival: Int64 {
        get { base.load(fromByteOffset: 24, as: Int64.self) }
        nonmutating set { base.storeBytes(of: newValue, toByteOffset: 24, as: Int64.self) }
    }

    /// Place in the one order, dense from 1.
    @inlinable
    public var eventNo: UInt64 {
        get { base.load(fromByteOffset: 32, as: UInt64.self) }
        nonmutating set { base.storeBytes(of: newValue, toByteOffset: 32, as: UInt64.self) }
    }

    /// Before the sequencer stamps `eventNo`: the number of an acknowledged report in the recording,
    /// dense from 1; 0 for everything else.
    @inlinable
    public var recordedNo: UInt64 {
        get { base.load(fromByteOffset: 32, as: UInt64.self) }
        nonmutating set { base.storeBytes(of: newValue, toByteOffset: 32, as: UInt64.self) }
    }

    /// Bit i set = cell i is known.
    @inlinable
    public var presence: UInt64 {
        get { base.load(fromByteOffset: 40, as: UInt64.self) }
        nonmutating set { base.storeBytes(of: newValue, toByteOffset: 40, as: UInt64.self) }
    }

    /// First cell.
    @inlinable
    public var cells: UnsafeMutableRawPointer { base + EventRecord.headerBytes }

    /// The eight bytes of cell `index`.
    @inlinable
    public func cell(_ index: Int) -> UInt64 {
        base.load(fromByteOffset: EventRecord.headerBytes + index &* 8, as: UInt64.self)
    }

    /// Sets the eight bytes of cell `index`; presence is set apart.
    @inlinable
    public func setCell(_ index: Int, _ bits: UInt64) {
        base.storeBytes(
            of: bits, toByteOffset: EventRecord.headerBytes + index &* 8, as: UInt64.self)
    }

    /// Whether cell `index` is known.
    @inlinable
    public func isPresent(_ index: Int) -> Bool {
        presence &>> UInt64(truncatingIfNeeded: index) & 1 == 1
    }

    /// The bytes of a text cell.
    @inlinable
    public func text(_ index: Int) -> UnsafeRawBufferPointer {
        let bits = cell(index)
        return UnsafeRawBufferPointer(
            start: base + Int(bits & 0xFFFF_FFFF), count: Int(bits &>> 32))
    }

    /// Writes everything of the header but arrival and number, which are the sequencer's.
    @inlinable
    public func writeHeader(
        length: Int, generation: UInt32, kind: EventKind, status: UInt8, feed: Int, stream: Int,
        fieldCount: Int, eventTime: Int64, presence: UInt64
    ) {
        base.storeBytes(of: UInt32(truncatingIfNeeded: length), as: UInt32.self)
        base.storeBytes(of: generation, toByteOffset: 4, as: UInt32.self)
        base.storeBytes(of: kind.rawValue, toByteOffset: 8, as: UInt8.self)
        base.storeBytes(of: status, toByteOffset: 9, as: UInt8.self)
        base.storeBytes(of: UInt16(truncatingIfNeeded: feed), toByteOffset: 10, as: UInt16.self)
        base.storeBytes(of: UInt16(truncatingIfNeeded: stream), toByteOffset: 12, as: UInt16.self)
        base.storeBytes(
            of: UInt16(truncatingIfNeeded: fieldCount), toByteOffset: 14, as: UInt16.self)
        base.storeBytes(of: eventTime, toByteOffset: 16, as: Int64.self)
        base.storeBytes(of: 0, toByteOffset: 24, as: Int64.self)
        base.storeBytes(of: 0, toByteOffset: 32, as: UInt64.self)
        base.storeBytes(of: presence, toByteOffset: 40, as: UInt64.self)
    }
}
