import Evaluation

/// Finds texts that one language of a message has and another one lacks: who reads that one would
/// hear something else in the same emergency. Findings are warnings: all of it can be said.
struct TranslationReview {
    /// Tells which texts are missing, at the language.
    func review(_ languages: [MessageLoader.Language]) {
        for language in languages {
            var told: Set<MessageLoader.Occasion> = Set(language.occasions)
            for other in languages {
                for occasion in other.occasions where told.insert(occasion).inserted {
                    language.key.warn(
                        "`\(language.words.name)` has no text for \(occasion.words), and "
                            + "`\(other.words.name)` has one",
                        hint: occasion.consequence)
                }
            }
        }
    }
}

extension MessageLoader.Occasion {
    /// As it is called in a sentence.
    fileprivate var words: String {
        switch self {
        case .level(let name): "level `\(name)`"
        case .clear: "`clear`"
        case .noData: "`no_data`"
        }
    }

    /// What is said instead.
    fileprivate var consequence: String {
        switch self {
        case .level: "without it the general text is said at this level"
        case .clear, .noData: "without it there is only a headline with the rule's title"
        }
    }
}
