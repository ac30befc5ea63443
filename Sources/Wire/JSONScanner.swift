internal import Events

// JSON as RFC 8259 has it, checked strictly, without building anything.
//
//   value    object | array | string | number | true | false | null
//   space    any run of space, tab, carriage return and, where `newlines` says so, newline
//   object   { } or { string : value , … }; any number of members, names may repeat
//   array    [ ] or [ value , … ]
//   number   -? (0 | 1-9 digits) (. digits)? ((e|E) (+|-)? digits)?
//   string   " … " without bytes below 0x20; escapes \" \\ \/ \b \f \n \r \t \uXXXX
//   text     UTF-8 everywhere: no overlong form, no surrogate, nothing beyond U+10FFFF
//
// Refused besides: a byte order mark, comments, trailing commas, single quotes, NaN, Infinity,
// leading zeros, a bare minus or dot, more nesting than `depthLimit`. A lone surrogate written as an
// escape is grammatical and is read as U+FFFD.
//
// The scanner never reads outside [start, readable) and never decides by what lies at or behind
// `end`. It notes the values of declared members in slots, the latest wins, and can trace the
// places of all values of declared objects so that a shape may be learned from them.

/// What a value is in JSON.
enum ValueKind: UInt8 {
    case null, `false`, `true`, number, text, escapedText, object, array
}

/// Where a value stands: its whole token, with quotes or brackets.
struct RawValue: BitwiseCopyable {
    var start: UnsafeRawPointer
    var end: UnsafeRawPointer
    var kind: ValueKind
    /// The scan that noted it; another number than the scanner's: forgotten.
    var round: UInt32
}

/// A value met while tracing.
struct TracedValue: BitwiseCopyable {
    var start: UnsafeRawPointer
    var end: UnsafeRawPointer
    var kind: ValueKind
    /// The declared member, -1 when it is not declared.
    var node: Int
    /// Containers around it within the document.
    var depth: Int
}

/// Checks documents and notes where the declared members' values stand.
struct JSONScanner {
    /// End of what may be decided by.
    var end: UnsafeRawPointer
    /// End of what may be read.
    var readable: UnsafeRawPointer
    /// Whether a newline is space, or ends the document.
    var newlines = true
    let depthLimit: Int

    /// The declared members, of the stream that is scanned for.
    var members: MemberTable
    /// By slot.
    let values: UnsafeMutablePointer<RawValue>
    var round: UInt32 = 0

    /// Kind of the value scanned last.
    var kind = ValueKind.null
    /// Whether the string scanned last holds an escape.
    var isEscaped = false

    /// Why the last scan gave nil, and where.
    var failure = DeadLetterReason.json
    var failurePlace: UnsafeRawPointer

    /// Where traced values go; nil: no tracing.
    var trace: UnsafeMutablePointer<TracedValue>?
    var traced = 0
    /// Whether the traced document is one that a shape can describe.
    var isLearnable = true
    static let traceCapacity = 160

    /// For names with escapes, as long as the longest declared one and some bytes.
    let nameScratch: UnsafeMutableRawPointer
    let nameScratchBytes: Int

    /// Forgets what an earlier document noted and takes another stream's members.
    @inline(__always)
    mutating func begin(_ members: MemberTable) {
        self.members = members
        begin()
    }

    /// Forgets what an earlier document noted.
    @inline(__always)
    mutating func begin() {
        round &+= 1
        if round == 0 { restart() }
    }

    /// After 2^32 scans the round's numbers come again, so every slot is emptied once.
    private mutating func restart() {
        for slot in 0..<JSONScanner.slotCapacity { values[slot].round = 0 }
        round = 1
    }

    /// Fields, the time, the topic.
    static let slotCapacity = Limits.fieldsPerStream + 2

    /// The value of a slot if the document had one.
    @inline(__always)
    func value(_ slot: Int) -> RawValue? {
        let value = values[slot]
        return value.round == round ? value : nil
    }

    /// Notes why and where a scan failed.
    @inline(never)
    mutating func fail(
        _ reason: DeadLetterReason, _ place: UnsafeRawPointer
    ) -> UnsafeRawPointer? {
        failure = reason
        failurePlace = min(place, end)
        return nil
    }
}

// Values and containers: each function takes the place of its first byte and gives the place
// behind its last, or nil after `fail`.
extension JSONScanner {
    /// Skips blank bytes.
    @inline(__always)
    func skipSpace(_ place: UnsafeRawPointer) -> UnsafeRawPointer {
        if _fastPath(place < end && place.byte > ASCII.space) { return place }
        return JSONScanner.skipSpaces(place, end, newlines)
    }

    private static func skipSpaces(
        _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ newlines: Bool
    ) -> UnsafeRawPointer {
        var place = start
        while place < end {
            switch place.byte {
            case ASCII.space, ASCII.tab, ASCII.carriageReturn: place += 1
            case ASCII.newline where newlines: place += 1
            default: return place
            }
        }
        return place
    }

    /// What follows a document on its line: blank bytes, then a newline or the end. Gives the place
    /// where the next document may begin.
    mutating func scanTail(_ start: UnsafeRawPointer) -> UnsafeRawPointer? {
        var place = start
        while place < end {
            switch place.byte {
            case ASCII.space, ASCII.tab, ASCII.carriageReturn: place += 1
            case ASCII.newline: return place + 1
            default: return fail(.json, place)
            }
        }
        return place
    }

    /// Any value; `node` is the declared member it belongs to or -1, `depth` counts the containers
    /// around it.
    mutating func scanValue(
        _ place: UnsafeRawPointer, node: Int, depth: Int
    ) -> UnsafeRawPointer? {
        guard place < end else { return fail(.json, place) }
        switch place.byte {
        case 0x22:
            guard let close = scanString(place + 1) else { return nil }
            kind = isEscaped ? .escapedText : .text
            return close + 1
        case 0x2D, 0x30...0x39:
            var after = place
            guard JSONScanner.skipNumber(&after, end) else { return fail(.json, after) }
            kind = .number
            return after
        case 0x7B:
            guard let after = scanObject(place, node: node, depth: depth + 1) else { return nil }
            kind = .object
            return after
        case 0x5B:
            guard let after = scanArray(place, depth: depth + 1)?.after else { return nil }
            kind = .array
            return after
        case 0x74: return scanWord(place, 0x6575_7274, .true)
        case 0x6E: return scanWord(place, 0x6C6C_756E, .null)
        case 0x66:
            // The first four letters of `false` are checked as a word, then the fifth.
            guard let after = scanWord(place, 0x736C_6166, .false) else { return nil }
            guard after < end, after.byte == 0x65 else { return fail(.json, after) }
            return after + 1
        default:
            return fail(.json, place)
        }
    }

    private mutating func scanWord(
        _ place: UnsafeRawPointer, _ letters: UInt32, _ kind: ValueKind
    ) -> UnsafeRawPointer? {
        guard end - place >= 4,
            UInt32(littleEndian: place.loadUnaligned(as: UInt32.self)) == letters
        else { return fail(.json, place) }
        self.kind = kind
        return place + 4
    }

    /// An array; also gives the number of its elements.
    mutating func scanArray(
        _ open: UnsafeRawPointer, depth: Int
    ) -> (after: UnsafeRawPointer, count: Int)? {
        guard depth <= depthLimit else {
            _ = fail(.depth, open)
            return nil
        }
        var place = skipSpace(open + 1)
        if place < end, place.byte == ASCII.rightBracket { return (place + 1, 0) }
        var count = 0
        while true {
            guard let after = scanValue(place, node: -1, depth: depth) else { return nil }
            count += 1
            place = skipSpace(after)
            guard place < end else { break }
            if place.byte == ASCII.rightBracket { return (place + 1, count) }
            guard place.byte == ASCII.comma else { break }
            place = skipSpace(place + 1)
        }
        _ = fail(.json, place)
        return nil
    }

    /// An object; when `node` is a declared one, its declared members are noted.
    mutating func scanObject(
        _ open: UnsafeRawPointer, node: Int, depth: Int
    ) -> UnsafeRawPointer? {
        guard depth <= depthLimit else { return fail(.depth, open) }
        var place = skipSpace(open + 1)
        if place < end, place.byte == ASCII.rightBrace { return place + 1 }
        while true {
            guard place < end, place.byte == ASCII.quote else { return fail(.json, place) }
            let name = place + 1
            guard let nameEnd = scanString(name) else { return nil }
            let member = node < 0 ? -1 : find(node, name, nameEnd)
            place = skipSpace(nameEnd + 1)
            guard place < end, place.byte == ASCII.colon else { return fail(.json, place) }
            let start = skipSpace(place + 1)
            if member >= 0 { forget(member) }
            guard let after = scanValue(start, node: member, depth: depth) else { return nil }
            if node >= 0 { note(member, start, after, depth) }
            place = skipSpace(after)
            guard place < end else { return fail(.json, place) }
            if place.byte == ASCII.rightBrace { return place + 1 }
            guard place.byte == ASCII.comma else { return fail(.json, place) }
            place = skipSpace(place + 1)
        }
    }
}

// Declared members.
extension JSONScanner {
    /// The declared member of this name below `node`, -1 when there is none.
    @inline(__always)
    mutating func find(
        _ node: Int, _ name: UnsafeRawPointer, _ nameEnd: UnsafeRawPointer
    ) -> Int {
        if _slowPath(isEscaped) { return findEscaped(node, name, nameEnd) }
        return members.member(node, name, nameEnd - name, readable: readable)
    }

    private mutating func findEscaped(
        _ node: Int, _ name: UnsafeRawPointer, _ nameEnd: UnsafeRawPointer
    ) -> Int {
        let length = Unescaping.length(name, nameEnd)
        guard length + 8 <= nameScratchBytes else { return -1 }
        Unescaping.write(name, nameEnd, to: nameScratch)
        return members.member(
            node, nameScratch, length, readable: nameScratch + nameScratchBytes)
    }

    /// A member comes (again): what it and those below it had is forgotten.
    @inline(__always)
    private mutating func forget(_ member: Int) {
        let node = members.nodes[member]
        var slot = Int(node.firstSlot)
        while slot < Int(node.endSlot) {
            if values[slot].round == round {
                values[slot].round = round &- 1
                isLearnable = false
            }
            slot &+= 1
        }
    }

    /// Notes the value of a member of a declared object.
    @inline(__always)
    private mutating func note(
        _ member: Int, _ start: UnsafeRawPointer, _ after: UnsafeRawPointer, _ depth: Int
    ) {
        let kind = kind
        if member >= 0 {
            let slot = Int(members.nodes[member].slot)
            if slot >= 0 {
                values[slot] = RawValue(start: start, end: after, kind: kind, round: round)
            }
        }
        if let trace { record(trace, member, start, after, kind, depth) }
    }

    private mutating func record(
        _ trace: UnsafeMutablePointer<TracedValue>, _ member: Int, _ start: UnsafeRawPointer,
        _ after: UnsafeRawPointer, _ kind: ValueKind, _ depth: Int
    ) {
        // A declared object's own members were traced in its stead.
        if kind == .object, member >= 0, members.nodes[member].hasMembers { return }
        guard traced < JSONScanner.traceCapacity else {
            isLearnable = false
            return
        }
        trace[traced] = TracedValue(
            start: start, end: after, kind: kind, node: member, depth: depth)
        traced += 1
    }
}
