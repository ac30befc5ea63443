import CEL
import Events
import Expressions

/// The names that the expressions of one rule may use, and how they are checked.
struct Scope {
    private let stream: StreamScope?
    private var environment: CEL.Environment
    private var broken: Set<String>
    private(set) var lets: [(name: String, checked: Checked)] = []
    /// The windows of the rule.
    private let windows: WindowTable?

    /// The fields of a stream, and the tables; without a stream nothing is checked, since what is wrong is told already.
    init(_ stream: StreamScope?, _ tables: TableCatalog) {
        self.stream = stream
        environment = stream?.environment ?? CEL.Environment()
        environment.tables = tables.tables
        broken = (stream?.broken ?? []).union(tables.broken)
        windows = stream.map { stream in
            WindowTable(firstCell: stream.schema.fields.count) { TimeSpan($0)?.nanoseconds }
        }
    }

    /// The windows that its expressions read, in the order of their cells.
    var windowCalls: [WindowCall] { windows?.windows ?? [] }

    /// Whether a name is one of the stream's fields.
    func isField(_ name: String) -> Bool { stream?.cells[name] != nil }

    /// Whether a name is one of the tables.
    func isTable(_ name: String) -> Bool { environment.tables[name] != nil }

    /// Says which lets the rule has, so that one that is named too early can be told.
    mutating func announce(_ names: [String]) { environment.announced = Set(names) }

    /// Whether a name is a field or a let.
    func isDeclared(_ name: String) -> Bool {
        isField(name) || lets.contains { $0.name == name } || broken.contains(name)
    }

    /// Gives an expression a name; nil when it could not be checked.
    mutating func define(_ name: String, as checked: Checked?) {
        guard let checked else {
            broken.insert(name)
            return
        }
        environment.define(name, as: checked)
        lets.append((name, checked))
    }

    /// Gives a text a name, unless the name is taken.
    mutating func define(_ name: String, text: String) {
        guard !isDeclared(name) else { return }
        let escaped = text.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\\", "'": "\\\(scalar)"
            case "\n": "\\n"
            case "\r": "\\r"
            case _: String(scalar)
            }
        }
        let literal = "'" + escaped.joined() + "'"
        guard let checked = CEL.check(literal, in: environment, purpose: .value).checked else {
            broken.insert(name)
            return
        }
        environment.define(name, as: checked)
    }

    /// A checked expression; nil when it has problems, which are told, or mentions what has.
    ///
    /// `readsWindows` says that it may look at windows: what decides whether a row enters them, or
    /// only words what was decided, may not.
    func check(
        _ cursor: Cursor?, _ purpose: Purpose, expecting: ValueType? = nil,
        readsWindows: Bool = false
    ) -> Checked? {
        guard let cursor, let expression = ExpressionText(cursor), canCheck(expression.text) else {
            return nil
        }
        var environment = environment
        environment.windows = readsWindows ? windows : nil
        switch CEL.check(
            expression.text, in: environment, expecting: expecting, purpose: purpose)
        {
        case .checked(let checked):
            if let expect = stream?.schema.expect {
                WindowReview(expect: expect).review(checked.windowSites, in: expression)
            }
            return checked
        case .refused(let problems):
            expression.tell(
                purpose == .condition ? problems : problems.map { hinted($0, expression) })
            return nil
        }
    }

    /// A bare word where a value is asked for was most likely meant as text.
    private func hinted(_ problem: Problem, _ expression: ExpressionText) -> Problem {
        let isBare = expression.text.allSatisfy { $0.isLetter || $0.isNumber || "_- ".contains($0) }
        let isMisspelt = problem.hint?.hasPrefix("did you mean") ?? false
        guard isBare, !isMisspelt, problem.range.lowerBound == 0 else { return problem }
        var problem = problem
        problem.hint = "text stands in quotes: `\"'\(expression.text)'\"`"
        return problem
    }

    /// A checked message text, on the same terms.
    func checkTemplate(_ cursor: Cursor) -> CheckedTemplate? {
        guard cursor.text() != nil, let expression = ExpressionText(cursor),
            canCheck(expression.text)
        else { return nil }
        switch CEL.checkTemplate(expression.text, in: environment) {
        case .checked(let checked): return checked
        case .refused(let problems):
            expression.tell(problems)
            return nil
        }
    }

    /// The program that shows the value of a field or a let.
    func program(_ name: String) -> Program? {
        if let found = lets.first(where: { $0.name == name }) {
            // A row shows nothing; its columns do.
            return found.checked.type == .row ? nil : found.checked.program(mode: .rule)
        }
        guard let stream, let cell = stream.cells[name] else { return nil }
        return stream.programs[cell]
    }

    /// The lets that expressions use, directly or through other lets, in order of declaration.
    func lets(usedBy expressions: [Checked]) -> [(name: String, checked: Checked)] {
        var used = Set(expressions.flatMap(\.references))
        for entry in lets.reversed() where used.contains(entry.name) {
            used.formUnion(entry.checked.references)
        }
        return lets.filter { used.contains($0.name) }
    }

    private func canCheck(_ text: String) -> Bool {
        guard stream != nil else { return false }
        guard !broken.isEmpty else { return true }
        let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_") }
        return !words.contains { broken.contains(String($0)) }
    }
}
