import CEL
import Events
import Expressions

/// A declared stream as rules see it: what the names in their expressions mean.
struct StreamScope {
    /// Index in the plan.
    let index: Int
    /// The declaration.
    let schema: StreamSchema
    /// Where its name stands, for messages about a second one: `path:line:column`.
    let position: String
    /// Its fields as names of expressions.
    let environment: CEL.Environment
    /// Fields that could not be read: what mentions them is not checked, lest one problem be told
    /// many times.
    let broken: Set<String>
    /// Cells by name.
    let cells: [String: Int]
    /// A program for each field, to show its value.
    let programs: [Program]

    init(index: Int, schema: StreamSchema, position: String, broken: Set<String>) {
        self.index = index
        self.schema = schema
        self.position = position
        self.broken = broken
        var environment = CEL.Environment()
        var cells: [String: Int] = [:]
        for (cell, field) in schema.fields.enumerated() {
            environment.declare(
                field: field.name, cell: cell, type: field.type.valueType, unit: field.unit)
            cells[field.name] = cell
        }
        self.environment = environment
        self.cells = cells
        programs = schema.fields.map { field in
            let outcome = CEL.check(field.name, in: environment, purpose: .value)
            guard let checked = outcome.checked else {
                preconditionFailure("The name of a declared field is an expression.")
            }
            return checked.program(mode: .rule)
        }
    }
}

extension FieldType {
    /// The type of an expression that reads such a field.
    var valueType: ValueType {
        switch self {
        case .string: .string
        case .int: .int
        case .double: .double
        case .bool: .bool
        case .timestamp: .timestamp
        }
    }
}
