/// The sign of life the publish thread gives every second, under `~heartbeat/CHANNEL/`.
///
///     {"age":{"engine":0.02,"journal":0.4},"channel":"main","epoch":1764038400,"floor":1,
///      "head":17,"sent":"2026-01-01T00:10:00Z"}
///
/// Only `epoch` and `head` are needed; others may come. `age` is seconds since the engine and the
/// journal last made progress, one number or several named ones, of which the greatest counts.
package struct Heartbeat: Sendable, Hashable {
    /// The journal's life in which `head` counts.
    package var epoch: UInt64
    /// The `seq` that was published last: whoever has not seen it missed something.
    package var head: UInt64
    /// The oldest age that is told.
    package var age: Duration

    /// A heartbeat.
    package init(epoch: UInt64, head: UInt64, age: Duration = .zero) {
        self.epoch = epoch
        self.head = head
        self.age = age
    }

    /// Reads a heartbeat's body; `nil` when it is none.
    package init?(body: [UInt8]) {
        guard let value = JSONValue(body), let epoch = value["epoch"].count,
            let head = value["head"].count
        else { return nil }
        let age = value["age"]
        let seconds = age.number ?? age.members.compactMap { $0.value.number }.max() ?? 0
        self.init(epoch: epoch, head: head, age: .seconds(min(max(seconds, 0), 1e9)))
    }

    /// The topic of the heartbeats of `channel`.
    package static func topic(channel: String) -> String { "~heartbeat/\(channel)/" }
}
