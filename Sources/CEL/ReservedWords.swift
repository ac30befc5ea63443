/// Words that CEL keeps for itself and for languages it is embedded in.
public let reservedWords: Set<String> = [
    "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in",
    "let", "loop", "namespace", "null", "package", "return", "true", "var", "void", "while",
]

/// Whether a word cannot be the name of a field or a let, because an expression could not say it.
///
/// CEL's type and function names (`type`, `size`) are not reserved: a declared field shadows them.
public func isReservedWord(_ word: String) -> Bool { reservedWords.contains(word) }
