/// What one instruction does.
///
/// The set is typed: an opcode fixes the types of its operands, which the checker has proved, so a
/// run tests no types. Unless it says otherwise, an instruction with an UNKNOWN operand is UNKNOWN.
public enum Opcode: UInt8, Sendable, CaseIterable {
    /// target := an Int64, bool, timestamp or duration cell.
    case loadWord
    /// target := a double cell; in mode `rule` UNKNOWN unless finite.
    case loadDouble
    /// target := a text cell.
    case loadText
    /// target := eight immediate bytes.
    case constant
    /// target := text of the program's pool.
    case constantText
    /// target := UNKNOWN.
    case unknown
    /// target := left.
    case copy

    /// target := left RELATION right, as Int64 (also bool, timestamp, duration).
    case compareInt
    /// target := left RELATION right, as doubles.
    case compareDouble
    /// target := left RELATION right, an Int64 and a double by their exact values.
    case compareIntDouble
    /// target := left RELATION right, as text by code points.
    case compareText
    /// target := Int64 cell RELATION immediate.
    case compareIntCell
    /// target := double cell RELATION immediate, in mode `rule`.
    case compareDoubleCell
    /// target := target AND Int64 cell RELATION immediate: what most conjunctions are made of.
    case andIntCell
    /// target := target AND double cell RELATION immediate, in mode `rule`.
    case andDoubleCell
    /// target := target OR Int64 cell RELATION immediate.
    case orIntCell
    /// target := target OR double cell RELATION immediate, in mode `rule`.
    case orDoubleCell

    /// Kleene AND: FALSE absorbs UNKNOWN.
    case and
    /// Kleene OR: TRUE absorbs UNKNOWN.
    case or
    /// OR of a list's elements: UNKNOWN if either side is, as a CEL list with an error in it is one.
    case strictOr
    /// NOT.
    case not
    /// target := target ? left : right; only the chosen side may make it UNKNOWN.
    case select
    /// target := whether left is known; never UNKNOWN.
    case isKnown
    /// target := target if it is known, else left if right is known: a default for what is absent.
    case orElse

    /// target := number of the row whose key is the text left, of the table at `immediate`; UNKNOWN
    /// when it has no such row.
    case rowOfText
    /// target := number of the row whose key is the Int64 left, on the same terms.
    case rowOfWord
    /// target := the value in column `cell` of the row left of the table at `immediate`.
    case column

    /// target := left + right; UNKNOWN on overflow, like all of the integer operations.
    case addInt
    /// target := left - right.
    case subtractInt
    /// target := left * right.
    case multiplyInt
    /// target := left / right towards zero; UNKNOWN for division by zero.
    case divideInt
    /// target := remainder with the sign of left; UNKNOWN for division by zero.
    case remainderInt
    /// target := -left.
    case negateInt

    /// target := left + right; in mode `rule` UNKNOWN unless finite, like all double operations.
    case addDouble
    /// target := left - right.
    case subtractDouble
    /// target := left * right.
    case multiplyDouble
    /// target := left / right.
    case divideDouble
    /// target := -left.
    case negateDouble

    /// target := the double left as Int64, cut towards zero; UNKNOWN outside its range.
    case intOfDouble
    /// target := the decimal text left as Int64; UNKNOWN when it is none.
    case intOfText
    /// target := whole seconds of the timestamp left since 1970.
    case secondsOfTime
    /// target := the Int64 left as the nearest double.
    case doubleOfInt
    /// target := the text left as a double; UNKNOWN when it is none.
    case doubleOfText
    /// target := how many code points the text left has.
    case sizeOfText
    /// target := the Int64 left without its sign; UNKNOWN for the one that has no opposite.
    case absoluteInt
    /// target := the double left without its sign.
    case absoluteDouble
    /// target := the double left, down to a whole number.
    case floor
    /// target := the double left, up to a whole number.
    case ceil
    /// target := the double left to the nearest whole number, half away from zero.
    case round
    /// target := the double left, cut towards zero.
    case trunc
    /// target := the greater of two Int64.
    case greaterInt
    /// target := the lesser of two Int64.
    case lesserInt
    /// target := the greater of two doubles.
    case greaterDouble
    /// target := the lesser of two doubles.
    case lesserDouble
    /// target := whether the text left begins with the text right.
    case startsWith
    /// target := whether the text left ends with the text right.
    case endsWith
    /// target := whether the text right stands somewhere in the text left.
    case containsText

    /// target := the Int64 left as text.
    case textOfInt
    /// target := the double left as text.
    case textOfDouble
    /// target := `true` or `false`.
    case textOfBool
    /// target := the timestamp left as RFC 3339 in UTC.
    case textOfTime
    /// target := the duration left in seconds, as `90s`.
    case textOfDuration
    /// target := left followed by right; UNKNOWN beyond the scratch's limit.
    case concatenate
    /// target := the Int64 left as text with `immediate` decimals.
    case fixedInt
    /// target := the double left as text with `immediate` decimals.
    case fixedDouble
}

extension Opcode {
    /// Whether it puts text together.
    var buildsText: Bool {
        switch self {
        case .textOfInt, .textOfDouble, .textOfBool, .textOfTime, .textOfDuration, .concatenate,
            .fixedInt, .fixedDouble:
            true
        case _: false
        }
    }
}

/// One step of a program: sixteen bytes, no pointers.
struct Instruction {
    /// Constant bits; text: low half offset in the pool, high half length.
    var immediate: UInt64 = 0
    var opcode: Opcode
    /// Raw value of a `Relation`.
    var relation: UInt8 = 0
    /// Register that takes the result.
    var target: UInt8
    var left: UInt8 = 0
    var right: UInt8 = 0
    var cell: UInt8 = 0
}
