import Events
import Rules
import Wire

extension FeedLoader {
    /// What may stand in a feed.
    static let vocabulary = Vocabulary(
        "a feed",
        [
            .required(
                "name", .form(.identity),
                "Name of the feed, unique in the file; the source of readings that name none."),
            .optional(
                "connect", .form(SocketRegister.endpointForm),
                "`tcp://HOST:PORT` or `ipc:///PATH` to call, where the other side binds."),
            .optional(
                "bind", .form(SocketRegister.endpointForm),
                "`tcp://HOST:PORT` or `ipc:///PATH` to wait at, where the other side connects."),
            .optional(
                "pattern", .words(patterns),
                "Kind of its socket: `sub` hears a PUB, `pull` a PUSH, `router` answers a REQ or DEALER when what it sent is durable; default `sub`."
            ),
            .optional(
                "topics", .listOrSingle(of: .scalar, count: 1...Int.max),
                "Topic prefixes that a `sub` asks for; default all."),
            .optional(
                "insecure", .bool,
                "`true` allows plain TCP that other machines reach; default false."),
            .optional(
                "status", .words(statuses),
                "Whether its readings speak of the world, of an exercise or of a test; default `actual`."
            ),
            .optional(
                "framing", .words(framings),
                "The frames of a message; default `topic+payload`."),
            .optional(
                "format", .words(formats), "How a payload is written; default `json`."),
            .optional(
                "compression", .words(compressions), "How a payload is packed; default `none`."),
            .optional(
                "stream", .either([.text, .section(streamVocabulary)]),
                "The stream of all its payloads, or the member of each that names its topic; default by the topic."
            ),
            .optional(
                "carries", .words(cargoes),
                "`readings`, of which an overload sheds the oldest of the noisiest source, or `reports`, which push back instead; default `reports` for a `router`, and for all under `clock: event`."
            ),
            .optional(
                "sequence", .words(scopes),
                "Whose messages sequence frames count: each `source`'s, or one for the whole `feed`; default `source`."
            ),
            .optional(
                "limits", .section(limitsVocabulary),
                "What is refused before it is decoded: a dead letter with the limit's name."),
        ],
        dependencies: [
            .when(
                .has("bind"), then: [.forbids(["connect"])], otherwise: [.requires(["connect"])]),
            .when(
                .says(
                    "pattern",
                    [
                        Configuration.Feed.Pattern.pull.rawValue,
                        Configuration.Feed.Pattern.router.rawValue,
                    ]),
                then: [.forbids(["topics"])]),
            .when(.says("framing", [Framing.payload.rawValue]), then: [.requires(["stream"])]),
        ],
        later: ["curve", "keys", "sources"])

    static let limitsVocabulary = Vocabulary(
        "a `limits`",
        [
            .optional(
                "frame", size(frameBytes), "Bytes of a frame, as `65536` or `64KiB`; default 4MiB."),
            .optional("depth", .int(depths), "Levels of nesting; default \(Limits.depth)."),
            .optional("text", size(textBytes), "Bytes of a text; default \(Limits.textBytes)."),
            .optional(
                "readings", .int(readings),
                "Readings in a frame; default \(Limits.readingsPerFrame)."),
            .optional(
                "backlog", size(backlogBytes),
                "Bytes of readings that wait while the line is full; default 16MiB."),
        ])

    static let streamVocabulary = Vocabulary(
        "a `stream`",
        [
            .required(
                "field", .text, "The top-level member of each document that names its topic.")
        ])

    static let patterns = Configuration.Feed.Pattern.allCases.map(\.rawValue)
    static let statuses = [Status.actual, .exercise, .test].map(\.name)
    static let framings = Framing.allCases.map(\.rawValue)
    static let formats = PayloadFormat.allCases.map(\.rawValue)
    static let compressions = Configuration.Feed.Compression.allCases.map(\.rawValue)
    static let cargoes = Configuration.Feed.Cargo.allCases.map(\.rawValue)
    static let scopes = Configuration.Feed.SequenceScope.allCases.map(\.rawValue)

    static let frameBytes = 64...(1 << 28)
    /// The decoder takes 512 levels.
    static let depths: ClosedRange<Int64> = 1...512
    /// A record has room for the default text in every field.
    static let textBytes = 1...Limits.textBytes
    static let readings: ClosedRange<Int64> = 1...1_000_000
    static let backlogBytes = 1 << 20...1 << 30

    /// What `Cursor.size` accepts.
    private static func size(_ range: ClosedRange<Int>) -> Shape {
        .either([
            .int(Int64(range.lowerBound)...Int64(range.upperBound)),
            .form(
                Form(
                    "^[0-9]+(?:KiB|MiB)?$", "write bytes as `65536`, `64KiB` or `4MiB`",
                    bare: .nothing)),
        ])
    }
}
