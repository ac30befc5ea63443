/// Where a scalar ends in the file, and where each byte of its value stands.
///
/// Plain and block scalars change white space only, so the other bytes stand there in their order;
/// quotes have their escapes (`''` in single ones). A quoted scalar over several lines has no map.
struct ScalarExtent {
    /// Offset behind the scalar, its closing quote included.
    let end: Int
    /// Offsets in the file of each byte of the value and of its end; nil without a map.
    let offsets: [Int]?

    init(_ utf8: [UInt8], start: Int, text: DocumentNode.ScalarText) {
        switch text.style {
        case .plain:
            offsets = ScalarExtent.lines(utf8, from: start, value: Array(text.value.utf8))
            end = offsets?.last ?? start + 1
        case .block:
            // The header, `|` or `>` with its indicators, has a line of its own.
            let header = utf8[min(start, utf8.count)...].firstIndex(of: 0x0A) ?? utf8.count
            offsets = ScalarExtent.lines(utf8, from: header, value: Array(text.value.utf8))
            end = start + 1
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

    /// Where the bytes of `value` stand from `start` on, white space apart; white space stands behind
    /// what comes before it. Nil when they do not.
    private static func lines(_ utf8: [UInt8], from start: Int, value: [UInt8]) -> [Int]? {
        func isBlank(_ byte: UInt8) -> Bool {
            byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
        }
        var offsets: [Int] = []
        offsets.reserveCapacity(value.count + 1)
        var index = start
        for byte in value {
            if isBlank(byte) {
                offsets.append(index)
                continue
            }
            while index < utf8.count, isBlank(utf8[index]) { index += 1 }
            guard index < utf8.count, utf8[index] == byte else { return nil }
            offsets.append(index)
            index += 1
        }
        return offsets + [index]
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
