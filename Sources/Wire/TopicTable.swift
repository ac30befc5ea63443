public import Events

/// Finds the stream of a topic: the longest declared topic that the topic begins with.
///
/// A match ends at the topic's end, at a `.` or at a `/`: `river.stage` is found for
/// `river.stage`, `river.stage.KE-001` and `river.stage/KE-001`, and not for `river.stages`.
/// Immutable; a look-up allocates nothing and is O(length of the topic).
public struct TopicTable: Sendable {
    /// An entry of the open-addressed table; `stream` is -1 where it is empty.
    private struct Entry {
        var hash: UInt64
        var start: Int32
        var length: Int32
        var stream: Int32
    }

    private var entries: [Entry]
    private var bytes: [UInt8] = []
    private var longest = 0
    /// By stream. They are entered all the same, or a shorter topic would be found in their place.
    private let isReserved: [Bool]

    /// A table of the streams' topics; of two equal topics the first stream has it.
    ///
    /// - Parameter reserved: indexes of streams that no topic leads to.
    public init(streams: [StreamSchema], reserved: Set<Int> = []) {
        var size = 4
        while size < streams.count * 2 { size *= 2 }
        isReserved = streams.indices.map(reserved.contains)
        let empty = Entry(hash: 0, start: 0, length: 0, stream: -1)
        entries = Array(repeating: empty, count: size)
        for (index, stream) in streams.enumerated() {
            insert(Array(stream.topic.utf8), Int32(index))
        }
    }

    private mutating func insert(_ topic: [UInt8], _ stream: Int32) {
        let hash = topic.reduce(TopicTable.seed, TopicTable.step)
        let known = topic.withUnsafeBytes { find(hash, $0, topic.count) }
        guard known == nil else { return }
        let mask = entries.count - 1
        var place = TopicTable.place(hash) & mask
        while entries[place].stream >= 0 { place = (place + 1) & mask }
        entries[place] = Entry(
            hash: hash, start: Int32(bytes.count), length: Int32(topic.count), stream: stream)
        bytes += topic
        longest = max(longest, topic.count)
    }

    /// Index of the stream that `topic` belongs to, nil when none is declared for it.
    public func stream(for topic: UnsafeRawBufferPointer) -> Int? {
        var hash = TopicTable.seed
        var found: Int?
        var length = 0
        while length <= longest {
            let atEnd = length == topic.count
            if atEnd || topic[length] == ASCII.dot || topic[length] == ASCII.slash {
                found = find(hash, topic, length) ?? found
            }
            if atEnd { break }
            hash = TopicTable.step(hash, topic[length])
            length += 1
        }
        return found.flatMap { isReserved[$0] ? nil : $0 }
    }

    private func find(_ hash: UInt64, _ topic: UnsafeRawBufferPointer, _ length: Int) -> Int? {
        let mask = entries.count - 1
        var place = TopicTable.place(hash) & mask
        while entries[place].stream >= 0 {
            let entry = entries[place]
            if entry.hash == hash, Int(entry.length) == length, isEqual(entry, topic) {
                return Int(entry.stream)
            }
            place = (place + 1) & mask
        }
        return nil
    }

    private func isEqual(_ entry: Entry, _ topic: UnsafeRawBufferPointer) -> Bool {
        for index in 0..<Int(entry.length) where bytes[Int(entry.start) + index] != topic[index] {
            return false
        }
        return true
    }

    // FNV-1a; the place is taken from the upper half, which depends on every byte.
    private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

    @inline(__always)
    private static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    @inline(__always)
    private static func place(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> 32) }
}
