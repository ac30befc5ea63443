extension Expression: CustomStringConvertible {
    /// The expression in canonical form: one spacing, single quotes, no parentheses but needed ones.
    ///
    /// It parses to the same expression. Sub-expressions are shown in it, and content hashes are
    /// taken of it, so that spacing and quotes change neither.
    public var description: String { text(0) }

    // Precedences: 0 ternary, 1 to 5 binary operators, 6 unary operators, 7 members, 8 the rest.
    private var precedence: Int {
        switch kind {
        case .ternary: 0
        case .binary(let binary, _, _): binary.precedence
        case .unary: 6
        case .literal(.int(let value)): value < 0 ? 6 : 8
        case .literal(.double(let value)): value.sign == .minus ? 6 : 8
        case .select, .index: 7
        case .call(let target, _, _): target == nil ? 8 : 7
        case .literal, .identifier, .list, .map, .message: 8
        }
    }

    private var isPositive: Bool {
        switch kind {
        case .literal(.int(let value)): value >= 0
        case .literal(.double(let value)): value.sign == .plus
        case .literal, .identifier, .select, .index, .call, .unary, .binary, .ternary, .list, .map,
            .message:
            false
        }
    }

    private func text(_ least: Int) -> String {
        precedence < least ? "(\(bare))" : bare
    }

    private var bare: String {
        switch kind {
        case .literal(let literal): return literal.description
        case .identifier(let name): return name
        case .select(let operand, let field, let isOptional):
            return operand.text(7) + (isOptional ? ".?" : ".") + Expression.memberName(field)
        case .index(let operand, let index, let isOptional):
            return operand.text(7) + (isOptional ? "[?" : "[") + index.text(0) + "]"
        case .call(let target, let name, let arguments):
            let prefix = target.map { $0.text(7) + "." } ?? ""
            return prefix + name + "(" + Expression.list(arguments.map { $0.text(0) }) + ")"
        case .unary(let unary, let operand):
            // `-(5)` without parentheses would be the literal -5.
            return unary.rawValue + operand.text(unary == .negate && operand.isPositive ? 9 : 6)
        case .binary(let binary, let left, let right):
            return left.text(binary.precedence) + " \(binary.rawValue) "
                + right.text(binary.precedence + 1)
        case .ternary(let condition, let yes, let no):
            return condition.text(1) + " ? " + yes.text(1) + " : " + no.text(0)
        case .list(let elements):
            let texts = elements.map { ($0.isOptional ? "?" : "") + $0.value.text(0) }
            return "[" + Expression.list(texts) + "]"
        case .map(let entries):
            let texts = entries.map { entry in
                (entry.isOptional ? "?" : "") + entry.key.text(0) + ": " + entry.value.text(0)
            }
            return "{" + Expression.list(texts) + "}"
        case .message(let type, let fields):
            let texts = fields.map { field in
                (field.isOptional ? "?" : "") + Expression.memberName(field.name) + ": "
                    + field.value.text(0)
            }
            return type + "{" + Expression.list(texts) + "}"
        }
    }

    private static func list(_ texts: [String]) -> String { texts.joined(separator: ", ") }

    private static func memberName(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy(\.isNamePart) && name.utf8.first?.isNameStart == true
        let isKeyword = ["true", "false", "null", "in"].contains(name)
        return isPlain && !isKeyword ? name : "`\(name)`"
    }
}

extension Expression.Literal: CustomStringConvertible {
    /// The literal as CEL writes it.
    public var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .uint(let value): "\(value)u"
        case .double(let value): value.description
        case .string(let value): "'" + value.unicodeScalars.map(escaped).joined() + "'"
        case .bytes(let bytes): "b'" + bytes.map(escapedByte).joined() + "'"
        }
    }

    private func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\\": "\\\\"
        case "'": "\\'"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case "\u{0}"..<" ", "\u{7F}": escapedByte(UInt8(truncatingIfNeeded: scalar.value))
        default: String(Character(scalar))
        }
    }

    private func escapedByte(_ byte: UInt8) -> String {
        let isPlain = (0x20..<0x7F).contains(byte) && byte != 0x27 && byte != 0x5C
        if isPlain { return String(Character(Unicode.Scalar(byte))) }
        let digits = String(byte, radix: 16)
        return "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
    }
}
