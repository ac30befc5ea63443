internal import Events
internal import RingBuffers

// The walk through a payload: documents, the elements of an array, what to do after a bad line.
// `fixed` is the stream of all documents, or -1: each names its topic.
extension Decoder {
    /// How one document or element ended.
    enum Step {
        /// An event was committed, and this is the place behind it.
        case event(UnsafeRawPointer)
        /// It is one dead letter, and this is the place behind it.
        case refused(UnsafeRawPointer)
        /// The ring is full.
        case full
        /// An array opens: its elements are next.
        case array(UnsafeRawPointer)
        /// Nothing of the payload is used from here on.
        case over
        /// Events were committed, and counted, up to the place.
        case run
    }

    mutating func decodeDocuments(
        _ base: UnsafeRawPointer, _ layout: PayloadLayout, _ fixed: Int,
        _ cursor: inout DecodeCursor, _ ring: inout RingProducer,
        _ deadLetters: inout DeadLetterBatch
    ) -> DecodeOutcome {
        var place = base + cursor.offset
        while true {
            if cursor.phase == .element {
                let after = decodeElements(&place, base, fixed, &cursor, &ring, &deadLetters)
                cursor.offset = place - base
                guard let after else { return .full }
                place = after
                cursor.phase = .document
            }
            place = Decoder.skipBlank(place, scanner.end)
            cursor.offset = place - base
            guard place < scanner.end else {
                cursor.finish(empty: !cursor.hasDocument, fixed, &deadLetters)
                return .done
            }
            if cursor.element >= limits.readings {
                scanner.begin()
                refuse(.readings, place, base, -1, fixed, &cursor, &deadLetters)
                cursor.isDone = true
                return .done
            }
            scanner.newlines = layout == .documents && !cursor.hasDocument
            switch decodeDocument(&place, base, fixed, &cursor, &ring, &deadLetters) {
            case .event(let after):
                cursor.accept()
                place = after
            case .refused(let after):
                place = after
            case .full:
                cursor.offset = place - base
                return .full
            case .array(let first):
                place = first
                cursor.phase = .element
            case .over:
                cursor.isDone = true
                return .done
            case .run:
                break
            }
            cursor.hasDocument = true
        }
    }

    /// Skips space and newlines between documents.
    @inline(__always)
    private static func skipBlank(
        _ start: UnsafeRawPointer, _ end: UnsafeRawPointer
    ) -> UnsafeRawPointer {
        var place = start
        while place < end, place.byte <= ASCII.space {
            switch place.byte {
            case ASCII.space, ASCII.tab, ASCII.carriageReturn, ASCII.newline: place += 1
            default: return place
            }
        }
        return place
    }

    /// A run of documents by shape, or one by the scanner; `place` moves behind the run.
    private mutating func decodeDocument(
        _ place: inout UnsafeRawPointer, _ base: UnsafeRawPointer, _ fixed: Int,
        _ cursor: inout DecodeCursor, _ ring: inout RingProducer,
        _ deadLetters: inout DeadLetterBatch
    ) -> Step {
        if learnsShapes, place.byte == ASCII.leftBrace {
            let run = ShapeRun(
                separator: ASCII.newline, budget: limits.readings - cursor.element)
            let start = place
            switch followShapes(fixed, run, &place, &cursor, &ring) {
            case .full:
                cursor.hasDocument = cursor.hasDocument || place != start
                return .full
            case .stopped: return .run
            case .surprise:
                // What the run ended at may be a blank line, or the last event there may be.
                if place != start, place.byte <= ASCII.space || cursor.element >= limits.readings {
                    return .run
                }
                if place != start { cursor.hasDocument = true }
            }
        }
        return scanDocument(place, base, fixed, &cursor, &ring, &deadLetters)
    }

    @inline(never)
    private mutating func scanDocument(
        _ place: UnsafeRawPointer, _ base: UnsafeRawPointer, _ fixed: Int,
        _ cursor: inout DecodeCursor, _ ring: inout RingProducer,
        _ deadLetters: inout DeadLetterBatch
    ) -> Step {
        if place.byte == ASCII.leftBracket {
            // An array is refused for itself, not for what the document before it said.
            scanner.begin()
            guard let array = scanner.scanArray(place, depth: 1),
                scanner.scanTail(array.after) != nil
            else { return recover(place, base, fixed, &cursor, &deadLetters) }
            guard array.count <= limits.readings - cursor.element else {
                refuse(.readings, place, base, -1, fixed, &cursor, &deadLetters)
                return .over
            }
            return .array(place + 1)
        }
        var stream = fixed
        scanner.begin(plans[fixed < 0 ? streamCount : fixed].members)
        guard let end = scanner.scanValue(place, node: 0, depth: 0),
            let after = scanner.scanTail(end)
        else { return recover(place, base, fixed, &cursor, &deadLetters) }
        documentsByScanner &+= 1
        if let refusal = fillRow(place, &stream, depth: 0) {
            refuse(
                refusal.reason, refusal.place, base, refusal.field, stream, &cursor, &deadLetters)
            return .refused(after)
        }
        guard row.write(plans + stream, &ring, readable: scanner.readable) else { return .full }
        if learnsShapes { learn(place, stream, checksTopic: fixed < 0, depth: 0) }
        return .event(after)
    }

    /// After a scan of a document or element: finds its stream where it names it, and makes a row.
    private mutating func fillRow(
        _ place: UnsafeRawPointer, _ stream: inout Int, depth: Int
    ) -> Refusal? {
        guard scanner.kind == .object else { return Refusal(reason: .notAnObject, place: place) }
        if stream < 0 {
            guard let value = scanner.value(plans[streamCount].topicSlot) else {
                return Refusal(reason: .topic, place: place)
            }
            guard value.isText, let found = row.stream(value, topics) else {
                return Refusal(reason: .topic, place: value.start)
            }
            stream = found
            scanner.begin(plans[found].members)
            // The document is known to be valid: this scan only notes other members.
            guard scanner.scanValue(place, node: 0, depth: depth) != nil else {
                return Refusal(reason: scanner.failure, place: scanner.failurePlace)
            }
        }
        return row.fill(plans + stream, scanner, document: place)
    }

    /// The elements from `place` on; gives the place behind the array's line, or nil when the ring
    /// is full, with `place` at the element that found no room.
    private mutating func decodeElements(
        _ place: inout UnsafeRawPointer, _ base: UnsafeRawPointer, _ fixed: Int,
        _ cursor: inout DecodeCursor, _ ring: inout RingProducer,
        _ deadLetters: inout DeadLetterBatch
    ) -> UnsafeRawPointer? {
        scanner.newlines = true
        let run = ShapeRun(separator: ASCII.comma, budget: .max)
        while true {
            // The array is known to be valid: behind a comma or the bracket stands an element.
            place = scanner.skipSpace(place)
            guard place < scanner.end else { return scanner.end }
            if place.byte == ASCII.rightBracket {
                return scanner.scanTail(place + 1) ?? scanner.end
            }
            if place.byte == ASCII.comma { place = scanner.skipSpace(place + 1) }
            if learnsShapes {
                switch followShapes(fixed, run, &place, &cursor, &ring) {
                case .full: return nil
                case .stopped: continue
                case .surprise: if place.byte <= ASCII.space { continue }
                }
            }
            switch scanElement(place, base, fixed, &cursor, &ring, &deadLetters) {
            case .event(let after):
                cursor.accept()
                place = after
            case .refused(let after): place = after
            case .full, .array, .over, .run: return nil
            }
        }
    }

    @inline(never)
    private mutating func scanElement(
        _ place: UnsafeRawPointer, _ base: UnsafeRawPointer, _ fixed: Int,
        _ cursor: inout DecodeCursor, _ ring: inout RingProducer,
        _ deadLetters: inout DeadLetterBatch
    ) -> Step {
        var stream = fixed
        scanner.begin(plans[fixed < 0 ? streamCount : fixed].members)
        guard let after = scanner.scanValue(place, node: 0, depth: 1) else {
            // Unreachable while the array is the one that was validated.
            refuse(scanner.failure, place, base, -1, fixed, &cursor, &deadLetters)
            return .refused(scanner.end)
        }
        documentsByScanner &+= 1
        if let refusal = fillRow(place, &stream, depth: 1) {
            refuse(
                refusal.reason, refusal.place, base, refusal.field, stream, &cursor, &deadLetters)
            return .refused(after)
        }
        guard row.write(plans + stream, &ring, readable: scanner.readable) else { return .full }
        if learnsShapes { learn(place, stream, checksTopic: fixed < 0, depth: 1) }
        return .event(after)
    }
}

// Dead letters.
extension Decoder {
    private mutating func refuse(
        _ reason: DeadLetterReason, _ place: UnsafeRawPointer, _ base: UnsafeRawPointer,
        _ field: Int, _ stream: Int, _ cursor: inout DecodeCursor,
        _ deadLetters: inout DeadLetterBatch
    ) {
        deadLetters.record(
            DeadLetterEntry(
                reason: reason, offset: place - base, field: field, element: cursor.element,
                stream: stream, source: source(of: stream, base)))
        cursor.element += 1
        cursor.rejected += 1
    }

    /// Where the document scanned last names its source, as far as it was read.
    private func source(of stream: Int, _ base: UnsafeRawPointer) -> Range<Int> {
        guard stream >= 0, plans[stream].sourceSlot >= 0,
            let value = scanner.value(plans[stream].sourceSlot), value.start >= base,
            value.end <= scanner.end
        else { return 0..<0 }
        switch value.kind {
        case .text, .escapedText: return value.start + 1 - base..<value.end - 1 - base
        case .number: return value.start - base..<value.end - base
        case .null, .true, .false, .object, .array: return 0..<0
        }
    }

    /// After a document that is none: one dead letter, and where to go on.
    private mutating func recover(
        _ place: UnsafeRawPointer, _ base: UnsafeRawPointer, _ fixed: Int,
        _ cursor: inout DecodeCursor, _ deadLetters: inout DeadLetterBatch
    ) -> Step {
        let reason = scanner.failure
        var failure = scanner.failurePlace
        guard let lineEnd = newline(place) else {
            refuse(reason, failure, base, -1, fixed, &cursor, &deadLetters)
            return .refused(scanner.end)
        }
        let isBadLine = !scanner.newlines || breaksOff(place, lineEnd, failure)
        if isBadLine, failure > lineEnd { failure = lineEnd }
        refuse(reason, failure, base, -1, fixed, &cursor, &deadLetters)
        return isBadLine ? .refused(lineEnd + 1) : .over
    }

    /// Whether the first document, which may span lines, is rather a bad line among documents.
    private mutating func breaksOff(
        _ place: UnsafeRawPointer, _ lineEnd: UnsafeRawPointer, _ failure: UnsafeRawPointer
    ) -> Bool {
        var last = lineEnd - 1
        while last > place, last.byte <= ASCII.space { last -= 1 }
        if failure <= lineEnd {
            return place.byte != ASCII.leftBracket || last.byte == ASCII.rightBracket
        }
        guard place.byte == ASCII.leftBrace else { return false }
        let next = scanner.skipSpace(lineEnd)
        if next == failure { return true }
        // It goes on as a document might. If the next line is one by itself, it is that.
        guard last.byte != ASCII.leftBrace, last.byte != ASCII.leftBracket,
            next.byte == ASCII.leftBrace
        else { return false }
        scanner.newlines = false
        guard let after = scanner.scanValue(next, node: -1, depth: 0) else { return false }
        return scanner.scanTail(after) != nil
    }

    /// The first newline at or behind `place`.
    private mutating func newline(_ place: UnsafeRawPointer) -> UnsafeRawPointer? {
        var place = place
        while place < scanner.end {
            if place.byte == ASCII.newline { return place }
            place += 1
        }
        return nil
    }
}

extension DecodeCursor {
    @inline(__always)
    mutating func accept() {
        element &+= 1
        accepted &+= 1
    }
}

extension EventRow {
    /// The stream of the topic that a text names.
    func stream(_ value: RawValue, _ topics: borrowing TopicTable) -> Int? {
        guard let token = content(value) else { return nil }
        return topics.stream(
            for: UnsafeRawBufferPointer(start: token.start, count: token.end - token.start))
    }
}
