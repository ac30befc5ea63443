import Events

/// When open incidents are to be refreshed.
///
/// Now only grows, so incidents of equal lifetime fall due in the order in which they were spoken
/// of: one queue a lifetime, no sorting. An entry is stale when its incident was spoken of since.
struct RefreshQueue: Sendable {
    struct Entry {
        var due: Timestamp
        var subject: Identity
    }

    private struct Lane {
        var lifetime: Int64
        var entries: [Entry] = []
        var head = 0
    }

    private var lanes: [Lane] = []

    /// The earliest due time; nil when nothing waits.
    var first: Timestamp? {
        lanes.compactMap { $0.head < $0.entries.count ? $0.entries[$0.head].due : nil }.min()
    }

    /// Enters an incident. - Complexity: O(distinct lifetimes), amortised; entries out of order are
    /// put in their place.
    mutating func add(_ entry: Entry, lifetime: Int64) {
        let index = lanes.firstIndex { $0.lifetime == lifetime } ?? lanes.count
        if index == lanes.count { lanes.append(Lane(lifetime: lifetime)) }
        var place = lanes[index].entries.count
        while place > lanes[index].head, lanes[index].entries[place - 1].due > entry.due {
            place -= 1
        }
        lanes[index].entries.insert(entry, at: place)
    }

    /// Takes the entries due before `time`, earliest first, equal times in order of subject.
    mutating func take(before time: Timestamp) -> [Entry] {
        var taken: [Entry] = []
        for index in lanes.indices {
            while lanes[index].head < lanes[index].entries.count,
                lanes[index].entries[lanes[index].head].due < time
            {
                taken.append(lanes[index].entries[lanes[index].head])
                lanes[index].head += 1
            }
            if lanes[index].head > 1024, lanes[index].head * 2 > lanes[index].entries.count {
                lanes[index].entries.removeFirst(lanes[index].head)
                lanes[index].head = 0
            }
        }
        // In which order incidents came to be due together must not show.
        return taken.sorted {
            $0.due == $1.due
                ? $0.subject.bytes.lexicographicallyPrecedes($1.subject.bytes) : $0.due < $1.due
        }
    }
}
