/// What a value may be, as far as its form goes. Each case is what one reader of `Cursor` accepts;
/// what the value means (whether a named stream exists, say) is for loaders to judge.
package indirect enum Shape: Sendable {
    /// Any single value, also an empty text (`Cursor.string`).
    case scalar
    /// A single value that is not blank (`Cursor.text`).
    case text
    /// A CEL expression; `true` and `0.5` are expressions too.
    case expression
    /// Text of a certain form.
    case form(Form)
    /// A length of time (`Cursor.duration`).
    case duration(positive: Bool)
    /// `true` or `false` (`Cursor.bool`).
    case bool
    /// A whole number (`Cursor.int`).
    case int(ClosedRange<Int64>)
    /// A number (`Cursor.double`).
    case double
    /// One of a few words (`Cursor.word`).
    case words([String])
    /// Nothing: `null` or `~`.
    case null
    /// A list (`Cursor.list`).
    case list(of: Shape, count: ClosedRange<Int> = 0...Int.max)
    /// A list, or a single value in place of a list of one (`Cursor.listOrSingle`); with `distinct`
    /// no value may stand there twice.
    case listOrSingle(of: Shape, count: ClosedRange<Int> = 0...Int.max, distinct: Bool = false)
    /// A mapping with free names (`Cursor.entries`), of a certain form or any.
    case mapping(of: Shape, names: Form? = nil, count: ClosedRange<Int> = 0...Int.max)
    /// A mapping with known keys (`Cursor.section`).
    case section(Vocabulary)
    /// Any of these.
    case either([Shape])
}
