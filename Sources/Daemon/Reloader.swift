package import Engine
import Evaluation
import Events
import Glibc
import Logging
package import Rules
import Synchronization
import Transport

/// What came of reading the rules again.
package enum ReloadOutcome: Sendable {
    /// They are in force; what that did.
    case reloaded(ReloadPlan, generation: UInt32, warnings: [Diagnostic])
    /// What it would do if they came into force now.
    case rehearsed(ReloadPlan, generation: UInt32, warnings: [Diagnostic])
    /// They have errors; the old ones go on.
    case refused([Diagnostic])
    /// They cannot be read; the old ones go on.
    case unreadable(String)
    /// The line did not take them in time, or ends; the old ones go on.
    case stuck(String)
}

extension ReloadOutcome {
    /// How it went, one sentence for people.
    var sentence: String {
        switch self {
        case .reloaded(let told, let generation, let warnings):
            return "Reloaded: \(told.rules.count.counting("rule")), generation \(generation), "
                + "\(warnings.count.counting("warning"))."
        case .rehearsed: return "Nothing was changed."
        case .refused(let diagnostics):
            let errors = diagnostics.count { $0.severity == .error }
            return
                "The rules were refused, the old ones go on: \(errors.counting("error")), see the log."
        case .unreadable(let sentence), .stuck(let sentence):
            return "\(sentence) The old rules go on."
        }
    }
}

/// Reads the rules again and takes them into force, all or nothing: compiled on the thread that
/// asks, told and taken on the evaluation thread between two batches.
///
/// One reload at a time, whoever asks for it.
final class Reloader: Sendable {
    private let configuration: Configuration
    private let log: Logger
    private let intakes: [IntakeShared]
    private let engine: EngineShared
    private let status: StatusSource
    private let service: ServiceManager?
    /// Of the rules that were last read; held while a reload is under way.
    private let generation = Mutex<UInt32>(1)
    private let isStopping = Atomic<Bool>(false)
    private let isOpen = Atomic<Bool>(false)

    /// A reloader of a line.
    init(
        configuration: Configuration, log: Logger, intakes: [IntakeShared], engine: EngineShared,
        status: StatusSource, service: ServiceManager?
    ) {
        self.configuration = configuration
        self.log = log
        self.intakes = intakes
        self.engine = engine
        self.status = status
        self.service = service
    }

    /// The line is up: what it has to take up from before is in its rings.
    func begin() { isOpen.store(true, ordering: .releasing) }

    /// The line ends: a reload that waits for it gives up.
    func stop() { isStopping.store(true, ordering: .releasing) }

    /// Reads the rules again. A rehearsal changes nothing and logs nothing.
    func reload(_ purpose: PlanExchange.Purpose) -> ReloadOutcome {
        guard isOpen.load(ordering: .acquiring) else {
            return .stuck("The line is not up yet.")
        }
        return generation.withLock { generation in
            guard purpose == .replace else {
                return attempt(purpose, generation: generation + 1)
            }
            service?.tell(.reloading(microseconds: Timeline.monotonic / 1000))
            let outcome = attempt(purpose, generation: generation + 1)
            generation += 1
            tell(outcome)
            guard !isStopping.load(ordering: .acquiring) else { return outcome }
            service?.tell(.ready(outcome.sentence))
            return outcome
        }
    }

    private func attempt(_ purpose: PlanExchange.Purpose, generation: UInt32) -> ReloadOutcome {
        guard let path = configuration.rules else {
            return .unreadable("The configuration names no rules.")
        }
        do throws(StartFailure) {
            switch try RuleFolder.compile(at: [path], generation: generation) {
            case .refused(let diagnostics): return .refused(diagnostics)
            case .compiled(let plan, let warnings):
                if let complaint = configuration.complaints(about: plan).first {
                    return .unreadable(complaint)
                }
                switch purpose {
                case .replace:
                    guard let told = replace(plan: plan) else { break }
                    return .reloaded(told, generation: generation, warnings: warnings)
                case .rehearse:
                    guard let told = exchange(plan, .rehearse) else { break }
                    return .rehearsed(told, generation: generation, warnings: warnings)
                }
                return .stuck("The line did not come to rest in time.")
            }
        } catch {
            return .unreadable(error.description)
        }
    }

    /// Takes other rules into force; nil when the line did not come to rest.
    ///
    /// The intakes wait at a frame's border until the engine has decided what their rings hold and
    /// has taken the plan, so no record is read under declarations it was not decoded for.
    func replace(plan: Plan) -> ReloadPlan? {
        // One that waited in vain may not have left its place yet.
        guard
            wait(
                seconds: 10,
                until: { intakes.allSatisfy { !$0.isParked.load(ordering: .acquiring) } })
        else { return nil }
        for intake in intakes {
            intake.parks.store(true, ordering: .releasing)
            intake.bell.ring()
        }
        defer { for intake in intakes { intake.parks.store(false, ordering: .releasing) } }
        guard
            wait(
                seconds: 10,
                until: { intakes.allSatisfy { $0.isParked.load(ordering: .acquiring) } }),
            let told = exchange(plan, .replace)
        else { return nil }
        for (index, intake) in intakes.enumerated() {
            intake.declarations.put(
                IntakeDeclarations(plan: plan, feeds: configuration.feeds, index: index))
        }
        return told
    }

    /// Asks the evaluation thread; nil when it does not take the plan within a minute.
    private func exchange(_ plan: Plan, _ purpose: PlanExchange.Purpose) -> ReloadPlan? {
        engine.plans.ask(plan, purpose)
        engine.bell.ring()
        var told: ReloadPlan?
        func isTold() -> Bool {
            told = engine.plans.collect()
            return told != nil
        }
        if !wait(seconds: 60, until: isTold), !engine.plans.withdraw() {
            // It was taken in this very moment: that ends soon, and well.
            while !isTold() { usleep(500) }
        }
        return told
    }

    private func wait(seconds: Int, until condition: () -> Bool) -> Bool {
        for _ in 0..<(seconds * 2000) {
            if condition() { return true }
            guard !isStopping.load(ordering: .acquiring) else { return false }
            usleep(500)
        }
        return false
    }

    /// Tells the log and `tocsin status` how a reload went.
    private func tell(_ outcome: ReloadOutcome) {
        switch outcome {
        case .reloaded(let told, let generation, let warnings):
            status.complaints.withLock { $0 = [] }
            for warning in warnings { log.warning("\(warning.rendered(colour: false))") }
            for sentence in told.sentences { log.notice("\(sentence)") }
            log.notice(
                "The rules were reloaded.",
                metadata: [
                    "rules": "\(told.rules.count)", "generation": "\(generation)",
                    "event_no": "\(told.eventNo)",
                    MessageIdentity.metadataKey: "\(MessageIdentity.reloaded.rawValue)",
                ])
        case .refused(let diagnostics):
            status.complaints.withLock { $0 = diagnostics.map { $0.rendered(colour: false) } }
            for diagnostic in diagnostics { log.error("\(diagnostic.rendered(colour: false))") }
            log.error(
                "The rules have errors; the old rules go on.",
                metadata: Logger.Metadata().known(as: .reloadRefused))
        case .unreadable(let sentence), .stuck(let sentence):
            status.complaints.withLock { $0 = [sentence] }
            log.error(
                "\(sentence) The old rules go on.",
                metadata: Logger.Metadata().known(as: .reloadRefused))
        case .rehearsed: return
        }
    }
}
