import Events
import Foundation
import Logging
import Synchronization
import Transport
import Wire

/// The control thread: answers `tocsin status` and `tocsin incidents` on this host.
///
/// One JSON frame in (`{"cmd":"status"}`, `{"cmd":"incidents"}`), one JSON frame out. Reads copies
/// only: nothing it does can hold the line up.
struct ControlStage: Sendable {
    let endpoint: Endpoint
    let status: StatusSource
    let bell: Doorbell
    let stops: StopSignal
    let log: Logger

    private struct Request: Decodable {
        var cmd: String
    }

    /// Opens the socket, tells the gate, and serves until asked to stop.
    func run(context: ZeroMQContext, gate: StartGate) {
        keepServing(
            "The control socket", gate: gate, log: log, stops: { stops.isSet }
        ) { isOpen throws(TransportError) in
            let router = try Socket(context: context, kind: .router)
            try router.bind(endpoint)
            isOpen()
            try serve(router)
        }
    }

    private func serve(_ router: borrowing Socket) throws(TransportError) {
        var poller = Poller(capacity: 2)
        _ = poller.add(router)
        _ = poller.add(bell)
        var message = MessageBuffer()
        while !stops.isSet {
            bell.prepareToSleep()
            guard !stops.isSet else { return }
            _ = try poller.poll(timeoutMilliseconds: 1000)
            bell.drain()
            while try router.receive(into: &message) == .message {
                var envelope = [message.copyOfFrame(0)]
                if message.keptFrameCount > 2, message.byteCount(ofFrame: 1) == 0 {
                    envelope.append([])
                }
                let body = message.copyOfFrame(envelope.count)
                _ = try router.send(frames: envelope + [answer(body)], timeoutMilliseconds: 100)
            }
        }
    }

    private func answer(_ body: [UInt8]) -> [UInt8] {
        let request = try? JSONDecoder().decode(Request.self, from: Data(body))
        switch request?.cmd {
        case "status": return status.status()
        case "incidents": return status.incidents()
        case let other:
            var writer = JSONWriter()
            writer.object { writer in
                writer.key("error")
                writer.string("there is no command \(other ?? "in this request")")
            }
            return writer.bytes
        }
    }
}
