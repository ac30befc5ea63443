/// A part of a payload on one line, and a mark under one of its characters.
struct PayloadExcerpt: Equatable {
    /// The part, each of its characters visible and on one line.
    let text: String
    /// The line below it, with a caret under the place; nil: it has none.
    let caret: String?

    /// A part of a payload.
    ///
    /// - Parameters:
    ///   - payload: the part as it is kept.
    ///   - startsInside: whether more stands before it.
    ///   - column: characters before the place; one behind the last is its end.
    ///   - width: characters there is room for; nil: any number.
    init(_ payload: String, startsInside: Bool, column: Int?, width: Int?) {
        var characters = payload.map(Self.visible)
        var place = column.map { min($0, characters.count) }
        if startsInside {
            characters.insert("…", at: 0)
            place = place.map { $0 + 1 }
        }
        if let width = width.map({ max($0, 20) }), characters.count > width {
            // The place stands in the middle, if there is text enough on both sides.
            let middle = (place ?? 0) - width / 2
            let start = max(0, min(middle, characters.count - width))
            var part = Array(characters[start..<start + width])
            if start > 0 { part[0] = "…" }
            if start + width < characters.count { part[width - 1] = "…" }
            characters = part
            place = place.map { $0 - start }
        }
        text = String(characters)
        caret = place.map { String(repeating: " ", count: $0) + "^" }
    }

    /// A character as it is shown: one, of one column, that steers no terminal.
    private static func visible(_ character: Character) -> Character {
        guard let scalar = character.unicodeScalars.first else { return " " }
        switch scalar.value {
        // The pictures of the control characters stand in their order from U+2400 on.
        case 0..<0x20: return Character(Unicode.Scalar(UInt8(scalar.value)).picture)
        case 0x7f: return "\u{2421}"
        case _: return String(character).printable.first ?? "\u{fffd}"
        }
    }
}

extension Unicode.Scalar {
    /// U+240A for a line feed.
    fileprivate var picture: Unicode.Scalar { Unicode.Scalar(0x2400 + value) ?? "\u{fffd}" }
}
