/// The keys a mapping may have, each with what may stand behind it.
///
/// One declaration serves two readers: loaders refuse what is not in it (`Section`), and
/// `tocsin schema` tells editors about it (`JSONSchema`), so the two cannot drift apart.
package struct Vocabulary: Sendable {
    /// What the mapping is called in messages: `a rule`.
    let subject: String
    /// Keys that are carried out, in the order in which they are named to people and in which
    /// formatted files have them.
    let keys: [Key]
    /// Their names.
    let known: [String]
    /// What the keys beyond `keys` may hold; nil when there are none.
    let others: Shape?
    /// What keys ask of one another.
    let dependencies: [Dependency]
    /// Keys of the rule language that this version does not carry out: refused by name, so that
    /// nothing is parsed and ignored.
    let later: Set<String>
    /// What is said of keys that belong elsewhere.
    let hints: [String: String]

    /// A vocabulary. With `others` any further key is good, if its value has that shape.
    package init(
        _ subject: String, _ keys: [Key], others: Shape? = nil, dependencies: [Dependency] = [],
        later: Set<String> = [], hints: [String: String] = [:]
    ) {
        self.subject = subject
        self.hints = hints
        self.keys = keys
        self.others = others
        self.dependencies = dependencies
        self.later = later
        known = keys.map(\.name)
    }

    /// A key that is carried out.
    package struct Key: Sendable {
        /// The key as it stands in a file.
        let name: String
        /// What its value may be.
        let shape: Shape
        /// One sentence for who writes the file: what it does, its unit, its default.
        let summary: String
        /// Whether a mapping without it is refused, whatever else stands there.
        let isRequired: Bool

        /// A key without which the mapping is refused.
        package static func required(_ name: String, _ shape: Shape, _ summary: String) -> Key {
            Key(name: name, shape: shape, summary: summary, isRequired: true)
        }

        /// A key that may be left out.
        package static func optional(_ name: String, _ shape: Shape, _ summary: String) -> Key {
            Key(name: name, shape: shape, summary: summary, isRequired: false)
        }

        /// The same key where it may be left out.
        var asOptional: Key { .optional(name, shape, summary) }
    }

    /// What the keys of a mapping ask of one another.
    package enum Dependency: Sendable {
        /// At least one of these keys stands there.
        case some(of: [String])
        /// Demands where the test holds, and where it does not.
        case when(Test, then: [Demand] = [], otherwise: [Demand] = [])

        /// What is asked of one key.
        package enum Test: Sendable {
            /// It stands there.
            case has(String)
            /// It stands there and says one of these words.
            case says(String, [String])
        }

        /// What follows for others.
        package enum Demand: Sendable {
            /// They stand there.
            case requires([String])
            /// They do not.
            case forbids([String])
            /// If it stands there, it has this shape.
            case shapes(String, Shape)
        }
    }

    /// Whether some mapping is refused for lack of the key.
    func mayRequire(_ name: String) -> Bool {
        if keys.contains(where: { $0.name == name && $0.isRequired }) { return true }
        return dependencies.contains { dependency in
            guard case .when(_, let then, let otherwise) = dependency else { return false }
            return (then + otherwise).contains { demand in
                guard case .requires(let names) = demand else { return false }
                return names.contains(name)
            }
        }
    }

    /// What is said of something that a later version will carry out.
    package static func notInThisVersion(_ what: String) -> String {
        "\(what) is not in this version"
    }
}
