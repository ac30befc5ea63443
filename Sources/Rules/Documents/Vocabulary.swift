/// The keys a mapping may have.
package struct Vocabulary: Sendable {
    /// What the mapping is called in messages: `a rule`.
    let subject: String
    /// Keys that are carried out.
    let known: [String]
    /// Keys of the rule language that this version does not carry out: refused by name, so that
    /// nothing is parsed and ignored.
    let later: Set<String>

    /// A vocabulary.
    package init(_ subject: String, known: [String], later: Set<String> = []) {
        self.subject = subject
        self.known = known
        self.later = later
    }

    /// What is said of something that a later version will carry out.
    package static func notInThisVersion(_ what: String) -> String {
        "\(what) is not in this version"
    }
}
