/// Where a scalar ends in the file, and where each byte of its value stands.
///
/// A value's byte stands at one place only when the scalar is written on one line: plain, or quoted
/// (`''` in single quotes, escapes in double quotes). Folded and block scalars have no such map.
struct ScalarExtent {
    /// Offset behind the scalar, its closing quote included.
    let end: Int
    /// Offsets in the file of each byte of the value and of its end; nil without a map.
    let offsets: [Int]?

    init(_ utf8: [UInt8], start: Int, text: DocumentNode.ScalarText) {
        switch text.style {
        case .plain:
            let value = Array(text.value.utf8)
            let isHere = utf8[min(start, utf8.count)...].starts(with: value)
            end = isHere ? start + value.count : start + 1
            offsets = isHere ? (0...value.count).map { start + $0 } : nil
        case .block:
            end = start + 1
            offsets = nil
        case .singleQuoted, .doubleQuoted:
            let quote = UInt8(ascii: text.style == .singleQuoted ? "'" : "\"")
            guard start < utf8.count, utf8[start] == quote else {
                end = start + 1
                offsets = nil
                return
            }
            var walk = QuoteWalk(utf8: utf8, quote: quote, index: start + 1)
            walk.run()
            end = walk.index
            let isWhole = !walk.hasBreak && walk.offsets.count == text.value.utf8.count + 1
            offsets = isWhole ? walk.offsets : nil
        }
    }

    /// The place in the file of a range of the value.
    func range(_ range: Range<Int>) -> Range<Int>? {
        guard let offsets, range.lowerBound >= 0, range.upperBound < offsets.count else {
            return nil
        }
        return offsets[range.lowerBound]..<offsets[range.upperBound]
    }

    /// Walks from behind the opening quote to behind the closing one.
    private struct QuoteWalk {
        let utf8: [UInt8]
        let quote: UInt8
        var index: Int
        var offsets: [Int] = []
        var hasBreak = false

        mutating func run() {
            while index < utf8.count {
                let byte = utf8[index]
                if byte == quote {
                    let isDoubled = index + 1 < utf8.count && utf8[index + 1] == quote
                    guard isDoubled && quote == UInt8(ascii: "'") else {
                        offsets.append(index)
                        index += 1
                        return
                    }
                    take(length: 2, valueBytes: 1)
                } else if byte == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"") {
                    escape()
                } else {
                    if byte == 0x0A || byte == 0x0D { hasBreak = true }
                    take(length: 1, valueBytes: 1)
                }
            }
        }

        private mutating func take(length: Int, valueBytes: Int) {
            for _ in 0..<valueBytes { offsets.append(index) }
            index = min(index + length, utf8.count)
        }

        private mutating func escape() {
            let letter = index + 1 < utf8.count ? utf8[index + 1] : 0
            switch letter {
            case UInt8(ascii: "x"): take(length: 4, valueBytes: width(digits: 2))
            case UInt8(ascii: "u"): take(length: 6, valueBytes: width(digits: 4))
            case UInt8(ascii: "U"): take(length: 10, valueBytes: width(digits: 8))
            case UInt8(ascii: "N"), UInt8(ascii: "_"): take(length: 2, valueBytes: 2)
            case UInt8(ascii: "L"), UInt8(ascii: "P"): take(length: 2, valueBytes: 3)
            case 0x0A, 0x0D:
                hasBreak = true
                take(length: 2, valueBytes: 0)
            default: take(length: 2, valueBytes: 1)
            }
        }

        private func width(digits: Int) -> Int {
            let hex = utf8[min(index + 2, utf8.count)..<min(index + 2 + digits, utf8.count)]
            let value = UInt32(String(decoding: hex, as: UTF8.self), radix: 16)
            return value.flatMap(Unicode.Scalar.init).map { UTF8.width($0) } ?? 1
        }
    }
}
