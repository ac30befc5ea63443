import Foundation
import Glibc

/// How a text is set off on a terminal; every one also differs by a word or a symbol.
enum Style: String {
    case plain = ""
    case dim = "2"
    case bold = "1"
    case good = "32"
    case minor = "36"
    case moderate = "33"
    case severe = "1;31"
    case extreme = "1;97;41"
}

/// What may be written to a terminal, and how.
struct Terminal: Sendable {
    /// Whether colour is used: on a terminal that has it, unless `NO_COLOR` is set.
    let hasColour: Bool

    /// A terminal with or without colour.
    init(hasColour: Bool) { self.hasColour = hasColour }

    /// The terminal behind a file descriptor.
    init(descriptor: Int32) {
        let environment = ProcessInfo.processInfo.environment
        let isRefused = environment["NO_COLOR"]?.isEmpty == false || environment["TERM"] == "dumb"
        hasColour = isatty(descriptor) == 1 && !isRefused
    }

    /// Characters in a line of the terminal behind a descriptor; nil: it is none.
    static func width(descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// The text in a style, where there is colour.
    func styled(_ text: String, _ style: Style) -> String {
        guard hasColour, style != .plain, !text.isEmpty else { return text }
        return "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m"
    }
}

extension String {
    /// The text without what would steer a terminal or turn the direction of writing: names and
    /// messages come from feeds and rules of others.
    var printable: String {
        var scalars = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.value {
            case 0x0a, 0x0d, 0x09: scalars.append(" ")
            case 0..<0x20, 0x7f..<0xa0, 0x200e...0x200f, 0x202a...0x202e, 0x2066...0x2069:
                scalars.append("\u{fffd}")
            case _: scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    /// The text with spaces after it, to be `width` characters wide.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }

    /// The text with spaces before it, to be `width` characters wide.
    func padded(leftTo width: Int) -> String {
        String(repeating: " ", count: Swift.max(0, width - count)) + self
    }
}

extension UInt64 {
    /// The number with a comma every three digits.
    var grouped: String {
        let digits = Array(String(self))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }
}
