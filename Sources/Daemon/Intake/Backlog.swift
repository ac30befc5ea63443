import Events
import RingBuffers

/// Readings that wait before a full ring, by source, each source's in its order.
///
///     decode ─► append ─► [source: oldest … newest] ─► drain, a source in turn ─► ring
///                             └─► over the limit: the oldest of the noisiest source are shed
///
/// Empty as long as the line keeps up, and then costs nothing. Above its limit it sheds from
/// the source that has the most bytes here, so that a flood is paid for by who makes it.
struct Backlog: ~Copyable, @unchecked Sendable {
    // Sendable because the records are its own copies and no copy of it exists.

    /// A source and how much of it was shed.
    struct Shedding: Sendable {
        var source: String
        var count: Int
    }

    /// Sources told apart; what others send waits together.
    static let sourceLimit = 10_000

    private struct Queue {
        let source: String
        var records: [UnsafeMutableRawBufferPointer] = []
        var first = 0
        var bytes = 0
        var shed = 0
        var isWaiting = false
    }

    let limit: Int
    private(set) var bytes = 0
    /// Readings that wait.
    private(set) var count = 0
    /// Readings shed since the start.
    private(set) var shed = 0
    private var queues: [Queue] = []
    private var indexes: [String: Int] = [:]
    /// Queues with something in them, in the order in which they are drained.
    private var turns: [Int] = []
    private var turn = 0

    /// An empty backlog of at most `limit` bytes.
    init(limit: Int) { self.limit = limit }

    deinit {
        for queue in queues {
            for record in queue.records[queue.first...] { record.deallocate() }
        }
    }

    var isEmpty: Bool { count == 0 }

    /// Keeps a copy of a record; how many were shed for it.
    mutating func append(_ record: EventRecord, source: String) -> Int {
        let index = queue(of: source)
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: record.length, alignment: 8)
        copy.copyMemory(
            from: UnsafeRawBufferPointer(start: record.base, count: record.length))
        queues[index].records.append(copy)
        queues[index].bytes += record.length
        if !queues[index].isWaiting {
            queues[index].isWaiting = true
            turns.append(index)
        }
        bytes += record.length
        count += 1
        return bytes > limit ? makeRoom() : 0
    }

    /// Moves what the ring has room for, a record of each source in turn.
    mutating func drain(into ring: inout RingProducer) {
        while !turns.isEmpty {
            if turn >= turns.count { turn = 0 }
            let index = turns[turn]
            guard queues[index].first < queues[index].records.count else {
                rest(index)
                continue
            }
            let record = queues[index].records[queues[index].first]
            guard let place = ring.reserve(record.count), let start = record.baseAddress else {
                return
            }
            place.copyMemory(from: start, byteCount: record.count)
            ring.commit(record.count)
            drop(index)
            turn += 1
        }
    }

    /// The sources of which most was shed.
    func sheddings(limit: Int) -> [Shedding] {
        queues.filter { $0.shed > 0 }
            .sorted { ($1.shed, $0.source) < ($0.shed, $1.source) }
            .prefix(limit)
            .map { Shedding(source: $0.source, count: $0.shed) }
    }

    private mutating func queue(of source: String) -> Int {
        if let index = indexes[source] { return index }
        guard queues.count < Backlog.sourceLimit else { return queues.count - 1 }
        // The last one is for all that come after.
        let isLast = queues.count == Backlog.sourceLimit - 1
        queues.append(Queue(source: isLast ? "(others)" : source))
        if !isLast { indexes[source] = queues.count - 1 }
        return queues.count - 1
    }

    /// The queue leaves the round: nothing of it waits.
    private mutating func rest(_ index: Int) {
        queues[index].isWaiting = false
        queues[index].records.removeAll()
        queues[index].first = 0
        turns.remove(at: turn)
    }

    /// Sheds a sixty-fourth of the limit at once, so that the noisiest source is not looked for at
    /// each reading; how many were shed.
    private mutating func makeRoom() -> Int {
        let before = shed
        while bytes > limit - limit / 64, var noisiest = turns.first {
            for index in turns where queues[index].bytes > queues[noisiest].bytes {
                noisiest = index
            }
            for _ in 0..<64
            where bytes > limit - limit / 64
                && queues[noisiest].first < queues[noisiest].records.count
            {
                queues[noisiest].shed += 1
                shed += 1
                drop(noisiest)
            }
        }
        return shed - before
    }

    /// Lets the oldest record of a queue go.
    private mutating func drop(_ index: Int) {
        let record = queues[index].records[queues[index].first]
        queues[index].first += 1
        queues[index].bytes -= record.count
        bytes -= record.count
        count -= 1
        record.deallocate()
        if queues[index].first > 1024, queues[index].first * 2 > queues[index].records.count {
            queues[index].records.removeFirst(queues[index].first)
            queues[index].first = 0
        }
    }
}
