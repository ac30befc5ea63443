import Events

/// What is said where a rule has no words of its own for an occasion: a headline, and nothing that
/// tells anybody what to do. So no instruction outlives its danger.
enum StandardWords {
    /// Language, then part.
    typealias Message = [(language: String, parts: [(name: String, text: String)])]

    /// Occasions on which the words of an alert would be wrong.
    enum Occasion {
        /// No level is active any more.
        case clear
        /// The same, because nothing came.
        case lapse
        /// The rule was withdrawn.
        case cancel
        /// A key has fallen silent.
        case silence
        /// A silent key was heard again.
        case heard

        /// The first words of the headline; English where we do not speak the language.
        fileprivate func words(_ language: String) -> String {
            switch (self, language.prefix { $0 != "-" }.lowercased()) {
            case (.clear, "fr"): "Fin d'alerte\u{A0}"
            case (.clear, "es"): "Fin de la alerta"
            case (.clear, _): "All clear"
            case (.lapse, "fr"): "Terminé sans données\u{A0}"
            case (.lapse, "es"): "Terminado sin datos"
            case (.lapse, _): "Ended without data"
            case (.cancel, "fr"): "Alerte retirée\u{A0}"
            case (.cancel, "es"): "Alerta retirada"
            case (.cancel, _): "Warning withdrawn"
            case (.silence, "fr"): "Pas de données\u{A0}"
            case (.silence, "es"): "Sin datos"
            case (.silence, _): "No data"
            case (.heard, "fr"): "De nouveau des données\u{A0}"
            case (.heard, "es"): "De nuevo con datos"
            case (.heard, _): "Data again"
            }
        }
    }

    /// A message with a headline in each language; the languages of `before` where it has none.
    static func complete(
        _ message: Message, before: Message = [], on occasion: Occasion, title: String, key: Key
    ) -> Message {
        let key = key.values.map(\.description).joined(separator: ", ")
        let subject = key.isEmpty ? title : "\(title) (\(key))"
        var message = message.isEmpty ? before.map { ($0.language, []) } : message
        if message.isEmpty { message = [("en", [])] }
        return message.map { language, parts in
            guard !parts.contains(where: { $0.name == "headline" }) else {
                return (language, parts)
            }
            let headline = "\(occasion.words(language)): \(subject)"
            return (language, [("headline", headline)] + parts)
        }
    }
}
