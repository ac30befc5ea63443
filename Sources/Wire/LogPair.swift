// A text of pairs, as log lines have them ("logfmt") among words that are none:
//
//   stage=3.3 flow=120, site="Mill \"old\" bridge"; pump=on all well
//
//   pair     key = value, without a blank around the equals sign
//   key      stands at the start or behind a byte that is no letter, digit, `_`, `-` or `.`
//   value    quoted: up to the next quote that no backslash stands before, or
//            plain: up to a blank, a control character, a comma, a semicolon, or the end
//   escapes  of a quoted value: those of JSON; before any other ASCII byte a backslash says nothing,
//            before one beyond ASCII, or a `u` without four digits, the value cannot be read
//
// The first pair of a key counts. Keys inside quoted values are none. A quote that is never closed is
// a character like any other. A value may be empty.

/// The value of a pair: its bytes without quotes.
struct LogPair {
    var start: UnsafeRawPointer
    var end: UnsafeRawPointer
    var hasEscapes = false

    /// The first pair of a key in a text; nil: there is none. O(text).
    static func find(_ key: TextSlice, in text: Token) -> LogPair? {
        var place = text.start
        var isAtBoundary = true
        while place < text.end {
            if isAtBoundary, let equals = skip(key, place, text.end) {
                return value(equals + 1, text.end)
            }
            let byte = place.byte
            if byte == equalsSign, let quoted = quoted(place + 1, text.end) {
                place = quoted.end + 1
                isAtBoundary = true
                continue
            }
            isAtBoundary = !isWordByte(byte)
            place += 1
        }
        return nil
    }

    private static var equalsSign: UInt8 { 0x3D }

    /// The place of the equals sign behind the key, where both stand at `place`.
    private static func skip(
        _ key: TextSlice, _ place: UnsafeRawPointer, _ end: UnsafeRawPointer
    ) -> UnsafeRawPointer? {
        let count = Int(key.count)
        guard count < end - place, (place + count).byte == equalsSign else { return nil }
        for index in 0..<count where key.start[index] != (place + index).byte { return nil }
        return place + count
    }

    private static func value(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> LogPair {
        if let quoted = quoted(start, end) { return quoted }
        var place = start
        while place < end, !endsValue(place.byte) { place += 1 }
        return LogPair(start: start, end: place)
    }

    /// The quoted value that opens at `place`, if it closes.
    private static func quoted(_ place: UnsafeRawPointer, _ end: UnsafeRawPointer) -> LogPair? {
        guard place < end, place.byte == ASCII.quote else { return nil }
        var pair = LogPair(start: place + 1, end: place + 1)
        while pair.end < end {
            switch pair.end.byte {
            case ASCII.quote: return pair
            case ASCII.backslash:
                pair.hasEscapes = true
                pair.end += 2
            default: pair.end += 1
            }
        }
        return nil
    }

    private static func endsValue(_ byte: UInt8) -> Bool {
        byte <= ASCII.space || byte == ASCII.comma || byte == 0x3B
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x2E, 0x80...0xFF: true
        default: false
        }
    }

    /// Whether each backslash stands before something that it can.
    var isReadable: Bool {
        guard hasEscapes else { return true }
        var place = start
        while place < end {
            guard place.byte == ASCII.backslash else {
                place += 1
                continue
            }
            let letter = (place + 1).byte
            if letter >= 0x80 { return false }
            if letter == 0x75 {
                for index in 2..<6 {
                    guard place + index < end, Unescaping.hexDigit((place + index).byte) >= 0
                    else { return false }
                }
            }
            place += 2
        }
        return true
    }
}

/// Writes pairs as they are read here.
public enum PairText {
    /// `key=value`; a value that would end too soon, or be taken for more than it is, in quotes.
    public static func pair(_ key: String, _ value: String) -> String {
        let isPlain =
            !value.isEmpty
            && value.utf8.allSatisfy { $0 > 0x20 && !"\"\\,;=".utf8.contains($0) }
        guard !isPlain else { return "\(key)=\(value)" }
        var writer = JSONWriter()
        writer.string(value)
        return "\(key)=\(writer.text)"
    }
}
