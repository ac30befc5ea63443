import Events
import Expressions

/// Finds the selections of a stream that an event can belong to, without trying each.
///
/// Selections whose `where` asks that a field equal a literal are found by one look-up of that
/// field's value; the others are tried for every event.
struct DispatchIndex {
    /// Selections without an equality.
    var unconditional: [Int] = []
    /// One table for each field that some selection compares.
    var tables: [Table] = []

    /// The selections by the value of one field.
    struct Table {
        /// The cell compared.
        let cell: Int
        /// Whether the cell holds text.
        let isText: Bool
        private var keys = Lookup()
        private(set) var lists: [[Int]] = []

        /// A class, so that the noncopyable table can be part of a value.
        private final class Lookup {
            var table = KeyTable()
        }

        init(cell: Int, isText: Bool) {
            self.cell = cell
            self.isText = isText
        }

        mutating func add(_ literal: [UInt8], _ selection: Int) {
            literal.withUnsafeBytes { bytes in
                let hash = KeyTable.hash(bytes)
                if let index = keys.table.find(bytes, hash: hash) {
                    lists[index].append(selection)
                } else {
                    _ = keys.table.insert(bytes, hash: hash)
                    lists.append([selection])
                }
            }
        }

        /// Index of the list for a value; nil when no selection asks for it.
        @inline(__always)
        func find(_ value: UnsafeRawBufferPointer) -> Int? {
            keys.table.find(value, hash: KeyTable.hash(value))
        }
    }

    init(plan: Plan, stream: Int) {
        for (index, selection) in plan.selections.enumerated()
        where plan.stages[selection.stage].stream == stream {
            guard let selector = selection.selector else {
                unconditional.append(index)
                continue
            }
            let (bytes, isText) = DispatchIndex.bytes(of: selector.literal)
            if let table = tables.firstIndex(where: {
                $0.cell == selector.cell && $0.isText == isText
            }) {
                tables[table].add(bytes, index)
            } else {
                var table = Table(cell: selector.cell, isText: isText)
                table.add(bytes, index)
                tables.append(table)
            }
        }
    }

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
