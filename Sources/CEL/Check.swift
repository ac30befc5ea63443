public import Expressions

/// What an expression is for, which decides what it may say.
public enum Purpose: Sendable, Hashable {
    /// A Boolean that is asked of every row.
    case condition
    /// A value: a label, an area.
    case value
    /// A let: a value, or a row of a table.
    case definition
    /// The inside of a `${…}`: also `fixed(x, n)`.
    case message
}

/// The result of checking one expression.
public enum CheckOutcome: Sendable {
    /// It can be compiled.
    case checked(Checked)
    /// It cannot: at least one problem, in order of position.
    case refused([Problem])

    /// The expression, if it was accepted.
    public var checked: Checked? {
        if case .checked(let checked) = self { checked } else { nil }
    }

    /// The problems, none if it was accepted.
    public var problems: [Problem] {
        if case .refused(let problems) = self { problems } else { [] }
    }
}

/// Checks an expression against what its names mean, and reports all independent problems at once.
///
/// A condition is Boolean whatever `expecting` says; nil accepts any type. Total on any source, and
/// linear in its length.
public func check(
    _ source: String, in environment: Environment, expecting: ValueType? = nil,
    purpose: Purpose = .condition
) -> CheckOutcome {
    do throws(Problem) {
        let expression = try Parser.parse(Array(source.utf8))
        return check(expression, in: environment, expecting: expecting, purpose: purpose)
    } catch {
        return .refused([error])
    }
}

/// Checks a parsed expression.
func check(
    _ expression: Expression, in environment: Environment, expecting: ValueType?, purpose: Purpose
) -> CheckOutcome {
    var checker = Checker(environment: environment, purpose: purpose)
    let expected = purpose == .condition ? .bool : expecting
    let tree = checker.check(expression).flatMap { tree in
        tree.type == .row && purpose != .definition
            ? checker.refuseRow(expression) : checker.fit(tree, expression, to: expected)
    }
    guard let tree, checker.problems.isEmpty else {
        let inOrder = checker.problems.sorted { $0.range.lowerBound < $1.range.lowerBound }
        return .refused(inOrder)
    }
    let checked = Checked(
        tree: tree, expression: expression, referencedFields: checker.cells,
        references: checker.references, tables: checker.tables, columns: checker.columns,
        windowSites: checker.windowSites)
    guard tree.height <= Parser.depthLimit, checked.fitsLimits else {
        let limit = "\(Parser.depthLimit) levels or \(Program.instructionLimit) steps"
        return .refused([
            Problem(
                range: expression.range,
                message: "the expression and the lets it names have more than \(limit)",
                hint: "say less in one expression")
        ])
    }
    return .checked(checked)
}
