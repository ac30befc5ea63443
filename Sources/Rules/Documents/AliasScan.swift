/// Looks for an alias in a key, before Yams does.
///
/// Yams expands aliases while it composes, which costs nothing by itself (nodes are shared), but it
/// hashes every key of a mapping with all that an alias in it stands for: a hundred bytes are
/// enough to keep it busy for years. Keys that are aliases are of no use in our files.
struct AliasScan {
    private let utf8: [UInt8]

    init(_ utf8: [UInt8]) { self.utf8 = utf8 }

    /// The place of an alias, of an anchor that exists, in a file that has keys which are aliases
    /// or collections. A rough test that errs only for files that use anchors at all.
    func aliasKey() -> Range<Int>? {
        let anchors = Set(names(behind: UInt8(ascii: "&")).map(\.name))
        guard !anchors.isEmpty else { return nil }
        let aliases = names(behind: UInt8(ascii: "*")).filter { anchors.contains($0.name) }
        if let key = aliases.first(where: { isKey(endingAt: $0.range.upperBound) }) {
            return key.range
        }
        guard let first = aliases.first, hasCollectionKey() else { return nil }
        return first.range
    }

    /// What looks like an anchor (`&`) or an alias (`*`), also within texts and comments.
    func names(behind sign: UInt8) -> [(name: String, range: Range<Int>)] {
        var result: [(name: String, range: Range<Int>)] = []
        for index in utf8.indices where utf8[index] == sign {
            let before = index > 0 ? utf8[index - 1] : 0x20
            guard before <= 0x20 || "[{,:".utf8.contains(before) else { continue }
            var end = index + 1
            while end < utf8.count, AliasScan.isNameByte(utf8[end]) { end += 1 }
            guard end > index + 1 else { continue }
            let name = String(decoding: utf8[(index + 1)..<end], as: UTF8.self)
            result.append((name, index..<end))
        }
        return result
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        let folded = byte | 0x20
        return (folded >= UInt8(ascii: "a") && folded <= UInt8(ascii: "z"))
            || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    private func isKey(endingAt end: Int) -> Bool {
        var index = end
        while index < utf8.count, utf8[index] <= 0x20 { index += 1 }
        return index < utf8.count && utf8[index] == UInt8(ascii: ":")
    }

    /// Whether there is a `? key`, or a closing bracket or brace before a colon.
    private func hasCollectionKey() -> Bool {
        utf8.indices.contains { index in
            switch utf8[index] {
            case UInt8(ascii: "]"), UInt8(ascii: "}"): return isKey(endingAt: index + 1)
            case UInt8(ascii: "?"):
                let next = index + 1 < utf8.count ? utf8[index + 1] : 0x20
                let before = utf8[..<index].last { $0 != UInt8(ascii: " ") } ?? 0x0A
                return next <= 0x20 && (before <= 0x20 || "-{[,?:".utf8.contains(before))
            default: return false
            }
        }
    }
}
