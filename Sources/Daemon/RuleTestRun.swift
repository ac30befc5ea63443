import Engine
package import Evaluation
package import Events
import Expressions
import RingBuffers
package import Rules
import Wire

/// Runs the tests of a rule set: the same decode, the same engine as the daemon and `backtest`,
/// under the event clock.
///
/// Each reading goes through the decoder as the JSON that its stream's declaration describes, so
/// that `path`, `missing`, `valid` and `from: text` act as they do live.
package struct RuleTestRun {
    /// What became of a test.
    package struct Outcome: Sendable {
        /// The log of all rules, for coverage.
        package var all: [Transition] = []
        /// Expected and actual log, aligned; nil when no log is expected.
        package var timeline: [TimelineEntry]?
        /// What is wrong beside the log, a sentence each with its line in the file.
        package var complaints: [(line: Int, text: String)] = []

        /// Whether all is as expected.
        package var isPassed: Bool {
            complaints.isEmpty && timeline?.allSatisfy(\.isAgreed) ?? true
        }
    }

    private let plan: Plan

    /// Runs tests against the rules of `plan`.
    package init(plan: Plan) { self.plan = plan }

    /// Runs one test.
    package func run(_ test: RuleTest) -> Outcome {
        var outcome = Outcome()
        var judgements: [String: [Judgement]] = [:]
        // One rule is traced at a time; a test that looks at none is run once.
        let traced = Set(test.values.map(\.rule)).sorted()
        for rule in traced.isEmpty ? [nil] : traced.map(Optional.some) {
            var pass = Pass(plan: plan, traced: rule)
            pass.run(test)
            if let rule { judgements[rule] = pass.judgements }
            outcome.all = pass.transitions
            outcome.complaints = pass.complaints
        }
        if let expected = test.transitions {
            let looked = outcome.all.filter { transition in
                let rule = RuleDescription.rule(ofSilence: transition.rule) ?? transition.rule
                return test.rules?.contains { $0 == rule || $0 == transition.rule } ?? true
            }
            outcome.timeline = TimelineEntry.align(expected, looked)
        }
        for expected in test.values {
            let complaints = complaints(expected, judgements[expected.rule] ?? [])
            outcome.complaints += complaints.map { (expected.line, $0) }
        }
        return outcome
    }

    /// What is not as expected at a time.
    private func complaints(
        _ expected: RuleTest.ExpectedValues, _ judgements: [Judgement]
    ) -> [String] {
        let candidates = judgements.filter { judgement in
            judgement.time.nanoseconds <= expected.time
                && expected.key.matches(plan.key(of: judgement, rule: expected.rule))
        }
        let found = candidates.last
        let key = expected.key.fields.isEmpty ? "" : "[\(expected.key)]"
        let about = expected.rule + key
        guard let found else { return ["\(about) had not judged anything yet"] }
        guard candidates.allSatisfy({ $0.key == found.key }) else {
            return ["\(about) has judged several keys by then: say which with `key`"]
        }
        var complaints: [String] = []
        for (name, value) in expected.lets {
            guard let actual = found.lets.first(where: { $0.name == name })?.value,
                !value.matches(actual)
            else { continue }
            complaints.append("\(about): `\(name)` is \(actual), expected \(value)")
        }
        for (name, truth) in expected.when {
            let wanted = truth.map(Truth.init) ?? .unknown
            guard let actual = found.when.first(where: { $0.name == name })?.truth,
                actual != wanted
            else { continue }
            complaints.append(
                "\(about): the condition of `\(name)` is \(actual), expected \(wanted)")
        }
        return complaints
    }
}

/// One run of a test's readings through an engine of its own.
private struct Pass: ~Copyable {
    private var engine: Engine
    private var decoder: Decoder
    private var producer: RingProducer
    private var consumer: RingConsumer
    private let plan: Plan
    private(set) var transitions: [Transition] = []
    private(set) var judgements: [Judgement] = []
    private(set) var complaints: [(line: Int, text: String)] = []

    init(plan: Plan, traced: String?) {
        let ring = Ring(capacity: 2 << 20)
        var options = Engine.Options()
        options.escalates = false
        var engine = Engine(plan: plan, clock: .event, options: options, digest: { $0 })
        if let rule = plan.rules.firstIndex(where: { $0.description.name == traced }) {
            engine.trace(rule: rule)
        }
        self.plan = plan
        self.engine = engine
        decoder = Decoder(
            streams: plan.streams, generation: plan.generation, feed: 0, status: .actual,
            limits: DecodeLimits())
        producer = ring.producer
        consumer = ring.consumer
    }

    mutating func run(_ test: RuleTest) {
        for reading in test.readings { take(reading) }
        engine.finish(at: test.until)
        collect()
    }

    private mutating func take(_ reading: RuleTest.Reading) {
        var letters = DeadLetterBatch(capacity: 4)
        var cursor = DecodeCursor()
        let payload = ReadingText(plan.streams[reading.stream]).json(reading)
        payload.withUnsafeBytes { bytes in
            _ = decoder.decode(
                bytes, stream: .stream(reading.stream), at: &cursor, into: &producer,
                deadLetters: &letters)
        }
        for reason in DeadLetterReason.allCases where letters.count(of: reason) > 0 {
            complaints.append((reading.line, "the reading is a dead letter: \(reason.sentence)"))
        }
        let run = consumer.readable()
        guard let base = run.baseAddress else { return }
        let record = EventRecord(base: base)
        // Of a stream without event times a reading has the time at which it comes.
        if record.eventTime == EventRecord.timeUnset { record.eventTime = reading.arrival }
        let refused = engine.evaluation.refused.count
        engine.process(run)
        collect()
        if engine.evaluation.refused.count > refused {
            complaints.append((reading.line, "the reading is refused: its key cannot be used"))
        }
        consumer.release(run.count)
    }

    private mutating func collect() {
        for case .transition(let transition) in engine.takeDecisions() {
            transitions.append(transition)
        }
        judgements += engine.takeJudgements()
    }
}
