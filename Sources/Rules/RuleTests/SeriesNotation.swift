import Foundation

/// Many readings on one line: `3.5 4.1*3 _ ? 1+0.5x10`.
///
///     3.5        one reading
///     3.5*4      four readings of 3.5
///     1+0.5x10   1, 1.5, … 6: the first, and ten more, each 0.5 higher; 1-0.5x10 falls
///     _          no reading; _*3
///     ?          a reading whose value is UNKNOWN; ?*3
///
/// Steps are added as decimals, so that `1+0.1x3` ends at 1.3 and not beside it.
enum SeriesNotation {
    /// One place of a series.
    enum Item: Equatable {
        case none
        case unknown
        /// A JSON number.
        case number(String)
    }

    /// What is wrong with a word, and where it stands in the text, in UTF-8.
    struct Problem: Error {
        var range: Range<Int>
        var message: String
        var hint: String
    }

    /// Readings one series may have.
    static let limit = 1_000_000

    /// The items of a text, in order; every problem at once.
    static func items(_ text: String) -> (items: [Item], problems: [Problem]) {
        var items: [Item] = []
        var problems: [Problem] = []
        for word in words(text) {
            guard let run = run(word.text) else {
                problems.append(
                    Problem(
                        range: word.range, message: "`\(word.text)` is not a reading",
                        hint: "write `3.5`, `3.5*4`, `1+0.5x10`, `_` for none or `?` for UNKNOWN"))
                continue
            }
            guard run.count <= limit - items.count else {
                problems.append(
                    Problem(
                        range: word.range, message: "a series has at most \(limit) readings",
                        hint: "say it with several entries"))
                continue
            }
            items += (0..<run.count).map(run.item)
        }
        return (items, problems)
    }

    private static func words(_ text: String) -> [(text: String, range: Range<Int>)] {
        var words: [(text: String, range: Range<Int>)] = []
        var start: Int?
        let bytes = Array(text.utf8)
        for (index, byte) in (bytes + [0x20]).enumerated() {
            let isBlank = byte == 0x20 || byte == 9 || byte == 10 || byte == 13
            if isBlank, let from = start {
                words.append(
                    (String(decoding: bytes[from..<index], as: UTF8.self), from..<index))
                start = nil
            } else if !isBlank, start == nil {
                start = index
            }
        }
        return words
    }

    /// A number as JSON writes it; nil when the text is none.
    static func number(_ text: Substring) -> String? {
        guard let value = Double(decimal: text) else { return nil }
        return decimal(text).map { "\($0)" } ?? "\(value)"
    }

    /// The items that a word stands for, of which there is at least one; nil when it is none.
    private static func run(_ word: String) -> (count: Int, item: (Int) -> Item)? {
        if let star = word.firstIndex(of: "*") {
            guard let count = count(word[word.index(after: star)...]),
                let item = single(word[..<star])
            else { return nil }
            return (count, { _ in item })
        }
        if let cross = word.firstIndex(of: "x") {
            guard let steps = count(word[word.index(after: cross)...]),
                let (first, step) = ramp(word[..<cross])
            else { return nil }
            return (steps &+ 1, { .number("\(first + step * Decimal($0))") })
        }
        return single(word[...]).map { item in (1, { _ in item }) }
    }

    private static func count(_ text: Substring) -> Int? {
        guard let count = Int(text), count > 0, count < .max, text.first != "+" else { return nil }
        return count
    }

    private static func single(_ text: Substring) -> Item? {
        switch text {
        case "_": .some(.none)
        case "?": .unknown
        case _: number(text).map(Item.number)
        }
    }

    /// First value and step of `1+0.5`; the sign between them is the first that follows no exponent.
    private static func ramp(_ text: Substring) -> (first: Decimal, step: Decimal)? {
        let sign = text.indices.dropFirst().first { index in
            let before = text[text.index(before: index)]
            return (text[index] == "+" || text[index] == "-") && before != "e" && before != "E"
        }
        guard let sign, let first = decimal(text[..<sign]),
            let step = decimal(text[text.index(after: sign)...])
        else { return nil }
        return (first, text[sign] == "-" ? -step : step)
    }

    /// A plain decimal number, which `Decimal` would otherwise read as far as it can.
    private static func decimal(_ text: Substring) -> Decimal? {
        guard Double(decimal: text) != nil, let value = Decimal(string: String(text)),
            value.isFinite
        else { return nil }
        return value
    }
}
