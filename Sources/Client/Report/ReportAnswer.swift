/// What a daemon answers to a report: one line of JSON.
package enum ReportAnswer: Sendable, Hashable {
    /// It is durable, under this number; a duplicate was so before.
    case taken(seq: UInt64, isDuplicate: Bool)
    /// Another report has its id, and this number: that one stays.
    case differs(seq: UInt64)
    /// Nothing of it was taken.
    case refused(Refusal)
    /// It is none that we know.
    case unreadable

    /// Why, and what to mend.
    package struct Refusal: Sendable, Hashable {
        /// The word that counters and dead letters use.
        package let code: String
        /// What is wrong.
        package let message: String
        /// What to do about it.
        package let hint: String?
        /// The field it is about.
        package let field: String?
        /// Where in the payload it is wrong, in bytes.
        package let offset: Int
    }

    /// Reads an answer.
    package init(_ bytes: [UInt8]) {
        let value = JSONValue(bytes)
        switch value?["ok"].flag {
        case true?:
            guard let seq = value?["seq"].count else {
                self = .unreadable
                return
            }
            self =
                value?["differs"].flag == true
                ? .differs(seq: seq)
                : .taken(seq: seq, isDuplicate: value?["duplicate"].flag == true)
        case false?:
            let error = value?["error"] ?? .null
            self = .refused(
                Refusal(
                    code: error["code"].text ?? "?",
                    message: error["message"].text ?? "it does not say why",
                    hint: error["hint"].text, field: error["field"].text,
                    offset: Int(clamping: error["offset"].count ?? 0)))
        case nil: self = .unreadable
        }
    }
}
