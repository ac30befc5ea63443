import Client
import Events
import Rules

/// Finds the stream and the feed that a report is for.
enum ReportTarget {
    /// The stream of this name.
    static func stream(
        _ name: String, among streams: [StreamSchema]
    ) throws(CommandFailure) -> StreamSchema {
        if let stream = streams.first(where: { $0.name == name }) { return stream }
        throw CommandFailure(
            .wrong, "the daemon has no stream `\(name)`",
            hint: Spelling.hint(for: name, among: streams.map(\.name)))
    }

    /// The feed of this name, or the only one that takes the stream.
    static func feed(
        _ name: String?, for stream: StreamSchema, among feeds: [AcknowledgingFeed]
    ) throws(CommandFailure) -> AcknowledgingFeed {
        if let name {
            guard let feed = feeds.first(where: { $0.name == name }) else {
                throw CommandFailure(
                    .configuration, "the daemon has no feed `\(name)` that answers",
                    hint: Spelling.hint(for: name, among: feeds.map(\.name)))
            }
            guard feed.takes(stream), feed.takesPlainJSON else {
                throw CommandFailure(
                    .configuration, "the feed `\(name)` does not take this report",
                    hint: feed.takes(stream)
                        ? "a report is plain JSON, and the feed takes another format"
                        : "it takes the stream `\(feed.stream ?? "-")` only")
            }
            return feed
        }
        let fitting = feeds.filter { $0.takes(stream) && $0.takesPlainJSON }
        guard let first = fitting.first else {
            throw CommandFailure(
                .configuration,
                "no feed of the daemon takes reports of `\(stream.name)` and answers",
                hint: "tocsin.yaml: `- {name: field, bind: \"ipc:///…\", pattern: router}`")
        }
        guard fitting.count == 1 else {
            throw CommandFailure(
                .usage, "\(fitting.count) feeds of the daemon take this report",
                hint: "name one with --feed: \(Spelling.list(fitting.map(\.name)))")
        }
        return first
    }
}
