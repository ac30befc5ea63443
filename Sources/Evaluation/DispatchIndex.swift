import Events
import Expressions

/// Finds the selections of a stream that an event can belong to, without trying each.
///
/// Selections whose `where` asks that a field equal a literal are found by one look-up of that
/// field's value; the others are tried for every event.
struct DispatchIndex: ~Copyable {
    /// Selections without an equality.
    private(set) var unconditional = FlatArray<Int>()
    /// One table for each field that some selection compares.
    let tables: UnsafeMutablePointer<DispatchTable>
    let tableCount: Int

    init(plan: Plan, stream: Int) {
        var byCell: [(cell: Int, isText: Bool, entries: [(literal: [UInt8], selection: Int)])] = []
        for (index, selection) in plan.selections.enumerated()
        where plan.stages[selection.stage].stream == stream {
            guard let selector = selection.selector else {
                unconditional.append(index)
                continue
            }
            let (literal, isText) = DispatchIndex.bytes(of: selector.literal)
            let place =
                byCell.firstIndex { $0.cell == selector.cell && $0.isText == isText }
                ?? byCell.count
            if place == byCell.count { byCell.append((selector.cell, isText, [])) }
            byCell[place].entries.append((literal, index))
        }
        tableCount = byCell.count
        tables = .allocate(capacity: max(1, byCell.count))
        for (place, table) in byCell.enumerated() {
            (tables + place).initialize(
                to: DispatchTable(
                    cell: table.cell, isText: table.isText, entries: table.entries))
        }
    }

    deinit { tables.deinitialize(count: tableCount).deallocate() }

    /// The bytes a cell holds for a literal: text as it is, anything else as its eight bytes.
    private static func bytes(of literal: Selector.Literal) -> (bytes: [UInt8], isText: Bool) {
        switch literal {
        case .string(let text): return (text, true)
        case .int(let number):
            return (withUnsafeBytes(of: number.littleEndian) { Array($0) }, false)
        case .bool(let flag):
            let cell: Int64 = flag ? 1 : 0
            return (withUnsafeBytes(of: cell.littleEndian) { Array($0) }, false)
        }
    }
}

/// The selections of a stream by the value of one field.
struct DispatchTable: ~Copyable {
    /// The cell compared.
    let cell: Int
    private let isText: Bool
    private var literals = KeyTable()
    /// Selections, those of one literal side by side.
    private(set) var selections = FlatArray<Int>()
    private var starts = FlatArray<Int>()

    init(cell: Int, isText: Bool, entries: [(literal: [UInt8], selection: Int)]) {
        self.cell = cell
        self.isText = isText
        var lists: [[Int]] = []
        for (literal, selection) in entries {
            literal.withUnsafeBytes { bytes in
                let hash = KeyTable.hash(bytes)
                if let list = literals.find(bytes, hash: hash) {
                    lists[list].append(selection)
                } else {
                    _ = literals.insert(bytes, hash: hash)
                    lists.append([selection])
                }
            }
        }
        starts.append(0)
        for list in lists {
            for selection in list { selections.append(selection) }
            starts.append(selections.count)
        }
    }

    /// The selections that ask for the value of a record's cell, which is known.
    @inline(__always)
    func find(_ record: EventRecord) -> Range<Int> {
        let value =
            isText
            ? UnsafeRawBufferPointer(record.text(cell))
            : UnsafeRawBufferPointer(start: record.cells + cell * 8, count: 8)
        guard let list = literals.find(value, hash: KeyTable.hash(value)) else { return 0..<0 }
        return starts[list]..<starts[list + 1]
    }
}
