import Events
import Wire

/// What the sender of a report is told: one line of JSON with sorted keys.
///
///     {"ok":true,"seq":17}                          it is durable, under this number
///     {"duplicate":true,"ok":true,"seq":17}         it was already
///     {"differs":true,"duplicate":true,"ok":true,"seq":17}
///                                                   another one was, under the same id: that stays
///     {"error":{"code","field"?,"hint"?,"message","offset"?},"ok":false}
///
/// After a refusal nothing of the message was taken: mend it and send it again.
enum ReportReply {
    /// It is durable.
    static func taken(seq: UInt64, isDuplicate: Bool, differs: Bool) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            if differs {
                writer.key("differs")
                writer.bool(true)
            }
            if isDuplicate {
                writer.key("duplicate")
                writer.bool(true)
            }
            writer.key("ok")
            writer.bool(true)
            writer.key("seq")
            writer.int(seq)
        }
        return writer.bytes
    }

    /// It is refused.
    static func refused(_ refusal: FeedDecoder.Refusal, feed: Configuration.Feed) -> [UInt8] {
        let message = RefusalText.sentence(refusal, feed: feed)
        let hint = RefusalText.hint(refusal, feed: feed)
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("error")
            writer.object { writer in
                writer.key("code")
                writer.string(refusal.reason.name)
                if let field = refusal.field {
                    writer.key("field")
                    writer.string(field.name)
                }
                if let hint {
                    writer.key("hint")
                    writer.string(hint)
                }
                writer.key("message")
                writer.string(message)
                writer.key("offset")
                writer.int(refusal.offset)
            }
            writer.key("ok")
            writer.bool(false)
        }
        return writer.bytes
    }
}
