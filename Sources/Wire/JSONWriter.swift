public import Events

/// Writes one line of JSON into bytes: sorted keys are the caller's duty, escaping is ours.
///
/// Text is UTF-8 as it is but for what RFC 8259 wants escaped, so that equal values have equal
/// bytes.
public struct JSONWriter {
    /// What has been written.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// An empty writer.
    public init() {}

    /// The text written so far.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Hands out what has been written since the last call, and goes on after it.
    public mutating func takePart() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// Writes the comma that a spliced-in member will want after it.
    public mutating func expectSplice() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    /// Begins a member of the current object; its value must follow.
    public mutating func key(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// An object: `body` writes its members.
    public mutating func object(_ body: (inout JSONWriter) -> Void) {
        nest("{", "}", body)
    }

    /// An array: `body` writes its elements.
    public mutating func array(_ body: (inout JSONWriter) -> Void) {
        nest("[", "]", body)
    }

    private mutating func nest(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONWriter) -> Void
    ) {
        separate()
        bytes.append(UInt8(ascii: open))
        needsComma = false
        body(&self)
        bytes.append(UInt8(ascii: close))
        needsComma = true
    }

    /// A string.
    public mutating func string(_ value: String) {
        separate()
        quote(value)
    }

    /// A string, or `null`.
    public mutating func string(orNull value: String?) {
        guard let value else { return null() }
        string(value)
    }

    /// An array of strings.
    public mutating func strings(_ values: some Sequence<String>) {
        array { writer in for value in values { writer.string(value) } }
    }

    /// A number, Boolean or `null` in its JSON writing.
    public mutating func raw(_ value: String) {
        separate()
        bytes += value.utf8
    }

    /// `null`.
    public mutating func null() { raw("null") }

    /// A whole number.
    public mutating func int(_ value: some BinaryInteger) { raw(String(value)) }

    /// Members of the current object that are whole numbers, in this order.
    public mutating func members(_ counts: [(name: String, count: some BinaryInteger)]) {
        for (name, count) in counts {
            key(name)
            int(count)
        }
    }

    /// A Boolean.
    public mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

    /// The shortest writing that reads back as the same number; `null` when it is not finite.
    public mutating func double(_ value: Double) {
        value.isFinite ? raw(value.description) : null()
    }

    /// A value: times as text, UNKNOWN as `null`.
    public mutating func scalar(_ value: Scalar) {
        switch value {
        case .unknown: null()
        case .bool(let flag): bool(flag)
        case .int(let number): int(number)
        case .double(let number): double(number)
        case .string(let text): string(text)
        case .timestamp(let time): string(time.description)
        }
    }

    /// An object of named values, in order of name.
    public mutating func object(_ pairs: [(name: String, value: Scalar)]) {
        object { writer in
            for pair in pairs.sorted(by: { $0.name.precedesInBytes($1.name) }) {
                writer.key(pair.name)
                writer.scalar(pair.value)
            }
        }
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case UInt8(ascii: "\n"): bytes += "\\n".utf8
            case UInt8(ascii: "\r"): bytes += "\\r".utf8
            case UInt8(ascii: "\t"): bytes += "\\t".utf8
            case 0..<0x20:
                bytes += "\\u00".utf8
                bytes += Hexadecimal.text([byte]).utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension String {
    /// Order of the UTF-8 bytes: the same everywhere, unlike the order of characters.
    func precedesInBytes(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }
}
