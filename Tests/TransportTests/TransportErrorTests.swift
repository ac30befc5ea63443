import Foundation
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1))) struct TransportErrorTests {
    let context: ZeroMQContext

    init() throws { context = try ZeroMQContext() }

    @Test func addressInUse() throws {
        let first = try Socket(context: context, kind: .pull)
        let second = try Socket(context: context, kind: .pull)
        let endpoint = try first.bind(Endpoint(Bench.loopback))
        let error = #expect(throws: TransportError.self) { try second.bind(endpoint) }
        #expect(error?.isAddressInUse == true)
        #expect(error?.description == "\(endpoint) is already in use by another program")
    }

    @Test func ipcPathInUseIsNotStolen() throws {
        let first = try Socket(context: context, kind: .pull)
        let second = try Socket(context: context, kind: .pull)
        let endpoint = try first.bind(Bench.ipcEndpoint())
        let error = #expect(throws: TransportError.self) { try second.bind(endpoint) }
        #expect(error?.isAddressInUse == true)
        let push = try Socket(context: context, kind: .push)
        try push.connect(endpoint)
        #expect(try push.send(frames: [[1]], timeoutMilliseconds: 5000) == .sent)
        #expect(try Bench.receive(first) == [[1]])
    }

    @Test func socketFileOfADeadProgramIsReplaced() throws {
        let endpoint = try Bench.ipcEndpoint()
        guard case .ipc(let path) = endpoint.address else { return }
        // A bound socket that was closed without unlink, as kill -9 leaves it.
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        close(descriptor)
        #expect(bound == 0)
        let pull = try Socket(context: context, kind: .pull)
        #expect(try pull.bind(endpoint) == endpoint)
    }

    @Test func fileThatIsNoSocketSurvives() throws {
        let endpoint = try Bench.ipcEndpoint()
        guard case .ipc(let path) = endpoint.address else { return }
        try "precious".write(toFile: path, atomically: true, encoding: .utf8)
        let pull = try Socket(context: context, kind: .pull)
        let error = #expect(throws: TransportError.self) { try pull.bind(endpoint) }
        #expect(
            error?.description == "cannot bind \(endpoint): a file stands there that is no socket")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
    }

    @Test(arguments: [
        ("ipc:///nowhere/at/all", "the folder of ipc:///nowhere/at/all does not exist"),
        (
            "tcp://nosuchdev0:5556",
            "tcp://nosuchdev0:5556 names no address or interface of this machine"
        ),
        (
            "tcp://192.0.2.1:5556",
            "tcp://192.0.2.1:5556 names no address or interface of this machine"
        ),
    ])
    func bindErrorsReadAsSentences(text: String, sentence: String) throws {
        let pull = try Socket(context: context, kind: .pull)
        let error = #expect(throws: TransportError.self) { try pull.bind(Endpoint(text)) }
        #expect(error?.description == sentence)
    }

    @Test func refusedOptionIsNamed() throws {
        var options = SocketOptions(for: .pull)
        options.handshakeInterval = -5
        let context = context
        let error = #expect(throws: TransportError.self) {
            _ = try Socket(context: context, kind: .pull, options: options)
        }
        #expect(error?.description == "cannot set ZMQ_HANDSHAKE_IVL: Invalid argument")
    }
}
