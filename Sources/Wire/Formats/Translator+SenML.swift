internal import Events

// SenML, RFC 8428, in JSON: an array of records, each of which becomes its resolved form (section
// 4.6) with members in one order:
//
//   [{"bn":"urn:dev:1/","bt":1.3e9,"n":"t","u":"Cel","v":20},{"n":"h","u":"%RH","t":-5,"v":61}]
//     ─►  {"n":"urn:dev:1/t","u":"Cel","v":20,"t":1.3e9}
//         {"n":"urn:dev:1/h","u":"%RH","v":61,"t":1299999995}
//
// - Base fields hold from their record on. bt + t, bv + v and bs + s are added in decimals; a number
//   that has nothing to be added to stays as it is written. A time below 2^28 counts from now, and
//   one that is absent is now. A `bs` gives no sum to a record without `s` or a value.
// - A record with base fields only is no reading. One with other fields has exactly one of `v`, `vs`,
//   `vb` and `vd`, or a sum, or both.
// - Names have the letters of section 4.5.1 and at most `limits.textBytes` bytes; `vd` is base64 with
//   the URL alphabet and no padding.
// - Fields that RFC 8428 does not know are copied, but one whose label ends in `_` must be understood
//   and refuses its record.
// - A base field that cannot be used refuses the payload, since what follows would be resolved
//   against another base; so does a version above 10 or a second one.

/// What base fields have said so far; places in the payload.
struct SenMLBase {
    fileprivate var values: [RawValue?] = Array(repeating: nil, count: SenMLLabel.allCases.count)
    fileprivate var version: Int64?

    fileprivate subscript(label: SenMLLabel) -> RawValue? { values[label.rawValue] }
}

extension Translator {
    mutating func translatePack(_ start: UnsafeRawPointer, now: Int64) -> TranslationOutcome {
        let open = scanner.skipSpace(start)
        guard open < scanner.end else { return refusePayload(.empty, open) }
        guard open.byte == ASCII.leftBracket else {
            // Whatever it is, it is no pack; but what is no JSON either is told as that.
            guard let after = scanner.scanValue(open, node: -1, depth: 0), isLast(after) else {
                return refusePayload(scanner.failure, scanner.failurePlace)
            }
            return refusePayload(.format, open)
        }
        var base = SenMLBase()
        return translateElements(open, depth: 1) { translator, place in
            translator.translateRecord(place, &base, now)
        }
    }

    private func value(_ label: SenMLLabel) -> RawValue? { value(label.rawValue) }

    private mutating func translateRecord(
        _ record: UnsafeRawPointer, _ base: inout SenMLBase, _ now: Int64
    ) -> ElementOutcome {
        if let refusal = takeBase(&base) { return refusal }
        for label in SenMLLabel.ofRecords {
            if let value = value(label), !label.takes(value.kind) {
                return .refused(.format, value.start)
            }
        }
        var label: SenMLLabel?
        for candidate in SenMLLabel.values {
            guard let value = value(candidate) else { continue }
            guard label == nil else { return .refused(.format, value.start) }
            label = candidate
        }
        guard label != nil || value(.sum) != nil else {
            let isBase = SenMLLabel.ofRecords.allSatisfy { value($0) == nil }
            if let refusal = copyOthers(record, writes: false) { return refusal }
            return isBase ? .nothing : .refused(.format, record)
        }
        output.append(ASCII.leftBrace, at: offset(record))
        if let refusal = writeName(base[.baseName], record) { return refusal }
        if let unit = value(.unit) ?? base[.baseUnit] {
            key("u", at: unit.start)
            copy(unit)
        }
        if let label, let value = value(label),
            let refusal = writeValue(label, value, base)
        {
            return refusal
        }
        if let place = writeSum("s", base[.baseSum], value(.sum)) {
            return .refused(.format, place)
        }
        if let place = writeTime(base[.baseTime], record, now) { return .refused(.format, place) }
        if let period = value(.updateTime) {
            key("ut", at: period.start)
            copy(period)
        }
        if let version = base[.version], base.version != 10 {
            key("bver", at: version.start)
            copy(version)
        }
        if let refusal = copyOthers(record, writes: true) { return refusal }
        output.append(ASCII.rightBrace, at: offset(record))
        return .written
    }

    /// The record's base fields hold from here on; gives what refuses the payload.
    private mutating func takeBase(_ base: inout SenMLBase) -> ElementOutcome? {
        for label in SenMLLabel.ofBases {
            guard let value = value(label) else { continue }
            guard label.takes(value.kind) else { return .payloadRefused(.format, value.start) }
            base.values[label.rawValue] = value
        }
        if let value = value(.version) {
            let version = DecimalNumber(value.start, value.end).integer ?? 0
            guard (1...10).contains(version), base.version.map({ $0 == version }) ?? true else {
                return .payloadRefused(.format, value.start)
            }
            base.version = version
        }
        return nil
    }

    /// Copies the members that the RFC does not know.
    private mutating func copyOthers(_ record: UnsafeRawPointer, writes: Bool) -> ElementOutcome? {
        var place = record + 1
        while let member = scanner.nextMember(&place) {
            guard member.slot < 0 else { continue }
            let label = content(
                RawValue(
                    start: member.name - 1, end: member.nameEnd + 1,
                    kind: member.isNameEscaped ? .escapedText : .text, round: 0))
            if label.start < label.end, (label.end - 1).byte == 0x5F {
                return label.start.byte == 0x62
                    ? .payloadRefused(.format, member.name) : .refused(.format, member.name)
            }
            if writes { copy(member) }
        }
        return nil
    }
}

// Names and values.
extension Translator {
    private mutating func writeName(
        _ baseName: RawValue?, _ record: UnsafeRawPointer
    ) -> ElementOutcome? {
        let parts = [baseName, value(.name)]
        guard let place = (parts[1] ?? parts[0])?.start else { return .refused(.format, record) }
        key("n", at: place)
        output.append(ASCII.quote, at: offset(place))
        var count = 0
        for case .some(let part) in parts {
            let text = content(part)
            count += text.end - text.start
            guard count <= limits.textBytes else { return .refused(.text, part.start) }
            var isFirst = count == text.end - text.start
            for index in 0..<(text.end - text.start) {
                guard Translator.isNameByte((text.start + index).byte, first: isFirst) else {
                    let isPlain = part.kind == .text
                    return .refused(.format, isPlain ? text.start + index : part.start)
                }
                isFirst = false
            }
            if part.kind == .text {
                output.copy(text.start, text.end, at: offset(text.start))
            } else {
                output.append(text.start, text.end - text.start, at: offset(part.start))
            }
        }
        guard count > 0 else { return .refused(.format, place) }
        output.append(ASCII.quote, at: offset(place))
        return nil
    }

    /// Letters and digits; behind the first of them also `-`, `:`, `.`, `/` and `_`.
    private static func isNameByte(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x2D, 0x3A, 0x2E, 0x2F, 0x5F: !first
        default: false
        }
    }

    private mutating func writeValue(
        _ label: SenMLLabel, _ value: RawValue, _ base: SenMLBase
    ) -> ElementOutcome? {
        switch label {
        case .text: key("vs", at: value.start)
        case .flag: key("vb", at: value.start)
        case .data:
            guard isURLBase64(value) else { return .refused(.format, value.start) }
            key("vd", at: value.start)
        case .baseName, .baseTime, .baseUnit, .baseValue, .baseSum, .version, .name, .unit, .value,
            .sum, .time, .updateTime:
            return writeSum("v", base[.baseValue], value).map { .refused(.format, $0) }
        }
        copy(value)
        return nil
    }

    private mutating func isURLBase64(_ value: RawValue) -> Bool {
        let text = content(value)
        var place = text.start
        while place < text.end {
            switch place.byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: place += 1
            default: return false
            }
        }
        return (text.end - text.start) % 4 != 1
    }

    /// Writes a member that is a base and what stands in the record, added; gives the place of a
    /// number beyond all doubles.
    private mutating func writeSum(
        _ name: StaticString, _ base: RawValue?, _ own: RawValue?
    ) -> UnsafeRawPointer? {
        guard let place = (own ?? base)?.start else { return nil }
        key(name, at: place)
        return write(SenMLAmount(base, own), at: place)
    }

    private mutating func write(
        _ amount: SenMLAmount, at place: UnsafeRawPointer
    ) -> UnsafeRawPointer? {
        switch amount {
        case .asWritten(let value): copy(value)
        case .exact(let number): number.write(to: &output, at: offset(place))
        case .nearest(let number):
            guard number.isFinite else { return place }
            output.append(text: number.description, at: offset(place))
        }
        return nil
    }

    /// Writes the time in seconds since 1970; gives the place of one that is beyond all doubles.
    private mutating func writeTime(
        _ base: RawValue?, _ record: UnsafeRawPointer, _ now: Int64
    ) -> UnsafeRawPointer? {
        let place = (value(.time) ?? base)?.start ?? record
        key("t", at: place)
        let present = WideDecimal(now, exponent: -9)
        guard base != nil || value(.time) != nil else {
            present.write(to: &output, at: offset(place))
            return nil
        }
        let time = SenMLAmount(base, value(.time))
        guard time.isLess(than: 1 << 28) else { return write(time, at: place) }
        return write(time.adding(present, Double(now) / 1e9), at: place)
    }
}

/// A number of a record, perhaps added to a base.
private enum SenMLAmount {
    /// Nothing was added to it.
    case asWritten(RawValue)
    case exact(WideDecimal)
    /// The digits are too many for an exact sum.
    case nearest(Double)

    init(_ base: RawValue?, _ own: RawValue?) {
        guard let base, let own else {
            self = (own ?? base).map { .asWritten($0) } ?? .exact(WideDecimal(0, exponent: 0))
            return
        }
        if let left = base.decimal, let right = own.decimal,
            let sum = WideDecimal.sum(left, right)
        {
            self = .exact(sum)
        } else {
            self = .nearest(base.double + own.double)
        }
    }

    func isLess(than whole: Int64) -> Bool {
        switch self {
        case .asWritten(let value):
            value.decimal?.isLess(than: whole) ?? (value.double < Double(whole))
        case .exact(let number): number.isLess(than: whole)
        case .nearest(let number): number < Double(whole)
        }
    }

    /// The sum with a number that is also given as the nearest double.
    func adding(_ other: WideDecimal, _ nearest: Double) -> SenMLAmount {
        let exact: WideDecimal?
        let rounded: Double
        switch self {
        case .asWritten(let value):
            exact = value.decimal
            rounded = value.double
        case .exact(let number):
            exact = number
            rounded = number.double
        case .nearest(let number):
            exact = nil
            rounded = number
        }
        if let exact, let sum = WideDecimal.sum(exact, other) { return .exact(sum) }
        return .nearest(rounded + nearest)
    }
}

extension RawValue {
    fileprivate var decimal: WideDecimal? { WideDecimal(DecimalNumber(start, end)) }
    fileprivate var double: Double { DecimalNumber(start, end).double(start, end) }
}
