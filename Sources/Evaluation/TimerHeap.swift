/// What is due when, on the line of now: a binary heap, earliest first, equal times in order of
/// selection and block.
///
/// Entries are never taken back: a block remembers for when it was scheduled last, and an entry
/// that says otherwise is stale and is dropped when it comes up.
struct TimerHeap: ~Copyable {
    /// A block that wants to be looked at.
    struct Entry: BitwiseCopyable {
        var due: Int64
        var selection: UInt32
        var block: UInt32

        @inline(__always)
        static func precedes(_ left: Entry, _ right: Entry) -> Bool {
            if left.due != right.due { return left.due < right.due }
            if left.selection != right.selection { return left.selection < right.selection }
            return left.block < right.block
        }
    }

    private var entries = FlatArray<Entry>()

    init() {}

    /// The earliest due time; nil when nothing is scheduled.
    @inline(__always)
    var first: Int64? { entries.count == 0 ? nil : entries[0].due }

    /// Adds an entry. - Complexity: O(log n).
    mutating func push(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard Entry.precedes(entry, entries[parent]) else { break }
            entries[child] = entries[parent]
            child = parent
        }
        entries[child] = entry
    }

    /// Takes the earliest entry if it is due before `time`. - Complexity: O(log n).
    mutating func pop(before time: Int64) -> Entry? {
        guard entries.count > 0, entries[0].due < time else { return nil }
        let top = entries[0]
        let last = entries[entries.count - 1]
        entries.truncate(to: entries.count - 1)
        guard entries.count > 0 else { return top }
        var parent = 0
        while true {
            var child = parent * 2 + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, Entry.precedes(entries[child + 1], entries[child]) {
                child += 1
            }
            guard Entry.precedes(entries[child], last) else { break }
            entries[parent] = entries[child]
            parent = child
        }
        entries[parent] = last
        return top
    }

    /// Forgets everything.
    mutating func removeAll() { entries.truncate(to: 0) }
}
