/// An independent, slow judge of JSON for tests: grammar of RFC 8259, well-formed UTF-8, a depth.
struct NaiveJSON {
    private let bytes: [UInt8]
    private var place = 0
    private let depthLimit: Int

    /// Whether `bytes` are one JSON value with blank bytes around it.
    static func isValid(_ bytes: some Sequence<UInt8>, depthLimit: Int = 64) -> Bool {
        let bytes = Array(bytes)
        guard String(validating: bytes, as: UTF8.self) != nil else { return false }
        var judge = NaiveJSON(bytes: bytes, depthLimit: depthLimit)
        guard judge.value(0) else { return false }
        judge.space()
        return judge.place == bytes.count
    }

    private init(bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    private var next: Character? {
        place < bytes.count ? Character(Unicode.Scalar(bytes[place])) : nil
    }

    private mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard bytes[place...].starts(with: wanted) else { return false }
        place += wanted.count
        return true
    }

    private mutating func space() {
        while let next, " \t\n\r".utf8.contains(bytes[place]), next.isASCII { place += 1 }
    }

    private mutating func value(_ depth: Int) -> Bool {
        space()
        switch next {
        case "{": return list("{", "}", depth) { $0.string() && $0.colon() && $0.value(depth + 1) }
        case "[": return list("[", "]", depth) { $0.value(depth + 1) }
        case "\"": return string()
        case "t": return take("true")
        case "f": return take("false")
        case "n": return take("null")
        default: return number()
        }
    }

    private mutating func colon() -> Bool {
        space()
        return take(":")
    }

    private mutating func list(
        _ open: String, _ close: String, _ depth: Int, _ item: (inout NaiveJSON) -> Bool
    ) -> Bool {
        guard depth < depthLimit, take(open) else { return false }
        space()
        if take(close) { return true }
        repeat {
            space()
            guard item(&self) else { return false }
            space()
        } while take(",")
        return take(close)
    }

    private mutating func string() -> Bool {
        guard take("\"") else { return false }
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == 0x22 { return true }
            if byte < 0x20 { return false }
            guard byte == 0x5C else { continue }
            guard let letter = next else { return false }
            place += 1
            if letter == "u" {
                for _ in 0..<4 {
                    guard let digit = next, digit.isHexDigit, digit.isASCII else { return false }
                    place += 1
                }
            } else if !"\"\\/bfnrt".contains(letter) {
                return false
            }
        }
        return false
    }

    private mutating func digits() -> Bool {
        let start = place
        while place < bytes.count, (0x30...0x39).contains(bytes[place]) { place += 1 }
        return place > start
    }

    private mutating func number() -> Bool {
        _ = take("-")
        if !take("0"), !digits() { return false }
        if take("."), !digits() { return false }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            return digits()
        }
        return true
    }
}
