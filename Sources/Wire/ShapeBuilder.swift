internal import Events

/// Makes a shape from the values of a traced document, in their order.
struct ShapeBuilder {
    private let shape: UnsafeMutablePointer<Shape>
    private let steps: UnsafeMutablePointer<ShapeStep>
    private let plan: UnsafePointer<StreamPlan>
    private let checksTopic: Bool

    /// Where the next literal begins.
    private var place: UnsafeRawPointer
    private var stepCount = 0
    private var isPossible = true

    init(
        _ shape: UnsafeMutablePointer<Shape>, _ plan: UnsafePointer<StreamPlan>,
        checksTopic: Bool, from start: UnsafeRawPointer, memory: inout Allocations
    ) {
        // Its memory is taken once: a shape that is learned anew reuses it.
        steps = shape.pointee.steps ?? memory.make(ShapeStep.self, count: Shape.stepCapacity)
        shape.pointee = Shape(steps: steps, checksTopic: checksTopic)
        self.shape = shape
        self.plan = plan
        self.checksTopic = checksTopic
        place = start
    }

    /// The literal before the value, and a step for what the value is.
    mutating func add(_ value: TracedValue, depth: Int) {
        var step = ShapeStep(kind: .skippedValue)
        step.depth = Int16(depth)
        if value.node < 0 {
            step.kind = value.undeclaredKind
        } else {
            let node = plan.pointee.members.nodes[value.node]
            let users = users(of: Int(node.slot))
            if users.isEmpty {
                step.kind = node.hasMembers ? .skippedStump : value.undeclaredKind
            } else if !describe(&step, value, users) {
                return
            }
            step.slot = Int16(node.slot)
            if step.kind == .noted {
                shape.pointee.notedFields |= users.fields
                if users.time { shape.pointee.notesTime = true }
            }
        }
        let quote = step.kind.isInsideQuotes ? 1 : 0
        append(step, upTo: value.start + quote)
        place = value.end - quote
    }

    /// The last literal: whatever stands behind the last value.
    mutating func finish(at end: UnsafeRawPointer) {
        append(ShapeStep(kind: .end), upTo: end)
        shape.pointee.isValid = isPossible
    }

    /// Who takes the value of a slot.
    private struct Users {
        var fields: UInt64 = 0
        var time = false
        var topic = false
        var isEmpty: Bool { fields == 0 && !time && !topic }
        /// The only field, -1 when there is none, nil when there are several.
        var field: Int? {
            switch fields.nonzeroBitCount {
            case 0: -1
            case 1: fields.trailingZeroBitCount
            default: nil
            }
        }
    }

    private func users(of slot: Int) -> Users {
        var users = Users()
        guard slot >= 0 else { return users }
        for index in 0..<plan.pointee.fieldCount
        where Int(plan.pointee.fields[index].slot) == slot {
            users.fields |= 1 << UInt64(index)
        }
        users.time = plan.pointee.timeSlot == slot
        users.topic = checksTopic && plan.pointee.topicSlot == slot
        return users
    }

    /// Finds the kind of a declared value; false: it is null and part of the next literal.
    private mutating func describe(
        _ step: inout ShapeStep, _ value: TracedValue, _ users: Users
    ) -> Bool {
        step.kind = .noted
        guard let index = users.field else {
            if users.topic { isPossible = false }
            return true
        }
        step.field = Int8(index)
        step.bit = index < 0 ? 0 : 1 << UInt64(index)
        if users.topic {
            step.kind = .topic
            let isPlain =
                index < 0
                || plan.pointee.fields[index].type == .string
                    && !plan.pointee.fields[index].hasMissing
                    && plan.pointee.fields[index].pair == nil
            if users.time || !isPlain || value.kind != .text { isPossible = false }
            return true
        }
        if users.time {
            step.isEventTime = true
            step.unit = plan.pointee.timeUnit
            let isShared = index < 0 || plan.pointee.fields[index].isPlainTime(step.unit)
            if isShared, plan.pointee.timePair == nil,
                value.kind == (step.unit == 0 ? .text : .number)
            {
                step.kind = step.unit == 0 ? .time : .epoch
            }
            return true
        }
        return describe(&step, value, plan.pointee.fields + index)
    }

    private func describe(
        _ step: inout ShapeStep, _ value: TracedValue, _ field: UnsafePointer<FieldPlan>
    ) -> Bool {
        // What stands in a text is looked for at the end.
        guard field.pointee.pair == nil else { return true }
        let isNull = value.kind == .null
        switch field.pointee.type {
        case .double:
            guard isNull || value.kind == .number else { break }
            let isRanged = field.pointee.hasRange || field.pointee.missingDoubleCount != 0
            step.kind = isRanged ? .rangedDouble : .double
        case .int:
            if isNull || value.kind == .number { step.kind = .integer }
        case .string:
            if isNull { return false }
            guard value.kind == .text || value.kind == .escapedText else { break }
            if !field.pointee.hasMissing { step.kind = .text }
            if field.pointee.hasMissing, value.kind == .text { step.kind = .checkedText }
        case .timestamp:
            step.unit = field.pointee.epochUnit
            guard field.pointee.isPlainTime(step.unit) else { break }
            if step.unit == 0 {
                if isNull { return false }
                if value.kind == .text { step.kind = .time }
            } else if isNull || value.kind == .number {
                step.kind = .epoch
            }
        case .bool:
            if isNull || value.kind == .true || value.kind == .false { step.kind = .bool }
        }
        return true
    }

    /// Appends a step whose literal goes from the last value to `end`, in parts if it is long.
    private mutating func append(_ step: ShapeStep, upTo end: UnsafeRawPointer) {
        while end - place > 16 {
            appendPart(ShapeStep(kind: .nothing), length: 16)
            place += 16
        }
        appendPart(step, length: end - place)
    }

    private mutating func appendPart(_ step: ShapeStep, length: Int) {
        guard stepCount < Shape.stepCapacity else {
            isPossible = false
            return
        }
        var words: (UInt64, UInt64) = (0, 0)
        for index in 0..<length {
            let byte = (place + index).byte
            if byte == ASCII.newline { shape.pointee.spansLines = true }
            if index < 8 {
                words.0 |= UInt64(byte) << UInt64(8 * index)
            } else {
                words.1 |= UInt64(byte) << UInt64(8 * (index - 8))
            }
        }
        var step = step
        step.length = Int32(length)
        step.reach = step.kind == .end || step.kind == .nothing ? 16 : Int32(length) + 48
        step.first = words.0
        step.firstMask = Word.mask(min(length, 8))
        step.second = words.1
        step.secondMask = Word.mask(max(0, min(length - 8, 8)))
        steps[stepCount] = step
        if stepCount > 0 { steps[stepCount - 1].next = UInt8(truncatingIfNeeded: words.0) }
        stepCount += 1
    }
}

extension TracedValue {
    /// How a value that nobody takes is skipped.
    fileprivate var undeclaredKind: ShapeStepKind {
        switch kind {
        case .text, .escapedText: .skippedText
        case .number: .skippedNumber
        case .null, .false, .true, .object, .array: .skippedValue
        }
    }
}

extension FieldPlan {
    /// Whether it is a timestamp field that a time of this unit goes into as it is.
    fileprivate func isPlainTime(_ unit: Int64) -> Bool {
        type == .timestamp && epochUnit == unit && !hasMissing && pair == nil
    }
}
