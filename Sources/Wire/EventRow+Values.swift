internal import Events

// From a JSON value to a cell. What is absent, null, declared missing, outside the valid range or
// beyond all doubles leaves the cell unknown; what is of another type refuses the event.
extension EventRow {
    /// Fills the row from the slots of a scanned document.
    ///
    /// - Returns: nil, or what refuses the event: the time first, then the fields in their order.
    mutating func fill(
        _ plan: UnsafePointer<StreamPlan>, _ scanner: borrowing JSONScanner,
        document: UnsafeRawPointer
    ) -> Refusal? {
        clear()
        forgetPairTexts()
        if plan.pointee.timeSlot >= 0 {
            guard let value = scanner.value(plan.pointee.timeSlot) else {
                return Refusal(reason: .time, place: document)
            }
            guard setTime(plan, value) else { return Refusal(reason: .time, place: value.start) }
        }
        for index in 0..<plan.pointee.fieldCount {
            let field = plan.pointee.fields + index
            guard let value = scanner.value(Int(field.pointee.slot)) else { continue }
            if let refusal = take(index, field, value) { return refusal }
        }
        return nil
    }

    /// The event's time from its member; false: it is not usable.
    mutating func setTime(_ plan: UnsafePointer<StreamPlan>, _ value: RawValue) -> Bool {
        var value = value
        if let pair = plan.pointee.timePair {
            guard case .value(let found) = self.value(of: pair, in: value) else { return false }
            value = found
        }
        let reading = reading(
            value, unit: plan.pointee.timeUnit, fromText: plan.pointee.timeFromText)
        guard case .time(let time) = reading else { return false }
        self.time = time.nanoseconds
        return true
    }

    /// A field's cell from what stands in its slot.
    @inline(__always)
    mutating func take(
        _ index: Int, _ field: UnsafePointer<FieldPlan>, _ value: RawValue
    ) -> Refusal? {
        if _slowPath(field.pointee.pair != nil) { return takePair(index, field, value) }
        guard let reason = set(index, field, value) else { return nil }
        return Refusal(reason: reason, place: value.start, field: index)
    }

    /// A field's cell from its value.
    mutating func set(
        _ index: Int, _ field: UnsafePointer<FieldPlan>, _ value: RawValue
    ) -> DeadLetterReason? {
        if value.kind == .null || field.pointee.hasMissing && isMissing(field, value) {
            return nil
        }
        switch field.pointee.type {
        case .string: return setText(index, value)
        case .double: return setDouble(index, field, value)
        case .int: return setInteger(index, field, value)
        case .bool: return setBool(index, field, value)
        case .timestamp: return setTimestamp(index, field, value)
        }
    }

    private mutating func setText(_ index: Int, _ value: RawValue) -> DeadLetterReason? {
        guard value.isText else { return .type }
        let start = value.start + 1
        let written = value.end - value.start - 2
        let count =
            value.kind == .text ? written : Unescaping.length(start, start + written)
        guard count <= textLimit else { return .text }
        texts[index] = TextSpan(start: start, written: written, count: count)
        presence |= 1 &<< UInt64(truncatingIfNeeded: index)
        return nil
    }

    private mutating func setDouble(
        _ index: Int, _ field: UnsafePointer<FieldPlan>, _ value: RawValue
    ) -> DeadLetterReason? {
        guard let token = numberToken(value, fromText: field.pointee.fromText) else {
            return .type
        }
        let number = DecimalNumber(token.start, token.end).double(token.start, token.end)
        if field.pointee.isUsable(number) { put(index, number.bitPattern) }
        return nil
    }

    private mutating func setInteger(
        _ index: Int, _ field: UnsafePointer<FieldPlan>, _ value: RawValue
    ) -> DeadLetterReason? {
        guard let token = numberToken(value, fromText: field.pointee.fromText),
            let number = DecimalNumber(token.start, token.end).integer
        else { return .type }
        if field.pointee.isUsable(number) { put(index, UInt64(bitPattern: number)) }
        return nil
    }

    private mutating func setBool(
        _ index: Int, _ field: UnsafePointer<FieldPlan>, _ value: RawValue
    ) -> DeadLetterReason? {
        let flag: Bool
        switch value.kind {
        case .true: flag = true
        case .false: flag = false
        case .text, .escapedText:
            guard field.pointee.fromText, let token = trimmedText(value),
                let word = EventRow.boolean(token)
            else { return .type }
            flag = word
        case .null, .number, .object, .array: return .type
        }
        let missing = field.pointee.missingBools &>> (flag ? 1 : 0) & 1
        if missing == 0 { put(index, flag ? 1 : 0) }
        return nil
    }

    private mutating func setTimestamp(
        _ index: Int, _ field: UnsafePointer<FieldPlan>, _ value: RawValue
    ) -> DeadLetterReason? {
        let reading = reading(
            value, unit: field.pointee.epochUnit, fromText: field.pointee.fromText)
        switch reading {
        case .unreadable: return .type
        case .outside: return nil
        case .time(let time):
            if !field.pointee.isMissing(time: time.nanoseconds) {
                put(index, UInt64(bitPattern: time.nanoseconds))
            }
            return nil
        }
    }

    private static func boolean(_ token: Token) -> Bool? {
        let bytes = UnsafeRawBufferPointer(start: token.start, count: token.end - token.start)
        if bytes.elementsEqual("true".utf8) { return true }
        return bytes.elementsEqual("false".utf8) ? false : nil
    }
}

/// Why an element is refused, and where.
struct Refusal {
    var reason: DeadLetterReason
    var place: UnsafeRawPointer
    var field = -1
}

/// A run of bytes in a payload or in scratch memory.
struct Token {
    var start: UnsafeRawPointer
    var end: UnsafeRawPointer
}

// Tokens: numbers, and what is written inside texts.
extension EventRow {
    /// A number, or with `fromText` a text that is one, spaces around it tolerated.
    private func numberToken(_ value: RawValue, fromText: Bool) -> Token? {
        if value.kind == .number { return Token(start: value.start, end: value.end) }
        guard fromText, let token = trimmedText(value) else { return nil }
        var after = token.start
        guard JSONScanner.skipNumber(&after, token.end), after == token.end else { return nil }
        return token
    }

    /// The content of a text without escapes, in the payload or in the scratch memory; nil: it is
    /// no text or too long to be a number or a time.
    func content(_ value: RawValue) -> Token? {
        guard value.isText else { return nil }
        let token = Token(start: value.start + 1, end: value.end - 1)
        if value.kind == .text { return token }
        let count = Unescaping.length(token.start, token.end)
        guard count <= scratchBytes else { return nil }
        Unescaping.write(token.start, token.end, to: scratch)
        return Token(start: UnsafeRawPointer(scratch), end: UnsafeRawPointer(scratch) + count)
    }

    private func trimmedText(_ value: RawValue) -> Token? {
        guard var token = content(value) else { return nil }
        while token.start < token.end, token.start.byte == ASCII.space { token.start += 1 }
        while token.start < token.end, (token.end - 1).byte == ASCII.space { token.end -= 1 }
        return token
    }

    /// A time as RFC 3339 text (unit 0) or as so many units since 1970.
    private func reading(_ value: RawValue, unit: Int64, fromText: Bool) -> TimeReading {
        if unit == 0 {
            guard let token = content(value) else { return .unreadable }
            return Timestamp.read(
                rfc3339: UnsafeRawBufferPointer(start: token.start, count: token.end - token.start))
        }
        guard let token = numberToken(value, fromText: fromText) else { return .unreadable }
        let number = DecimalNumber(token.start, token.end)
        guard let nanoseconds = number.nanoseconds(unit: unit) else { return .outside }
        return Timestamp.bounded(nanoseconds)
    }

    /// Whether the value as written in JSON, whatever the field's type, is a declared `missing`.
    private func isMissing(_ field: UnsafePointer<FieldPlan>, _ value: RawValue) -> Bool {
        switch value.kind {
        case .false: return field.pointee.missingBools & 1 != 0
        case .true: return field.pointee.missingBools & 2 != 0
        case .number:
            let number = DecimalNumber(value.start, value.end)
            if field.pointee.type == .int, let integer = number.integer {
                return field.pointee.isMissing(integer: integer)
            }
            return field.pointee.isMissing(double: number.double(value.start, value.end))
        case .text, .escapedText:
            guard field.pointee.missingTextCount > 0, let token = content(value) else {
                return false
            }
            return field.pointee.isMissing(text: token)
        case .null, .object, .array: return false
        }
    }
}

extension RawValue {
    @inline(__always)
    var isText: Bool { kind == .text || kind == .escapedText }
}

// What a declaration says about a value of the right type.
extension FieldPlan {
    @inline(__always)
    func isUsable(_ number: Double) -> Bool {
        // An infinite number is one beyond all doubles; the default range holds every finite one.
        number >= lowest && number <= highest && number.isFinite
            && !(missingDoubleCount != 0 && isMissing(double: number))
    }

    @inline(__always)
    func isUsable(_ number: Int64) -> Bool {
        if hasRange, !(Double(number) >= lowest && Double(number) <= highest) { return false }
        return !(missingIntegerCount != 0 && isMissing(integer: number))
    }

    func isMissing(double: Double) -> Bool {
        for index in 0..<Int(missingDoubleCount) where missingDoubles[index] == double {
            return true
        }
        return false
    }

    func isMissing(integer: Int64) -> Bool {
        for index in 0..<Int(missingIntegerCount) where missingIntegers[index] == integer {
            return true
        }
        return false
    }

    func isMissing(time: Int64) -> Bool {
        for index in 0..<Int(missingTimeCount) where missingTimes[index] == time { return true }
        return false
    }

    func isMissing(text: Token) -> Bool {
        let count = text.end - text.start
        for index in 0..<Int(missingTextCount) {
            let slice = missingTexts[index]
            guard Int(slice.count) == count else { continue }
            let left = UnsafeRawBufferPointer(start: text.start, count: count)
            if left.elementsEqual(UnsafeBufferPointer(start: slice.start, count: count)) {
                return true
            }
        }
        return false
    }
}
