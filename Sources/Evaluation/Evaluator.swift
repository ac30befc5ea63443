public import Events
public import Expressions

/// Runs a plan over events: conditions and level machines, to detections.
///
/// It reads no clock, no file and no random number, and iterates nothing in the order of a hash:
/// the same plan and the same events give the same detections. Its whole surface is
/// `process(batch)`, `advance(to:)`, `nextTimer`, and the state going out and in (`states`,
/// `restore`; later by key group), so that another runtime can host it.
///
///     record ─► dispatch ─► selection: where ─► key ─► block ─► each rule: levels ─► detection
///               (by equality)                 (stage)  (flat)      timers ─┘
///
/// Sendable though it holds raw memory: all of it is its own, and it has one owner by its type.
public struct Evaluator: ~Copyable, @unchecked Sendable {
    /// What it runs.
    public let plan: Plan
    /// Whether changes that storage keeps are collected in `changes`.
    public let tellsState: Bool
    /// Whether detections carry values, labels and messages.
    public let showsValues: Bool
    /// Whether holds that begin or end while no level is active are told.
    let tellsPending: Bool
    /// Names of each rule's levels.
    let levelNames: [[String]]
    /// Where each rule's state lies, by name.
    let places: [String: Place]
    /// What was found since the last `takeDetections`, in the one order.
    var detections: [Detection] = []
    /// What storage must know since the last `takeChanges`.
    var changes: [(eventNo: UInt64, change: StateChange)] = []
    /// Counts since the start.
    public internal(set) var counters: EvaluationCounters
    /// Rule whose judgements are collected, for `--values`.
    public var traced: Int?
    /// Judgements of the traced rule since the last `takeJudgements`.
    var judgements: [Judgement] = []

    let selections: UnsafeMutablePointer<SelectionState>
    let stages: UnsafeMutablePointer<StageState>
    let streams: UnsafeMutablePointer<StreamState>
    var timers = TimerHeap()
    let scratch = Scratch()
    let keyBuffer: UnsafeMutableRawPointer
    /// The fields and windows of the row that a rule is judged on.
    let extendedCells: UnsafeMutableRawPointer
    /// Whether the event at hand is older than its stream's watermark.
    var isLate = false

    /// An evaluator without state; `counters` are those to count on from.
    public init(
        plan: Plan, tellsState: Bool = false, showsValues: Bool = true,
        tellsPending: Bool = true, counters: EvaluationCounters = EvaluationCounters()
    ) {
        self.plan = plan
        self.counters = counters
        self.tellsState = tellsState
        self.showsValues = showsValues
        self.tellsPending = tellsPending
        places = Place.all(plan)
        levelNames = plan.rules.map { $0.description.levels.map(\.name) }
        selections = .allocate(capacity: max(1, plan.selections.count))
        for index in plan.selections.indices {
            (selections + index).initialize(to: SelectionState(plan: plan, selection: index))
        }
        stages = .allocate(capacity: max(1, plan.stages.count))
        for (index, stage) in plan.stages.enumerated() {
            (stages + index).initialize(to: StageState(plan: plan, stage: stage))
        }
        streams = .allocate(capacity: max(1, plan.streams.count))
        for (index, stream) in plan.streams.enumerated() {
            (streams + index).initialize(
                to: StreamState(schema: stream, plan: plan, stream: index))
        }
        // A part is written before it is known to fit: eight bytes and its tag may lie beyond.
        keyBuffer = .allocate(byteCount: Key.encodedLimit + 16, alignment: 8)
        extendedCells = .allocate(byteCount: Row.cellLimit * 8, alignment: 8)
    }

    deinit {
        selections.deinitialize(count: plan.selections.count).deallocate()
        stages.deinitialize(count: plan.stages.count).deallocate()
        streams.deinitialize(count: plan.streams.count).deallocate()
        keyBuffer.deallocate()
        extendedCells.deallocate()
    }

    /// The earliest time of now before which nothing falls due, nanoseconds since 1970; nil when
    /// nothing is scheduled.
    public var nextTimer: Int64? { timers.first }

    /// The detections since the last call, in order.
    public mutating func takeDetections() -> [Detection] {
        defer { detections.removeAll(keepingCapacity: true) }
        return detections
    }

    /// Whether there are detections or state changes to take.
    public var hasOutput: Bool { !detections.isEmpty || !changes.isEmpty }

    /// The state changes since the last call, in order, each with the number of its event.
    public mutating func takeChanges() -> [(eventNo: UInt64, change: StateChange)] {
        defer { changes.removeAll(keepingCapacity: true) }
        return changes
    }

    /// The judgements of the traced rule since the last call, in order.
    public mutating func takeJudgements() -> [Judgement] {
        defer { judgements.removeAll(keepingCapacity: true) }
        return judgements
    }

    /// Takes over who sends on the streams that both plans declare, from an evaluator that ends.
    public mutating func adoptSources(of other: borrowing Evaluator) {
        for (index, stream) in plan.streams.enumerated() {
            guard let old = other.plan.streams.firstIndex(where: { $0.name == stream.name })
            else { continue }
            swap(&streams[index].sources, &other.streams[old].sources)
            streams[index].sources.set(lateness: stream.lateness, idle: stream.idle)
        }
    }

    /// Who sends on a stream; at most `limit` are named.
    public func sources(stream: Int, limit: Int) -> SourceReport {
        streams[stream].sources.report(limit: limit)
    }

    /// Streams with a nominal interval from which nothing came for three of them, by name; the
    /// silence counts from `start` where nothing ever came. Nanoseconds since 1970.
    public func blindStreams(now: Int64, start: Int64) -> [String] {
        plan.streams.indices.compactMap { index in
            guard let expect = plan.streams[index].expect else { return nil }
            let newest = max(streams[index].sources.newestArrival, start)
            return now -| newest > 3 * expect ? plan.streams[index].name : nil
        }
    }

    /// Keys a rule has heard from.
    public func keyCount(rule: Int) -> Int {
        guard let place = places[plan.rules[rule].description.name] else { return 0 }
        return selections[place.selection].slab.count
    }
}

/// Where a rule's state lies.
struct Place {
    /// Index of the rule in the plan.
    var rule: Int
    /// Index of its selection.
    var selection: Int
    /// Its place among the selection's rules.
    var position: Int

    static func all(_ plan: Plan) -> [String: Place] {
        var places: [String: Place] = [:]
        for (selection, content) in plan.selections.enumerated() {
            for (position, rule) in content.rules.enumerated() {
                places[plan.rules[rule].description.name] = Place(
                    rule: rule, selection: selection, position: position)
            }
        }
        return places
    }
}

/// What an evaluator counts; each is a reason in the conservation law or beside it.
public struct EvaluationCounters: Sendable, Equatable {
    /// Events judged or passed by.
    public var events: UInt64 = 0
    /// Events that a rule selected and none could judge: the key is missing, or the keys are full.
    public var refused = RefusedEvents()
    /// Events that some rule could not judge for want of its key, or of room for it, while another
    /// did.
    public var partlyJudged: UInt64 = 0
    /// Rows older than their key's newest.
    public var outOfOrder: UInt64 = 0
    /// Rows older than their stream's watermark.
    public var late: UInt64 = 0
    /// Rows whose `where` was UNKNOWN.
    public var whereUnknown: UInt64 = 0

    /// All zero.
    public init() {}
}

/// What storage must know of a change of state.
public enum StateChange: Sendable {
    /// The state of a rule for a key.
    case changed(KeyState)
    /// A rule has nothing to keep for a key any more.
    case gone(rule: String, key: Key)
    /// A rule with `no_data` heard a key for the first time.
    case heard(KnownKey)
}

/// One judgement of a traced rule: what it read and what it concluded.
public struct Judgement: Sendable {
    /// Event time of the row.
    public var time: Timestamp
    /// Whose row it is.
    public var key: Key
    /// Each `let`, in order of declaration.
    public var lets: [(name: String, value: Scalar)]
    /// The condition of each level, in order.
    public var when: [(name: String, truth: Truth)]
}

/// What a stream needs beside its declaration.
struct StreamState: ~Copyable {
    let dispatch: DispatchIndex
    var sources: SourceTable
    let sourceCell: Int
    /// Whether that cell holds text; else it holds an integer.
    let sourceIsText: Bool

    init(schema: StreamSchema, plan: Plan, stream: Int) {
        dispatch = DispatchIndex(plan: plan, stream: stream)
        sources = SourceTable(lateness: schema.lateness, idle: schema.idle)
        sourceCell = schema.source ?? -1
        sourceIsText = schema.source.map { schema.fields[$0].type == .string } ?? false
    }
}

/// The keys of a stage and how to read one from a record.
struct StageState: ~Copyable {
    var keys = KeyTable()
    /// The `by` fields, in order.
    var by = FlatArray<KeyPart>()

    /// A `by` field.
    struct KeyPart: BitwiseCopyable {
        var cell: Int
        /// How `Key` encodes it, a `Key.Tag`.
        var tag: UInt8

        init(cell: Int, type: FieldType) {
            self.cell = cell
            switch type {
            case .string: tag = Key.Tag.text
            case .bool: tag = Key.Tag.bool
            case .int, .double, .timestamp: tag = Key.Tag.int
            }
        }
    }

    init(plan: Plan, stage: Plan.Stage) {
        let fields = plan.streams[stage.stream].fields
        for cell in stage.by { by.append(KeyPart(cell: cell, type: fields[cell].type)) }
    }
}
