import Events
import Expressions

extension Evaluator {
    /// Tells a change of state with all that a message shows of it; `level` is active now, none
    /// where that is negative.
    mutating func emit(
        _ occasion: Occasion, _ change: Detection.Change, level: Int, since: Int64,
        from firstEvent: UInt64, wasPending: Bool
    ) {
        let last = max(occasion.eventNo, firstEvent)
        var detection = Detection(
            rule: occasion.rule, key: key(occasion.selection, occasion.block), change: change,
            cause: occasion.cause, wasPending: wasPending,
            time: Timestamp(nanoseconds: occasion.time), now: Timestamp(nanoseconds: occasion.now),
            since: Timestamp(nanoseconds: since),
            evidence: min(firstEvent, last)...last)
        if showsValues, let row = occasion.row {
            let rule = plan.rules[occasion.rule]
            detection.values = evaluate(rule.shown, row)
            detection.labels = evaluate(rule.labels, row)
            if let area = rule.area {
                let code = Scalar(area.value(row, scratch))
                detection.area = code == .unknown ? nil : code.description
            }
            detection.message = rule.message.map { language in
                let parts = language.content.said(of: change, occasion.cause, level: level)
                return (language.name, parts.map { ($0.name, $0.content.render(row, scratch)) })
            }
        } else if showsValues, case .silent = change {
            // After a restart no row may be known, and silence is told in every language all the same.
            detection.message = plan.rules[occasion.rule].message.map { ($0.name, []) }
        }
        detections.append(detection)
    }

    private func evaluate(
        _ programs: [Rule.Named<Program>], _ row: Row
    ) -> [(name: String, value: Scalar)] {
        programs.map { ($0.name, Scalar($0.content.value(row, scratch))) }
    }

    func key(_ selection: Int, _ block: UnsafeMutableRawPointer) -> Key {
        let index = block.assumingMemoryBound(to: BlockHeader.self).pointee.key
        return Key(bytes: stages[selections[selection].stage].keys.bytes(of: Int(index)))
    }

    /// Notes a judgement of the traced rule.
    mutating func trace(
        _ view: RuleView, _ block: UnsafeMutableRawPointer, _ selection: Int,
        _ moment: Moment, _ row: Row, isUnknown: Bool
    ) {
        let rule = plan.rules[view.code.pointee.rule]
        let truths = rule.levels.map { isUnknown ? .unknown : $0.when.truth(row, scratch) }
        judgements.append(
            Judgement(
                time: Timestamp(nanoseconds: moment.time), key: key(selection, block),
                lets: evaluate(rule.lets, row),
                when: zip(rule.description.levels.map(\.name), truths).map { ($0, $1) }))
    }
}

extension Rule.Words {
    /// What is said of a change.
    fileprivate func said(
        of change: Detection.Change, _ cause: Detection.Cause, level: Int
    ) -> [Rule.Named<Template>] {
        switch change {
        case .pending, .calm: []
        case .silent: noData
        case .level(_, to: nil): cause == .noData ? noData : clear
        case .level, .heard: levels.indices.contains(level) ? levels[level] : []
        }
    }
}

extension Scalar {
    /// A value of a program as the outside sees it; a duration is its number of seconds.
    init(_ value: Value) {
        switch value {
        case .unknown: self = .unknown
        case .bool(let flag): self = .bool(flag)
        case .int(let number): self = .int(number)
        case .double(let number): self = number.isFinite ? .double(number) : .unknown
        case .string(let text): self = .string(text)
        case .timestamp(let nanoseconds):
            self = .timestamp(Timestamp(nanoseconds: nanoseconds))
        case .duration(let nanoseconds): self = .double(Double(nanoseconds) / 1e9)
        }
    }
}
