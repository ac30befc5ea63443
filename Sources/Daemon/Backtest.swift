package import Engine
package import Evaluation
package import Events
import Glibc
import RingBuffers
import Wire

/// Runs a recorded file through the engine, without sockets: the same decode, the same ring, the
/// same engine as the daemon, under the event clock.
///
///     file ─► 256 KiB blocks of whole lines ─► decode ═ring═► engine ─► transitions
///
/// One thread; memory does not grow with the file.
package struct Backtest: ~Copyable {
    /// What to make of the file.
    package struct Input: Sendable {
        /// The file; `-` is standard input.
        package var path: String
        /// Where topics come from.
        package var topic: Topic

        /// Where a line's topic comes from.
        package enum Topic: Sendable {
            /// All lines have this one.
            case fixed(String)
            /// Each line names its own in this top-level member.
            case member(String)
        }

        /// A file and its topics; `-` is standard input.
        package init(path: String, topic: Topic) {
            self.path = path
            self.topic = topic
        }
    }

    /// What a run came to.
    package struct Summary: Sendable {
        /// Events that were evaluated.
        package var events = 0
        /// Seconds of reading, decoding and evaluating.
        package var seconds = 0.0
        /// Elements that could not be used.
        package var deadLetters = 0
        /// Transitions.
        package var counts = Engine.Counts()
        /// Dead letters by reason, most frequent first, with the offset in the file of the first.
        package var reasons: [(reason: DeadLetterReason, count: Int, offset: Int)] = []
        /// Rows older than their key's newest: they judged nothing.
        package var outOfOrder = 0

        mutating func note(_ reason: DeadLetterReason, _ count: Int, offset: Int) {
            deadLetters += count
            if let index = reasons.firstIndex(where: { $0.reason == reason }) {
                reasons[index].count += count
            } else {
                reasons.append((reason, count, offset))
            }
        }
    }

    private var engine: Engine
    private var decoder: Decoder
    private var producer: RingProducer
    private var consumer: RingConsumer
    private let choice: StreamChoice
    private let input: Input
    private var letters = DeadLetterBatch(capacity: 64)
    private var summary = Summary()
    private var offset = 0

    /// Bytes read at once; a longer line is read whole, up to the limit of a frame.
    private static let blockBytes = 256 << 10
    private static let padding = 64

    /// A run of `plan`; throws a sentence when no stream has the topic.
    package init(plan: Plan, input: Input, logs: Bool, traced: String?) throws(StartFailure) {
        let choice = try Backtest.choice(plan, input.topic)
        let rule = plan.rules.firstIndex { $0.description.name == traced }
        if let traced, rule == nil {
            throw StartFailure("There is no rule named \(traced).")
        }
        self.input = input
        self.choice = choice
        var limits = DecodeLimits()
        limits.readings = .max
        var member: String?
        if case .member(let name) = input.topic { member = name }
        decoder = Decoder(
            streams: plan.streams, generation: plan.generation, feed: 0, status: .actual,
            limits: limits, topicMember: member)
        let ring = Ring(capacity: 2 << 20)
        producer = ring.producer
        consumer = ring.consumer
        var options = Engine.Options()
        options.logs = logs
        options.escalates = false
        engine = Engine(plan: plan, clock: .event, options: options, digest: { $0 })
        if let rule { engine.trace(rule: rule) }
    }

    private static func choice(
        _ plan: Plan, _ topic: Input.Topic
    ) throws(StartFailure) -> StreamChoice {
        guard case .fixed(let topic) = topic else { return .topicMember }
        let table = TopicTable(streams: plan.streams)
        guard let stream = Array(topic.utf8).withUnsafeBytes({ table.stream(for: $0) }) else {
            let known = plan.streams.map(\.topic).joined(separator: ", ")
            throw StartFailure("No stream is declared for the topic \(topic); there is \(known).")
        }
        return .stream(stream)
    }

    /// What is told while the file runs.
    package struct Tellings {
        /// What was decided.
        package var transitions: [Engine.Decision]
        /// Judgements of the traced rule.
        package var judgements: [Judgement]
    }

    /// Runs the whole file; `tell` is given what came up, in order, as it comes up.
    package mutating func run(_ tell: (Tellings) throws -> Void) throws -> Summary {
        let start = Timeline.monotonic
        let descriptor = input.path == "-" ? 0 : open(input.path, O_RDONLY)
        guard descriptor >= 0 else {
            throw StartFailure("\(input.path) cannot be read: \(String(cString: strerror(errno))).")
        }
        defer { if descriptor != 0 { close(descriptor) } }
        var block = Block(capacity: Backtest.blockBytes, padding: Backtest.padding)
        while true {
            let isEnd = try block.fill(from: descriptor, path: input.path)
            let length = isEnd ? block.count : block.wholeLines
            if length == 0 && !isEnd {
                if !block.grow() { try passLongLine(&block, descriptor) }
                continue
            }
            try decode(UnsafeRawBufferPointer(start: block.base, count: length), tell)
            block.drop(length)
            if isEnd { break }
        }
        engine.finish()
        try self.tell(tell)
        summary.seconds = Double(Timeline.monotonic - start) / 1e9
        summary.events = Int(engine.evaluation.events)
        for entry in engine.evaluation.refused.entries {
            summary.note(entry.reason, Int(entry.count), offset: -1)
        }
        summary.counts = engine.counts
        summary.outOfOrder = Int(engine.evaluation.outOfOrder)
        return summary
    }

    /// A line longer than a frame may be is one dead letter, and never held as a whole.
    private mutating func passLongLine(
        _ block: inout Block, _ descriptor: Int32
    ) throws(StartFailure) {
        summary.note(.frameSize, 1, offset: offset)
        var isEnd = false
        while block.firstLine == nil, !isEnd {
            offset += block.count
            block.drop(block.count)
            isEnd = try block.fill(from: descriptor, path: input.path)
        }
        let rest = block.firstLine ?? block.count
        offset += rest
        block.drop(rest)
    }

    private mutating func decode(
        _ lines: UnsafeRawBufferPointer, _ tell: (Tellings) throws -> Void
    ) rethrows {
        defer { offset += lines.count }
        var cursor = DecodeCursor()
        letters.removeAll()
        var outcome = DecodeOutcome.full
        // A block of blank lines is not an empty payload.
        guard lines.contains(where: { $0 > 0x20 }) else { return }
        while outcome == .full {
            outcome = decoder.decode(
                lines, padding: Backtest.padding, layout: .lines, stream: choice, at: &cursor,
                into: &producer, deadLetters: &letters)
            try evaluate(tell)
        }
        guard cursor.rejected > 0 else { return }
        for reason in DeadLetterReason.allCases {
            let count = letters.count(of: reason)
            guard count > 0 else { continue }
            let first = letters.entries.first { $0.reason == reason }
            summary.note(reason, count, offset: offset + (first?.offset ?? 0))
        }
    }

    private mutating func evaluate(_ tell: (Tellings) throws -> Void) rethrows {
        while true {
            let run = consumer.readable()
            guard run.count > 0 else { return }
            engine.process(run)
            try self.tell(tell)
            consumer.release(run.count)
        }
    }

    private mutating func tell(_ tell: (Tellings) throws -> Void) rethrows {
        let judgements = engine.takeJudgements()
        guard engine.hasDecisions || !judgements.isEmpty else { return }
        try tell(Tellings(transitions: engine.takeDecisions(), judgements: judgements))
    }
}

/// A reused buffer of a file's lines.
private struct Block: ~Copyable {
    private(set) var base: UnsafeMutableRawPointer
    private(set) var count = 0
    private var capacity: Int
    private let padding: Int

    init(capacity: Int, padding: Int) {
        self.capacity = capacity
        self.padding = padding
        base = .allocate(byteCount: capacity + padding, alignment: 64)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: capacity + padding)
    }

    deinit { base.deallocate() }

    /// Reads until the buffer is full or the file ends; whether it ended.
    mutating func fill(from descriptor: Int32, path: String) throws(StartFailure) -> Bool {
        while count < capacity {
            let got = read(descriptor, base + count, capacity - count)
            if got == 0 { return true }
            if got < 0 {
                if errno == EINTR { continue }
                throw StartFailure("\(path) cannot be read: \(String(cString: strerror(errno))).")
            }
            count += got
        }
        return false
    }

    /// Bytes up to and with the last newline.
    var wholeLines: Int {
        var length = count
        while length > 0, base.load(fromByteOffset: length - 1, as: UInt8.self) != 10 {
            length -= 1
        }
        return length
    }

    /// Bytes up to and with the first newline.
    var firstLine: Int? {
        guard let found = memchr(base, 10, count) else { return nil }
        return base.distance(to: found) + 1
    }

    /// Forgets the first `length` bytes.
    mutating func drop(_ length: Int) {
        memmove(base, base + length, count - length)
        count -= length
    }

    /// Makes room for a line longer than the buffer; false when it is as long as a frame may be.
    mutating func grow() -> Bool {
        let room = min(capacity * 2, Limits.frameBytes + 1)
        guard room > capacity else { return false }
        let larger = UnsafeMutableRawPointer.allocate(byteCount: room + padding, alignment: 64)
        larger.initializeMemory(as: UInt8.self, repeating: 0, count: room + padding)
        larger.copyMemory(from: base, byteCount: count)
        base.deallocate()
        base = larger
        capacity = room
        return true
    }
}
