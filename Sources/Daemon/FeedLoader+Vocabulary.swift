import Events
import Rules

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
                "Kind of its socket: `sub` hears a PUB, `pull` a PUSH; default `sub`."),
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
                "The frames of a message; default and only one: `topic+payload`."),
            .optional(
                "format", .words(formats), "How a payload is written; default and only one: `json`."
            ),
            .optional(
                "limits", .section(limitsVocabulary),
                "What is refused before it is decoded: a dead letter with the limit's name."),
        ],
        dependencies: [
            .when(
                .has("bind"), then: [.forbids(["connect"])], otherwise: [.requires(["connect"])]),
            .when(
                .says("pattern", [Configuration.Feed.Pattern.pull.rawValue]),
                then: [.forbids(["topics"])]),
        ],
        later: ["stream", "compression", "curve", "keys", "sequence", "sources"])

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
        ])

    static let patterns = Configuration.Feed.Pattern.allCases.map(\.rawValue)
    static let statuses = [Status.actual, .exercise, .test].map(\.name)
    static let framings = ["topic+payload"]
    static let formats = ["json"]

    static let frameBytes = 64...(1 << 28)
    /// The decoder takes 512 levels.
    static let depths: ClosedRange<Int64> = 1...512
    /// A record has room for the default text in every field.
    static let textBytes = 1...Limits.textBytes
    static let readings: ClosedRange<Int64> = 1...1_000_000

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
