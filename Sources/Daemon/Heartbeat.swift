import Events
import Journal
import Synchronization
import Transport
import Wire

/// The sign of life of a channel, every second: a responder learns from it that the warner lives,
/// that its engine and its journal do, and by `head` that it missed the last message.
///
/// Topic `~heartbeat/CHANNEL/`; body, keys sorted: `age` of `engine` and `journal` (seconds
/// since each last turned), `blind` (streams from which nothing comes any more), `channel`,
/// `epoch`, `floor`, `head`, `publisher`, `sent`, `time_quality` (`stepped` when the wall clock was
/// set since the start, else `unverified`: we do not know more).
struct Heartbeat: Sendable {
    let publisher: String
    let channel: String
    let timeline: Timeline
    let counters: LineCounters
    let engine: EngineShared

    var topic: [UInt8] { Array("~heartbeat/\(channel)/".utf8) }

    func body(_ position: JournalPosition) -> [UInt8] {
        let now = timeline.now
        let blind = engine.blind.withLock { $0 }
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("age")
            writer.object { writer in
                writer.key("engine")
                writer.double(age(counters.engineAlive, now))
                writer.key("journal")
                writer.double(age(counters.journalAlive, now))
            }
            writer.key("blind")
            writer.strings(blind)
            writer.key("channel")
            writer.string(channel)
            writer.key("epoch")
            writer.int(position.epoch)
            writer.key("floor")
            writer.int(position.floor)
            writer.key("head")
            writer.int(position.head)
            writer.key("publisher")
            writer.string(publisher)
            writer.key("sent")
            writer.string(Timestamp(nanoseconds: now).description)
            writer.key("time_quality")
            writer.string(timeline.step.magnitude > 1_000_000_000 ? "stepped" : "unverified")
        }
        return writer.bytes
    }

    private func age(_ alive: borrowing Atomic<Int64>, _ now: Int64) -> Double {
        let age = max(0, now - alive.load(ordering: .relaxed))
        return Double(age / 1_000_000) / 1000
    }
}
