package import Events
import Wire

// What a person types for a field, and what a person is told of it.

extension Field {
    /// A value that is none for this field, as sentences without their full stops.
    package struct Problem: Error, Sendable, Hashable {
        /// What is wrong.
        package let sentence: String
        /// What to write instead.
        package let hint: String?

        /// A problem.
        package init(_ sentence: String, hint: String? = nil) {
            self.sentence = sentence
            self.hint = hint
        }
    }

    /// What it takes: `a whole number, 0 to 100000`, `a number in m`.
    package var kind: String {
        let unit = unit.map { " in \($0)" } ?? ""
        let range = range.map { ", \($0)" } ?? ""
        return switch type {
        case .string: "a text"
        case .int: "a whole number" + unit + range
        case .double: "a number" + unit + range
        case .bool: "true or false"
        case .timestamp: "a time like 2026-01-02T03:04:05Z"
        }
    }

    /// The numbers that are valid: `0 to 100000 m`; nil: all are.
    package var range: String? {
        guard let valid else { return nil }
        let (lower, upper) = (Self.text(valid.lowerBound), Self.text(valid.upperBound))
        if valid.lowerBound == -.infinity { return "at most \(upper)" }
        if valid.upperBound == .infinity { return "at least \(lower)" }
        return "\(lower) to \(upper)"
    }

    /// Reads a value as a person types it, and checks it as the daemon would, and more: the daemon
    /// takes a number outside the valid range for unknown and says nothing.
    package func value(_ text: String) throws(Problem) -> Scalar {
        guard let value = parsed(text) else {
            throw Problem("`\(name)` is \(kind), not \"\(text)\"", hint: typeHint(text))
        }
        if missing.contains(value) {
            throw Problem(
                "`\(name)` = \(text) stands for no value", hint: "leave it out to say nothing of it"
            )
        }
        let number: Double? =
            switch value {
            case .int(let number): Double(number)
            case .double(let number): number
            case .unknown, .bool, .string, .timestamp: nil
            }
        if let number, let valid, !valid.contains(number), let range {
            let unit = unit.map { " \($0)" } ?? ""
            throw Problem("`\(name)` is \(range)\(unit), not \(text)")
        }
        return value
    }

    private func parsed(_ text: String) -> Scalar? {
        switch type {
        case .string:
            return text.utf8.count <= Limits.textBytes ? .string(text) : nil
        case .int: return Int64(text).map(Scalar.int)
        case .double:
            // No hexadecimal numbers, infinities and the like: what JSON has.
            let isPlain = text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
            guard isPlain, let number = Double(text), number.isFinite else { return nil }
            return .double(number)
        case .bool:
            switch text.lowercased() {
            case "true", "yes": return .bool(true)
            case "false", "no": return .bool(false)
            case _: return nil
            }
        case .timestamp: return Timestamp(rfc3339: text).map(Scalar.timestamp)
        }
    }

    private func typeHint(_ text: String) -> String? {
        switch type {
        case .string: "a text has at most \(Limits.textBytes) bytes"
        case .int where Double(text) != nil: "round it"
        case .double where text.contains(","): "write the point as in 1.5"
        case .int, .double:
            unit != nil && text.contains { $0.isLetter } ? "write the number alone" : nil
        case .bool, .timestamp: nil
        }
    }

    private static func text(_ number: Double) -> String {
        Int64(exactly: number).map { String($0) } ?? number.description
    }
}
