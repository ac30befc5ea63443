import Events

/// Reads what a rule says of itself for others: `cap:` in the words of CAP 1.2
/// (https://docs.oasis-open.org/emergency/cap/v1.2/CAP-v1.2-os.html), and `source:`.
enum CAPLoader {
    static let vocabulary = Vocabulary(
        "a `cap`",
        [
            .optional(
                "category", .words(categories),
                "Kind of event, such as `Met` or `Geo`; default none."),
            .optional(
                "urgency", .words(urgencies), "How soon to act; default `Unknown`."),
            .optional(
                "certainty", .words(certainties), "How sure it is; default `Unknown`."),
            .optional(
                "responseType", .listOrSingle(of: .words(responseTypes), distinct: true),
                "What people should do, one word or several; default none."),
        ],
        later: ["event", "eventCode", "senderName", "web", "contact", "audience", "parameter"])
    static let sourceVocabulary = Vocabulary(
        "a `source`",
        [
            .required("title", .text, "What it is called: a publication, an agency's table."),
            .optional("url", .text, "Where it can be read."),
            .optional("region", .text, "Where it holds."),
            .optional("confidence", .text, "How sure it is, in words."),
        ])

    private static let categories = [
        "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport",
        "Infra", "CBRNE", "Other",
    ]
    private static let urgencies = ["Immediate", "Expected", "Future", "Past", "Unknown"]
    private static let certainties = ["Observed", "Likely", "Possible", "Unlikely", "Unknown"]
    private static let responseTypes = [
        "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear",
        "None",
    ]

    /// The words of `cap:`; what it leaves out is said as in `general`.
    static func words(_ cursor: Cursor, over general: CAPWords = CAPWords()) -> CAPWords {
        var words = general
        guard let section = cursor.section(vocabulary) else { return words }
        if let category = section["category"]?.word(of: categories) { words.category = category }
        if let urgency = section["urgency"]?.word(of: urgencies) { words.urgency = urgency }
        if let certainty = section["certainty"]?.word(of: certainties) {
            words.certainty = certainty
        }
        if section.has("responseType") { words.responseTypes = [] }
        for item in section["responseType"]?.listOrSingle(of: "words") ?? [] {
            guard let word = item.word(of: responseTypes) else { continue }
            guard !words.responseTypes.contains(word) else {
                item.fail("`\(word)` is already there")
                continue
            }
            words.responseTypes.append(word)
        }
        return words
    }

    /// Where the threshold comes from.
    static func provenance(_ cursor: Cursor) -> Provenance? {
        guard let section = cursor.section(sourceVocabulary) else { return nil }
        let title = section.required("title")?.text()
        let url = section["url"]?.text()
        let region = section["region"]?.text()
        let confidence = section["confidence"]?.text()
        return title.map {
            Provenance(title: $0, url: url, region: region, confidence: confidence)
        }
    }
}
