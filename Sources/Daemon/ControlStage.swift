import Events
import Foundation
import Logging
import Synchronization
import Transport

/// The control thread: answers `tocsin status`, `incidents`, `dead-letters`, `report` and `reload` on
/// this host.
///
/// One JSON frame in (`{"cmd":"status"}`, `{"cmd":"incidents"}`, `{"cmd":"hello"}`,
/// `{"cmd":"dead_letters"}`, `{"cmd":"streams"}`, `{"cmd":"reload","dry_run":true}`), one JSON frame
/// out. It reads copies only, and a reload goes
/// on beside it: nothing it does can hold the line up.
struct ControlStage: Sendable {
    let endpoint: Endpoint
    let status: StatusSource
    let reloader: Reloader
    let bell: Doorbell
    let stops: StopSignal
    let log: Logger

    private struct Request: Decodable {
        var cmd: String
        var isDryRun: Bool?

        enum CodingKeys: String, CodingKey {
            case cmd
            case isDryRun = "dry_run"
        }
    }

    /// Opens the socket, tells the gate, and serves until asked to stop.
    func run(context: ZeroMQContext, gate: StartGate) {
        keepServing(
            "The control socket", gate: gate, log: log, stops: { stops.isSet }
        ) { isOpen throws(TransportError) in
            turn()
            let router = try Socket(context: context, kind: .router)
            try router.bind(endpoint)
            isOpen()
            try serve(router)
        }
    }

    /// Says that this thread lives.
    private func turn() {
        status.counters.controlTurned.store(status.timeline.elapsed, ordering: .relaxed)
    }

    private func serve(_ router: borrowing Socket) throws(TransportError) {
        var poller = Poller(capacity: 2)
        _ = poller.add(router)
        _ = poller.add(bell)
        var message = MessageBuffer()
        let slow = SlowReply(bell: bell)
        while !stops.isSet {
            turn()
            bell.prepareToSleep()
            if let reply = slow.take() {
                _ = try router.send(frames: reply, timeoutMilliseconds: 100)
            }
            guard !stops.isSet else { break }
            _ = try poller.poll(timeoutMilliseconds: 1000)
            bell.drain()
            while try router.receive(into: &message) == .message {
                turn()
                var envelope = [message.copyOfFrame(0)]
                if message.keptFrameCount > 2, message.byteCount(ofFrame: 1) == 0 {
                    envelope.append([])
                }
                let body = message.copyOfFrame(envelope.count)
                guard let answer = answer(body, envelope, slow) else { continue }
                _ = try router.send(frames: envelope + [answer], timeoutMilliseconds: 100)
            }
        }
        if let reply = slow.finish() {
            _ = try router.send(frames: reply, timeoutMilliseconds: 100)
        }
    }

    /// The answer to a request; nil where it comes later.
    private func answer(
        _ body: [UInt8], _ envelope: [[UInt8]], _ slow: SlowReply
    ) -> [UInt8]? {
        let request = try? JSONDecoder().decode(Request.self, from: Data(body))
        switch request?.cmd {
        case "status": return status.status()
        case "incidents": return status.incidents()
        case "dead_letters": return status.deadLetters()
        case "streams": return status.streams()
        case "hello": return status.hello()
        case "reload":
            let purpose: PlanExchange.Purpose = request?.isDryRun == true ? .rehearse : .replace
            let isBegun = slow.begin(envelope) { [reloader] in reloader.reload(purpose).json }
            return isBegun ? nil : status.error("another reload is under way")
        case let other:
            return status.error("there is no command \(other ?? "in this request")")
        }
    }
}
