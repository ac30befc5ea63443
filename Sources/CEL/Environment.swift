public import Expressions

/// What the names in an expression mean: the fields of a stream and the lets of a rule.
public struct Environment: Sendable {
    enum Entry: Sendable {
        case field(cell: Int, type: ValueType, unit: String?)
        case definition(Definition)
    }

    private var entries: [String: Entry] = [:]
    /// Tables by name; a field or let of the same name hides one.
    public var tables: [String: Table] = [:]
    /// Names that are yet to be defined.
    public var announced: Set<String> = []
    /// Where windows are entered; nil where none may be asked for.
    public var windows: WindowTable?

    /// An environment without names.
    public init() {}

    /// Declares a field that lies in a cell, 0 to 63; a later declaration of a name replaces it.
    ///
    /// Names may be dotted (`gauge.level`). Fields whose `unit`s differ cannot be compared, added
    /// or subtracted; nil means that nothing was declared.
    public mutating func declare(
        field name: String, cell: Int, type: ValueType, unit: String? = nil
    ) {
        precondition((0..<Row.cellLimit).contains(cell), "a row has at most 64 cells")
        entries[name] = .field(cell: cell, type: type, unit: unit)
    }

    /// Gives a checked expression a name. It is substituted, not stored: a let is pure.
    public mutating func define(_ name: String, as checked: Checked) {
        entries[name] = .definition(
            Definition(
                name: name, tree: checked.tree, cells: checked.referencedFields,
                tables: checked.tables,
                text: text(
                    checked.expression, references: checked.references, tables: checked.tables)))
    }

    /// Canonical text of an expression with the lets it names and the content of the tables it reads:
    /// equal texts mean the same.
    func text(_ expression: Expression, references: [String], tables: [Table]) -> String {
        let lets = references.compactMap { name -> String? in
            guard case .definition(let definition)? = entries[name] else { return nil }
            return "\(name) = \(definition.text)"
        }
        let contents = tables.map { "\($0.name) = \($0.version)" }
        return ([expression.description] + lets + contents).joined(separator: "\n")
    }

    func entry(_ name: String) -> Entry? { entries[name] }

    var names: [String] { entries.keys.sorted() }
}
