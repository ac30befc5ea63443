import RingBuffers
import Synchronization

/// The canary's way and what is known of it; shared by the threads it passes and by who watches.
///
///     supervision ═ring═► engine ═ring═► journal: a commit ═ring═► publish ─► PUB ─┐
///          ▲                                                                       │ inproc
///          └──────────────────────── came back ◄─── SUB of the publish thread ◄────┘
///
/// It is no event: it has no number, moves no clock and touches no rule. It rides on a heartbeat
/// that goes out anyway, and is back when that heartbeat comes back byte for byte; so nobody who
/// subscribes to anything hears of it.
final class Canary: Sendable {
    /// When the supervising thread saw the last one complete its round; what that took.
    struct Proof: Sendable {
        var at: Int64
        var roundTrip: Int64
    }

    /// The newest that came back; its time is the timeline's `elapsed`.
    let returned = Mutex<(number: UInt64, at: Int64)?>(nil)
    /// The last complete round; nil before the first.
    let proof = Mutex<Proof?>(nil)

    /// Nanoseconds between rounds where no watchdog asks for more: one small commit each.
    static let interval: Int64 = 10_000_000_000
    /// Bytes of its ring to the engine, which holds at most one.
    static let ring = 64
}

/// A heartbeat that carries a canary, until it comes back.
struct CarriedCanary {
    private var number: UInt64?
    private var carriers: [[UInt8]] = []

    /// Takes up a canary in place of one that was carried so far.
    mutating func take(_ number: UInt64) {
        self.number = number
        carriers = []
    }

    /// A heartbeat goes out; it carries what was taken up.
    mutating func sent(_ heartbeat: [UInt8]) {
        guard number != nil else { return }
        // Two are enough: whichever comes back first tells.
        carriers = carriers.suffix(1) + [heartbeat]
    }

    /// A heartbeat came back; the canary on it, which is put down.
    mutating func received(_ heartbeat: [UInt8]) -> UInt64? {
        guard carriers.contains(heartbeat) else { return nil }
        carriers = []
        return number.take()
    }
}
