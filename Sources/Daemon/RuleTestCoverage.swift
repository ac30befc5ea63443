package import Evaluation
package import Events

/// Which levels of which rules the tests of a rule set made rise and end.
package struct RuleTestCoverage: Sendable {
    /// One level of one rule.
    package struct Level: Sendable {
        /// Name of the rule, `RULE/no-data` for its silence.
        package let rule: String
        /// Name of the level.
        package let level: String
        /// How often it became active.
        package fileprivate(set) var entered = 0
        /// How often it ended.
        package fileprivate(set) var left = 0
    }

    /// Every level of every rule, in the order of the files.
    package private(set) var levels: [Level]

    /// Nothing seen yet of the rules of a plan.
    package init(plan: Plan) {
        levels = plan.rules.flatMap { rule in
            let description = rule.description
            let own = description.levels.map { Level(rule: description.name, level: $0.name) }
            let isSilent = description.noData?.action == .alert
            let silence = RuleDescription.silenceName(of: description.name)
            return own + (isSilent ? [Level(rule: silence, level: "active")] : [])
        }
    }

    /// Takes up what a test made happen.
    package mutating func note(_ transitions: [Transition]) {
        for transition in transitions {
            let own = levels.indices.filter { levels[$0].rule == transition.rule }
            let entered = own.first { levels[$0].level == transition.to }
            if let entered { levels[entered].entered += 1 }
            // To be passed on the way up is no end.
            if let left = own.first(where: { levels[$0].level == transition.from }),
                entered.map({ $0 < left }) ?? true
            {
                levels[left].left += 1
            }
        }
    }
}
