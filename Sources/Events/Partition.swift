/// What a rule's state belongs to: a stream and the fields of `by`. A rule whose stream or `by`
/// changed is another rule.
public struct Partition: Hashable, Sendable {
    /// Name of the stream.
    public let stream: String
    /// Names of the `by` fields, in order.
    public let keyNames: [String]

    /// The partition of a stream by these fields.
    public init(stream: String, keyNames: [String]) {
        self.stream = stream
        self.keyNames = keyNames
    }

    /// `STREAM|FIELD,FIELD`, as it is stored; neither sign stands in a field name.
    public var text: String { "\(stream)|\(keyNames.joined(separator: ","))" }

    /// A partition from its stored form.
    public init(text: String) {
        let bar = text.lastIndex(of: "|") ?? text.endIndex
        stream = String(text[..<bar])
        keyNames = text[bar...].dropFirst().split(separator: ",").map(String.init)
    }
}
