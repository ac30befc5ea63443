public import Expressions

/// An expression that means something: it can be compiled in either mode, any number of times.
public struct Checked: Sendable {
    let tree: TypedExpression
    let expression: Expression

    /// Cells of the fields it reads, also through lets, in order of first appearance.
    public let referencedFields: [Int]
    /// Names of fields and lets as written in it, in order of first appearance.
    public let references: [String]
    /// Tables it reads, also through lets.
    public let tables: [Table]
    /// Columns of tables that stand in it, in order of first appearance.
    public let columns: [ColumnReading]

    /// The windows written in it, not those of the lets it names, in order of position.
    public let windowSites: [WindowSite]

    /// The type of its value.
    public var type: ValueType { tree.type }

    /// Whether it reads a window, directly or through a let.
    public var readsWindows: Bool { tree.readsWindows }

    /// The unit of its number, if it keeps that of a field.
    public var unit: String? { tree.unit }

    /// Whether it computes the value with a program that fits the limits; `check` asks once.
    var fitsLimits: Bool { Compiler.program(tree, mode: .ieee) != nil }

    /// The program that computes it.
    public func program(mode: Mode) -> Program {
        guard let program = Compiler.program(tree, mode: mode) else {
            preconditionFailure("what passed the check fits the limits of a program")
        }
        return program
    }

    /// The condition it is; it must be Boolean.
    public func condition(mode: Mode) -> Condition {
        precondition(type == .bool, "a condition is Boolean: check with the purpose `condition`")
        return Compiler.condition(tree, mode: mode)
    }
}

extension Checked: CustomStringConvertible {
    /// The canonical text: equal for sources that differ in spacing and quotes only.
    public var description: String { expression.description }
}

/// A column of a table as an expression names it: `g.major`, `gauges[station].major`.
public struct ColumnReading: Sendable {
    /// The expression.
    public let text: String
    let tree: TypedExpression

    /// The program that computes it; nil when it is over a limit.
    public func program(mode: Mode) -> Program? { Compiler.program(tree, mode: mode) }
}
