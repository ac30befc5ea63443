/// Finds the second place of a key that Yams reported as written twice.
///
/// Yams says where the first stands and gives up. So that all of them are told, the second is
/// blanked out in a working copy, by private-use characters, one for each of its own: lines and
/// columns stay what they are in the file, and the next pass finds the next problem.
struct DuplicateScan {
    let source: SourceText
    let key: String
    /// Offset of the first, or of the anchor in front of it.
    let first: Int

    private var utf8: [UInt8] { source.utf8 }

    private static let blankBase: UInt32 = 0xE000

    /// Whether a key that begins with `scalar` is one of those blanked out so far.
    static func isBlank(_ scalar: Unicode.Scalar, _ blanked: Int) -> Bool {
        scalar.value >= blankBase && scalar.value < blankBase + UInt32(blanked)
    }

    /// Blanks the second out in `text` and returns its place in the file.
    func blankSecond(in text: inout String, _ number: Int) -> Range<Int>? {
        guard !key.isEmpty, let blank = Unicode.Scalar(Self.blankBase + UInt32(number)) else {
            return nil
        }
        let line = source.lineNumber(at: first)
        let before = utf8[source.start(line: line)..<first]
        let isBlock = before.allSatisfy { " -?".utf8.contains($0) }
        let found = (isBlock ? inBlock(line: line, indent: before.count) : nil) ?? inFlow()
        guard let found else { return nil }
        // The copy's bytes differ from the file's by earlier blanks; scalars do not.
        let scalars = Array(text.unicodeScalars)
        let start = String(decoding: utf8[..<found.name.lowerBound], as: UTF8.self)
            .unicodeScalars.count
        let length = key.unicodeScalars.count
        guard start + length <= scalars.count else { return nil }
        var view = String.UnicodeScalarView(scalars[..<start])
        view.append(contentsOf: repeatElement(blank, count: length))
        view.append(contentsOf: scalars[(start + length)...])
        text = String(view)
        return found.whole
    }

    /// Looks down the lines that begin in the same column.
    private func inBlock(line: Int, indent: Int) -> Match? {
        var line = line + 1
        while source.start(line: line) > first {
            let start = source.start(line: line)
            let end = source.contentEnd(line: line)
            let content = utf8[start..<end].firstIndex { $0 != UInt8(ascii: " ") } ?? end
            let isSkipped = content == end || utf8[content] == UInt8(ascii: "#")
            if !isSkipped, content - start < indent { return nil }
            if !isSkipped, content - start == indent, let match = match(at: content) {
                return match
            }
            guard end < utf8.count else { return nil }
            line += 1
        }
        return nil
    }

    /// Looks behind the commas of the same pair of braces.
    private func inFlow() -> Match? {
        var index = first
        var depth = 0
        var beginsToken = true
        while index < utf8.count {
            let byte = utf8[index]
            switch byte {
            case UInt8(ascii: "'") where beginsToken, UInt8(ascii: "\"") where beginsToken:
                index =
                    ScalarExtent(
                        utf8, start: index,
                        text: .init(value: "", style: byte == 0x27 ? .singleQuoted : .doubleQuoted)
                    ).end - 1
                beginsToken = false
            case UInt8(ascii: "#") where index > 0 && utf8[index - 1] <= 0x20:
                index = source.contentEnd(line: source.lineNumber(at: index)) - 1
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth < 0 { return nil }
            case UInt8(ascii: ",") where depth == 0:
                let next = utf8[(index + 1)...].firstIndex { $0 > 0x20 } ?? utf8.count
                if let match = match(at: next) { return match }
            default: break
            }
            if byte > 0x20 { beginsToken = "{[,:".utf8.contains(byte) }
            index += 1
        }
        return nil
    }

    private struct Match {
        /// The key without quotes.
        var name: Range<Int>
        /// The key with quotes.
        var whole: Range<Int>
    }

    /// The key at an offset, plain or quoted, with its colon.
    private func match(at offset: Int) -> Match? {
        guard offset < utf8.count else { return nil }
        let quote = utf8[offset]
        let isQuoted = quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
        let start = isQuoted ? offset + 1 : offset
        let name = Array(key.utf8)
        guard utf8[start...].starts(with: name) else { return nil }
        var end = start + name.count
        let nameEnd = end
        if isQuoted {
            guard end < utf8.count, utf8[end] == quote else { return nil }
            end += 1
        }
        let whole = offset..<end
        while end < utf8.count, utf8[end] == UInt8(ascii: " ") { end += 1 }
        guard end < utf8.count, utf8[end] == UInt8(ascii: ":") else { return nil }
        return Match(name: start..<nameEnd, whole: whole)
    }
}
