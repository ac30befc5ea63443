public import Expressions

/// Every function and operator of the language, once: what it takes, what it gives, what it runs.
///
/// The checker resolves calls with it and the compiler takes opcodes from it; the dynamic back end
/// will read the same rows, so that an overload cannot exist for one and not for the other.
public enum FunctionTable {
    /// How a function is written.
    public enum Style: Sendable, Hashable {
        /// An operator; its name is CEL's own, such as `_+_`.
        case operation
        /// `name(arguments)`
        case global
        /// `first.name(rest)`
        case member
    }

    /// A function for one list of argument types.
    public struct Overload: Sendable, Hashable {
        /// The name as called, or CEL's name of an operator.
        public let name: String
        /// How it is written.
        public let style: Style
        /// Types of the arguments; for members the target is the first.
        public let arguments: [ValueType]
        /// Type of the result.
        public let result: ValueType
        /// The instruction; nil where the argument is a literal and the checker computes the value.
        public let opcode: Opcode?
        /// Whether the instruction takes its two operands the other way round.
        public let isSwapped: Bool

        init(
            _ name: String, _ style: Style, _ arguments: [ValueType], _ result: ValueType,
            _ opcode: Opcode?, isSwapped: Bool = false
        ) {
            self.name = name
            self.style = style
            self.arguments = arguments
            self.result = result
            self.opcode = opcode
            self.isSwapped = isSwapped
        }
    }

    /// All overloads that this version carries.
    public static let overloads: [Overload] =
        arithmetic + comparisons + logic + conversions + texts + numbers

    /// The overload of a function for types, if there is one.
    public static func overload(
        _ name: String, _ style: Style, _ arguments: [ValueType]
    ) -> Overload? {
        index[Signature(name: name, style: style, arguments: arguments)]
    }

    /// CEL's name of an operator.
    static func name(_ binary: BinaryOperator) -> String {
        binary == .in ? "@in" : "_\(binary.rawValue)_"
    }

    /// CEL's name of an operator.
    static func name(_ unary: UnaryOperator) -> String { "\(unary.rawValue)_" }

    /// Names that can be called, for did-you-mean.
    static let callable: Set<String> = Set(
        overloads.filter { $0.style != .operation }.map(\.name) + ["has"]
            + Aggregate.allCases.map(\.rawValue))

    private struct Signature: Hashable {
        let name: String
        let style: Style
        let arguments: [ValueType]
    }

    private static let index: [Signature: Overload] = Dictionary(
        uniqueKeysWithValues: overloads.map { overload in
            let signature = Signature(
                name: overload.name, style: overload.style, arguments: overload.arguments)
            return (signature, overload)
        })

    /// What functions are called elsewhere.
    static let otherNames: [String: String] = [
        "mean": "avg", "average": "avg", "total": "sum", "minimum": "min", "maximum": "max",
        "std": "stddev", "stdev": "stddev", "float": "double", "number": "double", "str": "string",
        "integer": "int", "len": "size", "length": "size", "abs": "math.abs",
        "floor": "math.floor", "ceil": "math.ceil", "ceiling": "math.ceil",
        "round": "math.round", "trunc": "math.trunc", "truncate": "math.trunc",
        "greatest": "math.greatest", "least": "math.least", "exists": "has", "isset": "has",
        "derivative": "slope", "trend": "slope",
    ]

    private static let arithmetic: [Overload] = [
        Overload("_+_", .operation, [.int, .int], .int, .addInt),
        Overload("_+_", .operation, [.double, .double], .double, .addDouble),
        Overload("_+_", .operation, [.string, .string], .string, .concatenate),
        Overload("_+_", .operation, [.timestamp, .duration], .timestamp, .addInt),
        Overload("_+_", .operation, [.duration, .timestamp], .timestamp, .addInt),
        Overload("_+_", .operation, [.duration, .duration], .duration, .addInt),
        Overload("_-_", .operation, [.int, .int], .int, .subtractInt),
        Overload("_-_", .operation, [.double, .double], .double, .subtractDouble),
        Overload("_-_", .operation, [.timestamp, .timestamp], .duration, .subtractInt),
        Overload("_-_", .operation, [.timestamp, .duration], .timestamp, .subtractInt),
        Overload("_-_", .operation, [.duration, .duration], .duration, .subtractInt),
        Overload("_*_", .operation, [.int, .int], .int, .multiplyInt),
        Overload("_*_", .operation, [.double, .double], .double, .multiplyDouble),
        Overload("_/_", .operation, [.int, .int], .int, .divideInt),
        Overload("_/_", .operation, [.double, .double], .double, .divideDouble),
        Overload("_%_", .operation, [.int, .int], .int, .remainderInt),
        Overload("-_", .operation, [.int], .int, .negateInt),
        Overload("-_", .operation, [.double], .double, .negateDouble),
    ]

    /// Two types each: equal ones by their own instruction, int and double by exact value.
    private static let comparisons: [Overload] = Relation.allCases.flatMap { relation in
        let name = "_\(relation)_"
        return ValueType.allCases.compactMap { type in
            let opcode: Opcode
            switch type {
            case .bool, .int, .timestamp, .duration: opcode = .compareInt
            case .double: opcode = .compareDouble
            case .string: opcode = .compareText
            case .row: return nil
            }
            return Overload(name, .operation, [type, type], .bool, opcode)
        } + [
            Overload(name, .operation, [.int, .double], .bool, .compareIntDouble),
            Overload(name, .operation, [.double, .int], .bool, .compareIntDouble, isSwapped: true),
        ]
    }

    private static let logic: [Overload] = [
        Overload("_&&_", .operation, [.bool, .bool], .bool, .and),
        Overload("_||_", .operation, [.bool, .bool], .bool, .or),
        Overload("!_", .operation, [.bool], .bool, .not),
    ]

    private static let conversions: [Overload] = [
        Overload("timestamp", .global, [.string], .timestamp, nil),
        Overload("duration", .global, [.string], .duration, nil),
        Overload("fixed", .global, [.int, .int], .string, .fixedInt),
        Overload("fixed", .global, [.double, .int], .string, .fixedDouble),
        Overload("int", .global, [.int], .int, .copy),
        Overload("int", .global, [.double], .int, .intOfDouble),
        Overload("int", .global, [.string], .int, .intOfText),
        Overload("int", .global, [.timestamp], .int, .secondsOfTime),
        Overload("double", .global, [.double], .double, .copy),
        Overload("double", .global, [.int], .double, .doubleOfInt),
        Overload("double", .global, [.string], .double, .doubleOfText),
        Overload("string", .global, [.string], .string, .copy),
        Overload("string", .global, [.int], .string, .textOfInt),
        Overload("string", .global, [.double], .string, .textOfDouble),
        Overload("string", .global, [.bool], .string, .textOfBool),
        Overload("string", .global, [.timestamp], .string, .textOfTime),
        Overload("string", .global, [.duration], .string, .textOfDuration),
    ]

    private static let texts: [Overload] = [
        Overload("size", .global, [.string], .int, .sizeOfText),
        Overload("size", .member, [.string], .int, .sizeOfText),
        Overload("startsWith", .member, [.string, .string], .bool, .startsWith),
        Overload("endsWith", .member, [.string, .string], .bool, .endsWith),
        Overload("contains", .member, [.string, .string], .bool, .containsText),
    ]

    /// CEL's math extension; `greatest` and `least` of more than two are folded.
    private static let numbers: [Overload] = [
        Overload("math.abs", .global, [.int], .int, .absoluteInt),
        Overload("math.abs", .global, [.double], .double, .absoluteDouble),
        Overload("math.floor", .global, [.double], .double, .floor),
        Overload("math.ceil", .global, [.double], .double, .ceil),
        Overload("math.round", .global, [.double], .double, .round),
        Overload("math.trunc", .global, [.double], .double, .trunc),
        Overload("math.greatest", .global, [.int, .int], .int, .greaterInt),
        Overload("math.greatest", .global, [.double, .double], .double, .greaterDouble),
        Overload("math.least", .global, [.int, .int], .int, .lesserInt),
        Overload("math.least", .global, [.double, .double], .double, .lesserDouble),
    ]

    /// The first argument types of a function's overloads, to tell what it takes.
    static func firstArguments(of name: String, _ style: Style) -> [ValueType] {
        overloads.filter { $0.name == name && $0.style == style }.compactMap(\.arguments.first)
    }
}
