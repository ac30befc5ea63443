import Glibc
import Logging
import Transport

/// Runs a stage that owns sockets, until it ends by itself.
///
/// A failure before the stage is up is told to the gate, and the daemon does not start. A later one
/// is told to the log, and the sockets are opened again: a line that has begun does not end because
/// a socket did.
///
/// - Parameters:
///   - what: the stage's sockets, as the subject of a sentence.
///   - body: opens the sockets, calls its argument when they are open, and serves.
func keepServing(
    _ what: String, gate: StartGate, log: Logger, stops: () -> Bool,
    _ body: (_ isOpen: () -> Void) throws(TransportError) -> Void
) {
    var wasUp = false
    while true {
        do throws(TransportError) {
            try body {
                if !wasUp { gate.ready() }
                wasUp = true
            }
            return
        } catch {
            guard wasUp else { return gate.failed(what, error) }
            log.critical("\(what) failed and is opened again.", metadata: ["cause": "\(error)"])
            for _ in 0..<10 where !stops() { usleep(100_000) }
            if stops() { return }
        }
    }
}
