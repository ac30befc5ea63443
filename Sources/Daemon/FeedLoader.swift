import Events
import Rules
import Wire

/// Reads the feeds of a configuration.
enum FeedLoader {
    /// All feeds; nil when one of them is wrong.
    ///
    /// - Parameter clock: what `clock` says; a replay of the past sheds nothing by default.
    static func feeds(
        _ cursor: Cursor, clock: String?, _ sockets: inout SocketRegister
    ) -> [Configuration.Feed]? {
        guard let items = cursor.list(of: "feeds") else { return nil }
        var feeds: [Configuration.Feed] = []
        var names: [String: String] = [:]
        var isComplete = true
        for item in items {
            guard let section = item.section(vocabulary) else {
                isComplete = false
                continue
            }
            if let cursor = section["name"], let name = cursor.string() {
                let position = cursor.report.position(of: cursor.range)
                if let first = names.updateValue(position, forKey: name) {
                    cursor.fail(
                        "feed `\(name)` is declared twice", hint: "the first is at \(first)")
                }
            }
            if let feed = feed(section, clock: clock, &sockets) {
                feeds.append(feed)
            } else {
                isComplete = false
            }
        }
        if feeds.count(where: { $0.pattern == .router }) > ReportStage.feedLimit {
            return cursor.fail("at most \(ReportStage.feedLimit) feeds can be a `router`")
        }
        return isComplete ? feeds : nil
    }

    private static func feed(
        _ section: Section, clock: String?, _ sockets: inout SocketRegister
    ) -> Configuration.Feed? {
        let name = section.required("name")?.identity()
        let pattern = choice(section, "pattern", Configuration.Feed.Pattern.sub)
        let insecure = section["insecure"].map { $0.bool() } ?? false
        let topics = self.topics(section, pattern)
        let status =
            section["status"].map { $0.word(of: statuses).flatMap(Status.init(name:)) }
            ?? .actual
        let framing = choice(section, "framing", Framing.topicPayload)
        let format = choice(section, "format", PayloadFormat.json)
        let compression = choice(section, "compression", Configuration.Feed.Compression.none)
        let stream = self.stream(section, framing)
        if let name, let cursor = section["stream"] { sockets.streams[name] = cursor.position }
        let isReplay = clock == Configuration.Clock.event.rawValue
        let carries = choice(
            section, "carries",
            pattern == .router || isReplay ? Configuration.Feed.Cargo.reports : .readings)
        let sequence = choice(section, "sequence", Configuration.Feed.SequenceScope.source)
        let limits = section["limits"].map(self.limits) ?? Configuration.FeedLimits()
        let endpoint = attachment(section, insecure: insecure, &sockets)
        if pattern == .router, carries == .readings, let cursor = section["carries"] {
            cursor.fail(
                "a `router` carries reports: what it acknowledged is never shed",
                hint: "leave `carries` out")
        }
        guard let name, let endpoint, let pattern, insecure != nil, let status, let limits,
            let framing, let format, let compression, let stream, let carries, let sequence
        else { return nil }
        return Configuration.Feed(
            name: name, endpoint: endpoint, pattern: pattern, topics: topics ?? [],
            framing: framing, format: format, compression: compression, stream: stream,
            carries: carries, sequence: sequence, status: status, limits: limits)
    }

    /// One of a few words, by default `standard`; nil when it is none, which is told.
    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ section: Section, _ key: String, _ standard: Choice
    ) -> Choice? where Choice.RawValue == String {
        guard let cursor = section[key] else { return standard }
        return cursor.word(of: Choice.allCases.map(\.rawValue)).flatMap(Choice.init)
    }

    /// Which stream its payloads belong to; nil when that is wrong, which is told.
    private static func stream(
        _ section: Section, _ framing: Framing?
    ) -> Configuration.Feed.StreamSelector? {
        guard let cursor = section["stream"] else {
            guard framing == .payload else { return .topic }
            section.missing(
                "`stream`",
                hint:
                    "without a topic write `stream: NAME`, or `stream: {field: MEMBER}` where each payload names it"
            )
            return nil
        }
        guard cursor.isMapping else { return cursor.text().map { .named($0) } }
        return cursor.section(streamVocabulary)?.required("field")?.text().map { .member($0) }
    }

    private static func attachment(
        _ section: Section, insecure: Bool?, _ sockets: inout SocketRegister
    ) -> Configuration.Feed.Attachment? {
        switch (section.has("bind"), section.has("connect")) {
        case (true, false):
            return section["bind"]
                .flatMap { sockets.endpoint($0, binds: true, insecure: insecure) }
                .map { .bind($0) }
        case (false, true):
            return section["connect"]
                .flatMap { sockets.endpoint($0, binds: false, insecure: insecure) }
                .map { .connect($0) }
        case (true, true):
            let cursor = section["connect"] ?? section["bind"]
            return cursor?.fail("a feed has `bind` or `connect`, not both")
        case (false, false):
            section.missing("`connect` or `bind`", hint: "write `connect: tcp://host:port`")
            return nil
        }
    }

    /// Topic prefixes; nil for all.
    private static func topics(
        _ section: Section, _ pattern: Configuration.Feed.Pattern?
    ) -> [String]? {
        guard let cursor = section["topics"] else { return nil }
        if pattern == .pull || pattern == .router {
            return cursor.fail("`topics` are for `pattern: sub`: who sends chooses what to send")
        }
        guard let items = cursor.listOrSingle(of: "topics") else { return nil }
        guard !items.isEmpty else {
            return cursor.fail(
                "a feed without topics hears nothing", hint: "leave `topics` out to hear all")
        }
        return items.compactMap { item in
            guard let topic = item.string() else { return nil }
            guard topic.utf8.count <= Limits.topicBytes else {
                return item.fail("a topic has at most \(Limits.topicBytes) bytes")
            }
            return topic
        }
    }

    private static func limits(_ cursor: Cursor) -> Configuration.FeedLimits? {
        guard let section = cursor.section(limitsVocabulary) else { return nil }
        var limits = Configuration.FeedLimits()
        if let frame = section["frame"]?.size(in: frameBytes) { limits.frameBytes = frame }
        if let depth = section["depth"]?.int(in: depths) { limits.depth = Int(depth) }
        if let text = section["text"]?.size(in: textBytes) { limits.textBytes = text }
        if let readings = section["readings"]?.int(in: readings) { limits.readings = Int(readings) }
        if let backlog = section["backlog"]?.size(in: backlogBytes) {
            limits.backlogBytes = backlog
        }
        return limits
    }
}

extension Cursor {
    /// A number of bytes: `65536`, `64KiB`, `4MiB`.
    fileprivate func size(in range: ClosedRange<Int>) -> Int? {
        guard let text = string() else { return nil }
        let units = [("KiB", 1 << 10), ("MiB", 1 << 20)]
        let unit = units.first { text.hasSuffix($0.0) }
        let digits = unit.map { text.dropLast($0.0.count) } ?? Substring(text)
        guard let count = Int(digits), count >= 0, count <= range.upperBound else {
            return fail(
                "\(name) must be a number of bytes up to \(range.upperBound), not `\(text)`",
                hint: "write it as `65536`, `64KiB` or `4MiB`")
        }
        let bytes = count * (unit?.1 ?? 1)
        guard range.contains(bytes) else {
            return fail(
                "\(name) must lie between \(range.lowerBound) and \(range.upperBound) bytes")
        }
        return bytes
    }
}
