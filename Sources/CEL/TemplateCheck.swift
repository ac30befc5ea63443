public import Expressions

/// A message whose expressions all mean something.
public struct CheckedTemplate: Sendable {
    enum Piece: Sendable {
        case text(String)
        case expression(Checked)
    }

    let pieces: [Piece]

    /// The template with its programs.
    public func template(mode: Mode) -> Template {
        Template(
            pieces.map { piece in
                switch piece {
                case .text(let text): .text(text)
                case .expression(let checked): .program(checked.program(mode: mode))
                }
            })
    }

    /// Cells of the fields it shows, in order of first appearance.
    public var referencedFields: [Int] {
        var cells: [Int] = []
        for case .expression(let checked) in pieces {
            cells += checked.referencedFields.filter { !cells.contains($0) }
        }
        return cells
    }

    /// Names of fields and lets as written, in order of first appearance.
    public var references: [String] {
        var names: [String] = []
        for case .expression(let checked) in pieces {
            names += checked.references.filter { !names.contains($0) }
        }
        return names
    }
}

/// The result of checking one template.
public enum TemplateOutcome: Sendable {
    /// It can be compiled.
    case checked(CheckedTemplate)
    /// It cannot: at least one problem, in order of position.
    case refused([Problem])

    /// The template, if it was accepted.
    public var checked: CheckedTemplate? {
        if case .checked(let checked) = self { checked } else { nil }
    }

    /// The problems, none if it was accepted.
    public var problems: [Problem] {
        if case .refused(let problems) = self { problems } else { [] }
    }
}

/// Checks `text ${expression} text`, in which `$$` is a dollar; offsets count from its start.
///
/// All expressions are checked, so that their problems come at once; only an expression that does
/// not end hides what follows it.
public func checkTemplate(_ source: String, in environment: Environment) -> TemplateOutcome {
    var reader = TemplateReader(source: Array(source.utf8), environment: environment)
    reader.readAll()
    return reader.problems.isEmpty
        ? .checked(CheckedTemplate(pieces: reader.pieces)) : .refused(reader.problems)
}

private struct TemplateReader {
    let source: [UInt8]
    let environment: Environment
    private(set) var pieces: [CheckedTemplate.Piece] = []
    private(set) var problems: [Problem] = []
    private var text: [UInt8] = []
    private var position = 0

    init(source: [UInt8], environment: Environment) {
        self.source = source
        self.environment = environment
    }

    mutating func readAll() {
        while position < source.count {
            let next = position + 1 < source.count ? source[position + 1] : 0
            if source[position] != UInt8(ascii: "$") {
                text.append(source[position])
                position += 1
            } else if next == UInt8(ascii: "{") {
                endText()
                readExpression()
            } else if next == UInt8(ascii: "$") {
                text.append(next)
                position += 2
            } else {
                problems.append(
                    Problem(
                        range: position..<position + 1, message: "a `$` stands alone",
                        hint: "write `$$` for a dollar, `${level}` for a value"))
                position += 1
            }
        }
        endText()
    }

    private mutating func endText() {
        guard !text.isEmpty else { return }
        pieces.append(.text(String(decoding: text, as: UTF8.self)))
        text = []
    }

    private mutating func readExpression() {
        let start = position + 2
        // Until the tokens are read nobody knows where the expression ends.
        position = source.count
        do throws(Problem) {
            let tokens = try Lexer.tokens(of: source, untilBraceFrom: start)
            position = (tokens.last?.range.upperBound ?? source.count) + 1
            let expression = try Parser.parse(tokens)
            switch check(expression, in: environment, expecting: nil, purpose: .message) {
            case .checked(let checked): pieces.append(.expression(checked))
            case .refused(let found): problems += found
            }
        } catch {
            problems.append(error)
        }
    }
}
