/// Remembers the escalations that were shown last, so that none is shown twice.
///
/// Bounded: of `capacity` ids the oldest is forgotten first. A copy that comes later than that
/// would be shown again; the cursor keeps what is older than itself out long before.
struct RecentIdentities {
    private let capacity: Int
    private var known: Set<String> = []
    private var ring: [String] = []
    private var oldest = 0

    init(capacity: Int) {
        precondition(capacity > 0, "There must be room for one.")
        self.capacity = capacity
    }

    func contains(_ id: String) -> Bool { known.contains(id) }

    /// Remembers `id`; false if it was known.
    mutating func insert(_ id: String) -> Bool {
        guard known.insert(id).inserted else { return false }
        if ring.count < capacity {
            ring.append(id)
        } else {
            known.remove(ring[oldest])
            ring[oldest] = id
            oldest = (oldest + 1) % capacity
        }
        return true
    }
}
