/// How a program treats numbers that are not finite.
public enum Mode: Sendable, CaseIterable {
    /// NaN and infinity are UNKNOWN, wherever they come from: a broken sensor never makes a
    /// condition FALSE. What rules run in.
    case rule
    /// Doubles follow IEEE 754 as CEL specifies. What CEL's conformance suite runs in.
    case ieee
}
