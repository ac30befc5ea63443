public import Expressions

/// Gives every part of an expression a type, without ever guessing one.
///
/// A part that has a problem has no type (nil), and nothing that contains it is complained about,
/// so every problem reported is independent of the others.
struct Checker {
    let environment: Environment
    let purpose: Purpose
    /// Whether it checks what a window looks at.
    let isInWindow: Bool
    var problems: [Problem] = []
    private(set) var cells: [Int] = []
    private(set) var references: [String] = []
    /// Tables that are read, also through lets.
    private(set) var tables: [Table] = []
    /// Columns that are read, as written.
    private(set) var columns: [ColumnReading] = []
    private(set) var windowSites: [WindowSite] = []

    init(environment: Environment, purpose: Purpose, isInWindow: Bool = false) {
        self.environment = environment
        self.purpose = purpose
        self.isInWindow = isInWindow
    }

    /// Takes over what another found in a part of the expression.
    mutating func take(_ other: Checker) {
        problems += other.problems
        for cell in other.cells { note(cell) }
        for name in other.references where !references.contains(name) { references.append(name) }
        for table in other.tables { note(table) }
        for column in other.columns { note(column.text, column.tree) }
    }

    /// Remembers where a window stands.
    mutating func note(_ site: WindowSite) { windowSites.append(site) }

    /// Always nil, so that a refusal can be returned.
    mutating func refuse(
        _ range: Range<Int>, _ message: String, hint: String? = nil
    ) -> TypedExpression? {
        problems.append(Problem(range: range, message: message, hint: hint))
        return nil
    }

    mutating func refuseLater(_ what: String, at range: Range<Int>) -> TypedExpression? {
        refuse(range, "\(what) not in this version")
    }

    mutating func check(_ expression: Expression) -> TypedExpression? {
        switch expression.kind {
        case .literal(let literal):
            return constant(literal, expression)
        case .select(let operand, let field, let isOptional) where isColumn(expression):
            return column(expression, operand, field, isOptional: isOptional)
        case .identifier, .select:
            return name(expression)
        case .index(let base, let key, let isOptional):
            return lookup(expression, base, key, isOptional: isOptional)
        case .call(let target, let name, let arguments):
            return call(expression, target, name, arguments)
        case .unary(let unary, let operand):
            return self.unary(expression, unary, operand)
        case .binary(.in, let left, let right):
            return membership(expression, left, right)
        case .binary(let binary, let left, let right):
            return self.binary(expression, binary, left, right)
        case .ternary(let condition, let yes, let no):
            return ternary(expression, condition, yes, no)
        case .list:
            return refuse(
                expression.range, "a list may only stand to the right of `in` in this version",
                hint: "other uses of lists are not in this version")
        case .map:
            return refuseLater("maps are", at: expression.range)
        case .message:
            return refuseLater("messages are", at: expression.range)
        }
    }

    private mutating func constant(
        _ literal: Expression.Literal, _ expression: Expression
    ) -> TypedExpression? {
        switch literal {
        case .bool(let value): return TypedExpression(.constant(.bool(value)), .bool)
        case .int(let value):
            return TypedExpression(.constant(.int(value)), .int, isIntegerLiteral: true)
        case .double(let value): return TypedExpression(.constant(.double(value)), .double)
        case .string(let value): return TypedExpression(.constant(.string(value)), .string)
        case .null:
            return refuse(
                expression.range, "`null` is not in this version",
                hint: "whether a field is known is asked with `has(field)` and `!has(field)`")
        case .uint: return refuseLater("unsigned integers are", at: expression.range)
        case .bytes: return refuseLater("bytes are", at: expression.range)
        }
    }

    private mutating func name(_ expression: Expression) -> TypedExpression? {
        guard let name = expression.qualifiedName else {
            return refuseLater("selecting a member is", at: expression.mark)
        }
        let plain = name.hasPrefix(".") ? String(name.dropFirst()) : name
        guard let entry = environment.entry(plain) else { return unknown(plain, expression) }
        if !references.contains(plain) { references.append(plain) }
        switch entry {
        case .field(let cell, let type, let unit):
            note(cell)
            return TypedExpression(.field(cell: cell), type, unit: unit)
        case .definition(let definition):
            for cell in definition.cells { note(cell) }
            for table in definition.tables { note(table) }
            let tree = definition.tree
            return TypedExpression(
                .reference(definition), tree.type, unit: tree.unit,
                isIntegerLiteral: tree.isIntegerLiteral)
        }
    }

    private mutating func note(_ cell: Int) {
        if !cells.contains(cell) { cells.append(cell) }
    }

    mutating func note(_ table: Table) {
        if !tables.contains(where: { $0 === table }) { tables.append(table) }
    }

    mutating func note(_ text: String, _ tree: TypedExpression) {
        guard !columns.contains(where: { $0.text == text }) else { return }
        columns.append(ColumnReading(text: text, tree: tree))
    }

    /// Something declared that a longer name begins with, something planned, or a typing error.
    private mutating func unknown(_ name: String, _ expression: Expression) -> TypedExpression? {
        let parts = name.split(separator: ".").map(String.init)
        if let table = parts.first.flatMap({ environment.tables[$0] }) {
            let column = parts.count > 1 ? ".\(parts[parts.count - 1])" : ""
            return refuse(
                expression.range, "`\(table.name)` is a table: a row of it is found by its key",
                hint: "write `\(table.name)[\(table.key)]\(column)`")
        }
        for count in stride(from: parts.count - 1, to: 0, by: -1) {
            let prefix = parts.prefix(count).joined(separator: ".")
            guard environment.entry(prefix) != nil else { continue }
            return refuse(
                expression.mark, "`\(prefix)` has no member `\(parts[count])`",
                hint: "members of fields are not in this version")
        }
        if let root = parts.first, LaterNames.contains(root) {
            return refuseLater("`\(root)` is", at: expression.range)
        }
        if environment.announced.contains(name) {
            return refuse(
                expression.range, "`\(name)` is not known yet",
                hint: "a `let` may use those above it")
        }
        let names = environment.names
        if let near = Spelling.nearest(to: name, in: names) {
            return refuse(
                expression.range, "there is no field or let `\(name)`",
                hint: "did you mean `\(near)`?")
        }
        if FunctionTable.callable.contains(name) {
            return refuse(
                expression.range, "`\(name)` is a function", hint: "write `\(name)(…)`")
        }
        let some = names.prefix(8).map { "`\($0)`" }.joined(separator: ", ")
        let more = names.count > 8 ? ", …" : ""
        return refuse(
            expression.range, "there is no field or let `\(name)`",
            hint: names.isEmpty ? nil : "there are \(some)\(more)")
    }

    /// The tree as the type that is asked for, a literal being promoted.
    mutating func fit(
        _ tree: TypedExpression, _ expression: Expression, to type: ValueType?
    ) -> TypedExpression? {
        guard let type, tree.type != type else { return tree }
        if type == .double, let promoted = promote(tree) { return promoted }
        let shown = expression.excerpt
        guard purpose == .condition else {
            return refuse(
                expression.mark, "`\(shown)` is \(tree.type.phrase), not \(type.phrase)")
        }
        let number = tree.type == .int || tree.type == .double
        return refuse(
            expression.mark, "`\(shown)` is \(tree.type.phrase); a condition is TRUE or FALSE",
            hint: "compare it with something, such as `\(shown) \(number ? ">" : "==") …`")
    }

    /// A row where a value is asked for.
    mutating func refuseRow(_ expression: Expression) -> TypedExpression? {
        let shown = expression.excerpt
        return refuse(
            expression.mark, "`\(shown)` is a whole row of a table",
            hint: "name a column: `\(shown).column`")
    }

    /// The superset rule: integers that stand in the source become a double next to one.
    func promote(_ tree: TypedExpression) -> TypedExpression? {
        guard tree.isIntegerLiteral else { return nil }
        if case .int(let value) = Compiler.value(tree, mode: .rule) {
            return TypedExpression(.constant(.double(Double(value))), .double)
        }
        return TypedExpression(.constant(.unknown), .double)
    }
}

extension ValueType {
    /// The type with its article.
    public var phrase: String { self == .int ? "an int" : "a \(description)" }
}

extension Expression {
    /// The canonical text, cut where it would fill a message.
    var excerpt: String {
        let text = description
        return text.count <= 40 ? text : text.prefix(38) + " …"
    }
}
