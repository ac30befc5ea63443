package import Events
import Wire

/// A report as it is filled in: values of a stream's fields, its time, id and source, each where the
/// stream's declaration says that it stands.
package struct FieldReport: Sendable {
    /// What is reported.
    package let stream: StreamSchema
    /// The values, by the index of their fields.
    package private(set) var values: [Int: Scalar] = [:]
    /// When it happened.
    package var time: Timestamp?

    /// A report that says nothing yet.
    package init(_ stream: StreamSchema) { self.stream = stream }

    /// Sets a field from what a person typed; throws when the field does not take it.
    package mutating func set(_ index: Int, _ text: String) throws(Field.Problem) {
        values[index] = try stream.fields[index].value(text)
    }

    /// The id, as a person can repeat it; nil: it has none.
    package var id: String? { stream.id.flatMap { values[$0] }?.description }

    /// The fields that a person is asked for: all but what is filled in.
    package var openFields: [Int] {
        stream.fields.indices.filter { index in
            values[index] == nil && index != stream.id && !isTime(stream.fields[index])
        }
    }

    /// Whether a field stands where the time does.
    package func isTime(_ field: Field) -> Bool {
        guard case .member(let path, _, let key) = stream.time else { return false }
        return field.path == path && field.key == key
    }

    /// Fills in what a person need not say: the time, an id that no report had, who reports.
    ///
    /// - Parameters:
    ///   - now: the time, if none is set.
    ///   - id: the id, if none is set and the stream's is a text.
    ///   - source: who reports, if nobody is set and the stream's source is a text.
    package mutating func complete(now: Timestamp, id: String, source: String) {
        if case .member = stream.time, time == nil { time = now }
        for (index, text) in [(stream.id, id), (stream.source, source)] {
            guard let index, values[index] == nil, stream.fields[index].type == .string else {
                continue
            }
            values[index] = .string(text)
        }
    }

    /// The document, its members in order of name.
    ///
    /// - Parameter streamMember: the member that says the stream's topic; nil: none does.
    package func document(streamMember: String? = nil) throws(Field.Problem) -> [UInt8] {
        var tree = ReportDocument()
        if let streamMember {
            try tree.put(.text(stream.topic), at: [streamMember], for: streamMember)
        }
        for (index, value) in values.sorted(by: { $0.key < $1.key }) {
            let field = stream.fields[index]
            let written = Self.written(value, field.timeFormat)
            try tree.put(written, at: field.path, key: field.key, for: field.name)
        }
        let isTimeSet = values.keys.contains { isTime(stream.fields[$0]) }
        if let time, !isTimeSet, case .member(let path, let format, let key) = stream.time {
            try tree.put(Self.written(.timestamp(time), format), at: path, key: key, for: "time")
        }
        return tree.bytes
    }

    private static func written(_ value: Scalar, _ format: TimeFormat) -> ReportDocument.Value {
        switch value {
        case .unknown: .raw("null")
        case .bool(let flag): .raw(flag ? "true" : "false")
        case .int(let number): .raw(String(number))
        case .double(let number):
            .raw(Int64(exactly: number).map { String($0) } ?? number.description)
        case .string(let text): .text(text)
        case .timestamp(let time):
            switch format {
            case .rfc3339: .text(time.description)
            case .epoch(let unit): .raw(TimeFormat.text(time.nanoseconds, unit: unit))
            }
        }
    }
}
