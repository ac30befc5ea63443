internal import Events

// The members a stream declares, as a tree over path components:
//
//   fields a, b.c, b.d, time t        root ─┬─ a   slot 0
//                                           ├─ b ──┬─ c   slot 1
//                                           │      └─ d   slot 2
//                                           └─ t   slot 3
//
// A slot is where the scanner notes the value of one declared member. Slots are numbered in
// preorder, so that the slots below a member are one range: when the member comes a second time,
// its range is forgotten. Several fields, or a field and the time, may share a slot.

/// One declared member, or a part of the path to one.
struct MemberNode: BitwiseCopyable {
    /// Slot of its own value, -1 when only members below it are declared.
    var slot: Int32
    /// Slots of itself and everything below it.
    var firstSlot: Int32
    var endSlot: Int32
    /// Its children's part of the name table; `nameMask` is -1 when it has none.
    var firstName: Int32
    var nameMask: Int32

    /// Whether members below it are declared.
    @inline(__always)
    var hasMembers: Bool { nameMask >= 0 }
}

/// An entry of a node's open-addressed name table.
struct MemberName: BitwiseCopyable {
    /// The name's first eight bytes, zero behind its end.
    var word: UInt64
    /// Where the whole name lies in `MemberTable.names`.
    var start: Int32
    var length: Int32
    /// The member; -1: the entry is empty.
    var node: Int32
}

/// The tree as flat memory; a look-up by name allocates nothing.
struct MemberTable: BitwiseCopyable {
    let nodes: UnsafePointer<MemberNode>
    let entries: UnsafePointer<MemberName>
    let names: UnsafePointer<UInt8>
    let slotCount: Int
    /// Bytes of the longest name.
    let longestName: Int

    /// The member `name` below `node`, -1 when it is not declared.
    ///
    /// - Parameter readable: end of the memory that may be read.
    @inline(__always)
    func member(
        _ node: Int, _ name: UnsafeRawPointer, _ length: Int, readable: UnsafeRawPointer
    ) -> Int {
        let mask = nodes[node].nameMask
        guard mask >= 0, length <= longestName else { return -1 }
        let word: UInt64
        if name + 8 <= readable {
            word = Word.load(name) & Word.mask(min(length, 8))
        } else {
            word = MemberTable.word(name, length)
        }
        let first = Int(nodes[node].firstName)
        var place = MemberTable.place(word, length) & Int(mask)
        while true {
            let entry = entries[first &+ place]
            if entry.node < 0 { return -1 }
            if entry.word == word, Int(entry.length) == length, hasTail(entry, name) {
                return Int(entry.node)
            }
            place = (place &+ 1) & Int(mask)
        }
    }

    @inline(__always)
    private func hasTail(_ entry: MemberName, _ name: UnsafeRawPointer) -> Bool {
        var index = 8
        while index < Int(entry.length) {
            if names[Int(entry.start) &+ index] != (name + index).byte { return false }
            index &+= 1
        }
        return true
    }

    static func word(_ name: UnsafeRawPointer, _ length: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in 0..<min(length, 8) {
            word |= UInt64((name + index).byte) << UInt64(8 * index)
        }
        return word
    }

    @inline(__always)
    static func place(_ word: UInt64, _ length: Int) -> Int {
        let mixed = (word ^ UInt64(truncatingIfNeeded: length)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed &>> 40)
    }
}

/// Builds a `MemberTable` from paths.
struct MemberTableBuilder {
    private struct Branch {
        var slot = -1
        var isDeclared = false
        var children: [(name: [UInt8], branch: Int)] = []
    }

    private var branches = [Branch()]
    private var nodes: [MemberNode] = []
    private var entries: [MemberName] = []
    private var names: [UInt8] = []
    private var slots = 0
    private var longest = 0

    /// Declares a path and returns a ticket for `slot(of:)`; an empty path declares nothing.
    mutating func declare(_ path: [String]) -> Int {
        var branch = 0
        for component in path {
            let name = Array(component.utf8)
            longest = max(longest, name.count)
            if let known = branches[branch].children.first(where: { $0.name == name }) {
                branch = known.branch
            } else {
                branches.append(Branch())
                branches[branch].children.append((name, branches.count - 1))
                branch = branches.count - 1
            }
        }
        if branch != 0 { branches[branch].isDeclared = true }
        return branch
    }

    /// The slot of a declared path, -1 for the empty path; known once the table is made.
    func slot(of ticket: Int) -> Int { branches[ticket].slot }

    /// Numbers the slots and lays the tree out flat.
    mutating func make(in memory: inout Allocations) -> MemberTable {
        _ = place(0)
        return MemberTable(
            nodes: UnsafePointer(memory.copy(nodes)),
            entries: UnsafePointer(memory.copy(entries)),
            names: UnsafePointer(memory.copy(names)),
            slotCount: slots, longestName: longest)
    }

    private mutating func place(_ index: Int) -> Int32 {
        let node = nodes.count
        let firstSlot = Int32(slots)
        if branches[index].isDeclared {
            branches[index].slot = slots
            slots += 1
        }
        nodes.append(
            MemberNode(
                slot: Int32(branches[index].slot), firstSlot: firstSlot, endSlot: 0, firstName: 0,
                nameMask: -1))
        let children = branches[index].children
        if !children.isEmpty {
            var size = 2
            while size < children.count * 2 { size *= 2 }
            let first = entries.count
            let empty = MemberName(word: 0, start: 0, length: 0, node: -1)
            entries += Array(repeating: empty, count: size)
            nodes[node].firstName = Int32(first)
            nodes[node].nameMask = Int32(size - 1)
            for child in children { enter(child.name, place(child.branch), first, size - 1) }
        }
        nodes[node].endSlot = Int32(slots)
        return Int32(node)
    }

    private mutating func enter(_ name: [UInt8], _ node: Int32, _ first: Int, _ mask: Int) {
        let word = name.withUnsafeBytes { bytes in
            bytes.baseAddress.map { MemberTable.word($0, bytes.count) } ?? 0
        }
        var place = MemberTable.place(word, name.count) & mask
        while entries[first + place].node >= 0 { place = (place + 1) & mask }
        entries[first + place] = MemberName(
            word: word, start: Int32(names.count), length: Int32(name.count), node: node)
        names += name
    }
}
