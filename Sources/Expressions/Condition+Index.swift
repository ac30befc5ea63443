// What an evaluator may learn about a condition in order to ask it less often.
extension Condition {
    /// The answer of a condition that reads nothing, else nil.
    public var constant: Truth? {
        test.kind == .settled ? Truth(rawValue: test.part(8)) : nil
    }

    /// The whole condition as one comparison, so that many thresholds on a field can be indexed.
    public var comparison: Comparison? {
        test.kind == .double || test.kind == .int ? test.firstComparison : nil
    }

    /// Two comparisons that both must hold, if that is the whole condition.
    public var comparisons: (Comparison, Comparison)? {
        switch test.kind {
        case .doubles, .ints, .comparisons: (test.firstComparison, test.secondComparison)
        case .settled, .double, .int, .text, .texts, .program: nil
        }
    }

    /// The program that gives the same answers, for traces; nil for `always`.
    public var program: Program? { details?.program }

    /// All top-level `field == literal` conjuncts, and the rest of the condition.
    ///
    /// The condition is TRUE only where all selectors hold, so rules can be dispatched by an index
    /// over them. Where a selector's field is known and differs the condition is FALSE; where it is
    /// UNKNOWN the condition itself must be asked; where all hold `residual` answers for it.
    public func selectors() -> (selectors: [Selector], residual: Condition) {
        guard let details, !details.selectors.isEmpty, let residual = details.residual else {
            return ([], self)
        }
        return (details.selectors, residual)
    }
}
