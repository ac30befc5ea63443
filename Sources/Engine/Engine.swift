public import Evaluation
public import Events
public import Incidents

/// The deterministic heart: sequence, evaluate, track incidents. Same input, same output, byte for
/// byte.
///
///     records ─► sequencer ─► evaluator ─► transitions, incident book ─► decisions
///                now, ticks,   detections
///                event_no
///
/// It reads no clock: under `Clock.wall` the caller hands in now with each batch, under
/// `Clock.event` now is the newest event time so far. The daemon, `backtest`, `test` and the demo
/// all run this one.
public struct Engine: ~Copyable, Sendable {
    /// What drives now.
    public enum Clock: String, CaseIterable, Sendable {
        /// The daemon's timeline.
        case wall
        /// The newest event time so far: for replays.
        case event
    }

    /// What an engine is asked to produce beside the transition log's counts.
    public struct Options: Sendable {
        /// Transitions with their values.
        public var logs = true
        /// Escalations and incidents.
        public var escalates = true
        /// Changes of state that storage keeps.
        public var tellsState = false

        /// All but storage.
        public init() {}
    }

    /// Something decided, in the one order.
    public enum Decision: Sendable {
        case transition(Transition)
        case escalation(Escalation)
        case incident(Incident)
        case incidentClosed(Identity)
        case state(StateChange)
    }

    /// Counts of transitions since the start.
    public struct Counts: Sendable, Equatable {
        /// From inactive or pending to a level.
        public var raised: UInt64 = 0
        /// From a level to another.
        public var moved: UInt64 = 0
        /// From a level to inactive.
        public var cleared: UInt64 = 0

        /// All zero.
        public init() {}
    }

    let clock: Clock
    let options: Options
    var evaluator: Evaluator
    var book: IncidentBook
    /// The daemon's now, nanoseconds since 1970.
    public private(set) var now: Int64
    /// Number of the next event.
    public private(set) var nextEventNo: UInt64
    /// Number of the last acknowledged report that was taken.
    public private(set) var recordedNo: UInt64
    /// Counts of transitions.
    public private(set) var counts = Counts()
    /// Events refused because their time lies too far ahead of now.
    public private(set) var future = RefusedEvents()
    /// Events that were here before.
    var duplicates: DuplicateFilter
    var decisions: [Decision] = []
    /// Whether the start is the time of the first event, and the keys whose silence counts from it.
    var awaitsStart = false
    var unplaced: [KnownKey] = []

    /// An engine without state. `now` matters under the wall clock only.
    public init(
        plan: Plan, clock: Clock, options: Options, digest: @escaping IncidentBook.Digest,
        firstEventNo: UInt64 = 1, recordedNo: UInt64 = 0, now: Int64 = 0
    ) {
        self.clock = clock
        self.options = options
        evaluator = Evaluator(
            plan: plan, tellsState: options.tellsState,
            showsValues: options.logs || options.escalates, tellsPending: options.logs)
        book = IncidentBook(rules: plan.rules.map(\.description), digest: digest)
        duplicates = DuplicateFilter(plan)
        nextEventNo = firstEventNo
        self.recordedNo = recordedNo
        self.now = clock == .wall ? now : .min
    }

    /// The plan in force.
    public var plan: Plan { evaluator.plan }

    /// What the evaluator counts.
    public var evaluation: EvaluationCounters { evaluator.counters }

    /// Events dropped because their id was here before: of a stream, by its index.
    public func duplicates(stream: Int) -> UInt64 { duplicates.repeated(stream: stream) }

    /// Events dropped because their id was here before, by the index of their feed.
    public var duplicatesByFeed: [UInt64] { duplicates.byFeed }

    /// The open incidents, by severity, then rule and key.
    public var openIncidents: [Incident] { book.openIncidents }

    /// Number of open incidents.
    public var openCount: Int { book.openCount }

    /// The earliest time of now before which nothing falls due; nil when nothing is scheduled.
    public var nextTimer: Int64? {
        switch (evaluator.nextTimer, options.escalates ? book.nextTimer : nil) {
        case (nil, let due), (let due, nil): due
        case (let one?, let other?): min(one, other)
        }
    }

    /// Streams with a nominal interval from which nothing came for three of them.
    public func blindStreams(now: Int64, start: Int64) -> [String] {
        evaluator.blindStreams(now: now, start: start)
    }

    /// Keys a rule has heard from.
    public func keyCount(rule: Int) -> Int { evaluator.keyCount(rule: rule) }

    /// Who sends on a stream; at most `limit` are named.
    public func sources(stream: Int, limit: Int) -> SourceReport {
        evaluator.sources(stream: stream, limit: limit)
    }

    /// Collects the judgements of a rule, for `takeJudgements`.
    public mutating func trace(rule: Int) { evaluator.traced = rule }

    /// The judgements of the traced rule since the last call.
    public mutating func takeJudgements() -> [Judgement] { evaluator.takeJudgements() }

    /// The decisions since the last call. What one event decided is never split.
    public mutating func takeDecisions() -> [Decision] {
        defer { decisions.removeAll(keepingCapacity: true) }
        return decisions
    }

    /// Whether there are decisions to take.
    public var hasDecisions: Bool { !decisions.isEmpty }

    /// Takes a batch of decoded records through sequencing, evaluation and incidents.
    ///
    /// `wallNow` is the daemon's now in nanoseconds since 1970, ignored under the event clock, and
    /// `latest` what publishers may believe it to be where their clocks are ahead of that. Records
    /// are stamped in place.
    public mutating func process(
        _ batch: UnsafeMutableRawBufferPointer, wallNow: Int64 = 0, latest: Int64 = .min
    ) {
        guard let start = batch.baseAddress else { return }
        let limit = clock == .wall ? max(now, wallNow, latest) + Engine.tolerance : .max
        let end = start + batch.count
        var run = start
        var place = start
        var grid = Engine.grid(now)
        while place < end {
            let record = EventRecord(base: place)
            let arrival = arrival(of: record, wallNow: wallNow)
            // Ticks lie on a grid of 1 s: between two grid points none can be due.
            if grid == .min || arrival >= grid + Engine.tickInterval {
                evaluate(run, place)
                run = place
                tick(upTo: Engine.grid(arrival))
                grid = Engine.grid(arrival)
            }
            now = arrival
            if awaitsStart {
                begin(unplaced)
                unplaced = []
                awaitsStart = false
            }
            stamp(record, limit)
            place += record.length
        }
        evaluate(run, end)
    }

    private static var tickInterval: Int64 { 1_000_000_000 }

    /// How far ahead of now an event's time may lie under the wall clock.
    public static var tolerance: Int64 { 60_000_000_000 }

    /// The last grid point not after `time`.
    @inline(__always)
    private static func grid(_ time: Int64) -> Int64 {
        guard time != .min else { return .min }
        let rest = time % tickInterval
        return time - (rest < 0 ? rest + tickInterval : rest)
    }

    @inline(__always)
    private func arrival(of record: EventRecord, wallNow: Int64) -> Int64 {
        switch clock {
        case .wall: max(now, wallNow)
        case .event:
            record.eventTime == EventRecord.timeUnset
                ? (now == .min ? 0 : now) : max(now, record.eventTime)
        }
    }

    /// An acknowledged report is refused no more: what can be wrong with it was told before.
    @inline(__always)
    private mutating func stamp(_ record: EventRecord, _ limit: Int64) {
        guard record.kind != EventKind.refused.rawValue else { return }
        let isAcknowledged = record.recordedNo > 0
        if isAcknowledged { recordedNo = record.recordedNo }
        record.arrival = now
        if record.eventTime == EventRecord.timeUnset { record.eventTime = now }
        if record.eventTime > limit, !isAcknowledged {
            record.kind = EventKind.refused.rawValue
            future.note(.future, record, plan.streams[record.stream])
            return
        }
        record.eventNo = nextEventNo
        nextEventNo += 1
        if duplicates.isRepeated(record, mayDrop: !isAcknowledged) {
            record.kind = EventKind.refused.rawValue
        }
    }

    private mutating func evaluate(
        _ start: UnsafeMutableRawPointer, _ end: UnsafeMutableRawPointer
    ) {
        guard end > start else { return }
        evaluator.process(UnsafeMutableRawBufferPointer(start: start, count: end - start))
        collect()
    }

    /// Lets now pass under the wall clock: ticks up to `wallNow`.
    public mutating func advance(to wallNow: Int64) {
        precondition(clock == .wall, "Under the event clock only events move now.")
        now = max(now, wallNow)
        tick(upTo: Engine.grid(now))
    }

    /// Ends a replay: what falls due up to the newest event time completes, or up to `end` where
    /// that is later.
    public mutating func finish(at end: Int64? = nil) {
        if let end, now != .min, end > now {
            tick(upTo: Engine.grid(end))
            now = end
        }
        guard now != .min, let due = nextTimer, due <= now else { return }
        evaluator.advance(to: now, eventNo: nextEventNo, isEnd: true)
        nextEventNo += 1
        collect()
    }

    /// Inserts a tick at each grid point up to `limit` before which something falls due.
    private mutating func tick(upTo limit: Int64) {
        while let due = nextTimer, due < limit {
            let point = max(Engine.grid(due) + Engine.tickInterval, Engine.grid(now))
            guard point <= limit else { return }
            now = max(now, point)
            evaluator.advance(to: point, eventNo: nextEventNo, horizon: limit)
            nextEventNo += 1
            collect()
            if options.escalates {
                book.advance(
                    to: Timestamp(nanoseconds: point), horizon: Timestamp(nanoseconds: limit))
                takeOutcomes()
            }
        }
    }

    /// Turns detections into transitions and incidents.
    private mutating func collect() {
        guard evaluator.hasOutput else { return }
        // What storage keeps follows what its event decided, wherever a batch ends.
        var changes = evaluator.takeChanges()[...]
        for detection in evaluator.takeDetections() {
            while let first = changes.first, first.eventNo < detection.evidence.upperBound {
                decisions.append(.state(first.change))
                changes.removeFirst()
            }
            counts.note(detection, plan)
            if options.logs,
                let transition = Transition(detection, plan.rules[detection.rule].description)
            {
                decisions.append(.transition(transition))
            }
            if options.escalates {
                book.apply(detection)
                takeOutcomes()
            }
        }
        for change in changes { decisions.append(.state(change.change)) }
    }

    private mutating func takeOutcomes() {
        for outcome in book.takeOutcomes() {
            switch outcome {
            case .escalation(let escalation): decisions.append(.escalation(escalation))
            case .changed(let incident): decisions.append(.incident(incident))
            case .closed(let subject): decisions.append(.incidentClosed(subject))
            }
        }
    }
}

extension Engine.Counts {
    /// Counts what a detection raised, moved or cleared.
    mutating func note(_ detection: Detection, _ plan: Plan) {
        switch detection.change {
        case .pending, .calm: return
        case .level(nil, _): raised += 1
        case .level(_, nil): cleared += 1
        case .level: moved += 1
        case .silent, .heard:
            // A silent key has an incident of its own under `no_data: {do: alert}` only.
            guard plan.rules[detection.rule].description.noData?.action == .alert else { return }
            if detection.change == .silent { raised += 1 } else { cleared += 1 }
        }
    }
}

extension Engine {
    /// Takes up what storage kept, at a start: states, keys known to `no_data` rules, incidents.
    /// What no rule of the plan speaks for is withdrawn.
    public mutating func restore(
        states: [KeyState], heard: [KnownKey], incidents: [Incident]
    ) {
        if clock == .event {
            // Now goes on where it was: it never goes back.
            now = max(now, states.map(\.arrival).max() ?? .min)
            now = max(now, incidents.map(\.lastSaid.nanoseconds).max() ?? .min)
        }
        for state in states
        where evaluator.restore(state, now: now, isStart: true, isRuleChanged: false)
            == .withdrawn
        {
            decisions.append(.state(.gone(rule: state.rule, key: state.key)))
        }
        // Under the event clock the first event says when the start was.
        if now == .min {
            unplaced = heard
            awaitsStart = true
        } else {
            begin(heard)
        }
        book.restore(incidents)
        settle()
    }

    /// A start after an earlier run: silence counts from now, and no window was seen before.
    private mutating func begin(_ heard: [KnownKey]) {
        for known in heard { evaluator.restore(known, now: now) }
        if nextEventNo > 1 { evaluator.beginWindows(at: now) }
    }

    /// Takes another plan into force at one `event_no`. State follows (rule, key, level name).
    public mutating func replace(plan: Plan) {
        let states = evaluator.states()
        let before = evaluator.plan.descriptions
        let after = plan.descriptions
        var next = Evaluator(
            plan: plan, tellsState: options.tellsState,
            showsValues: options.logs || options.escalates, tellsPending: options.logs,
            counters: evaluator.counters)
        next.adoptSources(of: evaluator)
        next.adoptWindows(of: evaluator, now: now)
        duplicates.replace(plan)
        evaluator = next
        nextEventNo += 1
        for state in states
        where evaluator.restore(
            state, now: now, isStart: false,
            isRuleChanged: before[state.rule]?.hash != after[state.rule]?.hash) == .withdrawn
        {
            decisions.append(.state(.gone(rule: state.rule, key: state.key)))
        }
        settle()
    }

    private mutating func settle() {
        let time = Timestamp(nanoseconds: max(now, 0))
        // Withdraw first: a detection about a level that is gone speaks under the new rules.
        book.replace(rules: evaluator.plan.rules.map(\.description), now: time)
        takeOutcomes()
        collect()
    }
}
