import Engine
import Evaluation
import Synchronization

/// Hands a plan to the evaluation thread, one at a time, and what it made of it back.
///
///     idle ─ask─► asked ─take─► taken ─answer─► answered ─collect─► idle
///                   └──withdraw──► idle
///
/// What was taken is not withdrawn any more: whoever asked learns whether it came into force.
final class PlanExchange: Sendable {
    /// What is asked of the evaluation thread.
    enum Purpose: Sendable {
        /// To take the plan into force, as soon as its rings are empty.
        case replace
        /// To say what that would do.
        case rehearse
    }

    private enum State {
        case idle
        case asked(Plan, Purpose)
        case taken
        case answered(ReloadPlan)
    }

    private let state = Mutex<State>(.idle)

    /// Whether something is asked.
    var isAsked: Bool {
        state.withLock { if case .asked = $0 { true } else { false } }
    }

    /// Asks; the evaluation thread is to be woken after it.
    func ask(_ plan: Plan, _ purpose: Purpose) {
        state.withLock { $0 = .asked(plan, purpose) }
    }

    /// What is asked; for the evaluation thread, which answers next. A plan is for `replace` only
    /// where it `mayReplace` now.
    func take(mayReplace: Bool) -> (plan: Plan, purpose: Purpose)? {
        state.withLock { state in
            guard case .asked(let plan, let purpose) = state, mayReplace || purpose == .rehearse
            else { return nil }
            state = .taken
            return (plan, purpose)
        }
    }

    /// Tells what became of what was taken.
    func answer(_ plan: ReloadPlan) { state.withLock { $0 = .answered(plan) } }

    /// The answer, once.
    func collect() -> ReloadPlan? {
        state.withLock { state in
            guard case .answered(let plan) = state else { return nil }
            state = .idle
            return plan
        }
    }

    /// Takes back what was asked; false where it was taken already.
    func withdraw() -> Bool {
        state.withLock { state in
            guard case .asked = state else { return false }
            state = .idle
            return true
        }
    }
}
