/// The topics of an escalation as the journal stores them: UTF-8 joined by line feeds, which no
/// topic holds, the escalation's own first.
enum Topics {
    static func joined(_ topics: [String]) -> String {
        precondition(
            !topics.contains { $0.utf8.contains(UInt8(ascii: "\n")) },
            "A topic is percent-encoded and holds no line feed.")
        return topics.joined(separator: "\n")
    }

    /// The first topic that starts with the bytes of `prefix`, as ZeroMQ matches a subscription.
    static func first(of joined: String, startingWith prefix: String) -> String? {
        for topic in joined.utf8.split(separator: UInt8(ascii: "\n"))
        where topic.starts(with: prefix.utf8) {
            return String(Substring(topic))
        }
        return nil
    }
}
