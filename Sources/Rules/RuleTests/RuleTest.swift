package import Events

/// One test of a rule set: readings, and what the rules must make of them.
package struct RuleTest: Sendable {
    /// What it shows, in the author's words.
    package var name: String
    /// Line of the file at which it begins, from 1.
    package var line: Int
    /// The rules whose transitions are compared; nil: all.
    package var rules: [String]?
    /// Where relative times count from, nanoseconds since 1970.
    package var start: Int64
    /// Readings in the order of their arrival.
    package var readings: [Reading]
    /// Time passes up to here after the last reading; nil: it ends there.
    package var until: Int64?
    /// The whole log of these rules, in order; nil: it is not looked at.
    package var transitions: [ExpectedTransition]?
    /// Values at a time.
    package var values: [ExpectedValues]

    /// One reading or report.
    package struct Reading: Sendable {
        /// Index of its stream.
        package var stream: Int
        /// Event time, nanoseconds since 1970.
        package var time: Int64
        /// When it comes, nanoseconds since 1970; readings come in this order.
        package var arrival: Int64
        /// Fields by their index in the stream; the others are absent.
        package var values: [(field: Int, value: Value)]
        /// Line of the file, from 1.
        package var line: Int
    }

    /// What a field of a reading holds.
    package enum Value: Sendable, Equatable {
        /// Null: the field is UNKNOWN.
        case unknown
        /// A JSON number as written.
        case number(String)
        case text(String)
        case bool(Bool)
        /// Nanoseconds since 1970.
        case time(Int64)
    }

    /// Fields of a key as the author writes them; those that are not named may be anything.
    package struct ExpectedKey: Sendable {
        package var fields: [(name: String, text: String)] = []

        /// Whether a key, by the names and values of its fields, is one of these.
        package func matches(_ key: [(name: String, value: Scalar)]) -> Bool {
            fields.allSatisfy { wanted in
                key.contains { $0.name == wanted.name && $0.value.description == wanted.text }
            }
        }
    }

    /// A line of the log as the author expects it; what is nil may be anything.
    package struct ExpectedTransition: Sendable {
        /// Nanoseconds since 1970.
        package var time: Int64
        package var rule: String?
        package var key: ExpectedKey
        package var from: String?
        package var to: String
        package var severity: String?
        package var cause: String?
        package var values: [(name: String, value: ExpectedValue)]
        /// Line of the file, from 1.
        package var line: Int
    }

    /// What a rule must see at a time: at its newest judgement not after it.
    package struct ExpectedValues: Sendable {
        /// Nanoseconds since 1970.
        package var time: Int64
        package var rule: String
        package var key: ExpectedKey
        /// Values of `let`s.
        package var lets: [(name: String, value: ExpectedValue)]
        /// Conditions of levels: TRUE, FALSE, or nil for UNKNOWN.
        package var when: [(name: String, truth: Bool?)]
        /// Line of the file, from 1.
        package var line: Int
    }

    /// A value that is compared: numbers to within one part in 10^9, all else as text.
    package enum ExpectedValue: Sendable, Equatable {
        case unknown
        case number(Double)
        case text(String)

        /// Whether a value is the expected one.
        package func matches(_ value: Scalar) -> Bool {
            switch (self, value) {
            case (.unknown, .unknown): return true
            case (.number(let expected), .double(let actual)):
                return abs(expected - actual) <= 1e-9 * max(abs(expected), abs(actual))
            case (.text(let text), .double(let actual)):
                // A duration is shown in seconds.
                return TimeSpan(text).map { Double($0.nanoseconds) / 1e9 == actual } ?? false
            case (.number(let expected), .int(let actual)): return expected == Double(actual)
            case (.text(let text), .string), (.text(let text), .bool),
                (.text(let text), .timestamp):
                return text == value.description
            case (.text, _), (.number, _), (.unknown, _): return false
            }
        }
    }
}

extension RuleTest.ExpectedValue: CustomStringConvertible {
    /// As a failing test shows it.
    package var description: String {
        switch self {
        case .unknown: "?"
        case .number(let number): "\(number)"
        case .text(let text): text
        }
    }
}

extension RuleTest.ExpectedKey: CustomStringConvertible {
    /// The values, with commas between.
    package var description: String { fields.map(\.text).joined(separator: ",") }
}
