public import Events
public import RingBuffers

// Payload bytes into event records in a ring.
//
//   payload ─► document ─► learned shape ──────────► row ─► record in the ring
//                 │            │ first surprise        ▲
//                 └────────────┴─► strict scanner ─► slots
//                                        └─► dead letter: reason, offset, field
//
// Rules of a payload:
// - It is one JSON document, or several each on a line of its own (blank lines, CR LF and a newline
//   at the end are fine). Only the first document may span lines, and none does in `.lines`.
// - A document is validated whole before any event leaves it. An array is validated whole, its
//   tail with it; then each element stands for itself.
// - A bad line is one dead letter and decoding goes on at the next newline. But a first document
//   that goes wrong beyond its first line, or an array whose first line does not close, refuses the
//   whole payload: the lines inside it are no documents. Where the first line of an object simply
//   breaks off, seen by a next line that cannot continue it or is an object by itself, it is a bad
//   line.
// - An array without elements is accepted and has no elements. A payload without a document is a
//   dead letter `empty`.
// - Of members of one name the last counts; of a nested path, the last of the outer name.
// - A declared timestamp field outside the years 1900 to 2200 is unknown; the event's time is not
//   usable there.

/// Decodes payloads of one feed; owned by one thread.
///
/// Memory is taken in `init` and, a bounded number of times, while shapes are learned; decoding an
/// event takes none (a number whose 19 digits lie just between two doubles is the exception).
public struct Decoder: ~Copyable, @unchecked Sendable {
    // Sendable because its memory is its own and no copy of it exists.

    var scanner: JSONScanner
    var row: EventRow
    var memory: Allocations
    let plans: UnsafeMutablePointer<StreamPlan>
    let streamCount: Int
    /// One per stream, and their order in `.topicMember`: the latest first.
    let shapes: UnsafeMutablePointer<ShapeSet>
    let order: UnsafeMutablePointer<Int>
    /// What the scanner traces for learning.
    let trace: UnsafeMutablePointer<TracedValue>
    let topics: TopicTable
    let limits: DecodeLimits
    var dayCache = DayCache()
    let powers = PowersOfTen.shared

    /// Small payloads without padding are copied here, so that words may be read past their end.
    let copy: UnsafeMutableRawPointer
    static let copyBytes = 16 << 10
    static let padding = 64

    /// Whether the shapes of documents are learned and tried; for measurements and tests.
    public var learnsShapes = true

    /// Documents that a learned shape decoded.
    public internal(set) var documentsByShape = 0

    /// Documents that went through the scanner.
    public internal(set) var documentsByScanner = 0

    /// Bytes of the largest record its streams can give; a ring holds at least two of them.
    public let largestRecord: Int

    /// A decoder for these declarations.
    /// - Parameters:
    ///   - streams: at most 65,536, each with at most 64 fields.
    ///   - generation: written into each record: which declarations its cells follow.
    ///   - feed: index of the feed in the configuration.
    ///   - status: the status of everything the feed says.
    ///   - topicMember: the top-level member that names a document's topic, for
    ///     `StreamChoice.topicMember`.
    ///   - reserved: indexes of streams that no document's topic leads to.
    public init(
        streams: [StreamSchema], generation: UInt32, feed: UInt16, status: Status,
        limits: DecodeLimits = DecodeLimits(), topicMember: String? = nil,
        reserved: Set<Int> = []
    ) {
        var memory = Allocations()
        // Behind the streams' plans one that knows nothing but the topic.
        plans = memory.make(StreamPlan.self, count: streams.count + 1)
        for (index, stream) in (streams + [StreamSchema(name: "", fields: [])]).enumerated() {
            plans[index] = StreamPlan(
                stream, index: index, generation: generation, feed: feed, status: status,
                topicMember: topicMember, memory: &memory)
        }
        shapes = memory.make(ShapeSet.self, count: streams.count)
        order = memory.make(Int.self, count: streams.count)
        for index in streams.indices {
            shapes[index] = ShapeSet(memory: &memory)
            order[index] = index
        }
        trace = memory.make(TracedValue.self, count: JSONScanner.traceCapacity)
        streamCount = streams.count
        topics = TopicTable(streams: streams, reserved: reserved)
        self.limits = limits
        copy = UnsafeMutableRawPointer(
            memory.make(UInt8.self, count: Decoder.copyBytes + Decoder.padding))
        largestRecord = streams.map { Decoder.largest($0, limits) }.max() ?? 0
        scanner = Decoder.makeScanner(plans, streams.count, limits, &memory)
        row = Decoder.makeRow(plans, streams, limits, &memory)
        self.memory = memory
    }

    deinit {
        var memory = memory
        memory.free()
    }

    private static func largest(_ stream: StreamSchema, _ limits: DecodeLimits) -> Int {
        let texts = stream.fields.count { $0.type == .string }
        return EventRecord.headerBytes + stream.fields.count * 8 + texts * limits.textBytes + 8
            + EventRow.slack
    }

    private static func makeScanner(
        _ plans: UnsafeMutablePointer<StreamPlan>, _ count: Int, _ limits: DecodeLimits,
        _ memory: inout Allocations
    ) -> JSONScanner {
        let longest = (0...count).map { plans[$0].members.longestName }.max() ?? 0
        let nothing = UnsafeRawPointer(plans)
        return JSONScanner(
            end: nothing, readable: nothing, depthLimit: max(1, min(limits.depth, 512)),
            members: plans[count].members,
            values: memory.make(RawValue.self, count: JSONScanner.slotCapacity),
            failurePlace: nothing,
            nameScratch: UnsafeMutableRawPointer(memory.make(UInt8.self, count: longest + 8)),
            nameScratchBytes: longest + 8)
    }

    private static func makeRow(
        _ plans: UnsafePointer<StreamPlan>, _ streams: [StreamSchema], _ limits: DecodeLimits,
        _ memory: inout Allocations
    ) -> EventRow {
        let pairTexts = streams.indices.map { plans[$0].pairTextCount }.max() ?? 0
        var scratch = 4096
        for case .string(let text) in streams.flatMap(\.fields).flatMap(\.missing) {
            scratch = max(scratch, text.utf8.count)
        }
        return EventRow(
            cells: memory.make(UInt64.self, count: Limits.fieldsPerStream + 4),
            texts: memory.make(TextSpan.self, count: Limits.fieldsPerStream),
            textLimit: limits.textBytes,
            scratch: UnsafeMutableRawPointer(memory.make(UInt8.self, count: scratch)),
            scratchBytes: scratch,
            pairTexts: PairTextMemory(count: pairTexts, bytes: limits.textBytes, memory: &memory))
    }

    /// Decodes a payload from the cursor on, until its end or until the ring is full.
    ///
    /// Call it again with the same payload and cursor after `.full`, when the consumer has made
    /// room. Everything decoded is published before it returns, and on the way every 64 events.
    /// O(payload); see `EventRecord` for what the ring receives.
    /// - Parameters:
    ///   - padding: bytes that may be read behind the payload's end; from 64 on, a small payload
    ///     is not copied. They decide nothing.
    ///   - stream: whose declarations its documents follow.
    ///   - ring: at least `2 * largestRecord` bytes large.
    public mutating func decode(
        _ payload: UnsafeRawBufferPointer, padding: Int = 0, layout: PayloadLayout = .documents,
        stream: StreamChoice, at cursor: inout DecodeCursor, into ring: inout RingProducer,
        deadLetters: inout DeadLetterBatch
    ) -> DecodeOutcome {
        if cursor.isDone { return .done }
        var fixed = -1
        if case .stream(let index) = stream {
            precondition(index >= 0 && index < streamCount, "No such stream in this decoder.")
            fixed = index
        }
        guard let start = payload.baseAddress, !payload.isEmpty else {
            cursor.finish(empty: true, fixed, &deadLetters)
            return .done
        }
        let base: UnsafeRawPointer
        if padding < Decoder.padding && payload.count <= Decoder.copyBytes {
            let rest = payload.count - cursor.offset
            (copy + cursor.offset).copyMemory(from: start + cursor.offset, byteCount: rest)
            base = UnsafeRawPointer(copy)
            scanner.readable = base + payload.count + Decoder.padding
        } else {
            base = start
            scanner.readable = base + payload.count + max(0, padding)
        }
        scanner.end = base + payload.count
        let outcome = decodeDocuments(base, layout, fixed, &cursor, &ring, &deadLetters)
        ring.publish()
        return outcome
    }
}

extension DecodeCursor {
    /// The payload is over.
    mutating func finish(empty: Bool, _ stream: Int, _ deadLetters: inout DeadLetterBatch) {
        isDone = true
        guard empty else { return }
        rejected += 1
        deadLetters.record(DeadLetterEntry(reason: .empty, element: element, stream: stream))
        element += 1
    }
}
