internal import Events

// MessagePack (the specification of 2017): one map, an array of maps, or several of these one after
// another. Each map is an element and becomes one document:
//
//   nil, bool, int       null, true and false, the number
//   float 32, float 64   the shortest number that reads back the same; null for NaN and infinity
//   str                  the text, which must be UTF-8
//   bin                  its base64 as text
//   array, map           the same in JSON; keys are str, or an int or a bool as text
//   timestamp (ext -1)   RFC 3339 text with its nanoseconds; null outside the years 1900 to 2200
//   any other ext        {"type":TYPE,"data":BASE64}
//
// What is cut off, claims more than there is, or has the byte 0xC1 where an object should begin,
// refuses the payload, and so does what is no map and no array outside of an array: JSON is a number
// for each of its bytes. A text that is no UTF-8, another key and too deep a nesting refuse only the
// element, and so does what is no map in an array.
// Places of documents are those of the objects' first bytes.
extension Translator {
    mutating func translateMessagePack(_ start: UnsafeRawPointer) -> TranslationOutcome {
        var place = start
        var count = 0
        var failure = start
        while place < scanner.end {
            if let head = MessagePackHead(place, scanner.end) {
                switch head.kind {
                case .map: count += 1
                case .array: count += head.count
                case .null, .bool, .unsigned, .signed, .single, .double, .text, .binary,
                    .extended:
                    return refusePayload(.format, place)
                }
            }
            guard let after = MessagePackHead.skip(place, scanner.end, failure: &failure) else {
                return refusePayload(.format, failure)
            }
            guard count <= limits.readings else { return refusePayload(.readings, place) }
            place = after
        }
        place = start
        while let head = MessagePackHead(place, scanner.end) {
            var depth = 0
            var left = 1
            if case .array = head.kind {
                place = head.body
                depth = 1
                left = head.count
            }
            for _ in 0..<left {
                if let end = translateObject(&place, depth: depth) { return end }
            }
        }
        return outcome
    }

    private mutating func translateObject(
        _ place: inout UnsafeRawPointer, depth: Int
    ) -> TranslationOutcome? {
        let mark = output.mark
        let start = place
        var failure = start
        // What was checked to be whole has an end.
        guard let head = MessagePackHead(start, scanner.end),
            let after = MessagePackHead.skip(start, scanner.end, failure: &failure)
        else { return refusePayload(.format, failure) }
        place = after
        guard case .map = head.kind else { return end(.refused(.notAnObject, start), from: mark) }
        var inside = start
        let refusal = writeObject(&inside, depth: depth)
        return end(refusal.map { .refused($0.reason, $0.place) } ?? .written, from: mark)
    }

    /// Writes the object at `place`, `depth` containers deep, and moves behind it.
    private mutating func writeObject(
        _ place: inout UnsafeRawPointer, depth: Int
    ) -> Refusal? {
        let start = place
        guard let head = MessagePackHead(start, scanner.end) else {
            return Refusal(reason: .format, place: start)
        }
        place = head.body + head.bodyBytes
        let offset = offset(start)
        switch head.kind {
        case .null: output.append("null", at: offset)
        case .bool(let flag): output.append(flag ? "true" : "false", at: offset)
        case .unsigned(let number): output.append(text: String(number), at: offset)
        case .signed(let number): output.append(text: String(number), at: offset)
        case .single(let number):
            output.append(text: number.isFinite ? number.description : "null", at: offset)
        case .double(let number):
            output.append(text: number.isFinite ? number.description : "null", at: offset)
        case .text: return writeText(head, start)
        case .binary:
            output.append(ASCII.quote, at: offset)
            Base64.write(head.body, head.count, to: &output, at: offset)
            output.append(ASCII.quote, at: offset)
        case .array:
            guard depth < scanner.depthLimit else { return Refusal(reason: .depth, place: start) }
            output.append(ASCII.leftBracket, at: offset)
            for index in 0..<head.count {
                if index > 0 { output.append(ASCII.comma, at: self.offset(place)) }
                if let refusal = writeObject(&place, depth: depth + 1) { return refusal }
            }
            output.append(ASCII.rightBracket, at: offset)
        case .map:
            guard depth < scanner.depthLimit else { return Refusal(reason: .depth, place: start) }
            return writeMap(head, start, &place, depth: depth)
        case .extended(let type):
            return writeExtension(type, head, start, depth: depth)
        }
        return nil
    }

    private mutating func writeMap(
        _ head: MessagePackHead, _ start: UnsafeRawPointer, _ place: inout UnsafeRawPointer,
        depth: Int
    ) -> Refusal? {
        output.append(ASCII.leftBrace, at: offset(start))
        for index in 0..<head.count {
            if index > 0 { output.append(ASCII.comma, at: offset(place)) }
            if let refusal = writeKey(&place) { return refusal }
            output.append(ASCII.colon, at: offset(place))
            if let refusal = writeObject(&place, depth: depth + 1) { return refusal }
        }
        output.append(ASCII.rightBrace, at: offset(start))
        return nil
    }

    private mutating func writeKey(_ place: inout UnsafeRawPointer) -> Refusal? {
        let start = place
        guard let head = MessagePackHead(start, scanner.end) else {
            return Refusal(reason: .format, place: start)
        }
        place = head.body + head.bodyBytes
        switch head.kind {
        case .text: return writeText(head, start)
        case .unsigned(let number): output.append(text: "\"\(number)\"", at: offset(start))
        case .signed(let number): output.append(text: "\"\(number)\"", at: offset(start))
        case .bool(let flag):
            output.append(flag ? "\"true\"" : "\"false\"", at: offset(start))
        case .null, .single, .double, .binary, .array, .map, .extended:
            return Refusal(reason: .format, place: start)
        }
        return nil
    }

    private mutating func writeText(
        _ head: MessagePackHead, _ start: UnsafeRawPointer
    ) -> Refusal? {
        let end = head.body + head.count
        if let place = scanner.malformedText(head.body, end) {
            return Refusal(reason: .format, place: place)
        }
        let offset = offset(start)
        output.append(ASCII.quote, at: offset)
        // What needs no escape is written in runs.
        var run = head.body
        var place = run
        while place < end {
            let byte = place.byte
            if byte < 0x20 || byte == ASCII.quote || byte == ASCII.backslash {
                output.append(run, place - run, at: offset)
                writeEscape(byte, at: offset)
                run = place + 1
            }
            place += 1
        }
        output.append(run, end - run, at: offset)
        output.append(ASCII.quote, at: offset)
        return nil
    }

    private mutating func writeEscape(_ byte: UInt8, at offset: Int) {
        output.append(ASCII.backslash, at: offset)
        guard byte < 0x20 else { return output.append(byte, at: offset) }
        output.append("u00", at: offset)
        output.append(ASCII.zero + byte >> 4, at: offset)
        let low = byte & 15
        output.append(low < 10 ? ASCII.zero + low : 0x61 + low - 10, at: offset)
    }

    private mutating func writeExtension(
        _ type: Int8, _ head: MessagePackHead, _ start: UnsafeRawPointer, depth: Int
    ) -> Refusal? {
        let offset = offset(start)
        guard type != -1 else {
            guard let time = MessagePackTime(head) else {
                return Refusal(reason: .format, place: start)
            }
            switch time.reading {
            case .time(let time): output.append(text: "\"\(time)\"", at: offset)
            case .outside, .unreadable: output.append("null", at: offset)
            }
            return nil
        }
        guard depth < scanner.depthLimit else { return Refusal(reason: .depth, place: start) }
        output.append("{\"type\":", at: offset)
        output.append(text: String(type), at: offset)
        output.append(",\"data\":\"", at: offset)
        Base64.write(head.body, head.count, to: &output, at: offset)
        output.append("\"}", at: offset)
        return nil
    }
}

/// The timestamp extension: 32 bits of seconds; 30 of nanoseconds and 34 of seconds; or 32 of
/// nanoseconds and 64 of seconds, which may be negative.
private struct MessagePackTime {
    private var seconds: Int64
    private var nanoseconds: Int64

    init?(_ head: MessagePackHead) {
        switch head.count {
        case 4: (seconds, nanoseconds) = (Int64(MessagePackHead.number(head.body, 4)), 0)
        case 8:
            let bits = MessagePackHead.number(head.body, 8)
            (seconds, nanoseconds) = (Int64(bits & 0x3_FFFF_FFFF), Int64(bits >> 34))
        case 12:
            seconds = Int64(bitPattern: MessagePackHead.number(head.body + 4, 8))
            nanoseconds = Int64(MessagePackHead.number(head.body, 4))
        default: return nil
        }
        guard nanoseconds < Timestamp.nanosecondsPerSecond else { return nil }
    }

    var reading: TimeReading {
        let (whole, overflow) = seconds.multipliedReportingOverflow(
            by: Timestamp.nanosecondsPerSecond)
        let (sum, carry) = whole.addingReportingOverflow(nanoseconds)
        return overflow || carry ? .outside : Timestamp.bounded(sum)
    }
}
