internal import Events

/// Room for the texts of a row that hold pairs and have escapes, one for each slot that has such a
/// text. What a string field takes of them lies there until the record is written.
struct PairTextMemory {
    /// Bytes of a text at most.
    private let bytes: Int
    private let stride: Int
    private let memory: UnsafeMutableRawPointer
    private let counts: UnsafeMutablePointer<Int>
    private let count: Int

    init(count: Int, bytes: Int, memory: inout Allocations) {
        self.count = count
        self.bytes = bytes
        // Texts are copied in blocks of sixteen bytes.
        stride = bytes + 16
        self.memory = UnsafeMutableRawPointer(memory.make(UInt8.self, count: count * stride))
        counts = memory.make(Int.self, count: count)
    }

    /// Another row begins.
    @inline(__always)
    func forget() {
        var index = 0
        while index < count {
            counts[index] = -1
            index &+= 1
        }
    }

    /// The text of a value without its escapes; nil: it is too long.
    func content(_ value: RawValue, _ index: Int) -> Token? {
        let token = Token(start: value.start + 1, end: value.end - 1)
        guard value.kind == .escapedText else {
            return token.end - token.start <= bytes ? token : nil
        }
        let target = memory + index * stride
        if counts[index] < 0 {
            let length = Unescaping.length(token.start, token.end)
            guard length <= bytes else { return nil }
            Unescaping.write(token.start, token.end, to: target)
            counts[index] = length
        }
        let start = UnsafeRawPointer(target)
        return Token(start: start, end: start + counts[index])
    }
}

// Fields that stand in a text of pairs: see LogPair.swift for what such a text is.
extension EventRow {
    /// What a text says under a key.
    enum PairValue {
        /// As if it were a text by itself.
        case value(RawValue)
        case absent
        case refused(DeadLetterReason, UnsafeRawPointer)
    }

    @inline(__always)
    func forgetPairTexts() { pairTexts.forget() }

    /// The value of a pair in the text that a slot has.
    func value(of pair: PairPlan, in value: RawValue) -> PairValue {
        if value.kind == .null { return .absent }
        guard value.isText else { return .refused(.type, value.start) }
        guard let text = pairTexts.content(value, Int(pair.text)) else {
            return .refused(.text, value.start)
        }
        guard let found = LogPair.find(pair.key, in: text) else { return .absent }
        guard found.isReadable else {
            return .refused(.type, place(of: found.start, in: text, value))
        }
        // A text as JSON has it begins before its first byte and ends behind its last, with quotes.
        return .value(
            RawValue(
                start: found.start - 1, end: found.end + 1,
                kind: found.hasEscapes ? .escapedText : .text, round: value.round))
    }

    @inline(never)
    mutating func takePair(
        _ index: Int, _ field: UnsafePointer<FieldPlan>, _ value: RawValue
    ) -> Refusal? {
        guard let pair = field.pointee.pair else { return nil }
        switch self.value(of: pair, in: value) {
        case .absent: return nil
        case .refused(let reason, let place):
            return Refusal(reason: reason, place: place, field: index)
        case .value(let found):
            guard let reason = set(index, field, found) else { return nil }
            guard let text = pairTexts.content(value, Int(pair.text)) else { return nil }
            return Refusal(
                reason: reason, place: place(of: found.start + 1, in: text, value), field: index)
        }
    }

    /// Where in the payload stands what a text without its escapes has at a place.
    private func place(
        of place: UnsafeRawPointer, in text: Token, _ value: RawValue
    ) -> UnsafeRawPointer {
        guard value.kind == .escapedText else { return place }
        return Unescaping.place(after: place - text.start, value.start + 1, value.end - 1)
    }
}
