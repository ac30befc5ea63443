internal import Events

// CloudEvents 1.0 in JSON ("structured mode"): one event, or an array of them. Each event becomes
// one document:
//
//   {"specversion":"1.0","id":"7","source":"/gauge","type":"stage","data":{"level":3.2,"id":"KE-1"}}
//     ─►  {"level":3.2,"id":"KE-1","specversion":"1.0","source":"/gauge","type":"stage",
//          "ce-specversion":"1.0","ce-id":"7","ce-source":"/gauge","ce-type":"stage",
//          "data":{"level":3.2,"id":"KE-1"}}
//
// - Members of `data`, where it is an object, stand at the top too and win over attributes of the
//   same name. The whole is `data`, so that `data.level` is good as well; a member `data` inside of
//   it is reached as `data.data`.
// - Every attribute, also an extension, is besides there as `ce-NAME`, whatever `data` holds.
// - `data_base64` is decoded where `datacontenttype` is absent or of JSON, and must then be JSON;
//   otherwise it stays as it is.
// - `specversion` is 1.x; `id`, `source` and `type` are texts and not empty.

/// Members of an event that are looked at; their raw values are the scanner's slots.
enum CloudEventLabel: Int, CaseIterable {
    case version, id, source, type, subject, time, contentType, schema, data, encodedData

    var name: String {
        switch self {
        case .version: "specversion"
        case .id: "id"
        case .source: "source"
        case .type: "type"
        case .subject: "subject"
        case .time: "time"
        case .contentType: "datacontenttype"
        case .schema: "dataschema"
        case .data: "data"
        case .encodedData: "data_base64"
        }
    }
}

extension Translator {
    mutating func translateEvents(_ start: UnsafeRawPointer) -> TranslationOutcome {
        let open = scanner.skipSpace(start)
        guard open < scanner.end else { return refusePayload(.empty, open) }
        if open.byte == ASCII.leftBracket {
            return translateElements(open, depth: 1) { $0.translateEvent($1) }
        }
        guard let after = scan(open, depth: 0), isLast(after) else {
            return refusePayload(scanner.failure, scanner.failurePlace)
        }
        guard open.byte == ASCII.leftBrace else { return refusePayload(.notAnObject, open) }
        return translateOnly(open) { $0.translateEvent($1) }
    }

    private func value(_ label: CloudEventLabel) -> RawValue? { value(label.rawValue) }

    private mutating func translateEvent(_ event: UnsafeRawPointer) -> ElementOutcome {
        if let place = wrongAttribute(event) { return .refused(.format, place) }
        var data = value(.data)
        let encoded = value(.encodedData)
        if let encoded {
            guard data == nil, encoded.isText else { return .refused(.format, encoded.start) }
            if isJSON(value(.contentType)) {
                guard let decoded = decode(encoded) else {
                    return .refused(.format, encoded.start)
                }
                data = decoded
            }
        }
        // Places in decoded data are those of the text that they were decoded from.
        let origin = value(.data) == nil ? encoded?.start : nil
        output.append(ASCII.leftBrace, at: offset(event))
        writeExtensions(event)
        let said = data.map { writeMembers(of: $0, origin) } ?? 0
        writeAttributes(event, except: said)
        if let data {
            key("data", at: origin ?? data.start)
            write(data, origin)
        } else if let encoded {
            key("data_base64", at: encoded.start)
            copy(encoded)
        }
        output.append(ASCII.rightBrace, at: offset(event))
        return .written
    }

    /// Where an event lacks what it must have.
    private mutating func wrongAttribute(_ event: UnsafeRawPointer) -> UnsafeRawPointer? {
        for label in [CloudEventLabel.version, .id, .source, .type] {
            guard let value = value(label) else { return event }
            guard value.isText else { return value.start }
            let text = content(value)
            guard text.start < text.end else { return value.start }
            guard label == .version else { continue }
            guard text.end - text.start >= 3, text.start.byte == 0x31,
                (text.start + 1).byte == ASCII.dot
            else { return value.start }
            for place in 2..<(text.end - text.start)
            where (text.start + place).byte &- ASCII.zero > 9 { return value.start }
        }
        return nil
    }

    /// Whether a content type, or its absence, says that the data is JSON.
    private mutating func isJSON(_ value: RawValue?) -> Bool {
        guard let value, value.kind != .null else { return true }
        guard value.isText else { return false }
        let text = content(value)
        let bytes = UnsafeRawBufferPointer(start: text.start, count: text.end - text.start)
        let end = bytes.firstIndex(of: 0x3B) ?? bytes.count
        var subtype = bytes[..<end]
        guard let slash = subtype.firstIndex(of: ASCII.slash) else { return false }
        subtype = subtype[(slash + 1)...]
        while subtype.last == ASCII.space || subtype.last == ASCII.tab { subtype.removeLast() }
        let suffix = subtype.lastIndex(of: ASCII.plus).map { subtype[($0 + 1)...] } ?? subtype
        return suffix.elementsEqual("json".utf8) { $0 | 0x20 == $1 }
    }
}

// Data.
extension Translator {
    /// JSON that stands in a text as base64, decoded into scratch memory; nil when it does not.
    private mutating func decode(_ value: RawValue) -> RawValue? {
        // Base64 needs no escapes but that of `/`, which some writers use.
        let text = content(value)
        let count = text.end - text.start
        let target = decoded.room(for: count)
        guard let length = Base64.decode(text, into: target) else { return nil }
        DocumentBuffer.blankNewlines(target, length)
        let (end, readable) = (scanner.end, scanner.readable)
        defer { (scanner.end, scanner.readable) = (end, readable) }
        let start = UnsafeRawPointer(target)
        scanner.end = start + length
        scanner.readable = scanner.end
        let first = scanner.skipSpace(start)
        // It will stand in the document, one container deep.
        guard let after = scanner.scanValue(first, node: -1, depth: 1) else { return nil }
        let kind = scanner.kind
        guard isLast(after) else { return nil }
        return RawValue(start: first, end: after, kind: kind, round: 0)
    }

    /// Writes the members of data that is an object. Gives the attributes they have the names of, a
    /// bit each.
    private mutating func writeMembers(of data: RawValue, _ origin: UnsafeRawPointer?) -> Int {
        guard data.kind == .object else { return 0 }
        let (end, readable) = (scanner.end, scanner.readable)
        defer { (scanner.end, scanner.readable) = (end, readable) }
        scanner.end = data.end
        scanner.readable = data.end
        var said = 0
        var place = data.start + 1
        while let member = scanner.nextMember(&place) {
            if member.slot == CloudEventLabel.data.rawValue { continue }
            if member.slot >= 0 { said |= 1 << member.slot }
            guard let origin else {
                copy(member)
                continue
            }
            separate(at: origin)
            output.append(
                member.name - 1, member.nameEnd + 1 - (member.name - 1), at: offset(origin))
            output.append(ASCII.colon, at: offset(origin))
            output.append(member.start, member.end - member.start, at: offset(origin))
        }
        return said
    }

    private mutating func write(_ data: RawValue, _ origin: UnsafeRawPointer?) {
        guard let origin else { return copy(data) }
        output.append(data.start, data.end - data.start, at: offset(origin))
    }

    /// Extensions by their own name, before the data: a later member of the same name wins.
    private mutating func writeExtensions(_ event: UnsafeRawPointer) {
        var place = event + 1
        while let member = scanner.nextMember(&place) {
            if member.slot < 0 { copy(member) }
        }
    }

    /// The attributes of the specification by their own names where data has none of that name, and
    /// all attributes as `ce-NAME`.
    private mutating func writeAttributes(_ event: UnsafeRawPointer, except said: Int) {
        for prefix: StaticString in ["", "ce-"] {
            var place = event + 1
            let isOwn = prefix.utf8CodeUnitCount == 0
            while let member = scanner.nextMember(&place) {
                if member.slot >= CloudEventLabel.data.rawValue { continue }
                if isOwn, member.slot < 0 || said & 1 << member.slot != 0 { continue }
                copy(member, prefix: prefix)
            }
        }
    }
}
