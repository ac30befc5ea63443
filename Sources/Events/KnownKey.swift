/// A key that a rule watching for silence has heard.
public struct KnownKey: Hashable, Sendable {
    /// Name of the rule.
    public var rule: String
    /// The rule's partition when it was heard: under another one it is another key.
    public var partition: Partition
    /// The key.
    public var key: Key

    /// A key of a rule.
    public init(rule: String, partition: Partition, key: Key) {
        self.rule = rule
        self.partition = partition
        self.key = key
    }
}
