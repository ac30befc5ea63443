import ArgumentParser
import Client

/// How fast `publish` sends.
enum PublishSpeed: Sendable, Equatable {
    /// As fast as it is taken.
    case max
    /// So many readings, or messages of a capture, in a second.
    case perSecond(Double)
    /// So many times as fast as a capture was recorded.
    case recorded(Double)

    /// `max`, a number in a second, `recorded`, or a multiple of that: `10x`.
    init(_ text: String) throws {
        let isMultiple = text.hasSuffix("x")
        if text == "max" {
            self = .max
        } else if text == "recorded" {
            self = .recorded(1)
        } else if let number = Double(isMultiple ? String(text.dropLast()) : text), number > 0,
            number.isFinite
        {
            self = isMultiple ? .recorded(number) : .perSecond(number)
        } else {
            throw ValidationError(
                "\"\(text)\" is no speed; write a number in a second, max, or, of a capture, "
                    + "recorded or 10x")
        }
    }

    /// When a message is due after the beginning; nil for at once.
    ///
    /// - Parameters:
    ///   - sent: readings before it.
    ///   - seconds: its place in the capture, after the place of the first.
    func due(sent: Int, seconds: Double) -> Duration? {
        switch self {
        case .max: nil
        case .perSecond(let rate): .seconds(Double(sent) / rate)
        case .recorded(let multiple): .seconds(seconds / multiple)
        }
    }
}
