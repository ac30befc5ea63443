// An entry for the system's journal is one datagram of fields. A field whose value has no line end
//
//   NAME=value\n
//
// and any other, since its value may hold anything:
//
//   NAME\n  length, eight bytes little endian  value  \n
//
// A name has 1 to 64 of A-Z, 0-9 and `_`, and begins with a letter: one with `_` is the journal's
// own, and an entry with a bad name is dropped.

/// An entry of the system's journal, built field by field.
struct JournaldEntry {
    /// The datagram.
    private(set) var bytes: [UInt8] = []

    /// Bytes of a value that are kept; what is longer is cut, and says so at its end. An entry as
    /// a whole stays below the 208 KiB that a socket takes by default.
    private let valueLimit: Int
    private let entryLimit = 160 << 10

    /// An empty entry whose values have at most so many bytes.
    init(valueLimit: Int = 32 << 10) { self.valueLimit = valueLimit }

    /// Adds a field; one for which there is no room any more is left out.
    mutating func add(_ name: String, _ value: String) {
        let value = cut(Array(value.utf8))
        guard bytes.count + value.count + 80 <= entryLimit else { return }
        bytes += name.utf8
        if value.contains(UInt8(ascii: "\n")) {
            bytes.append(UInt8(ascii: "\n"))
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: UInt64(value.count) >> UInt64(shift)))
            }
        } else {
            bytes.append(UInt8(ascii: "="))
        }
        bytes += value
        bytes.append(UInt8(ascii: "\n"))
    }

    private func cut(_ value: [UInt8]) -> [UInt8] {
        guard value.count > valueLimit else { return value }
        var end = valueLimit
        // Not within a character.
        while end > 0, value[end] & 0xC0 == 0x80 { end -= 1 }
        return value[..<end] + Array(" [cut: \(value.count) bytes in all]".utf8)
    }

    /// The name of the field of our own that holds the metadata `key`.
    static func name(of key: String) -> String {
        let letters = key.utf8.prefix(56).map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 32
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            case _: UInt8(ascii: "_")
            }
        }
        return "TOCSIN_" + String(decoding: letters, as: UTF8.self)
    }
}
