internal import Events

// Strings and numbers: the two tokens with a grammar of their own.
extension JSONScanner {
    /// A string from behind its opening quote; gives the place of its closing one, and says in
    /// `isEscaped` whether it holds escapes.
    mutating func scanString(_ start: UnsafeRawPointer) -> UnsafeRawPointer? {
        var place = start
        isEscaped = false
        while true {
            place = skipPlain(place)
            guard place < end else { return fail(.json, place) }
            let byte = place.byte
            if _fastPath(byte == ASCII.quote) { return place }
            if byte == ASCII.backslash {
                isEscaped = true
                guard let after = skipEscape(place) else { return nil }
                place = after
            } else if byte >= 0x80 {
                guard let after = skipScalars(place) else { return nil }
                place = after
            } else {
                return fail(.json, place)
            }
        }
    }

    /// Skips bytes that need no thought; may run past `end`, never past `readable`.
    @inline(__always)
    private func skipPlain(_ start: UnsafeRawPointer) -> UnsafeRawPointer {
        var place = start
        while place + 8 <= readable {
            let stops = Word.stops(Word.load(place))
            if stops != 0 { return place + Word.bytesBefore(stops) }
            place += 8
        }
        while place < end {
            let byte = place.byte
            if byte < 0x20 || byte >= 0x80 || byte == ASCII.quote || byte == ASCII.backslash {
                break
            }
            place += 1
        }
        return place
    }

    private mutating func skipEscape(_ backslash: UnsafeRawPointer) -> UnsafeRawPointer? {
        let letter = backslash + 1
        guard letter < end else { return fail(.json, letter) }
        switch letter.byte {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74:
            return letter + 1
        case 0x75:
            for index in 1...4 {
                guard letter + index < end, Unescaping.hexDigit((letter + index).byte) >= 0 else {
                    return fail(.json, letter + index)
                }
            }
            return letter + 5
        default:
            return fail(.json, letter)
        }
    }

    /// Skips a run of well-formed UTF-8 beyond ASCII (Unicode 15, table 3-7).
    mutating func skipScalars(_ start: UnsafeRawPointer) -> UnsafeRawPointer? {
        var place = start
        while place < end {
            let lead = place.byte
            if lead < 0x80 { break }
            // How many bytes follow, and what the second may be.
            var count = 1
            var lowest: UInt8 = 0x80
            var highest: UInt8 = 0xBF
            switch lead {
            case 0xC2...0xDF: break
            case 0xE0...0xEF:
                count = 2
                if lead == 0xE0 { lowest = 0xA0 }
                if lead == 0xED { highest = 0x9F }
            case 0xF0...0xF4:
                count = 3
                if lead == 0xF0 { lowest = 0x90 }
                if lead == 0xF4 { highest = 0x8F }
            default: return fail(.json, place)
            }
            guard end - place > count else { return fail(.json, place) }
            let second = (place + 1).byte
            guard second >= lowest, second <= highest else { return fail(.json, place) }
            for index in 2..<4 where index <= count {
                guard (place + index).byte & 0xC0 == 0x80 else { return fail(.json, place) }
            }
            place += count + 1
        }
        return place
    }

    /// Moves `place` behind the number that begins there, or to what makes it none.
    static func skipNumber(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
        if place < end, place.byte == ASCII.minus { place += 1 }
        guard place < end else { return false }
        if place.byte == ASCII.zero {
            place += 1
        } else if !skipDigits(&place, end) {
            return false
        }
        if place < end, place.byte == ASCII.dot {
            place += 1
            guard skipDigits(&place, end) else { return false }
        }
        if place < end, place.byte | 0x20 == 0x65 {
            place += 1
            if place < end, place.byte == ASCII.plus || place.byte == ASCII.minus { place += 1 }
            guard skipDigits(&place, end) else { return false }
        }
        return true
    }

    /// At least one digit.
    @inline(__always)
    private static func skipDigits(
        _ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer
    ) -> Bool {
        let start = place
        while place < end, place.byte &- ASCII.zero < 10 { place += 1 }
        return place != start
    }
}
