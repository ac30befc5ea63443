import Events
import Rules
import Wire

/// Writes a reading of a test as the payload that its stream's declaration describes.
struct ReadingText {
    private let stream: StreamSchema

    init(_ stream: StreamSchema) { self.stream = stream }

    /// A JSON object with the event time and the given fields at their paths.
    func json(_ reading: RuleTest.Reading) -> [UInt8] {
        var root = Member()
        if case .member(let path, let format, let key) = stream.time {
            let time = time(reading.time, format)
            root.set(path[...], key.map { .pair($0, bare(time)) } ?? .value(time))
        }
        for (index, value) in reading.values {
            let field = stream.fields[index]
            root.set(field.path[...], content(value, field))
        }
        guard !root.members.isEmpty else { return Array("{}".utf8) }
        var writer = JSONWriter()
        root.write(to: &writer)
        return writer.bytes
    }

    private func content(_ value: RuleTest.Value, _ field: Field) -> Content {
        let text = text(value, field)
        guard let key = field.key else {
            if case .text(let words) = value { return .words(words) }
            return .value(text)
        }
        if case .unknown = value { return .nothing }
        if case .text(let words) = value { return .pair(key, words) }
        return .pair(key, bare(text))
    }

    /// A number, or a text that needs no escapes, without its quotes.
    private func bare(_ text: String) -> String { text.filter { $0 != "\"" } }

    /// What stands at a path.
    private enum Content {
        /// A value as JSON has it.
        case value(String)
        /// A text, to which pairs may be added.
        case words(String)
        /// A key and its value among the pairs of a text.
        case pair(String, String)
        case nothing
    }

    private func text(_ value: RuleTest.Value, _ field: Field) -> String {
        switch value {
        case .unknown: "null"
        case .number(let text): field.fromText ? quoted(text) : text
        case .text(let text): quoted(text)
        case .bool(let value): field.fromText ? quoted("\(value)") : "\(value)"
        case .time(let time): self.time(time, field.timeFormat)
        }
    }

    private func time(_ time: Int64, _ format: TimeFormat) -> String {
        switch format {
        case .rfc3339: quoted(Timestamp(nanoseconds: time).description)
        case .epoch(let unit): TimeFormat.text(time, unit: unit)
        }
    }

    private func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return writer.text
    }

    /// A member of the payload: a value, a text, or an object of members in the order of writing.
    private struct Member {
        var value: String?
        /// The words of a text and its pairs.
        var words: [String] = []
        var members: [(name: String, member: Member)] = []

        mutating func set(_ path: ArraySlice<String>, _ content: Content) {
            guard let name = path.first else {
                switch content {
                case .value(let text): value = text
                case .words(let text): words.insert(text, at: 0)
                case .pair(let key, let text): words.append(PairText.pair(key, text))
                case .nothing: break
                }
                return
            }
            let index = members.firstIndex { $0.name == name } ?? members.count
            if index == members.count { members.append((name, Member())) }
            members[index].member.set(path.dropFirst(), content)
        }

        func write(to writer: inout JSONWriter) {
            if !words.isEmpty {
                writer.string(words.joined(separator: " "))
            } else if let value {
                writer.raw(value)
            } else if members.isEmpty {
                writer.null()
            } else {
                writer.object { writer in
                    for entry in members {
                        writer.key(entry.name)
                        entry.member.write(to: &writer)
                    }
                }
            }
        }
    }
}
