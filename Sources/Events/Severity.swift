/// How bad it is, in the words of CAP 1.2; a level of a rule has one.
public enum Severity: UInt8, CaseIterable, Comparable, Sendable {
    case minor, moderate, severe, extreme

    /// Milder sorts first.
    public static func < (left: Severity, right: Severity) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The word used in rules, messages and topics.
    public var name: String {
        switch self {
        case .minor: "minor"
        case .moderate: "moderate"
        case .severe: "severe"
        case .extreme: "extreme"
        }
    }

    /// The severity with this name, nil when there is none.
    public init?(name: String) {
        guard let found = Severity.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}

/// Whether a message speaks of the world, of an exercise, of a test, or of Tocsin itself.
///
/// The implicit first component of every key: an exercise has holds and incidents of its own, and
/// no payload can turn it into actual.
public enum Status: UInt8, CaseIterable, Sendable {
    case actual = 1
    case exercise, test, system

    /// The word used in messages and as the root of topics.
    public var name: String {
        switch self {
        case .actual: "actual"
        case .exercise: "exercise"
        case .test: "test"
        case .system: "system"
        }
    }

    /// The status with this name, nil when there is none.
    public init?(name: String) {
        guard let found = Status.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}
