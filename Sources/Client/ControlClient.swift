package import Transport

/// Asks a running daemon over its control socket: one frame of JSON each way.
package enum ControlClient {
    /// Why there is no answer.
    package enum Failure: Error, Sendable, Hashable {
        /// Nobody answered in time, or no socket file is there.
        case noAnswer
        /// A socket could not be opened or connected.
        case transport(TransportError)
    }

    /// Sends `{"cmd":"COMMAND"}` to `endpoint`, with each of `flags` as a member that is true, and
    /// returns the answer's last frame.
    package static func ask(
        _ command: String, flags: [String] = [], at endpoint: Endpoint, context: ZeroMQContext,
        timeout: Duration = .seconds(3)
    ) throws(Failure) -> [UInt8] {
        let members = ["\"cmd\":\"\(command)\""] + flags.map { "\"\($0)\":true" }
        let request = Array("{\(members.joined(separator: ","))}".utf8)
        let answer: [UInt8]?
        do throws(TransportError) {
            answer = try exchange(request, endpoint, context, timeout)
        } catch {
            throw .transport(error)
        }
        guard let answer else { throw .noAnswer }
        return answer
    }

    private static func exchange(
        _ request: [UInt8], _ endpoint: Endpoint, _ context: ZeroMQContext, _ timeout: Duration
    ) throws(TransportError) -> [UInt8]? {
        var options = SocketOptions(for: .dealer)
        // A status may be long; whoever can bind our control socket is ourselves.
        options.maximumFrameBytes = 64 << 20
        let socket = try Socket(context: context, kind: .dealer, options: options)
        try socket.connect(endpoint)
        let watch = Stopwatch()
        while try socket.send(frames: [request], timeoutMilliseconds: 50) != .sent {
            guard watch.elapsed < timeout else { return nil }
        }
        var buffer = MessageBuffer()
        while watch.elapsed < timeout {
            guard try socket.receive(into: &buffer, timeoutMilliseconds: 50) == .message
            else { continue }
            return buffer.copyOfFrame(buffer.keptFrameCount - 1)
        }
        return nil
    }
}
