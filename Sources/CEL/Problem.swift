/// Something in a source that keeps it from being used, for the person who wrote it.
public struct Problem: Error, Sendable, Hashable {
    /// Where the caret belongs: UTF-8 offsets in the source; empty at its end.
    public var range: Range<Int>
    /// What is wrong, as a sentence without a full stop.
    public var message: String
    /// What to do about it, if there is something better to say than the message.
    public var hint: String?

    /// A problem at a place.
    public init(range: Range<Int>, message: String, hint: String? = nil) {
        self.range = range
        self.message = message
        self.hint = hint
    }
}
