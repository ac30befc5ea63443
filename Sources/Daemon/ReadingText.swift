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
        if case .member(let path, let format) = stream.time {
            root.set(path[...], time(reading.time, format))
        }
        for (index, value) in reading.values {
            let field = stream.fields[index]
            root.set(field.path[...], text(value, field))
        }
        var writer = JSONWriter()
        root.write(to: &writer)
        return Array(writer.text.utf8)
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
        case .rfc3339: return quoted(Timestamp(nanoseconds: time).description)
        case .epoch(let unit):
            let (whole, rest) = time.quotientAndRemainder(dividingBy: unit)
            guard rest != 0 else { return "\(whole)" }
            let digits = String(unit).count - 1
            let fraction = String(rest.magnitude)
            let zeros = String(repeating: "0", count: digits - fraction.count)
            return "\(time < 0 && whole == 0 ? "-" : "")\(whole).\(zeros)\(fraction)"
        }
    }

    private func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return writer.text
    }

    /// A member of the payload: a value, or an object of members in the order of writing.
    private struct Member {
        var value: String?
        var members: [(name: String, member: Member)] = []

        mutating func set(_ path: ArraySlice<String>, _ text: String) {
            guard let name = path.first else {
                value = text
                return
            }
            let index = members.firstIndex { $0.name == name } ?? members.count
            if index == members.count { members.append((name, Member())) }
            members[index].member.set(path.dropFirst(), text)
        }

        func write(to writer: inout JSONWriter) {
            if let value {
                writer.raw(value)
                return
            }
            writer.object { writer in
                for entry in members {
                    writer.key(entry.name)
                    entry.member.write(to: &writer)
                }
            }
        }
    }
}
