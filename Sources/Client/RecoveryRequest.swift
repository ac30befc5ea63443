import Wire

/// What a client asks of the recovery endpoint: one frame of JSON.
package enum RecoveryRequest: Sendable, Hashable {
    /// Who are you, and where do your channels stand?
    case hello
    /// The escalations of `channel` from seq `from` on whose topics begin with `prefix`, or all.
    case fetch(channel: String, epoch: UInt64, from: UInt64, prefix: String, max: Int)
    /// The latest body of each open incident; `after` is where the last page ended.
    case snapshot(channel: String, prefix: String, after: String?)

    /// The request as it is sent.
    package var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            switch self {
            case .hello:
                writer.key("cmd")
                writer.string("hello")
            case .fetch(let channel, let epoch, let from, let prefix, let max):
                writer.key("channel")
                writer.string(channel)
                writer.key("cmd")
                writer.string("fetch")
                writer.key("epoch")
                writer.int(epoch)
                writer.key("from")
                writer.int(from)
                writer.key("max")
                writer.int(max)
                writer.key("prefix")
                writer.string(prefix)
            case .snapshot(let channel, let prefix, let after):
                writer.key("after")
                writer.string(orNull: after)
                writer.key("channel")
                writer.string(channel)
                writer.key("cmd")
                writer.string("snapshot")
                writer.key("prefix")
                writer.string(prefix)
            }
        }
        return writer.bytes
    }
}
