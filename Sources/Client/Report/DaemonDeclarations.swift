package import Events
package import Transport
package import Wire

/// What a daemon says of the reports it takes: its streams, and the feeds that answer.
package struct DaemonDeclarations: Sendable {
    /// The streams, in order of declaration.
    package var streams: [StreamSchema]
    /// The feeds whose senders are answered.
    package var feeds: [AcknowledgingFeed]

    /// Reads the answer to `streams`; nil when it is none, or one of a daemon that says more types
    /// or framings than we know.
    package init?(_ answer: JSONValue) {
        guard case .array(let streams) = answer["streams"], case .array(let feeds) = answer["feeds"]
        else { return nil }
        self.streams = streams.compactMap(StreamSchema.init)
        self.feeds = feeds.compactMap(AcknowledgingFeed.init)
        guard self.streams.count == streams.count, self.feeds.count == feeds.count else {
            return nil
        }
    }
}

/// A feed whose senders are answered, and how it wants a message.
package struct AcknowledgingFeed: Sendable, Hashable {
    /// Its name in the daemon's configuration.
    package var name: String
    /// Where it can be reached from this machine.
    package var endpoint: Endpoint
    /// The frames of a message.
    package var framing: Framing
    /// Whether its payloads are JSON, and not packed: the ones that can be written here.
    package var takesPlainJSON: Bool
    /// The only stream it takes; nil: any.
    package var stream: String?
    /// The member of a document that says the topic; nil: none does.
    package var streamMember: String?

    /// Reads one.
    init?(_ value: JSONValue) {
        guard let name = value["name"].text, let text = value["endpoint"].text,
            let endpoint = try? Endpoint(Self.reachable(text)),
            let framing = value["framing"].text.flatMap(Framing.init(rawValue:))
        else { return nil }
        self.name = name
        self.endpoint = endpoint
        self.framing = framing
        takesPlainJSON = value["format"].text == "json" && value["compression"].text == "none"
        stream = value["stream"].text
        streamMember = value["stream_member"].text
    }

    /// A socket that waits at all addresses of its machine is reached at this one's own.
    private static func reachable(_ text: String) -> String {
        for (wildcard, own) in [
            ("tcp://0.0.0.0:", "tcp://127.0.0.1:"), ("tcp://*:", "tcp://127.0.0.1:"),
            ("tcp://[::]:", "tcp://[::1]:"),
        ] where text.hasPrefix(wildcard) {
            return own + text.dropFirst(wildcard.count)
        }
        return text
    }

    /// Whether it takes readings of a stream.
    package func takes(_ stream: StreamSchema) -> Bool {
        self.stream == nil || self.stream == stream.name
    }

    /// The frames of a message of one document.
    package func frames(topic: String, payload: [UInt8]) -> [[UInt8]] {
        let topic = Array(topic.utf8)
        return switch framing {
        case .topicPayload: [topic, payload]
        case .prefixTopicPayload: [Array("report".utf8), topic, payload]
        case .payload: [payload]
        case .topicBlankPayload: [topic + Array(" ".utf8) + payload]
        case .topicColonPayload: [topic + Array(":".utf8) + payload]
        }
    }
}

extension StreamSchema {
    /// Reads a declaration; what only the daemon needs is left as it is by default.
    fileprivate init?(_ value: JSONValue) {
        guard let name = value["name"].text else { return nil }
        let fields = value["fields"].elements.compactMap(Field.init)
        guard fields.count == value["fields"].elements.count else { return nil }
        func index(_ member: String) -> Int? {
            value[member].text.flatMap { name in fields.firstIndex { $0.name == name } }
        }
        let time = value["time"]
        self.init(
            name: name, topic: value["topic"].text, fields: fields,
            time: time.isNull
                ? .arrival
                : .member(
                    path: time["path"].elements.compactMap(\.text),
                    format: TimeFormat(unit: time["unit_ns"]), key: time["key"].text),
            source: index("source"), id: index("id"))
    }
}

extension TimeFormat {
    fileprivate init(unit: JSONValue) {
        self = unit.count.map { .epoch(unit: Int64(clamping: $0)) } ?? .rfc3339
    }
}

extension Field {
    fileprivate init?(_ value: JSONValue) {
        guard let name = value["name"].text,
            let type = value["type"].text.flatMap(FieldType.init(rawValue:))
        else { return nil }
        let bounds = value["valid"].elements
        var valid: ClosedRange<Double>?
        if bounds.count == 2 {
            let lower = bounds[0].number ?? -.infinity
            valid = lower...max(lower, bounds[1].number ?? .infinity)
        }
        self.init(
            name: name, type: type, unit: value["unit"].text,
            path: value["path"].elements.compactMap(\.text), key: value["key"].text, valid: valid,
            missing: value["missing"].elements.map { Scalar($0, as: type) },
            timeFormat: TimeFormat(unit: value["unit_ns"]))
    }
}

extension Scalar {
    fileprivate init(_ value: JSONValue, as type: FieldType) {
        switch value {
        case .bool(let flag): self = .bool(flag)
        case .int(let number): self = type == .double ? .double(Double(number)) : .int(number)
        case .double(let number): self = .double(number)
        case .string(let text):
            let time = type == .timestamp ? Timestamp(rfc3339: text) : nil
            self = time.map(Scalar.timestamp) ?? .string(text)
        case .null, .array, .object: self = .unknown
        }
    }
}
