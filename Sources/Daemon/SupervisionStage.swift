import RingBuffers
import Synchronization
import Transport

/// The supervising thread: sends a canary through the line, and tells the service manager that the
/// daemon lives only when that came back and every thread beside its way has turned since.
///
///     canary ═ring═► engine ═► journal ═► publish ─► SUB     intakes, control: a stamp each turn
///                                                   └──────────────┬──────────────┘
///                                                              WATCHDOG=1
///
/// An intake that waits for room in its ring stamps too: whether the engine takes anything from
/// there is what the canary tells. A full disk is no reason to be started anew: the journal tries
/// again by itself, and what is in the line would be lost.
struct SupervisionStage: ~Copyable, Sendable {
    let canary: Canary
    let manager: ServiceManager?
    let status: StatusSource
    let engineBell: Doorbell
    let controlBell: Doorbell
    let bell: Doorbell
    let stops: StopSignal
    var ring: RingProducer

    private var timeline: Timeline { status.timeline }

    /// Runs until asked to stop.
    mutating func run() {
        // The watchdog is told three times as often as it asks for.
        let asked = manager?.watchdog.map { $0 / 3 } ?? Canary.interval
        var round = CanaryRound(interval: min(asked, Canary.interval), now: timeline.elapsed)
        var report = StatusReport(now: timeline.elapsed)
        while !stops.isSet {
            let step = round.step(
                now: timeline.elapsed, returned: canary.returned.withLock { $0 },
                oldestTurn: oldestTurn,
                diskFull: status.counters.waitsForDisk.load(ordering: .relaxed))
            switch step {
            case .wait: break
            case .send(let number): send(number)
            case .proven(let roundTrip):
                canary.proof.withLock { $0 = .init(at: timeline.elapsed, roundTrip: roundTrip) }
                live()
            case .excused: live()
            }
            if let manager, let sentence = report.sentence(of: status) {
                manager.tell(.status(sentence))
            }
            bell.prepareToSleep()
            guard !stops.isSet else { return }
            _ = bell.wait(timeoutMilliseconds: 100)
        }
    }

    /// Tells the watchdog, where there is one.
    private func live() {
        if let manager, manager.watchdog != nil { manager.tell(.watchdog) }
    }

    /// When that thread beside the canary's way turned last that has not for the longest time.
    private var oldestTurn: Int64 {
        var oldest = status.counters.controlTurned.load(ordering: .relaxed)
        for intake in status.intakes {
            oldest = min(oldest, intake.counters.turned.load(ordering: .relaxed))
        }
        return oldest
    }

    private mutating func send(_ number: UInt64) {
        guard let place = ring.reserve(8) else {
            preconditionFailure("One canary at a time is under way, and the ring has room for it.")
        }
        place.storeBytes(of: number, as: UInt64.self)
        ring.commit(8)
        ring.publish()
        engineBell.ring()
        // They turn once a second by themselves; called, they turn at once.
        for intake in status.intakes { intake.bell.ring() }
        controlBell.ring()
    }
}

extension RingConsumer {
    /// The newest canary in the ring to the engine; nil when there is none.
    mutating func takeCanary() -> UInt64? {
        let run = readable()
        guard run.count >= 8 else { return nil }
        let number = run.load(fromByteOffset: run.count - 8, as: UInt64.self)
        release(run.count)
        return number
    }
}

/// When the service manager is told again how the daemon is.
struct StatusReport {
    private var due: Int64
    private var since: Int64
    private var events = 0

    /// Nanoseconds between two sentences.
    static let interval: Int64 = 5_000_000_000

    /// Reports from `now` on, the first after one interval.
    init(now: Int64) {
        since = now
        due = now + StatusReport.interval
    }

    /// The sentence, when one is due.
    mutating func sentence(of status: StatusSource) -> String? {
        let now = status.timeline.elapsed
        guard now >= due else { return nil }
        let total = status.counters.events.load(ordering: .relaxed)
        let rate = Double(total - events) / (Double(max(1, now - since)) / 1e9)
        let sentence = status.summary(eventsPerSecond: rate)
        (events, since) = (total, now)
        // The engine copies its incidents for it: never more than a hundredth of its time.
        let cost = status.timeline.elapsed - now
        due = now + max(StatusReport.interval, cost * 100)
        return sentence
    }
}
