/// Doubles as decimal text.
enum Decimal {
    /// Most decimals `fixed` writes.
    static let decimalsLimit = 15

    /// The shortest decimal that reads back the same double, without a trailing `.0`, as CEL's own
    /// conversion to string has it.
    static func shortest(_ value: Double) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// A number with exactly `decimals` digits behind the point.
    ///
    /// It rounds the shortest decimal, half away from zero: 1.005 with two is `1.01`, as its reader
    /// expects, although the double lies a little below. Never writes `-0.00`.
    static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return shortest(value) }
        let (digits, point) = parts(value.magnitude)
        let kept = point + decimals
        var rounded: [UInt8]
        if kept < 0 {
            rounded = []
        } else {
            rounded = Array(digits.prefix(kept))
            rounded += Array(repeating: 0, count: kept - rounded.count)
            if kept < digits.count, digits[kept] >= 5 { increment(&rounded) }
        }
        if rounded.count <= decimals {
            rounded = Array(repeating: 0, count: decimals + 1 - rounded.count) + rounded
        }
        let negative = value < 0 && rounded.contains { $0 != 0 }
        var text = negative ? "-" : ""
        for (index, digit) in rounded.enumerated() {
            if index == rounded.count - decimals { text += "." }
            text += String(digit)
        }
        return text
    }

    /// The digits of the shortest decimal and how many of them stand before the point.
    private static func parts(_ value: Double) -> (digits: [UInt8], point: Int) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        let halves = value.description.utf8.split(separator: UInt8(ascii: "e"))
        if let mantissa = halves.first {
            for byte in mantissa where byte != UInt8(ascii: ".") {
                digits.append(byte - UInt8(ascii: "0"))
            }
            point = mantissa.firstIndex(of: UInt8(ascii: ".")).map { index in
                mantissa.distance(from: mantissa.startIndex, to: index)
            }
        }
        if halves.count == 2 { exponent = Int(String(Substring(halves[1]))) ?? 0 }
        var position = (point ?? digits.count) + exponent
        while digits.first == 0 {
            digits.removeFirst()
            position -= 1
        }
        return digits.isEmpty ? ([], 0) : (digits, position)
    }

    private static func increment(_ digits: inout [UInt8]) {
        var index = digits.count - 1
        while index >= 0 {
            if digits[index] < 9 {
                digits[index] += 1
                return
            }
            digits[index] = 0
            index -= 1
        }
        digits.insert(1, at: 0)
    }
}
