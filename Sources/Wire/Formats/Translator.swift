internal import Events

// Payloads of other formats become JSON documents, one a line, for the decoder:
//
//   payload ─► checked whole ─► element ─► document ─► Decoder
//                   │              └─► refusal: reason, offset, element
//                   └─► the payload is refused
//
// Rules of all formats:
// - A payload is checked whole before any of its elements is written. What is no JSON (or no
//   MessagePack) refuses it, and so do more elements than `limits.readings`.
// - An element that is not what its format asks for is refused by itself.
// - Values are copied as they are written; where numbers must be added, exactly in decimals, and to
//   the nearest double only where that would take more than 38 digits.
// - The documents of a payload take at most sixteen times its bytes and a megabyte: a short list that
//   repeats a long base name in each element is refused as too large (`frameSize`). So is a payload
//   above 64 MiB.
// - Texts and numbers of a document lie as far into the payload as `place(ofDocumentOffset:)` says.

/// What became of a payload.
public enum TranslationOutcome: Sendable {
    /// There are documents to decode, and perhaps refusals.
    case documents
    /// There is nothing to decode: it has no elements, or all of them are refused.
    case nothing
    /// The payload is refused as a whole, by the only refusal.
    case refused
}

/// Rewrites payloads of one format as JSON documents, one a line; owned by one thread.
///
/// Total: any bytes end in documents that the decoder takes for JSON objects, or in refusals. Its
/// memory grows to what its largest payload needed and is used again.
public struct Translator: ~Copyable, @unchecked Sendable {
    // Sendable because its memory is its own and no copy of it exists.

    /// The format it reads.
    public let format: PayloadFormat
    /// What was refused: elements in their order, or the payload with its one entry.
    public private(set) var refusals: [DeadLetterEntry] = []
    /// How many documents there are.
    public var documentCount: Int { elements.count }

    /// Bytes behind `documents` that may be read, for `Decoder.decode`.
    public static let padding = DocumentBuffer.padding

    let limits: DecodeLimits
    var scanner: JSONScanner
    var output = DocumentBuffer()
    /// For texts without their escapes.
    var scratch = DocumentBuffer()
    /// For what base64 says.
    var decoded = DocumentBuffer()
    /// Start of the payload.
    var base: UnsafeRawPointer
    /// Index of the element that is read.
    var element = 0
    private let labels: MemberTable
    private var memory: Allocations
    /// By document.
    private var elements: [Int] = []

    /// A translator for payloads of a format.
    ///
    /// One for `.json` copies a payload as it is; a feed of JSON needs none.
    public init(format: PayloadFormat, limits: DecodeLimits = DecodeLimits()) {
        var memory = Allocations()
        var builder = MemberTableBuilder()
        for path in Translator.labels(of: format) { _ = builder.declare(path) }
        let labels = builder.make(in: &memory)
        let nothing = UnsafeRawPointer(labels.nodes)
        let nameBytes = labels.longestName + 8
        scanner = JSONScanner(
            end: nothing, readable: nothing, depthLimit: max(1, min(limits.depth, 512)),
            members: labels,
            values: memory.make(RawValue.self, count: JSONScanner.slotCapacity),
            failurePlace: nothing,
            nameScratch: UnsafeMutableRawPointer(memory.make(UInt8.self, count: nameBytes)),
            nameScratchBytes: nameBytes)
        base = nothing
        self.format = format
        self.limits = limits
        self.labels = labels
        self.memory = memory
    }

    deinit {
        var memory = memory
        memory.free()
    }

    private static func labels(of format: PayloadFormat) -> [[String]] {
        switch format {
        case .json, .msgpack: []
        case .senml: SenMLLabel.allCases.map { [$0.name] }
        case .cloudevents: CloudEventLabel.allCases.map { [$0.name] }
        case .geojson: GeoJSONLabel.allCases.map(\.path)
        }
    }

    /// The documents of the last payload, one JSON object a line; good until the next call.
    public var documents: UnsafeRawBufferPointer { output.bytes }

    /// Index in the payload of the element that a document was.
    public func element(ofDocument index: Int) -> Int { elements[index] }

    /// Where in the payload stands what the documents have at an offset: a copied byte where it was
    /// copied from, anything else at the value or the element it was made of. O(log documents).
    public func place(ofDocumentOffset offset: Int) -> Int { output.place(of: offset) }

    /// Translates a payload; its documents and refusals take the place of the last one's.
    /// - Parameter now: nanoseconds since 1970, for times that are told relative to it.
    public mutating func translate(
        _ payload: UnsafeRawBufferPointer, now: Int64
    ) -> TranslationOutcome {
        output.begin(payload: payload)
        refusals.removeAll(keepingCapacity: true)
        elements.removeAll(keepingCapacity: true)
        element = 0
        guard let start = payload.baseAddress, !payload.isEmpty else {
            return refusePayload(.empty, base)
        }
        base = start
        scanner.end = start + payload.count
        scanner.readable = scanner.end
        scanner.newlines = true
        guard payload.count <= DocumentBuffer.longestPayload else {
            return refusePayload(.frameSize, start)
        }
        switch format {
        case .json:
            output.copyAsIs(start, scanner.end)
            elements.append(0)
            return .documents
        case .senml: return translatePack(start, now: now)
        case .cloudevents: return translateEvents(start)
        case .geojson: return translateFeatures(start)
        case .msgpack: return translateMessagePack(start)
        }
    }
}

/// How an element ended.
enum ElementOutcome {
    /// It is a document, whose line is to be ended.
    case written
    /// It says nothing by itself.
    case nothing
    /// It is refused, and the others are not.
    case refused(DeadLetterReason, UnsafeRawPointer)
    /// It makes the others meaningless as well.
    case payloadRefused(DeadLetterReason, UnsafeRawPointer)
}

// What the formats share.
extension Translator {
    /// Refuses the payload as a whole: nothing of it is to be decoded.
    mutating func refusePayload(
        _ reason: DeadLetterReason, _ place: UnsafeRawPointer
    ) -> TranslationOutcome {
        output.removeAll()
        elements.removeAll(keepingCapacity: true)
        refusals.removeAll(keepingCapacity: true)
        refusals.append(DeadLetterEntry(reason: reason, offset: offset(place)))
        return .refused
    }

    /// What became of a payload whose elements were all looked at.
    var outcome: TranslationOutcome { elements.isEmpty ? .nothing : .documents }

    /// Ends an element: its line, or its refusal. Gives what ends the payload too.
    mutating func end(_ outcome: ElementOutcome, from mark: DocumentMark) -> TranslationOutcome? {
        defer { element += 1 }
        switch outcome {
        case .written:
            output.append(ASCII.newline, at: 0)
            guard !output.isOver else { return refusePayload(.frameSize, base) }
            elements.append(element)
        case .nothing: output.rewind(to: mark)
        case .refused(let reason, let place):
            output.rewind(to: mark)
            refusals.append(
                DeadLetterEntry(reason: reason, offset: place - base, element: element))
        case .payloadRefused(let reason, let place): return refusePayload(reason, place)
        }
        return nil
    }

    /// Scans the value at `place` for the format's members; gives the place behind it.
    mutating func scan(_ place: UnsafeRawPointer, depth: Int) -> UnsafeRawPointer? {
        scanner.begin(labels)
        return scanner.scanValue(place, node: 0, depth: depth)
    }

    /// Whether nothing but blank space stands behind the payload's only value.
    mutating func isLast(_ after: UnsafeRawPointer) -> Bool {
        let rest = scanner.skipSpace(after)
        return rest == scanner.end || scanner.fail(.json, rest) != nil
    }

    /// Translates the elements of an array that has `depth` containers around its elements; one
    /// alone has nothing else around it, and is checked here.
    mutating func translateElements(
        _ open: UnsafeRawPointer, depth: Int,
        _ translate: (inout Translator, UnsafeRawPointer) -> ElementOutcome
    ) -> TranslationOutcome {
        guard let array = scanner.scanArray(open, depth: depth), depth > 1 || isLast(array.after)
        else { return refusePayload(scanner.failure, scanner.failurePlace) }
        guard array.count <= limits.readings else { return refusePayload(.readings, open) }
        var place = open + 1
        while scanner.nextElement(&place) {
            let mark = output.mark
            let first = place
            guard let after = scan(first, depth: depth) else {
                return refusePayload(scanner.failure, scanner.failurePlace)
            }
            place = after
            let outcome =
                scanner.kind == .object ? translate(&self, first) : .refused(.notAnObject, first)
            if let end = end(outcome, from: mark) { return end }
        }
        return outcome
    }

    /// Translates the only element of a payload.
    mutating func translateOnly(
        _ place: UnsafeRawPointer,
        _ translate: (inout Translator, UnsafeRawPointer) -> ElementOutcome
    ) -> TranslationOutcome {
        guard limits.readings >= 1 else { return refusePayload(.readings, place) }
        let mark = output.mark
        return end(translate(&self, place), from: mark) ?? outcome
    }
}

// Members and texts.
extension Translator {
    /// A member that the last scan met, by its label's number.
    func value(_ slot: Int) -> RawValue? { scanner.value(slot) }

    /// Where in the payload a place lies.
    func offset(_ place: UnsafeRawPointer) -> Int { place - base }

    /// Writes `"name":` or `,"name":`, as it was made of what stands at `place`.
    mutating func key(_ name: StaticString, at place: UnsafeRawPointer) {
        separate(at: place)
        output.append(ASCII.quote, at: offset(place))
        output.append(name, at: offset(place))
        output.append("\":", at: offset(place))
    }

    /// A comma, unless the object has just been opened.
    mutating func separate(at place: UnsafeRawPointer) {
        if output.last != ASCII.leftBrace { output.append(ASCII.comma, at: offset(place)) }
    }

    /// Copies a value as it is written.
    mutating func copy(_ value: RawValue) {
        output.copy(value.start, value.end, at: offset(value.start))
    }

    /// Copies a member as it is written, with something before its name.
    mutating func copy(_ member: WalkedMember, prefix: StaticString = "") {
        separate(at: member.name)
        output.append(ASCII.quote, at: offset(member.name))
        output.append(prefix, at: offset(member.name))
        output.copy(member.name, member.nameEnd, at: offset(member.name))
        output.append("\":", at: offset(member.nameEnd))
        output.copy(member.start, member.end, at: offset(member.start))
    }

    /// A text's content without quotes and escapes, in the payload or in scratch memory, where it is
    /// good until the next one.
    mutating func content(_ value: RawValue) -> Token {
        let token = Token(start: value.start + 1, end: value.end - 1)
        guard value.kind == .escapedText else { return token }
        let count = Unescaping.length(token.start, token.end)
        let target = scratch.room(for: count)
        Unescaping.write(token.start, token.end, to: target)
        return Token(start: UnsafeRawPointer(target), end: UnsafeRawPointer(target) + count)
    }
}
