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
            switch expand(word.text) {
            case .some(let more) where items.count + more.count <= limit: items += more
            case .some:
                problems.append(
                    Problem(
                        range: word.range, message: "a series has at most \(limit) readings",
                        hint: "say it with several entries"))
                return (items, problems)
            case nil where isTooLong(word.text):
                problems.append(
                    Problem(
                        range: word.range, message: "a series has at most \(limit) readings",
                        hint: "say it with several entries"))
            case nil:
                problems.append(
                    Problem(
                        range: word.range, message: "`\(word.text)` is not a reading",
                        hint: "write `3.5`, `3.5*4`, `1+0.5x10`, `_` for none or `?` for UNKNOWN"))
            }
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
        guard isNumber(text) else { return nil }
        return decimal(text).map { "\($0)" } ?? Double(text).map { "\($0)" }
    }

    /// The items that a word stands for; nil when it is none.
    private static func expand(_ word: String) -> [Item]? {
        if let star = word.firstIndex(of: "*") {
            guard let count = count(word[word.index(after: star)...]),
                let item = single(word[..<star])
            else { return nil }
            return Array(repeating: item, count: count)
        }
        if let cross = word.firstIndex(of: "x") {
            guard let count = count(word[word.index(after: cross)...]) else { return nil }
            return ramp(word[..<cross], steps: count)
        }
        return single(word[...]).map { [$0] }
    }

    /// Whether a word of the right form asks for more readings than there may be.
    private static func isTooLong(_ word: String) -> Bool {
        guard let mark = word.firstIndex(where: { $0 == "*" || $0 == "x" }) else { return false }
        return Int(word[word.index(after: mark)...]).map { $0 > limit } ?? false
    }

    private static func count(_ text: Substring) -> Int? {
        guard let count = Int(text), count > 0, count <= limit, text.first != "+" else {
            return nil
        }
        return count
    }

    private static func single(_ text: Substring) -> Item? {
        switch text {
        case "_": .some(.none)
        case "?": .unknown
        case _: number(text).map(Item.number)
        }
    }

    /// `1+0.5`, stepped; the sign between the numbers is the last that follows a digit.
    private static func ramp(_ text: Substring, steps: Int) -> [Item]? {
        let signs = text.indices.dropFirst().filter { index in
            let before = text[text.index(before: index)]
            return (text[index] == "+" || text[index] == "-") && before != "e" && before != "E"
        }
        guard let sign = signs.first, let first = decimal(text[..<sign]),
            let step = decimal(text[text.index(after: sign)...])
        else { return nil }
        let signed = text[sign] == "-" ? -step : step
        return (0...steps).map { .number("\(first + signed * Decimal($0))") }
    }

    /// A plain decimal number, which `Decimal` would otherwise read as far as it can.
    private static func decimal(_ text: Substring) -> Decimal? {
        guard isNumber(text), let value = Decimal(string: String(text)), value.isFinite else {
            return nil
        }
        return value
    }

    /// Whether a text is a number as YAML and JSON write it, a sign in front allowed.
    private static func isNumber(_ text: Substring) -> Bool {
        let isPlain = text.utf8.allSatisfy { byte in
            (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || "+-.eE".utf8.contains(byte)
        }
        return isPlain && (Double(text)?.isFinite ?? false)
    }
}
