import Foundation

/// Finds members of one JSON object in its bytes without parsing the rest.
///
/// It trusts the text to be JSON and only has to stay inside it: whoever must know whether a line
/// is valid (the daemon, for a reading) checks it all. Nothing here recurses, so depth is free.
package struct JSONMembers {
    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8], from start: Int) {
        self.bytes = bytes
        position = start
    }

    /// Calls `body` with the name (between its quotes, not unescaped) and the value of each member
    /// of the object that begins at or after `start`; stops where the text is no object.
    package static func forEach(
        in bytes: [UInt8], from start: Int = 0, _ body: (Range<Int>, Range<Int>) -> Void
    ) {
        var members = JSONMembers(bytes, from: start)
        guard members.take(UInt8(ascii: "{")) else { return }
        while let name = members.string(), members.take(UInt8(ascii: ":")),
            let value = members.value()
        {
            body(name, value)
            guard members.take(UInt8(ascii: ",")) else { return }
        }
    }

    /// The value at `path`, one member name a step; among members of one name the last wins.
    package static func value(at path: [String], in bytes: [UInt8]) -> Range<Int>? {
        var start = 0
        var found: Range<Int>?
        for step in path {
            found = nil
            forEach(in: bytes, from: start) { name, value in
                if isSame(bytes[name], step) { found = value }
            }
            guard let found else { return nil }
            start = found.lowerBound
        }
        return found
    }

    /// The text at `path`, unescaped; `nil` when there is none or it is no text.
    package static func text(at path: [String], in bytes: [UInt8]) -> String? {
        guard let value = value(at: path, in: bytes) else { return nil }
        return text(bytes[value])
    }

    /// The text of a string with its quotes.
    static func text(_ value: ArraySlice<UInt8>) -> String? {
        guard value.count >= 2, value.first == UInt8(ascii: "\"") else { return nil }
        guard value.contains(UInt8(ascii: "\\")) else {
            return String(validating: value.dropFirst().dropLast(), as: UTF8.self)
        }
        return try? JSONDecoder().decode(String.self, from: Data(value))
    }

    /// A whole number that is not negative.
    static func count(_ value: ArraySlice<UInt8>) -> UInt64? {
        UInt64(String(decoding: value, as: UTF8.self))
    }

    private static func isSame(_ name: ArraySlice<UInt8>, _ step: String) -> Bool {
        guard name.contains(UInt8(ascii: "\\")) else { return name.elementsEqual(step.utf8) }
        let quote = [UInt8(ascii: "\"")]
        return text(ArraySlice(quote + name + quote)) == step
    }

    private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte, byte == 0x20 || (byte >= 0x09 && byte <= 0x0d) { position += 1 }
    }

    private mutating func take(_ wanted: UInt8) -> Bool {
        skipSpace()
        guard byte == wanted else { return false }
        position += 1
        return true
    }

    /// Skips a string and returns what stands between its quotes.
    private mutating func string() -> Range<Int>? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = position
        while let byte {
            if byte == UInt8(ascii: "\"") {
                position += 1
                return start..<(position - 1)
            }
            position += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    /// Skips a value and returns where it stands.
    private mutating func value() -> Range<Int>? {
        skipSpace()
        let start = position
        var depth = 0
        while let byte {
            switch byte {
            case UInt8(ascii: "\""):
                guard string() != nil else { return nil }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { return end(start) }
                depth -= 1
                position += 1
            case UInt8(ascii: ","):
                guard depth > 0 else { return end(start) }
                position += 1
            case _:
                position += 1
                continue
            }
            if depth == 0 { return end(start) }
        }
        return depth == 0 ? end(start) : nil
    }

    private func end(_ start: Int) -> Range<Int>? {
        var end = position
        while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
        return end > start ? start..<end : nil
    }
}
