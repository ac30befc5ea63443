internal import Events
internal import RingBuffers

// Decoding by shape: see Shape.swift for what a shape is.

/// Why a run of documents decoded by shapes ended.
enum ShapeRunEnd {
    /// No shape fits the document at the place.
    case surprise
    /// The ring has no room for the event of the document at the place.
    case full
    /// The next document, if there is one, is to be met as if it were the first.
    case stopped
}

/// What stands between the documents of a run, and how many there may be.
struct ShapeRun {
    /// A newline between documents, a comma between elements.
    var separator: UInt8
    /// Events the payload may still give.
    var budget: Int
}

extension Decoder {
    /// Decodes as many documents as shapes fit, and moves `place` behind the last of them.
    mutating func followShapes(
        _ fixed: Int, _ run: ShapeRun, _ place: inout UnsafeRawPointer,
        _ cursor: inout DecodeCursor, _ ring: inout RingProducer
    ) -> ShapeRunEnd {
        if fixed >= 0 { return followShapes(of: fixed, false, run, &place, &cursor, &ring) }
        // The streams met last, the latest first.
        var index = 0
        while index < min(streamCount, 8) {
            let start = place
            let end = followShapes(of: order[index], true, run, &place, &cursor, &ring)
            if place == start {
                if end == .full { return .full }
                index += 1
                continue
            }
            makeLatest(index)
            guard end == .surprise else { return end }
            index = 1
        }
        return .surprise
    }

    /// The stream at `index` of the order is the latest.
    private mutating func makeLatest(_ index: Int) {
        let stream = order[index]
        var index = index
        while index > 0 {
            order[index] = order[index - 1]
            index -= 1
        }
        order[0] = stream
    }

    /// The stream was met in a document that no shape fitted.
    mutating func makeLatest(stream: Int) {
        for index in 0..<streamCount where order[index] == stream { makeLatest(index) }
    }

    private mutating func followShapes(
        of stream: Int, _ checksTopic: Bool, _ run: ShapeRun, _ place: inout UnsafeRawPointer,
        _ cursor: inout DecodeCursor, _ ring: inout RingProducer
    ) -> ShapeRunEnd {
        let set = shapes + stream
        var index = 0
        while index < ShapeSet.count {
            let start = place
            let before = cursor.element
            let shape = set.pointee.shapes + index
            var end = ShapeRunEnd.surprise
            if shape.pointee.checksTopic == checksTopic {
                end = follow(shape, stream, run, &place, &cursor, &ring)
            }
            if place == start {
                if end == .full { return .full }
                index += 1
                continue
            }
            set.pointee.moveToFront(index)
            set.pointee.hit(cursor.element - before)
            guard end == .surprise else { return end }
            index = 1
        }
        return .surprise
    }

    /// Decodes documents by one shape, until one is a surprise.
    @inline(never)
    private mutating func follow(
        _ shape: UnsafePointer<Shape>, _ stream: Int, _ run: ShapeRun,
        _ start: inout UnsafeRawPointer, _ cursor: inout DecodeCursor, _ ring: inout RingProducer
    ) -> ShapeRunEnd {
        guard let steps = shape.pointee.steps, shape.pointee.isValid,
            !shape.pointee.spansLines || scanner.newlines
        else { return .surprise }
        let plan = UnsafePointer(plans + stream)
        let isLines = run.separator == ASCII.newline
        var left = isLines && scanner.newlines ? 1 : run.budget
        var document = start
        defer { start = document }
        while true {
            guard let end = followSteps(steps, shape, plan, document, stream) else {
                return .surprise
            }
            var next = end
            if _fastPath(end < scanner.end && end.byte == run.separator) {
                next += 1
            } else if isLines {
                guard let after = scanner.scanTail(end) else { return .surprise }
                next = after
            } else {
                left = 1
            }
            guard row.write(plan, &ring, readable: scanner.readable) else { return .full }
            document = next
            documentsByShape &+= 1
            cursor.accept()
            if cursor.accepted & 63 == 0 { ring.publish() }
            left &-= 1
            guard left > 0, next < scanner.end else { return .stopped }
        }
    }
}

// The steps. Each gives the place behind its value, or nil at a surprise. Places and the presence
// stay in registers: what is not inlined takes and gives values, and notes presence in the row.
extension Decoder {
    @inline(__always)
    private mutating func followSteps(
        _ steps: UnsafePointer<ShapeStep>, _ shape: UnsafePointer<Shape>,
        _ plan: UnsafePointer<StreamPlan>, _ start: UnsafeRawPointer, _ stream: Int
    ) -> UnsafeRawPointer? {
        row.clear()
        let readable = scanner.readable
        var presence: UInt64 = 0
        var place = start
        var step = steps
        while true {
            guard place + Int(step.pointee.reach) <= readable, ShapeStep.matches(step, place) else {
                return nil
            }
            place += Int(step.pointee.length)
            let after: UnsafeRawPointer?
            switch step.pointee.kind {
            case .nothing: after = place
            case .double: after = readDouble(place, step, plan, &presence)
            case .rangedDouble: after = readRangedDouble(place, step, plan, &presence)
            case .integer: after = readInteger(place, step, plan, &presence)
            case .text: after = readText(place, step, readable, &presence)
            case .checkedText: after = takeCheckedText(place, step, plan)
            case .bool: after = readBool(place, step, plan, &presence)
            case .time: after = readTime(place, step, &presence)
            case .epoch: after = readEpoch(place, step, &presence)
            case .skippedText: after = Decoder.closingQuote(place, readable) ?? skipText(place)
            case .skippedNumber: after = InPlaceNumber.skip(place) ?? skipNumber(place)
            case .noted, .skippedValue, .skippedStump: after = takeOther(place, step)
            case .topic: after = takeTopic(place, step, stream)
            case .end:
                guard place <= scanner.end else { return nil }
                row.presence |= presence
                return judgeNoted(shape, plan) ? place : nil
            }
            guard let after else { return nil }
            place = after
            step += 1
        }
    }

    @inline(__always)
    private mutating func readDouble(
        _ place: UnsafeRawPointer, _ step: UnsafePointer<ShapeStep>,
        _ plan: UnsafePointer<StreamPlan>, _ presence: inout UInt64
    ) -> UnsafeRawPointer? {
        var number = 0.0
        guard
            let after = InPlaceNumber.readShort(
                place, powers, before: step.pointee.next, &number)
        else {
            return takeDouble(place, step, plan)
        }
        row.cells[Int(step.pointee.field)] = number.bitPattern
        presence |= step.pointee.bit
        return after
    }

    @inline(__always)
    private mutating func readRangedDouble(
        _ place: UnsafeRawPointer, _ step: UnsafePointer<ShapeStep>,
        _ plan: UnsafePointer<StreamPlan>, _ presence: inout UInt64
    ) -> UnsafeRawPointer? {
        var number = 0.0
        guard
            let after = InPlaceNumber.readShort(
                place, powers, before: step.pointee.next, &number)
        else {
            return takeDouble(place, step, plan)
        }
        let index = Int(step.pointee.field)
        let field = plan.pointee.fields + index
        row.cells[index] = number.bitPattern
        if number >= field.pointee.lowest, number <= field.pointee.highest,
            field.pointee.missingDoubleCount == 0 || !field.pointee.isMissing(double: number)
        {
            presence |= step.pointee.bit
        }
        return after
    }

    /// A double in any form, or null.
    @inline(never)
    private mutating func takeDouble(
        _ place: UnsafeRawPointer, _ step: UnsafePointer<ShapeStep>,
        _ plan: UnsafePointer<StreamPlan>
    ) -> UnsafeRawPointer? {
        var number = 0.0
        var after = place
        if let close = InPlaceNumber.read(place, powers, &number) {
            after = close
        } else if Decoder.isNull(place) {
            return place + 4
        } else {
            guard JSONScanner.skipNumber(&after, scanner.end) else { return nil }
            number = DecimalNumber(place, after).double(place, after)
        }
        let index = Int(step.pointee.field)
        if plan.pointee.fields[index].isUsable(number) { row.put(index, number.bitPattern) }
        return after
    }

    @inline(__always)
    private static func isNull(_ place: UnsafeRawPointer) -> Bool {
        Word.load(place) & 0xFFFF_FFFF == 0x6C6C_756E
    }

    @inline(never)
    private mutating func skipNumber(_ place: UnsafeRawPointer) -> UnsafeRawPointer? {
        var after = place
        return JSONScanner.skipNumber(&after, scanner.end) ? after : nil
    }

    @inline(__always)
    private mutating func readInteger(
        _ place: UnsafeRawPointer, _ step: UnsafePointer<ShapeStep>,
        _ plan: UnsafePointer<StreamPlan>, _ presence: inout UInt64
    ) -> UnsafeRawPointer? {
        var number: Int64 = 0
        guard let after = InPlaceNumber.readLong(place, powers, &number) else {
            return takeInteger(place, step, plan)
        }
        let index = Int(step.pointee.field)
        row.cells[index] = UInt64(bitPattern: number)
        if plan.pointee.fields[index].isUsable(number) { presence |= step.pointee.bit }
        return after
    }

    /// An integer in any form, or null.
    @inline(never)
    private mutating func takeInteger(
        _ place: UnsafeRawPointer, _ step: UnsafePointer<ShapeStep>,
        _ plan: UnsafePointer<StreamPlan>
    ) -> UnsafeRawPointer? {
        if Decoder.isNull(place) { return place + 4 }
        var after = place
        guard JSONScanner.skipNumber(&after, scanner.end),
            let number = DecimalNumber(place, after).integer
        else { return nil }
        let index = Int(step.pointee.field)
        if plan.pointee.fields[index].isUsable(number) {
            row.put(index, UInt64(bitPattern: number))
        }
        return after
    }

    /// The place of the quote that ends the string whose inside is at `place`; nil when something
    /// else comes before it that needs a look.
    @inline(__always)
    private static func closingQuote(
        _ place: UnsafeRawPointer, _ readable: UnsafeRawPointer
    ) -> UnsafeRawPointer? {
        var stop = place
        while stop + 16 <= readable {
            let low = Word.stops(Word.load(stop))
            let high = Word.stops(Word.load(stop + 8))
            if low | high != 0 {
                // Without a branch on which half: lengths around eight are common.
                let inHigh = low == 0 ? ~0 : 0
                stop += Word.bytesBefore(low) &+ Word.bytesBefore(high) & inHigh
                return _fastPath(stop.byte == ASCII.quote) ? stop : nil
            }
            stop += 16
        }
        return nil
    }

    @inline(__always)
    private mutating func readText(
        _ place: UnsafeRawPointer, _ step: UnsafePointer<ShapeStep>,
        _ readable: UnsafeRawPointer, _ presence: inout UInt64
    ) -> UnsafeRawPointer? {
        guard let close = Decoder.closingQuote(place, readable) else {
            return takeText(place, step)
        }
        let count = close - place
        guard count <= row.textLimit else { return nil }
        row.texts[Int(step.pointee.field)] = TextSpan(start: place, written: count, count: count)
        presence |= step.pointee.bit
        return close
    }

    /// A text with escapes, beyond ASCII, or near the end of the memory.
    @inline(never)
    private mutating func takeText(
        _ place: UnsafeRawPointer, _ step: UnsafePointer<ShapeStep>
    ) -> UnsafeRawPointer? {
        guard let close = scanner.scanString(place) else { return nil }
        let written = close - place
        let count = scanner.isEscaped ? Unescaping.length(place, close) : written
        guard count <= row.textLimit else { return nil }
        row.texts[Int(step.pointee.field)] = TextSpan(
            start: place, written: written, count: count)
        row.presence |= step.pointee.bit
        return close
    }

    /// A text that may stand for "no value".
    @inline(never)
    private mutating func takeCheckedText(
        _ place: UnsafeRawPointer, _ step: UnsafePointer<ShapeStep>,
        _ plan: UnsafePointer<StreamPlan>
    ) -> UnsafeRawPointer? {
        guard let close = scanner.scanString(place), !scanner.isEscaped else { return nil }
        let field = plan.pointee.fields + Int(step.pointee.field)
        if field.pointee.isMissing(text: Token(start: place, end: close)) { return close }
        return takeText(place, step)
    }

    @inline(__always)
    private mutating func readBool(
        _ place: UnsafeRawPointer, _ step: UnsafePointer<ShapeStep>,
        _ plan: UnsafePointer<StreamPlan>, _ presence: inout UInt64
    ) -> UnsafeRawPointer? {
        let word = Word.load(place)
        let isTrue = word & 0xFFFF_FFFF == 0x6575_7274
        guard isTrue || word & 0xFF_FFFF_FFFF == 0x65_736C_6166 else {
            return Decoder.isNull(place) ? place + 4 : nil
        }
        let index = Int(step.pointee.field)
        let missing = plan.pointee.fields[index].missingBools
        row.cells[index] = isTrue ? 1 : 0
        if missing & (isTrue ? 2 : 1) == 0 { presence |= step.pointee.bit }
        return place + (isTrue ? 4 : 5)
    }

    @inline(never)
    private mutating func skipText(_ place: UnsafeRawPointer) -> UnsafeRawPointer? {
        scanner.scanString(place)
    }

    @inline(__always)
    private mutating func readTime(
        _ place: UnsafeRawPointer, _ step: UnsafePointer<ShapeStep>, _ presence: inout UInt64
    ) -> UnsafeRawPointer? {
        var nanoseconds: Int64 = 0
        guard let close = dayCache.read(place, &nanoseconds) else { return takeTime(place, step) }
        if step.pointee.isEventTime { row.time = nanoseconds }
        if step.pointee.field >= 0 {
            row.cells[Int(step.pointee.field)] = UInt64(bitPattern: nanoseconds)
            presence |= step.pointee.bit
        }
        return close
    }

    /// A time in any form.
    @inline(never)
    private mutating func takeTime(
        _ place: UnsafeRawPointer, _ step: UnsafePointer<ShapeStep>
    ) -> UnsafeRawPointer? {
        guard let close = scanner.scanString(place), !scanner.isEscaped else { return nil }
        let text = UnsafeRawBufferPointer(start: place, count: close - place)
        switch Timestamp.read(rfc3339: text) {
        case .unreadable: return nil
        case .outside: return step.pointee.isEventTime ? nil : close
        case .time(let time):
            if step.pointee.isEventTime { row.time = time.nanoseconds }
            if step.pointee.field >= 0 {
                row.put(Int(step.pointee.field), UInt64(bitPattern: time.nanoseconds))
            }
            return close
        }
    }

    /// An integer of at most sixteen digits as so many units since 1970.
    @inline(__always)
    private mutating func readEpoch(
        _ place: UnsafeRawPointer, _ step: UnsafePointer<ShapeStep>, _ presence: inout UInt64
    ) -> UnsafeRawPointer? {
        var number: Int64 = 0
        guard let after = InPlaceNumber.readLong(place, powers, &number) else {
            return takeEpoch(place, step)
        }
        let (nanoseconds, overflow) = number.multipliedReportingOverflow(by: step.pointee.unit)
        guard !overflow, case .time = Timestamp.bounded(nanoseconds) else {
            return step.pointee.isEventTime ? nil : after
        }
        if step.pointee.isEventTime { row.time = nanoseconds }
        if step.pointee.field >= 0 {
            row.cells[Int(step.pointee.field)] = UInt64(bitPattern: nanoseconds)
            presence |= step.pointee.bit
        }
        return after
    }

    /// A number of any form as so many units since 1970; null where it is not the event's time.
    @inline(never)
    private mutating func takeEpoch(
        _ place: UnsafeRawPointer, _ step: UnsafePointer<ShapeStep>
    ) -> UnsafeRawPointer? {
        if Decoder.isNull(place) { return step.pointee.isEventTime ? nil : place + 4 }
        var after = place
        guard JSONScanner.skipNumber(&after, scanner.end) else { return nil }
        let number = DecimalNumber(place, after)
        guard let nanoseconds = number.nanoseconds(unit: step.pointee.unit),
            case .time = Timestamp.bounded(nanoseconds)
        else { return step.pointee.isEventTime ? nil : after }
        if step.pointee.isEventTime { row.time = nanoseconds }
        if step.pointee.field >= 0 {
            row.put(Int(step.pointee.field), UInt64(bitPattern: nanoseconds))
        }
        return after
    }

    @inline(never)
    private mutating func takeTopic(
        _ place: UnsafeRawPointer, _ step: UnsafePointer<ShapeStep>, _ stream: Int
    ) -> UnsafeRawPointer? {
        guard let close = scanner.scanString(place), !scanner.isEscaped else { return nil }
        let topic = UnsafeRawBufferPointer(start: place, count: close - place)
        guard topics.stream(for: topic) == stream else { return nil }
        return step.pointee.field >= 0 ? takeText(place, step) : close
    }

    /// A value that is not parsed in place: it is scanned, and noted where it is declared.
    @inline(never)
    private mutating func takeOther(
        _ place: UnsafeRawPointer, _ step: UnsafePointer<ShapeStep>
    ) -> UnsafeRawPointer? {
        if step.pointee.kind == .skippedStump, place < scanner.end,
            place.byte == ASCII.leftBrace
        {
            return nil
        }
        let depth = Int(step.pointee.depth)
        guard let after = scanner.scanValue(place, node: -1, depth: depth) else { return nil }
        if step.pointee.kind == .noted {
            scanner.values[Int(step.pointee.slot)] = RawValue(
                start: place, end: after, kind: scanner.kind, round: 0)
        }
        return after
    }

    /// Gives the noted values to their fields; false: one of them refuses the event.
    @inline(__always)
    private mutating func judgeNoted(
        _ shape: UnsafePointer<Shape>, _ plan: UnsafePointer<StreamPlan>
    ) -> Bool {
        if _fastPath(shape.pointee.notedFields == 0 && !shape.pointee.notesTime) { return true }
        return judge(shape, plan)
    }

    @inline(never)
    private mutating func judge(
        _ shape: UnsafePointer<Shape>, _ plan: UnsafePointer<StreamPlan>
    ) -> Bool {
        row.forgetPairTexts()
        if shape.pointee.notesTime,
            !row.setTime(plan, scanner.values[plan.pointee.timeSlot])
        {
            return false
        }
        var left = shape.pointee.notedFields
        while left != 0 {
            let index = left.trailingZeroBitCount
            left &= left &- 1
            let field = plan.pointee.fields + index
            let value = scanner.values[Int(field.pointee.slot)]
            guard row.take(index, field, value) == nil else { return false }
        }
        return true
    }
}
