/// Rows of constants, found by a key: thresholds of a gauge, names of a district.
///
/// Immutable, and shared by every program that reads it. A row is found in constant time by open
/// addressing over a fixed hash, so that a run allocates nothing and depends on nothing but the
/// content.
///
/// `@unchecked Sendable` because nothing writes to its memory between `init` and `deinit`. It is a
/// class so that the addresses in programs stay valid for as long as any of them.
@safe
public final class Table: @unchecked Sendable {
    /// A column beside the key.
    public struct Column: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Type of its values.
        public let type: ValueType
        /// Unit of its numbers, nil when none is declared.
        public let unit: String?

        /// A column.
        public init(name: String, type: ValueType, unit: String? = nil) {
            self.name = name
            self.type = type
            self.unit = unit
        }
    }

    /// What a run reads.
    @unsafe
    struct View {
        /// Row number + 1, or 0 where nothing is; as many as `mask + 1`.
        let slots: UnsafeMutablePointer<UInt32>
        let mask: UInt64
        /// The key of each row.
        let keys: UnsafeMutablePointer<Register>
        /// The cells, row by row.
        let cells: UnsafeMutablePointer<Register>
        let columns: Int
    }

    /// How rules call it.
    public let name: String
    /// Hash of its content: equal versions hold equal rows.
    public let version: String
    /// Name of the column that finds a row.
    public let key: String
    /// String, int or bool.
    public let keyType: ValueType
    /// All columns, the key's among them, in the order of the cells.
    public let columns: [Column]
    /// How many rows there are.
    public let rowCount: Int

    let view: UnsafeMutablePointer<View>
    private let text: UnsafeMutableRawPointer

    /// Columns a table may have.
    public static let columnLimit = 64
    /// Rows a table may have.
    public static let rowLimit = 1_000_000

    /// A table of rows, each a value for every column; the key's value is known and unlike that of
    /// every other row.
    public init(name: String, version: String, key: Int, columns: [Column], rows: [[Value]]) {
        precondition(columns.count <= Table.columnLimit && rows.count <= Table.rowLimit)
        self.name = name
        self.version = version
        self.key = columns[key].name
        keyType = columns[key].type
        self.columns = columns
        rowCount = rows.count
        let size = rows.reduce(0) { $0 + $1.reduce(0) { $0 + $1.textLength } }
        let text = UnsafeMutableRawPointer.allocate(byteCount: max(size, 1), alignment: 8)
        let cells = UnsafeMutablePointer<Register>.allocate(
            capacity: max(rows.count * columns.count, 1))
        let keys = UnsafeMutablePointer<Register>.allocate(capacity: max(rows.count, 1))
        var room = 8
        while room < rows.count * 2 { room *= 2 }
        let slots = UnsafeMutablePointer<UInt32>.allocate(capacity: room)
        unsafe slots.initialize(repeating: 0, count: room)
        let mask = UInt64(room - 1)
        var used = 0
        for (number, row) in rows.enumerated() {
            precondition(row.count == columns.count, "a row has a value for every column")
            for (column, value) in row.enumerated() {
                let place = unsafe cells + (number * columns.count + column)
                unsafe place.initialize(to: value.register(text, &used))
            }
            let found = unsafe cells[number * columns.count + key]
            unsafe (keys + number).initialize(to: found)
            var slot = unsafe Table.hash(found, isText: keyType == .string) & mask
            while unsafe slots[Int(slot)] != 0 { slot = (slot + 1) & mask }
            unsafe slots[Int(slot)] = UInt32(number + 1)
        }
        unsafe self.text = text
        unsafe view = .allocate(capacity: 1)
        unsafe view.initialize(
            to: View(slots: slots, mask: mask, keys: keys, cells: cells, columns: columns.count))
    }

    deinit {
        unsafe view.pointee.slots.deallocate()
        unsafe view.pointee.keys.deallocate()
        unsafe view.pointee.cells.deallocate()
        unsafe text.deallocate()
        unsafe view.deallocate()
    }

    /// FNV-1a over the bytes of a key, stirred once more: a table's chains are its author's.
    @unsafe
    static func hash(_ key: Register, isText: Bool) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        if isText {
            for byte in unsafe key.text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        } else {
            hash = (hash ^ key.bits) &* 0x9E37_79B9_7F4A_7C15
        }
        return hash ^ hash &>> 32
    }
}

extension Table.View {
    /// The number of the row of a known key; UNKNOWN when there is none.
    @unsafe
    func row(of key: Register, isText: Bool) -> Register {
        guard key.isKnown else { return .unknown }
        var slot = unsafe Table.hash(key, isText: isText) & mask
        while true {
            let entry = unsafe slots[Int(slot)]
            guard entry != 0 else { return .unknown }
            let other = unsafe keys[Int(entry) - 1]
            if unsafe isSame(key, other, isText: isText) { return Register(Int64(entry) - 1) }
            slot = (slot &+ 1) & mask
        }
    }

    @unsafe
    private func isSame(_ a: Register, _ b: Register, isText: Bool) -> Bool {
        guard isText else { return a.bits == b.bits }
        guard a.size == b.size else { return false }
        guard let left = unsafe a.text.baseAddress, let right = unsafe b.text.baseAddress else {
            return a.size == 0
        }
        return unsafe equalBytes(left, right, count: a.size)
    }
}

extension Value {
    fileprivate var textLength: Int {
        if case .string(let text) = self { text.utf8.count } else { 0 }
    }

    /// The value as a program reads it; text is copied to `text` behind what is used of it.
    @unsafe
    fileprivate func register(_ text: UnsafeMutableRawPointer, _ used: inout Int) -> Register {
        switch self {
        case .unknown: return .unknown
        case .bool(let value): return Register(value)
        case .int(let value), .timestamp(let value), .duration(let value): return Register(value)
        case .double(let value): return Register(bits: value.bitPattern, size: 0)
        case .string(let value):
            let start = unsafe text + used
            for byte in value.utf8 {
                unsafe text.storeBytes(of: byte, toByteOffset: used, as: UInt8.self)
                used += 1
            }
            return Register(bits: UInt64(UInt(bitPattern: start)), size: value.utf8.count)
        }
    }
}
