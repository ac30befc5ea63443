package import Rules

extension ConfigurationLoader {
    /// What may stand in `tocsin.yaml`.
    static let vocabulary = Vocabulary(
        "a configuration",
        [
            .optional(
                "publisher", .form(.identity),
                "Who speaks in every escalation; default the host's name."),
            .optional(
                "rules", .text,
                "Folder or file with the rules, relative to this file; default `rules`."),
            .optional(
                "state", .text,
                "Folder of the journal, relative to this file; default `\(defaultState)`."),
            .optional(
                "clock", .words(clocks),
                "What now is: `wall` time, or the newest `event` time to replay the past; default `wall`."
            ),
            .optional(
                "feeds", .list(of: .section(FeedLoader.vocabulary)),
                "Where readings come from; default nowhere."),
            .optional(
                "escalations", .section(listenerVocabulary),
                "Where escalations are published; default `\(defaultEscalations)`."),
            .optional(
                "recovery", .section(listenerVocabulary),
                "Where missed escalations are fetched; default `\(defaultRecovery)`."),
            .optional(
                "control", .form(SocketRegister.endpointForm),
                "Where `tocsin status` of this host asks; default `control` in the state folder."),
        ],
        later: ["peers", "channels", "console", "policy", "curve", "keys", "users", "recording"])

    static let listenerVocabulary = Vocabulary(
        "a listener",
        [
            .optional(
                "bind", .form(SocketRegister.endpointForm),
                "`tcp://HOST:PORT` or `ipc:///PATH` to wait at."),
            .optional(
                "insecure", .bool,
                "`true` allows plain TCP that other machines reach; default false."),
        ],
        later: ["curve", "readers", "channel"])

    static let clocks = Configuration.Clock.allCases.map(\.rawValue)
}

extension JSONSchema {
    /// The schema of `tocsin.yaml`.
    package static var configuration: JSONSchema {
        .file(ConfigurationLoader.vocabulary, title: "Tocsin configuration")
    }
}
